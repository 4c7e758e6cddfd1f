"""An application on Authlib's Flask client. It prints its address when it is ready; see authlib.mjs.

    client_authlib.py PORT ISSUER CLIENT_ID SCOPE [CLIENT_SECRET]

In the browser: `/login` begins a login (its query goes along), `/callback` ends it and shows the claims as JSON,
`/userinfo` and `/refresh` show what those endpoints gave for the last login.
"""

import sys

from authlib.integrations.flask_client import OAuth
from authlib.integrations.base_client.errors import OAuthError
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

port, issuer, client_id, scope, *secret = sys.argv[1:]
origin = f"http://127.0.0.1:{port}"

web = Flask(__name__)
web.secret_key = "for tests only"
# Cookies don't mind ports, so the name has it.
web.config["SESSION_COOKIE_NAME"] = f"authlib_{port}"

braid = OAuth(web).register(
    "braid",
    client_id=client_id,
    client_secret=secret[0] if secret else None,
    server_metadata_url=f"{issuer}/.well-known/openid-configuration",
    client_kwargs={
        "scope": scope,
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
    },
)
last = {}


@web.get("/login")
def login():
    return braid.authorize_redirect(f"{origin}/callback", **request.args)


@web.get("/callback")
def callback():
    last["token"] = braid.authorize_access_token()
    return jsonify(claims=last["token"]["userinfo"])


@web.get("/userinfo")
def userinfo():
    return jsonify(braid.userinfo(token=last["token"]))


@web.get("/refresh")
def refresh():
    metadata = braid.load_server_metadata()
    with braid._get_oauth_client(**metadata) as session:
        new = session.refresh_token(metadata["token_endpoint"], last["token"]["refresh_token"])
    last["token"] = {**last["token"], **new}
    return jsonify(scope=new.get("scope"), token_type=new["token_type"], rotated="refresh_token" in new)


@web.errorhandler(OAuthError)
def refused(error):
    return jsonify(error=error.error, error_description=error.description), 400


server = make_server("127.0.0.1", int(port), web, threaded=True)
print(origin, flush=True)
server.serve_forever()
