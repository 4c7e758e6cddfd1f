//! The broker as the application sees it: an OpenID provider. The protocol is the `openidconnect` crate's, so that the demo shows
//! how anybody's application gets along with Braid.

use super::Settings;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RefreshToken, Scope, TokenResponse as _,
};
use serde_json::{Map, Value};
use std::error::Error;
use std::pin::Pin;
use tokio::sync::OnceCell;

/// The client, with the endpoints that the discovery document names.
type Client = CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

const CLIENT_ID: &str = "application";

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
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl Trip {
    pub(super) fn state(&self) -> &str {
        self.state.secret()
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
    nonce: Nonce,
    refresh_token: Option<RefreshToken>,
}

impl Account {
    /// Whether there is a refresh token.
    pub(super) fn may_refresh(&self) -> bool {
        self.refresh_token.is_some()
    }
}

/// The broker.
pub(super) struct Broker {
    settings: Settings,
    http: Http,
    client: OnceCell<Client>,
}

impl Broker {
    pub(super) fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        let http =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]).build()?;
        Ok(Self { settings, http: Http(http), client: OnceCell::new() })
    }

    async fn client(&self) -> Result<&Client, Problem> {
        self.client.get_or_try_init(|| self.discover()).await
    }

    async fn discover(&self) -> Result<Client, Problem> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(failed("the issuer is no URL"))?;
        let redirect_uri = RedirectUrl::new(self.settings.redirect_uri.clone()).map_err(failed("the redirect URI is no URL"))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http).await;
        let metadata = metadata.map_err(failed("the broker could not be discovered"))?;
        let secret = ClientSecret::new(self.settings.secret.reveal().to_owned());
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(CLIENT_ID.to_owned()), Some(secret));
        Ok(client.set_redirect_uri(redirect_uri))
    }

    /// Begins a login, and says where the browser goes.
    pub(super) async fn begin(&self, wish: &Wish) -> Result<(Trip, String), Problem> {
        let entropy = server::fresh_entropy();
        let text = |label| entropy.secret(label).reveal().to_owned();
        let (state, nonce, verifier) = (text("state"), text("nonce"), PkceCodeVerifier::new(text("verifier")));
        let (given_state, given_nonce) = (state.clone(), nonce.clone());
        let mut request = self
            .client()
            .await?
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(given_state),
                move || Nonce::new(given_nonce),
            )
            .add_scopes(["profile", "email", "offline_access"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        match wish.prompt.as_deref() {
            Some("login") => request = request.add_prompt(CoreAuthPrompt::Login),
            Some("create") => request = request.add_prompt(CoreAuthPrompt::Extension("create".to_owned())),
            _ => {}
        }
        if let Some(provider) = &wish.provider {
            request = request.add_extra_param("provider-hint", provider.clone());
        }
        let (url, ..) = request.url();
        Ok((Trip { state: CsrfToken::new(state), nonce: Nonce::new(nonce), verifier }, url.to_string()))
    }

    /// Turns what came back into somebody who is signed in.
    pub(super) async fn finish(&self, trip: Trip, code: Option<String>, iss: Option<&str>) -> Result<Account, Problem> {
        if iss != Some(&self.settings.issuer) {
            return Err(Problem::Issuer);
        }
        let code = AuthorizationCode::new(code.ok_or(Problem::Missing("code"))?);
        let request = self.client().await?.exchange_code(code).map_err(failed("the broker has no token endpoint"))?;
        let tokens = request.set_pkce_verifier(trip.verifier).request_async(&self.http).await;
        let tokens = tokens.map_err(failed("the code could not be redeemed"))?;
        self.account(&tokens, trip.nonce, None).await
    }

    /// New tokens for somebody who is signed in.
    pub(super) async fn refresh(&self, account: &Account) -> Result<Account, Problem> {
        let token = account.refresh_token.as_ref().ok_or(Problem::Missing("refresh token"))?;
        let request = self.client().await?.exchange_refresh_token(token).map_err(failed("the broker has no token endpoint"))?;
        let tokens = request.request_async(&self.http).await.map_err(failed("the tokens could not be refreshed"))?;
        self.account(&tokens, account.nonce.clone(), Some(account)).await
    }

    async fn account(&self, tokens: &CoreTokenResponse, nonce: Nonce, before: Option<&Account>) -> Result<Account, Problem> {
        let client = self.client().await?;
        let id_token = tokens.id_token().ok_or(Problem::Missing("ID token"))?;
        let verifier = client.id_token_verifier().set_allowed_algs([CoreJwsSigningAlgorithm::EcdsaP256Sha256]);
        // A refreshed ID token has no nonce (OpenID Connect Core §12.2); if it has one, it is the first one's.
        let right_nonce = |given: Option<&Nonce>| match given {
            Some(given) if given.secret() == nonce.secret() => Ok(()),
            None if before.is_some() => Ok(()),
            _ => Err("the nonce is not the one of this login".to_owned()),
        };
        let claims = id_token.claims(&verifier, right_nonce).map_err(failed("the ID token can't be believed"))?;
        let subject = claims.subject().clone();
        let request = client.user_info(tokens.access_token().clone(), Some(subject));
        let request = request.map_err(failed("the broker has no userinfo endpoint"))?;
        let said: CoreUserInfoClaims =
            request.request_async(&self.http).await.map_err(failed("the userinfo endpoint didn't answer"))?;
        let user_info = serde_json::to_value(&said).map_err(failed("the userinfo can't be shown"))?;
        let refresh_token = tokens.refresh_token().or(before.and_then(|before| before.refresh_token.as_ref())).cloned();
        Ok(Account {
            id_token: payload(id_token).ok_or(Problem::Missing("readable ID token"))?,
            user_info: user_info.as_object().cloned().unwrap_or_default(),
            refreshed: before.map_or(0, |before| before.refreshed.saturating_add(1)),
            nonce,
            refresh_token,
        })
    }
}

/// All claims of a token that was verified, as they were written.
fn payload(token: &CoreIdToken) -> Option<Map<String, Value>> {
    let text = token.to_string();
    let bytes = URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn failed<E: Error + Send + Sync + 'static>(what: &'static str) -> impl FnOnce(E) -> Problem {
    move |error| Problem::Exchange { what, source: Box::new(error) }
}

/// Carries the requests.
struct Http(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = reqwest::Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, reqwest::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.0.execute(request.try_into()?).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let mut response = HttpResponse::new(answer.bytes().await?.to_vec());
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}
