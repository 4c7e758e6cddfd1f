//! Registered clients.

mod registration;

pub use registration::{ClientRegistration, RegistrationError, RegistrationProblem};

use crate::{RedirectUri, SigningAlg, scope};
use domain::{AuthorizeRequest, ClientId, ClientPolicy, Digest, Secret};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// Whether a client can keep a secret (RFC 6749 §2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum ClientKind {
    /// It can't: an application in a browser or on a device. Its method at the token endpoint is `none`.
    Public,
    /// It can.
    Confidential {
        /// Digests of its secrets. Several at once allow for changing them.
        secrets: Vec<Digest>,
        /// How it may send one.
        methods: Vec<SecretMethod>,
    },
}

/// How a client sends its secret to the token endpoint (OpenID Connect Core §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretMethod {
    /// In the `Authorization` header.
    #[serde(rename = "client_secret_basic")]
    Basic,
    /// In the form.
    #[serde(rename = "client_secret_post")]
    Post,
}

/// A registered client. Stored as its [`ClientRegistration`] and checked again when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ClientRegistration", into = "ClientRegistration")]
#[non_exhaustive]
pub struct Client {
    /// The `client_id`.
    pub id: ClientId,
    /// The name on pages.
    pub name: String,
    /// A disabled client gets nothing.
    pub enabled: bool,
    /// Whether it can keep a secret.
    pub kind: ClientKind,
    /// Where answers may go.
    pub redirect_uris: Vec<RedirectUri>,
    /// The scopes that it may ask for.
    pub scopes: Vec<String>,
    /// Whether the person is asked before the client learns anything.
    pub consent: bool,
    /// The algorithm of its ID tokens.
    pub signing_alg: SigningAlg,
    /// Whether a request without PKCE is refused. True for every public client.
    pub pkce_required: bool,
}

impl Client {
    /// Whether it gets refresh tokens where a person granted `offline_access`.
    pub fn may_refresh(&self) -> bool {
        scope::has(&self.scopes, scope::OFFLINE_ACCESS)
    }

    /// Where the client lives, as far as its registration tells: the origin of its first redirect URI on the web.
    pub fn home(&self) -> Option<String> {
        let registered = self.redirect_uris.iter().filter_map(|uri| url::Url::parse(uri.as_str()).ok());
        let on_the_web = registered.map(|uri| uri.origin()).find(url::Origin::is_tuple)?;
        Some(format!("{}/", on_the_web.ascii_serialization()))
    }

    /// Whether an answer may go to `uri`.
    pub fn may_redirect_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| registered.accepts(uri))
    }

    /// Whether a request that was good when it came may still be answered: the client is enabled, and the redirect URI is
    /// still registered.
    pub fn still_allows(&self, request: &AuthorizeRequest) -> bool {
        self.enabled && self.id == request.client && self.may_redirect_to(&request.redirect_uri)
    }

    /// What the login flows need to know of it.
    pub fn policy(&self) -> ClientPolicy {
        ClientPolicy {
            id: self.id.clone(),
            name: self.name.clone(),
            enabled: self.enabled,
            consent: self.consent,
            first_login_flow: None,
            post_login_flow: None,
        }
    }

    /// Whether the secret is one of the client's and may be sent this way. Takes the same time for every secret of
    /// the client.
    pub(crate) fn accepts_secret(&self, secret: &Secret, method: SecretMethod) -> bool {
        let ClientKind::Confidential { secrets, methods } = &self.kind else {
            return false;
        };
        let presented = Digest::of(secret);
        let equals = |digest: &Digest| digest.as_str().as_bytes().ct_eq(presented.as_str().as_bytes());
        let known = secrets.iter().fold(subtle::Choice::from(0), |found, digest| found | equals(digest));
        methods.contains(&method) && bool::from(known)
    }
}
