//! Registered clients.

use crate::{RedirectUri, RedirectUriError, SigningAlg, scope};
use domain::{AuthorizeRequest, ClientId, ClientPolicy, Digest, IdError, Secret};
use serde::{Deserialize, Serialize};
use std::fmt;
use subtle::ConstantTimeEq as _;

/// A client as an operator describes it, and as it is stored. Only [`Client::register`] makes a client of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientRegistration {
    /// The `client_id`.
    pub id: String,
    /// The name on pages.
    pub name: String,
    /// A disabled client gets nothing.
    pub enabled: bool,
    /// Whether it can keep a secret.
    pub kind: ClientKind,
    /// Where answers may go.
    pub redirect_uris: Vec<String>,
    /// The scopes that it may ask for. `openid` is a must; `offline_access` is what allows refresh tokens.
    pub scopes: Vec<String>,
    /// Whether the person is asked before the client learns anything.
    pub consent: bool,
    /// The algorithm of its ID tokens.
    pub signing_alg: SigningAlg,
    /// Whether a request without PKCE is refused. A public client can't switch it off.
    pub pkce_required: bool,
}

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

impl ClientRegistration {
    /// A client with safe settings: enabled, PKCE required, ES256, both secret methods, every scope, no consent page.
    pub fn new(id: &str, name: &str, secrets: Vec<Digest>, redirect_uris: Vec<String>) -> Self {
        let kind = if secrets.is_empty() {
            ClientKind::Public
        } else {
            ClientKind::Confidential { secrets, methods: vec![SecretMethod::Basic, SecretMethod::Post] }
        };
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            enabled: true,
            kind,
            redirect_uris,
            scopes: scope::SUPPORTED.map(String::from).into(),
            consent: false,
            signing_alg: SigningAlg::Es256,
            pkce_required: true,
        }
    }
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

/// Everything that is wrong with a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationError {
    /// At least one.
    pub problems: Vec<RegistrationProblem>,
}

/// One thing that is wrong with a registration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationProblem {
    /// The `client_id` is none.
    #[error(transparent)]
    Id(#[from] IdError),
    /// Nothing to show to people.
    #[error("the name is empty or has nothing visible")]
    Name,
    /// Nowhere to answer to.
    #[error("there is no redirect URI")]
    NoRedirectUri,
    /// A redirect URI that may not be registered.
    #[error("redirect URI “{uri}”: {reason}")]
    RedirectUri {
        /// The URI.
        uri: String,
        /// What is wrong with it.
        #[source]
        reason: RedirectUriError,
    },
    /// A confidential client without a secret.
    #[error("a confidential client needs a secret; without one it is public")]
    NoSecret,
    /// A confidential client that may send its secret nowhere.
    #[error("a confidential client needs client_secret_basic, client_secret_post, or both")]
    NoMethod,
    /// A public client that wants to go without PKCE.
    #[error("a public client can't go without PKCE")]
    PublicWithoutPkce,
    /// `openid` is not among the scopes.
    #[error("the scope “openid” is missing")]
    NoOpenId,
    /// A scope that doesn't exist.
    #[error("the scope “{0}” doesn't exist; there are openid, profile, email and offline_access")]
    UnknownScope(String),
}

impl fmt::Display for RegistrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.problems.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for RegistrationError {}

impl Client {
    /// Checks a registration and reports all that is wrong with it.
    pub fn register(registration: ClientRegistration) -> Result<Self, RegistrationError> {
        let mut problems = Vec::new();
        let id = ClientId::parse(&registration.id).map_err(|error| problems.push(error.into())).ok();
        let name = domain::text::display_name(&registration.name);
        if name.is_none() {
            problems.push(RegistrationProblem::Name);
        }
        check_kind(&registration, &mut problems);
        check_scopes(&registration.scopes, &mut problems);
        let redirect_uris = read_uris(&registration.redirect_uris, &mut problems);
        match (id, name) {
            (Some(id), Some(name)) if problems.is_empty() => Ok(Self {
                id,
                name,
                enabled: registration.enabled,
                kind: registration.kind,
                redirect_uris,
                scopes: registration.scopes,
                consent: registration.consent,
                signing_alg: registration.signing_alg,
                pkce_required: registration.pkce_required,
            }),
            _ => Err(RegistrationError { problems }),
        }
    }

    /// Whether it gets refresh tokens where a person granted `offline_access`.
    pub fn may_refresh(&self) -> bool {
        scope::has(&self.scopes, scope::OFFLINE_ACCESS)
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
        ClientPolicy { id: self.id.clone(), name: self.name.clone(), enabled: self.enabled, consent: self.consent }
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

fn check_kind(registration: &ClientRegistration, problems: &mut Vec<RegistrationProblem>) {
    match &registration.kind {
        ClientKind::Public if !registration.pkce_required => problems.push(RegistrationProblem::PublicWithoutPkce),
        ClientKind::Public => {}
        ClientKind::Confidential { secrets, methods } => {
            if secrets.is_empty() {
                problems.push(RegistrationProblem::NoSecret);
            }
            if methods.is_empty() {
                problems.push(RegistrationProblem::NoMethod);
            }
        }
    }
}

fn check_scopes(scopes: &[String], problems: &mut Vec<RegistrationProblem>) {
    if !scope::has(scopes, scope::OPENID) {
        problems.push(RegistrationProblem::NoOpenId);
    }
    let unknown = scopes.iter().filter(|name| !scope::SUPPORTED.contains(&name.as_str()));
    problems.extend(unknown.map(|name| RegistrationProblem::UnknownScope(name.clone())));
}

fn read_uris(uris: &[String], problems: &mut Vec<RegistrationProblem>) -> Vec<RedirectUri> {
    if uris.is_empty() {
        problems.push(RegistrationProblem::NoRedirectUri);
    }
    let mut read = Vec::new();
    for uri in uris {
        match RedirectUri::parse(uri) {
            Ok(good) => read.push(good),
            Err(reason) => problems.push(RegistrationProblem::RedirectUri { uri: uri.clone(), reason }),
        }
    }
    read
}

impl TryFrom<ClientRegistration> for Client {
    type Error = RegistrationError;
    fn try_from(registration: ClientRegistration) -> Result<Self, RegistrationError> {
        Self::register(registration)
    }
}

impl From<Client> for ClientRegistration {
    fn from(client: Client) -> Self {
        Self {
            id: client.id.into(),
            name: client.name,
            enabled: client.enabled,
            kind: client.kind,
            redirect_uris: client.redirect_uris.into_iter().map(String::from).collect(),
            scopes: client.scopes,
            consent: client.consent,
            signing_alg: client.signing_alg,
            pkce_required: client.pkce_required,
        }
    }
}
