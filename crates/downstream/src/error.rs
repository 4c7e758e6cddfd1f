//! OAuth errors, as they go over the wire.

use serde_json::{Value, json};

/// The error codes that Braid answers with (RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 8707 §2, OpenID Connect
/// Core §3.1.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// The request is malformed.
    InvalidRequest,
    /// The client didn't prove who it is.
    InvalidClient,
    /// The code or refresh token is not good, or no longer.
    InvalidGrant,
    /// The client may not do this.
    UnauthorizedClient,
    /// Nobody may use this `grant_type` here.
    UnsupportedGrantType,
    /// Nobody may use this `response_type` here.
    UnsupportedResponseType,
    /// The scope is not to be had.
    InvalidScope,
    /// The resource is not to be had.
    InvalidTarget,
    /// The access token is not good, or no longer.
    InvalidToken,
    /// The access token is good, but not for this.
    InsufficientScope,
    /// The person or policy said no.
    AccessDenied,
    /// Nobody is signed in, and no page may be shown.
    LoginRequired,
    /// A page is needed, and none may be shown.
    InteractionRequired,
    /// Consent is missing, and no page may be shown.
    ConsentRequired,
    /// Request objects are not supported.
    RequestNotSupported,
    /// Request objects by reference are not supported.
    RequestUriNotSupported,
    /// Registration inside a request is not supported.
    RegistrationNotSupported,
    /// Something is broken here.
    ServerError,
    /// Not now.
    TemporarilyUnavailable,
}

impl ErrorCode {
    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::ConsentRequired => "consent_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }
}

/// An answer of the token endpoint that is no token (RFC 6749 §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct TokenError {
    /// The error code.
    pub code: ErrorCode,
    /// One short ASCII sentence for the client's developer.
    pub description: &'static str,
    /// Whether the client used the `Authorization` header, so that `WWW-Authenticate` is due.
    pub challenge: bool,
}

impl TokenError {
    /// There is no such code (any more), or it isn't for this request.
    pub const CODE_NOT_GOOD: Self =
        Self::new(ErrorCode::InvalidGrant, "the code is not good for this client and redirect_uri, or no longer");
    /// There is no such refresh token (any more), or it isn't for this client.
    pub const REFRESH_TOKEN_NOT_GOOD: Self = Self::new(ErrorCode::InvalidGrant, "the refresh token is not good, or no longer");

    /// An error without a challenge.
    pub const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description, challenge: false }
    }

    /// The HTTP status: 401 for `invalid_client`, 500 for `server_error`, else 400.
    pub const fn status(&self) -> u16 {
        match self.code {
            ErrorCode::InvalidClient => 401,
            ErrorCode::ServerError => 500,
            _ => 400,
        }
    }

    /// The JSON body.
    pub fn body(&self) -> Value {
        json!({ "error": self.code.as_str(), "error_description": self.description })
    }

    /// The value of `WWW-Authenticate`, where it is due.
    pub const fn www_authenticate(&self) -> Option<&'static str> {
        if self.challenge { Some("Basic realm=\"token\", charset=\"UTF-8\"") } else { None }
    }
}
