//! The broker as the application sees it: an OpenID provider. It knows nothing of Braid but its issuer, so that the demo shows how
//! anybody's application gets along with it.

use super::Settings;
use domain::{Digest, Secret};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::error::Error;
use tokio::sync::OnceCell;
use url::Url;

const CLIENT_ID: &str = "application";
const SCOPE: &str = "openid profile email offline_access";

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    /// The callback belongs to no login of this browser, or to one that ended.
    #[error("this browser has no login that waits for this answer")]
    NotStartedHere,
    /// The broker answered with an error.
    #[error("the broker says “{0}”")]
    Refused(String),
    /// Something is missing in an answer.
    #[error("the answer of the broker has no {0}")]
    Missing(&'static str),
    /// The answer is somebody else's.
    #[error("the answer is not the broker's")]
    Issuer,
    /// The ID token belongs to another login.
    #[error("the nonce is not the one of this login")]
    Nonce,
    /// Two answers speak of two people.
    #[error("the ID token and the userinfo endpoint speak of different people")]
    Subject,
    /// The exchange failed, or what came can't be believed.
    #[error("{what}")]
    Exchange {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// A login that began.
pub(super) struct Trip {
    state: Secret,
    nonce: Secret,
    verifier: Secret,
}

impl Trip {
    pub(super) fn state(&self) -> &str {
        self.state.reveal()
    }
}

/// What a login asks for besides signing in.
pub(super) struct Wish {
    /// Straight to this provider.
    pub(super) provider: Option<String>,
    /// `login` or `create`.
    pub(super) prompt: Option<String>,
}

/// Somebody who is signed in.
pub(super) struct Account {
    /// What the last ID token said.
    pub(super) id_token: Map<String, Value>,
    /// What the userinfo endpoint said.
    pub(super) user_info: Map<String, Value>,
    /// How often the tokens were refreshed.
    pub(super) refreshed: u32,
    nonce: Secret,
    refresh_token: Option<Secret>,
}

impl Account {
    /// Whether there is a refresh token.
    pub(super) fn may_refresh(&self) -> bool {
        self.refresh_token.is_some()
    }
}

/// What the discovery document says (OpenID Connect Discovery §3), as far as it is needed.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    userinfo_endpoint: Url,
    jwks_uri: Url,
}

/// What the token endpoint answers (OpenID Connect Core §3.1.3.3).
#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are the standard's")]
struct Tokens {
    access_token: Secret,
    id_token: Option<Secret>,
    refresh_token: Option<Secret>,
}

/// The broker.
pub(super) struct Broker {
    settings: Settings,
    http: reqwest::Client,
    metadata: OnceCell<Metadata>,
}

impl Broker {
    pub(super) fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        let http =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]).build()?;
        Ok(Self { settings, http, metadata: OnceCell::new() })
    }

    async fn metadata(&self) -> Result<&Metadata, Problem> {
        self.metadata.get_or_try_init(|| self.discover()).await
    }

    async fn discover(&self) -> Result<Metadata, Problem> {
        let address = format!("{}/.well-known/openid-configuration", self.settings.issuer);
        let metadata: Metadata = self.json(self.http.get(address), "the broker could not be discovered").await?;
        if metadata.issuer == self.settings.issuer { Ok(metadata) } else { Err(Problem::Issuer) }
    }

    async fn json<T: for<'de> Deserialize<'de>>(
        &self,
        request: reqwest::RequestBuilder,
        what: &'static str,
    ) -> Result<T, Problem> {
        let answer = request.send().await.and_then(reqwest::Response::error_for_status).map_err(failed(what))?;
        let body = answer.bytes().await.map_err(failed(what))?;
        serde_json::from_slice(&body).map_err(failed(what))
    }

    /// Begins a login, and says where the browser goes.
    pub(super) async fn begin(&self, wish: &Wish) -> Result<(Trip, String), Problem> {
        let entropy = server::fresh_entropy();
        let trip = Trip { state: entropy.secret("state"), nonce: entropy.secret("nonce"), verifier: entropy.secret("verifier") };
        let mut url = self.metadata().await?.authorization_endpoint.clone();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", CLIENT_ID),
            ("redirect_uri", &self.settings.redirect_uri),
            ("scope", SCOPE),
            ("state", trip.state()),
            ("nonce", trip.nonce.reveal()),
            ("code_challenge_method", "S256"),
            ("code_challenge", Digest::of(&trip.verifier).as_str()),
        ]);
        let prompt = wish.prompt.as_deref().filter(|prompt| ["login", "create"].contains(prompt));
        url.query_pairs_mut().extend_pairs(prompt.map(|prompt| ("prompt", prompt)));
        url.query_pairs_mut().extend_pairs(wish.provider.as_ref().map(|provider| ("provider-hint", provider)));
        Ok((trip, url.to_string()))
    }

    /// Turns what came back into somebody who is signed in.
    pub(super) async fn finish(&self, trip: Trip, code: Option<String>, iss: Option<&str>) -> Result<Account, Problem> {
        if iss != Some(&self.settings.issuer) {
            return Err(Problem::Issuer);
        }
        let code = code.ok_or(Problem::Missing("code"))?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &self.settings.redirect_uri),
            ("code_verifier", trip.verifier.reveal()),
        ];
        let tokens = self.tokens(&form, "the code could not be redeemed").await?;
        self.account(tokens, trip.nonce, None).await
    }

    /// New tokens for somebody who is signed in.
    pub(super) async fn refresh(&self, account: &Account) -> Result<Account, Problem> {
        let token = account.refresh_token.as_ref().ok_or(Problem::Missing("refresh token"))?;
        let form = [("grant_type", "refresh_token"), ("refresh_token", token.reveal())];
        let tokens = self.tokens(&form, "the tokens could not be refreshed").await?;
        self.account(tokens, account.nonce.clone(), Some(account)).await
    }

    async fn tokens(&self, form: &[(&str, &str)], what: &'static str) -> Result<Tokens, Problem> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.http.post(self.metadata().await?.token_endpoint.clone()).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.json(request.basic_auth(CLIENT_ID, Some(self.settings.secret.reveal())), what).await
    }

    async fn account(&self, tokens: Tokens, nonce: Secret, before: Option<&Account>) -> Result<Account, Problem> {
        let id_token = self.claims(&tokens.id_token.ok_or(Problem::Missing("ID token"))?).await?;
        // A refreshed ID token has no nonce (OpenID Connect Core §12.2); if it has one, it is the first one's.
        match id_token.get("nonce").and_then(Value::as_str) {
            Some(given) if given == nonce.reveal() => {}
            None if before.is_some() => {}
            _ => return Err(Problem::Nonce),
        }
        let request = self.http.get(self.metadata().await?.userinfo_endpoint.clone());
        let request = request.bearer_auth(tokens.access_token.reveal());
        let user_info: Map<String, Value> = self.json(request, "the userinfo endpoint didn't answer").await?;
        if user_info.get("sub") != id_token.get("sub") {
            return Err(Problem::Subject);
        }
        Ok(Account {
            id_token,
            user_info,
            refreshed: before.map_or(0, |before| before.refreshed.saturating_add(1)),
            nonce,
            refresh_token: tokens.refresh_token.or_else(|| before.and_then(|before| before.refresh_token.clone())),
        })
    }

    /// The claims of an ID token that the broker signed for this application, and that hasn't expired.
    async fn claims(&self, token: &Secret) -> Result<Map<String, Value>, Problem> {
        let metadata = self.metadata().await?;
        let keys: JwkSet = self.json(self.http.get(metadata.jwks_uri.clone()), "the broker's keys could not be read").await?;
        let header = decode_header(token.reveal()).map_err(failed("the ID token can't be read"))?;
        let key = header.kid.as_deref().and_then(|kid| keys.find(kid)).ok_or(Problem::Missing("key for its ID token"))?;
        let key = DecodingKey::from_jwk(key).map_err(failed("the broker's key can't be read"))?;
        let mut rules = Validation::new(Algorithm::ES256);
        rules.set_issuer(&[&metadata.issuer]);
        rules.set_audience(&[CLIENT_ID]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims = decode(token.reveal(), &key, &rules).map_err(failed("the ID token can't be believed"))?;
        Ok(claims.claims)
    }
}

fn failed<E: Error + Send + Sync + 'static>(what: &'static str) -> impl FnOnce(E) -> Problem {
    move |error| Problem::Exchange { what, source: Box::new(error) }
}
