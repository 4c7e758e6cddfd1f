//! An identity provider on a loopback socket that says whatever the test wants.

use crate::signing::Key;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;
use url::Url;

/// What is wrong with a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trouble {
    /// Nothing.
    #[default]
    None,
    /// It answers every request with 503.
    Down,
    /// It takes requests to its token endpoint and never answers.
    Hangs,
    /// Its token endpoint answers with a page.
    Garbage,
    /// Its token endpoint sends us elsewhere.
    Redirects,
}

type Edit = Arc<dyn Fn(&mut Value, &mut Map<String, Value>) + Send + Sync>;

struct Inner {
    claims: Value,
    key: Key,
    published: Vec<Value>,
    trouble: Trouble,
    edit: Option<Edit>,
    payload: Option<String>,
    error: Option<String>,
    /// By code: the nonce of the trip and what was asserted when the person came.
    codes: HashMap<String, (String, Value)>,
    next: u64,
    token_requests: Vec<HashMap<String, String>>,
    trips: Vec<HashMap<String, String>>,
}

/// An identity provider. Clones are the same one.
#[derive(Clone)]
pub struct Provider {
    /// Its issuer and origin.
    pub issuer: String,
    inner: Arc<Mutex<Inner>>,
}

/// A provider's secret for Braid, so that logs can be searched for it.
pub(crate) const CLIENT_SECRET: &str = "marker-upstream-client-secret";

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = Key::fresh("k1");
        let inner = Inner {
            claims: json!({}),
            published: vec![key.jwk()],
            key,
            trouble: Trouble::None,
            edit: None,
            payload: None,
            error: None,
            codes: HashMap::new(),
            next: 0,
            token_requests: Vec::new(),
            trips: Vec::new(),
        };
        let provider = Self { issuer, inner: Arc::new(Mutex::new(inner)) };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// Who signs in here from now on, as claims.
    pub fn will_assert(&self, claims: Value) {
        self.lock().claims = claims;
    }

    /// Changes the header and the claims of the ID tokens that are made from now on.
    pub fn will_bend(&self, edit: impl Fn(&mut Value, &mut Map<String, Value>) + Send + Sync + 'static) {
        self.lock().edit = Some(Arc::new(edit));
    }

    /// The ID tokens made from now on are right again.
    pub fn will_be_honest(&self) {
        let mut inner = self.lock();
        (inner.edit, inner.payload, inner.error) = (None, None, None);
    }

    /// Exactly this text is signed as the next tokens' payload; `NONCE`, `ISSUER` in it are filled in.
    pub fn will_sign(&self, payload: &str) {
        self.lock().payload = Some(payload.to_owned());
    }

    /// Instead of codes, this error is given out.
    pub fn will_refuse_with(&self, error: &str) {
        self.lock().error = Some(error.to_owned());
    }

    /// What is wrong from now on.
    pub fn is_in(&self, trouble: Trouble) {
        self.lock().trouble = trouble;
    }

    /// Signs with a new key from now on, which is published or not.
    pub fn changes_its_key(&self, id: &str, published: bool) {
        let mut inner = self.lock();
        inner.key = Key::fresh(id);
        if published {
            inner.published = vec![inner.key.jwk()];
        }
    }

    /// The forms that its token endpoint got.
    pub fn token_requests(&self) -> Vec<HashMap<String, String>> {
        self.lock().token_requests.clone()
    }

    /// The authorization requests that browsers brought.
    pub fn trips(&self) -> Vec<HashMap<String, String>> {
        self.lock().trips.clone()
    }

    /// What a browser that comes with this authorization request is answered: the address that it is sent back to.
    pub fn receives(&self, url: &str) -> String {
        let url = Url::parse(url).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let mut inner = self.lock();
        inner.trips.push(asked.clone());
        let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
        back.query_pairs_mut().append_pair("state", &asked["state"]).append_pair("iss", &self.issuer);
        if let Some(error) = inner.error.clone() {
            back.query_pairs_mut().append_pair("error", &error);
        } else {
            inner.next += 1;
            let code = format!("marker-upstream-code-{}", inner.next);
            let claims = inner.claims.clone();
            inner.codes.insert(code.clone(), (asked["nonce"].clone(), claims));
            back.query_pairs_mut().append_pair("code", &code);
        }
        back.into()
    }

    fn id_token(&self, inner: &Inner, client: &str, nonce: &str, claims: &Value) -> String {
        let now = server::now().as_seconds();
        let mut header = json!({"alg": "ES256", "typ": "JWT", "kid": inner.key.id});
        let mut payload = Map::new();
        let protocol = json!({"iss": self.issuer, "aud": client, "iat": now, "exp": now + 300, "nonce": nonce, "auth_time": now});
        for claims in [&protocol, claims] {
            payload.extend(claims.as_object().unwrap().clone());
        }
        if let Some(edit) = &inner.edit {
            edit(&mut header, &mut payload);
        }
        let text = match &inner.payload {
            Some(text) => text.replace("NONCE", nonce).replace("ISSUER", &self.issuer),
            None => Value::Object(payload).to_string(),
        };
        inner.key.token(&header, &text)
    }
}

async fn discovery(State(provider): State<Provider>) -> Response {
    if provider.lock().trouble == Trouble::Down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let issuer = &provider.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
    .into_response()
}

async fn jwks(State(provider): State<Provider>) -> Response {
    let inner = provider.lock();
    if inner.trouble == Trouble::Down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    Json(json!({"keys": inner.published})).into_response()
}

async fn token(State(provider): State<Provider>, body: Bytes) -> Response {
    let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let trouble = {
        let mut inner = provider.lock();
        inner.token_requests.push(form.clone());
        inner.trouble
    };
    match trouble {
        Trouble::None => {}
        Trouble::Down => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Trouble::Hangs => std::future::pending().await,
        Trouble::Garbage => return Html("<p>Have a nice day</p>").into_response(),
        Trouble::Redirects => return (StatusCode::FOUND, [("location", "http://127.0.0.1:1/")]).into_response(),
    }
    let mut inner = provider.lock();
    let Some((nonce, claims)) = inner.codes.remove(form.get("code").map_or("", String::as_str)) else {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    };
    let id_token = provider.id_token(&inner, "braid", &nonce, &claims);
    Json(json!({"access_token": "marker-upstream-access-token", "token_type": "Bearer", "expires_in": 60, "id_token": id_token}))
        .into_response()
}
