//! Token requests: what is asked for, and who asks.

mod authentication;

pub use authentication::Presented;

use crate::params::Params;
use crate::{ErrorCode, TokenError, scope};
use domain::{ClientId, Digest, Secret};

/// A token request that can be read in one way only. Nobody has proved anything yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// Who it says it is.
    client: Option<ClientId>,
    /// What it shows for it.
    presented: Presented,
    /// What it asks for.
    pub grant: GrantRequest,
}

/// What a token request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantRequest {
    /// `authorization_code`.
    Code(CodeRequest),
    /// `refresh_token`.
    Refresh(RefreshRequest),
}

/// Tokens for a code (RFC 6749 §4.1.3).
///
/// The code is used up by being presented here, whatever comes of it, also when the client can't prove itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRequest {
    code: Secret,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) code_verifier: Option<Secret>,
}

impl CodeRequest {
    /// What the code is stored under.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.code)
    }
}

/// Tokens for a refresh token (RFC 6749 §6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshRequest {
    pub(crate) refresh_token: Secret,
    pub(crate) scopes: Option<Vec<String>>,
}

impl RefreshRequest {
    /// What the refresh token is stored under.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.refresh_token)
    }
}

/// Every parameter that Braid acts on. One that comes twice makes the request invalid.
const KNOWN: [&str; 11] = [
    "grant_type",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "scope",
    "resource",
];

/// Grant types that exist elsewhere and that no client has here.
const NOT_ENABLED: [&str; 7] = [
    "password",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:openid:params:grant-type:ciba",
];

const fn invalid(description: &'static str) -> TokenError {
    TokenError::new(ErrorCode::InvalidRequest, description)
}

impl TokenRequest {
    /// Reads the form of the body and the `Authorization` header. A query on the token endpoint is the server's to refuse.
    pub fn read(form: &[(String, String)], authorization: Option<&str>) -> Result<Self, TokenError> {
        let params = Params(form);
        if params.repeats_one_of(&KNOWN) {
            return Err(invalid("a parameter is repeated"));
        }
        let (client, presented) = authentication::read(params, authorization)?;
        if params.has("resource") {
            return Err(TokenError::new(ErrorCode::InvalidTarget, "resource is not supported"));
        }
        let get = |name| params.one(name).ok().flatten();
        let grant = match get("grant_type") {
            Some("authorization_code") => GrantRequest::Code(CodeRequest {
                code: get("code").map(Secret::new).ok_or(invalid("code is missing"))?,
                redirect_uri: get("redirect_uri").map(String::from),
                code_verifier: get("code_verifier").map(Secret::new),
            }),
            Some("refresh_token") => GrantRequest::Refresh(RefreshRequest {
                refresh_token: get("refresh_token").map(Secret::new).ok_or(invalid("refresh_token is missing"))?,
                scopes: get("scope").map(scope::split),
            }),
            Some(other) if NOT_ENABLED.contains(&other) => {
                return Err(TokenError::new(ErrorCode::UnauthorizedClient, "this client may not use this grant_type"));
            }
            Some(_) => return Err(TokenError::new(ErrorCode::UnsupportedGrantType, "unknown grant_type")),
            None => return Err(invalid("grant_type is missing")),
        };
        Ok(Self { client, presented, grant })
    }

    /// The client to look up, for [`TokenRequest::authenticate`].
    pub fn client(&self) -> Option<&ClientId> {
        self.client.as_ref()
    }
}
