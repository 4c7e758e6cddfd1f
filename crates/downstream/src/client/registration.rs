//! Registering a client: what an operator describes, checked as a whole.

use super::{Client, ClientKind, SecretMethod};
use crate::{RedirectUri, RedirectUriError, SigningAlg, scope};
use domain::{ClientId, Digest, IdError};
use serde::{Deserialize, Serialize};
use std::fmt;

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
