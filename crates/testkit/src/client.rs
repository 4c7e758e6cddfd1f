//! Clients as programs: they send people to Braid, and trade what comes back.

use crate::{Answer, Browser, ORIGIN};
use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Entropy;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

/// A client.
#[derive(Clone)]
pub struct App {
    /// Its id.
    pub id: String,
    /// Its secret, if it keeps one.
    pub secret: Option<String>,
    program: Browser,
}

/// One authorization request.
#[derive(Clone)]
pub struct Begun {
    app: App,
    /// Its parameters, to be changed.
    pub params: Vec<(String, String)>,
    /// The PKCE verifier.
    pub verifier: String,
    /// The `state`.
    pub state: String,
    /// The `nonce`.
    pub nonce: String,
}

/// What the token endpoint answered.
#[derive(Clone)]
pub struct TokenAnswer {
    app: App,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: axum::http::HeaderMap,
    /// The JSON.
    pub body: Value,
}

impl App {
    pub(crate) fn new(id: &str, secret: Option<String>, program: Browser) -> Self {
        Self { id: id.to_owned(), secret, program: program.into_program() }
    }

    /// The same client, but asking for its tokens with another secret, or none.
    #[must_use]
    pub fn with_secret(mut self, secret: Option<&str>) -> Self {
        self.secret = secret.map(String::from);
        self
    }

    /// Begins a login.
    pub fn begin(&self) -> Begun {
        let entropy: Entropy = server::fresh_entropy();
        let text = |label| entropy.secret(label).reveal().to_owned();
        let (verifier, state, nonce) = (text("verifier"), text("state"), text("nonce"));
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let callback = self.callback();
        let params = [
            ("client_id", self.id.as_str()),
            ("redirect_uri", &callback),
            ("response_type", "code"),
            ("scope", "openid profile email offline_access"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let params = params.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Begun { app: self.clone(), params, verifier, state, nonce }
    }

    /// Where it is called back.
    pub fn callback(&self) -> String {
        crate::scene::callback_of(&self.id)
    }

    /// Sends this form to the token endpoint, with the client's secret in the header.
    pub async fn token(&self, form: &[(&str, &str)]) -> TokenAnswer {
        let mut form: Vec<(&str, &str)> = form.to_vec();
        let mut headers = vec![];
        match &self.secret {
            Some(secret) => headers.push(("authorization", basic(&self.id, secret))),
            None => form.push(("client_id", &self.id)),
        }
        self.token_with(&form, &headers).await
    }

    /// Sends exactly this to the token endpoint.
    pub async fn token_with(&self, form: &[(&str, &str)], headers: &[(&str, String)]) -> TokenAnswer {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = self.program.clone().post_with("/token", form, &headers).await;
        TokenAnswer {
            app: self.clone(),
            status: answer.status,
            headers: answer.headers,
            body: serde_json::from_str(&answer.body).unwrap_or_default(),
        }
    }

    /// Trades a refresh token.
    pub async fn refresh(&self, refresh_token: &str) -> TokenAnswer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// Asks who that is. None: the token isn't good.
    pub async fn userinfo(&self, access_token: &str) -> Option<Value> {
        let authorization = format!("Bearer {access_token}");
        let answer = self.program.clone().get_with("/userinfo", &[("authorization", &authorization)]).await;
        (answer.status == StatusCode::OK).then(|| serde_json::from_str(&answer.body).unwrap())
    }
}

/// The `Authorization` line of a client.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(id), encode(secret));
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

impl Begun {
    /// With a parameter, instead of the one that is there.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.params.retain(|(key, _)| key != name);
        self.params.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a parameter.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.params.retain(|(key, _)| key != name);
        self
    }

    /// The address that the client sends the browser to.
    pub fn url(&self) -> String {
        Url::parse_with_params(&format!("{ORIGIN}/authorize"), &self.params).unwrap().into()
    }

    /// Takes the browser that came back with a code, and trades it.
    pub async fn finish(&self, answer: &Answer) -> TokenAnswer {
        let code = self.code(answer);
        self.trade(&code).await
    }

    /// The code that the browser came back with.
    pub fn code(&self, answer: &Answer) -> String {
        assert_eq!(answer.place(), self.app.callback(), "not back at the client: {} {}", answer.at, answer.text());
        assert_eq!(answer.query("state").as_ref(), Some(&self.state), "the state comes back unchanged");
        assert_eq!(answer.query("iss").as_deref(), Some(ORIGIN));
        answer.query("code").unwrap_or_else(|| panic!("no code: {}", answer.at))
    }

    /// Trades a code.
    pub async fn trade(&self, code: &str) -> TokenAnswer {
        let callback = self.app.callback();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &callback),
            ("code_verifier", &self.verifier),
        ];
        self.app.token(&form).await
    }
}

impl TokenAnswer {
    /// The error code, or nothing.
    pub fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }

    /// A token of the answer.
    pub fn get(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.body))
    }

    /// The claims of the ID token.
    pub fn claims(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        let payload = self.get("id_token").split('.').nth(1).unwrap();
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        assert_eq!((&claims["iss"], &claims["aud"]), (&ORIGIN.into(), &self.app.id.clone().into()));
        claims
    }

    /// The header of one of the tokens.
    pub fn header(&self, name: &str) -> Value {
        let header = self.get(name).split('.').next().unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
    }

    /// The subject.
    pub fn sub(&self) -> String {
        self.claims()["sub"].as_str().unwrap().to_owned()
    }

    /// What userinfo says with the access token.
    pub async fn userinfo(&self) -> Option<Value> {
        self.app.userinfo(self.get("access_token")).await
    }

    /// Trades the refresh token.
    pub async fn refresh(&self) -> TokenAnswer {
        self.app.refresh(self.get("refresh_token")).await
    }
}
