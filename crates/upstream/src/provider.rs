//! One OpenID provider: sends people there, and says who came back.

use crate::discovery::Metadata;
use crate::id_token::{Expected, IdToken};
use crate::json::{self, Object};
use crate::jws::{Jws, JwsError};
use crate::kept::{Kept, Pace};
use crate::keys::KeySet;
use crate::settings::RESERVED_PARAMS;
use crate::token::Tokens;
use crate::trip::code_of;
use crate::user_info::UserInfo;
use crate::{
    ClaimsError, DiscoveryError, Http, IdTokenError, KeyError, OidcSettings, SettingsError, Trip, UpstreamError, UserInfoError,
};
use crate::{claims, discovery, keys, token, user_info};
use domain::{BrokeredIdentity, CallbackParams, Secret, Subject, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

const METADATA: Pace = Pace {
    fresh: Duration::from_hours(1),
    usable: Duration::from_hours(24),
    failed: Duration::from_secs(5),
    renewed: Duration::from_secs(30),
};

/// Keys are asked for more often: a provider that withdraws one wants that to be seen.
const KEYS: Pace = Pace { fresh: Duration::from_mins(15), ..METADATA };

/// One provider of a realm. Keep it as long as its settings hold: it remembers the provider's metadata and keys.
pub struct OidcProvider {
    settings: OidcSettings,
    issuer: Url,
    http: Arc<Http>,
    metadata: Kept<Metadata, DiscoveryError>,
    keys: Kept<KeySet, KeyError>,
}

impl OidcProvider {
    /// Checks the settings. Asks nobody anything yet.
    pub fn new(settings: OidcSettings, http: Arc<Http>) -> Result<Self, SettingsError> {
        let issuer = settings.check()?;
        http.guard().admit(&issuer).map_err(|source| SettingsError::Unreachable { source })?;
        Ok(Self { settings, issuer, http, metadata: Kept::new(METADATA), keys: Kept::new(KEYS) })
    }

    /// Whether it is set up like this, with these connections: then there is no need for another one.
    pub fn is_set_up(&self, settings: &OidcSettings, http: &Arc<Http>) -> bool {
        self.settings == *settings && Arc::ptr_eq(&self.http, http)
    }

    /// Where the browser goes (OpenID Connect Core §3.1.2.1): with state, nonce and a PKCE challenge, always.
    pub async fn authorize_url(&self, trip: &Trip, now: Timestamp) -> Result<Url, UpstreamError> {
        let mut url = self.metadata(now).await?.authorization_endpoint.clone();
        let params = self.authorize_params(trip);
        // What the endpoint's own query says stays, unless it is ours to say: no parameter may be there twice.
        let own = |name: &str| !RESERVED_PARAMS.contains(&name) && params.iter().all(|(ours, _)| *ours != name);
        let kept: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(name, _)| own(name)).collect();
        url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(params);
        Ok(url)
    }

    /// Turns what came back into who it is. The code is sent once: after a failure the person goes back to the provider.
    pub async fn redeem(&self, trip: &Trip, params: &CallbackParams, now: Timestamp) -> Result<BrokeredIdentity, UpstreamError> {
        let metadata = self.metadata(now).await?;
        let code = code_of(params, &self.settings.issuer, metadata.promises_iss)
            .map_err(|source| UpstreamError::Callback { provider: self.name(), source })?;
        let tokens = token::redeem(&self.http, &metadata.token_endpoint, &self.settings, trip, code)
            .await
            .map_err(|source| UpstreamError::Token { provider: self.name(), source })?;
        let id_token = self.id_token(&metadata, trip, code, &tokens, now).await?;
        let user_info = self.user_info(&metadata, &tokens, &id_token.subject, now).await?;
        Ok(claims::identity(&self.settings, &id_token, user_info.as_ref()))
    }

    /// Who somebody with these claims would be: a JSON object as in an ID token's payload. Nobody is asked, and nothing is believed:
    /// it is for trying out what would come of them. An `iss` may be left out; another one than the provider's is refused.
    pub fn read_claims(&self, json: &str) -> Result<BrokeredIdentity, ClaimsError> {
        let mut claims = json::object(json.as_bytes())?;
        claims.entry("iss").or_insert_with(|| self.settings.issuer.clone().into());
        Ok(claims::identity(&self.settings, &IdToken::read(claims, &self.settings)?, None))
    }

    fn authorize_params<'a>(&'a self, trip: &'a Trip) -> Vec<(&'a str, String)> {
        let mut scopes: Vec<&str> = self.settings.scopes.iter().map(String::as_str).collect();
        if !scopes.contains(&"openid") {
            scopes.insert(0, "openid");
        }
        let mut params: Vec<(&str, String)> = vec![
            ("response_type", "code".into()),
            ("client_id", self.settings.client_id.clone()),
            ("redirect_uri", trip.redirect_uri.clone()),
            ("scope", scopes.join(" ")),
            ("state", trip.state.reveal().to_owned()),
            ("nonce", trip.nonce.reveal().to_owned()),
            ("code_challenge", trip.challenge()),
            ("code_challenge_method", "S256".into()),
        ];
        if trip.fresh {
            params.extend([("prompt", "login".into()), ("max_age", "0".into())]);
        }
        if let Some(hint) = &trip.login_hint {
            params.push(("login_hint", hint.clone()));
        }
        if !trip.ui_locales.is_empty() {
            params.push(("ui_locales", trip.ui_locales.join(" ")));
        }
        let extra = self.settings.authorize_params.iter().filter(|(name, _)| !(trip.fresh && name.as_str() == "prompt"));
        params.extend(extra.map(|(name, value)| (name.as_str(), value.clone())));
        params
    }

    async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, UpstreamError> {
        let fetch = discovery::fetch(&self.http, &self.issuer, &self.settings);
        self.metadata.get(now, fetch).await.map_err(|source| UpstreamError::Discovery { provider: self.name(), source })
    }

    async fn id_token(
        &self,
        metadata: &Metadata,
        trip: &Trip,
        code: &Secret,
        tokens: &Tokens,
        now: Timestamp,
    ) -> Result<IdToken, UpstreamError> {
        let refused = |source: IdTokenError| UpstreamError::IdToken { provider: self.name(), source };
        let jws = Jws::parse(tokens.id_token.reveal(), &self.settings.signing_algs).map_err(|error| refused(error.into()))?;
        self.verify(metadata, &jws, now).await?.map_err(|error| refused(error.into()))?;
        let access_token = tokens.access_token.as_ref();
        Expected { settings: &self.settings, nonce: &trip.nonce, code, access_token, now }.check(&jws).map_err(refused)
    }

    async fn user_info(
        &self,
        metadata: &Metadata,
        tokens: &Tokens,
        subject: &Subject,
        now: Timestamp,
    ) -> Result<Option<Object>, UpstreamError> {
        let Some(endpoint) = &metadata.userinfo_endpoint else {
            return Ok(None);
        };
        let refused = |source: UserInfoError| UpstreamError::UserInfo { provider: self.name(), source };
        let answer = user_info::fetch(&self.http, endpoint, tokens.access_token.as_ref()).await.map_err(refused)?;
        let claims = match answer {
            UserInfo::Plain(claims) => claims,
            UserInfo::Signed(token) => {
                let jws = Jws::parse(&token, &self.settings.signing_algs).map_err(|error| refused(error.into()))?;
                self.verify(metadata, &jws, now).await?.map_err(|error| refused(error.into()))?;
                user_info::signed_claims(&jws, &self.settings).map_err(refused)?
            }
        };
        user_info::check_subject(&claims, subject).map_err(refused)?;
        Ok(Some(claims))
    }

    /// Checks a signature. Where no key fits, or the one that fits says no, the provider may have changed its keys: then
    /// they are asked for once more.
    async fn verify(&self, metadata: &Metadata, jws: &Jws<'_>, now: Timestamp) -> Result<Result<(), JwsError>, UpstreamError> {
        let known = self
            .keys
            .get(now, keys::fetch(&self.http, &metadata.jwks_uri))
            .await
            .map_err(|source| UpstreamError::Keys { provider: self.name(), source })?;
        let verdict = known.verify(jws);
        if !matches!(verdict, Err(JwsError::NoKey | JwsError::Signature)) {
            return Ok(verdict);
        }
        match self.keys.renew(now, &known, keys::fetch(&self.http, &metadata.jwks_uri)).await {
            Some(renewed) => Ok(renewed.verify(jws)),
            None => Ok(verdict),
        }
    }

    fn name(&self) -> String {
        self.settings.alias.to_string()
    }
}
