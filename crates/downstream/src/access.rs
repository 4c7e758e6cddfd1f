//! Access tokens, when they come back to the userinfo endpoint.

use crate::{ErrorCode, KeyRing, SigningAlg, jwt, scope};
use domain::{CanonicalSubject, ClientId, GrantId, Secret, Timestamp};
use serde::{Deserialize, Serialize};

/// The `typ` of access tokens (RFC 9068 §2.1). No other token has it.
pub(crate) const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// The claims of an access token (RFC 9068 §2.2).
#[derive(Serialize, Deserialize)]
pub(crate) struct AccessClaims {
    pub(crate) iss: String,
    pub(crate) sub: CanonicalSubject,
    pub(crate) aud: String,
    pub(crate) client_id: ClientId,
    pub(crate) scope: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) jti: String,
    pub(crate) sid: GrantId,
}

/// A verified access token. Whether its grant still lives is for [`crate::Grant::is_alive`] to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The grant that it came from.
    pub grant: GrantId,
    /// The client that it was issued to.
    pub client: ClientId,
    /// The subject that the client knows the account by.
    pub subject: CanonicalSubject,
    /// What it opens.
    pub scopes: Vec<String>,
}

/// Why a request to the userinfo endpoint gets no claims (RFC 6750 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    /// There is no token.
    #[error("there is no access token")]
    Missing,
    /// It isn't an access token of this realm, has expired, or its grant is dead.
    #[error("the access token is not good, or no longer")]
    Invalid,
    /// It doesn't open userinfo.
    #[error("the access token is without the scope openid")]
    Scope,
}

impl BearerError {
    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::Missing | Self::Invalid => 401,
            Self::Scope => 403,
        }
    }

    /// The error code; none where nothing was presented.
    pub const fn code(self) -> Option<ErrorCode> {
        match self {
            Self::Missing => None,
            Self::Invalid => Some(ErrorCode::InvalidToken),
            Self::Scope => Some(ErrorCode::InsufficientScope),
        }
    }

    /// The value of `WWW-Authenticate`, which is always due.
    pub fn www_authenticate(self) -> String {
        match self.code() {
            None => "Bearer realm=\"userinfo\"".to_owned(),
            Some(code) => format!("Bearer realm=\"userinfo\", error=\"{}\", error_description=\"{self}\"", code.as_str()),
        }
    }
}

/// The token in an `Authorization` header (RFC 6750 §2.1). A token in a query or a form isn't one.
pub fn bearer_token(authorization: Option<&str>) -> Result<Secret, BearerError> {
    let (scheme, token) = authorization.and_then(|header| header.split_once(' ')).ok_or(BearerError::Missing)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Secret::new(token.trim_matches(' '))) } else { Err(BearerError::Missing) }
}

/// Reads an access token of this realm. Type and algorithm are fixed, so that an ID token is none.
pub fn verify_access_token(token: &Secret, keys: &KeyRing, issuer: &str, now: Timestamp) -> Result<AccessToken, BearerError> {
    let claims: AccessClaims =
        jwt::verify(token.reveal(), keys, ACCESS_TOKEN_TYPE, SigningAlg::Es256).ok_or(BearerError::Invalid)?;
    if claims.iss != issuer || claims.aud != issuer || now.as_seconds() >= claims.exp {
        return Err(BearerError::Invalid);
    }
    let scopes = scope::split(&claims.scope);
    if !scope::has(&scopes, scope::OPENID) {
        return Err(BearerError::Scope);
    }
    Ok(AccessToken { grant: claims.sid, client: claims.client_id, subject: claims.sub, scopes })
}
