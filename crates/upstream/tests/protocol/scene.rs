//! A provider that behaves, a Braid that trusts it, and a person between them. Tests change one thing at a time.

use crate::fake::{Fake, Reply};
use crate::signing::{Key, RSA};
use domain::{BrokeredIdentity, CallbackParams, ProviderAlias, Secret, Timestamp};
use serde_json::{Value, json};
use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use upstream::{Http, HttpSettings, OidcProvider, OidcSettings, Trip, UpstreamError};

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";
pub(crate) const CODE: &str = "the-code-4711";
pub(crate) const ACCESS_TOKEN: &str = "the-access-token-0815";
pub(crate) const CLIENT_SECRET: &str = "the client:secret";

pub(crate) struct Scene {
    pub(crate) idp: Fake,
    /// Has to be changed before the first provider is made.
    pub(crate) http: HttpSettings,
    pub(crate) settings: OidcSettings,
    client: OnceLock<Arc<Http>>,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let idp = Fake::start().await;
        let host = idp.origin.strip_prefix("http://").unwrap().to_owned();
        let http = HttpSettings { allow_internal: vec![host], total_timeout: Duration::from_secs(20), ..HttpSettings::default() };
        let alias = ProviderAlias::parse("campus").unwrap();
        let settings = OidcSettings::new(alias, &idp.origin, "braid").with_secret(Secret::new(CLIENT_SECRET));
        let scene = Self { idp, http, settings, client: OnceLock::new() };
        scene.publish(&scene.metadata());
        scene.publish_keys(&[RSA.jwk(json!({"kid": "k1", "use": "sig", "alg": "RS256"}))]);
        scene.assert(&scene.claims());
        scene
    }

    pub(crate) fn metadata(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.idp.origin);
        json!({
            "issuer": self.idp.origin,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/keys"),
            "userinfo_endpoint": at("/userinfo"),
            "response_types_supported": ["code"],
        })
    }

    pub(crate) fn claims(&self) -> Value {
        json!({
            "iss": self.idp.origin,
            "sub": "ada-1815",
            "aud": "braid",
            "exp": NOW.as_seconds() + 300,
            "iat": NOW.as_seconds(),
            "nonce": trip().nonce.reveal(),
            "email": "ada@campus.example",
            "email_verified": true,
        })
    }

    pub(crate) fn publish(&self, metadata: &Value) {
        self.idp.answer(DISCOVERY, Reply::json(metadata));
    }

    pub(crate) fn publish_keys(&self, keys: &[Value]) {
        self.idp.answer("/keys", Reply::json(&json!({ "keys": keys })));
    }

    /// The token endpoint will give an ID token with these claims, signed with the usual key.
    pub(crate) fn assert(&self, claims: &Value) {
        self.assert_signed(&RSA, &json!({"alg": "RS256", "kid": "k1", "typ": "JWT"}), claims);
    }

    pub(crate) fn assert_signed(&self, key: &Key, header: &Value, claims: &Value) {
        self.give(&key.token(header, claims.to_string()));
    }

    /// The token endpoint will give this ID token.
    pub(crate) fn give(&self, id_token: &str) {
        let tokens = json!({"id_token": id_token, "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 300});
        self.idp.answer("/token", Reply::json(&tokens));
    }

    pub(crate) fn provider(&self) -> Arc<OidcProvider> {
        let client = self.client.get_or_init(|| Arc::new(Http::new(&self.http).unwrap()));
        Arc::new(OidcProvider::new(self.settings.clone(), client.clone()).unwrap())
    }

    /// A whole way back, at a provider that nobody has talked to yet.
    pub(crate) async fn come_back(&self) -> Result<BrokeredIdentity, UpstreamError> {
        self.provider().redeem(&trip(), &code(), NOW).await
    }

    /// Who comes back with these claims.
    pub(crate) async fn who(&self, claims: &Value) -> BrokeredIdentity {
        self.assert(claims);
        self.come_back().await.unwrap_or_else(|error| panic!("{claims}: {}", chain(&error)))
    }

    /// Why nobody comes back with these claims.
    pub(crate) async fn why_not(&self, claims: &Value) -> String {
        self.assert(claims);
        chain(&self.come_back().await.expect_err(&claims.to_string()))
    }
}

pub(crate) fn trip() -> Trip {
    Trip {
        redirect_uri: "https://braid.example/realms/demo/callback/campus".into(),
        state: Secret::new("the-state-111"),
        nonce: Secret::new("the-nonce-222"),
        verifier: Secret::new("the-verifier-333-dBjftJeZ4CVP-mB92K27uhbUJU1p1r"),
        fresh: false,
        login_hint: None,
        ui_locales: Vec::new(),
    }
}

pub(crate) fn code() -> CallbackParams {
    CallbackParams { code: Some(Secret::new(CODE)), ..CallbackParams::default() }
}

/// The one line that goes to the log.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        line.push_str(": ");
        line.push_str(&source.to_string());
        next = source.source();
    }
    line
}

/// The claims with some of them set; null removes one.
pub(crate) fn with(claims: &Value, changes: Value) -> Value {
    let (Value::Object(mut claims), Value::Object(changes)) = (claims.clone(), changes) else {
        panic!("claims are objects");
    };
    for (name, value) in changes {
        if value.is_null() {
            claims.remove(&name);
        } else {
            claims.insert(name, value);
        }
    }
    claims.into()
}
