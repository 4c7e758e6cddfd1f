//! How one provider is configured, and which settings are refused before they can do harm.

use domain::{AttributeName, ProviderAlias, Secret};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// One OpenID provider, as an operator describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcSettings {
    /// The provider's name in the realm.
    pub alias: ProviderAlias,
    /// The issuer. It is compared byte for byte with the discovery document, the ID token and the callback.
    pub issuer: String,
    /// Braid's client id there.
    pub client_id: String,
    /// Braid's client secret there, if it has one.
    pub client_secret: Option<Secret>,
    /// How Braid authenticates at the token endpoint.
    pub token_auth: TokenAuth,
    /// What is asked for. `openid` is added when it is missing.
    pub scopes: Vec<String>,
    /// Which claims are read, and which are kept.
    pub claims: ClaimsMapping,
    /// The claim of the ID token that names the authority behind a federation (`idp`, at `CILogon`). It becomes part of the key, so
    /// a token without it is refused.
    pub authority_claim: Option<String>,
    /// Whether the texts `"true"` and `"false"` count for this provider's `email_verified`.
    pub email_verified_may_be_text: bool,
    /// The algorithms that an ID token may be signed with.
    pub signing_algs: Vec<SigningAlg>,
    /// Further parameters of the authorization request, sent as they are.
    pub authorize_params: BTreeMap<String, String>,
    /// Whether the userinfo endpoint is asked for claims that the ID token doesn't have.
    pub user_info: bool,
    /// Audiences besides the client id that an ID token may name. Empty is right for nearly everybody.
    pub trusted_audiences: Vec<String>,
    /// If not empty: the only hosts, besides the issuer's own, on which the discovery document may place endpoints.
    pub endpoint_hosts: Vec<String>,
    /// How far the provider's clock may be off.
    pub clock_skew: Duration,
}

impl OidcSettings {
    /// The usual settings: Basic authentication once there is a secret, `openid profile email`, standard claims.
    pub fn new(alias: ProviderAlias, issuer: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            alias,
            issuer: issuer.into(),
            client_id: client_id.into(),
            client_secret: None,
            token_auth: TokenAuth::None,
            scopes: ["openid", "profile", "email"].map(String::from).to_vec(),
            claims: ClaimsMapping::default(),
            authority_claim: None,
            email_verified_may_be_text: false,
            signing_algs: vec![SigningAlg::RS256, SigningAlg::ES256, SigningAlg::PS256, SigningAlg::EdDSA],
            authorize_params: BTreeMap::new(),
            user_info: false,
            trusted_audiences: Vec::new(),
            endpoint_hosts: Vec::new(),
            clock_skew: Duration::from_mins(1),
        }
    }

    /// The same settings with a client secret, sent by Basic authentication.
    #[must_use]
    pub fn with_secret(mut self, secret: Secret) -> Self {
        self.client_secret = Some(secret);
        self.token_auth = TokenAuth::Basic;
        self
    }

    /// Refuses what can't work or would be unsafe; gives back the issuer as a URL.
    pub(crate) fn check(&self) -> Result<Url, SettingsError> {
        let issuer = Url::parse(&self.issuer).map_err(|source| SettingsError::Issuer { source })?;
        if issuer.query().is_some() || issuer.fragment().is_some() || issuer.cannot_be_a_base() {
            return Err(SettingsError::IssuerParts);
        }
        if self.client_id.is_empty() {
            return Err(SettingsError::ClientId);
        }
        if (self.token_auth == TokenAuth::None) == self.client_secret.is_some() {
            return Err(SettingsError::Secret);
        }
        if self.signing_algs.is_empty() {
            return Err(SettingsError::Algorithms);
        }
        if self.scopes.iter().any(|scope| !is_scope_token(scope)) {
            return Err(SettingsError::Scope);
        }
        self.check_claims()?;
        self.check_params()?;
        Ok(issuer)
    }

    fn check_claims(&self) -> Result<(), SettingsError> {
        let claims = &self.claims;
        if NEVER_AN_ADDRESS.contains(&claims.email.as_str()) {
            return Err(SettingsError::Address { claim: claims.email.clone() });
        }
        if claims.email_verified == "xms_edov" {
            return Err(SettingsError::Address { claim: claims.email_verified.clone() });
        }
        if let Some(claim) = self.authority_claim.as_ref().filter(|claim| !may_name_an_authority(claim)) {
            return Err(SettingsError::Authority { claim: claim.clone() });
        }
        let mut kept = claims.keep.iter().chain(claims.attributes.values());
        match kept.find(|claim| NEVER_KEPT.contains(&claim.as_str())) {
            Some(claim) => Err(SettingsError::Keep { claim: claim.clone() }),
            None => Ok(()),
        }
    }

    fn check_params(&self) -> Result<(), SettingsError> {
        let reserved = |(name, value): &(&String, &String)| {
            RESERVED_PARAMS.contains(&name.as_str()) || (name.as_str() == "prompt" && value.split(' ').any(|v| v == "none"))
        };
        match self.authorize_params.iter().find(reserved) {
            Some((name, _)) => Err(SettingsError::Reserved { name: name.clone() }),
            None => Ok(()),
        }
    }
}

/// Claims that look like addresses and aren't: names to sign in with, which their owner or an administrator chooses.
const NEVER_AN_ADDRESS: [&str; 6] = ["upn", "preferred_username", "unique_name", "nickname", "sub", "xms_edov"];

/// Claims that belong to the protocol of one login, or carry tokens.
const NEVER_KEPT: [&str; 6] = ["nonce", "at_hash", "c_hash", "s_hash", "_claim_names", "_claim_sources"];

/// Claims about the person, which change while the authority stays.
const NEVER_AN_AUTHORITY: [&str; 11] =
    ["email", "email_verified", "name", "given_name", "family_name", "eppn", "picture", "groups", "auth_time", "iat", "exp"];

/// A claim that may change with the next login would make a stranger of somebody known.
fn may_name_an_authority(claim: &str) -> bool {
    ![&NEVER_AN_AUTHORITY[..], &NEVER_AN_ADDRESS[..], &NEVER_KEPT[..]].iter().any(|never| never.contains(&claim))
}

/// Parameters that Braid sets itself, or whose meaning would change what comes back.
pub(crate) const RESERVED_PARAMS: [&str; 17] = [
    "response_type",
    "response_mode",
    "client_id",
    "client_secret",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "max_age",
    "login_hint",
    "ui_locales",
    "id_token_hint",
    "request",
    "request_uri",
    "iss",
];

fn is_scope_token(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

/// How Braid authenticates at the token endpoint (OpenID Connect Core §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenAuth {
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
    /// `none`: a public client, held by PKCE alone.
    None,
}

/// Which claim feeds what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClaimsMapping {
    /// The person's name at the provider.
    pub username: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Link to a picture.
    pub picture: String,
    /// The address.
    pub email: String,
    /// Whether the provider verified the address.
    pub email_verified: String,
    /// Claims that are kept with the identity, as JSON texts.
    pub keep: Vec<String>,
    /// Which claim feeds which attribute of the account: a text, or a list of texts.
    pub attributes: BTreeMap<AttributeName, String>,
}

impl Default for ClaimsMapping {
    fn default() -> Self {
        Self {
            username: "preferred_username".into(),
            given_name: "given_name".into(),
            family_name: "family_name".into(),
            picture: "picture".into(),
            email: "email".into(),
            email_verified: "email_verified".into(),
            keep: Vec::new(),
            attributes: BTreeMap::new(),
        }
    }
}

/// The signature algorithms that Braid can believe (RFC 7518 §3.1, RFC 8037). `none` and the HMAC family have no name here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the standard's")]
pub enum SigningAlg {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    EdDSA,
}

/// Why a provider's settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The issuer isn't a URL.
    #[error("the issuer is not a URL")]
    Issuer {
        /// What the parser said.
        #[source]
        source: url::ParseError,
    },
    /// The issuer has a query or a fragment (OpenID Connect Discovery §3).
    #[error("an issuer has no query and no fragment")]
    IssuerParts,
    /// The issuer may not be asked.
    #[error("the issuer can't be reached by Braid's rules")]
    Unreachable {
        /// Which rule.
        #[source]
        source: crate::GuardError,
    },
    /// No client id.
    #[error("the client id is empty")]
    ClientId,
    /// A way to authenticate without a secret, or a secret that would never be sent.
    #[error("“basic” and “post” need a client secret, and “none” has none")]
    Secret,
    /// Nothing could ever be believed.
    #[error("at least one signing algorithm is needed")]
    Algorithms,
    /// A scope with a space or another character that scopes don't have (RFC 6749 §3.3).
    #[error("a scope has a character that scopes don't have")]
    Scope,
    /// Something that looks like an address, and which nobody proved.
    #[error("the claim “{claim}” says nothing about who reads an address, so it can't feed one")]
    Address {
        /// The claim.
        claim: String,
    },
    /// Something that is not the same with every login of one authority.
    #[error("the claim “{claim}” may change from one login to the next, so it can't be part of the key")]
    Authority {
        /// The claim.
        claim: String,
    },
    /// A claim of the protocol.
    #[error("the claim “{claim}” belongs to one login and can't be kept")]
    Keep {
        /// The claim.
        claim: String,
    },
    /// A parameter that Braid sets itself.
    #[error("the parameter “{name}” is set by Braid and can't be given")]
    Reserved {
        /// The parameter.
        name: String,
    },
}
