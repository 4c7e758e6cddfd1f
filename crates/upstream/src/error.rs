//! What went wrong at a provider: for a person one word, for the log the whole chain, and no secret in either.

use crate::{CallbackError, DiscoveryError, HttpError, IdTokenError, JsonError, KeyError, TokenError, UserInfoError};
use domain::UpstreamFailure;
use std::sync::Arc;

/// Why a trip to a provider brought nobody back. Its texts and sources never hold a code, a token or a secret.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// The discovery document couldn't be had, or isn't to be believed.
    #[error("the discovery document of “{provider}” can't be used")]
    Discovery {
        /// Whose.
        provider: String,
        /// Why. Shared, because it is remembered for a moment instead of asking again.
        #[source]
        source: Arc<DiscoveryError>,
    },
    /// The signing keys couldn't be had.
    #[error("the signing keys of “{provider}” can't be used")]
    Keys {
        /// Whose.
        provider: String,
        /// Why.
        #[source]
        source: Arc<KeyError>,
    },
    /// The browser came back with something else than a code.
    #[error("the callback from “{provider}” is refused")]
    Callback {
        /// From whom.
        provider: String,
        /// Why.
        #[source]
        source: CallbackError,
    },
    /// The code brought no tokens.
    #[error("the token endpoint of “{provider}” gave no tokens")]
    Token {
        /// Whose.
        provider: String,
        /// Why.
        #[source]
        source: TokenError,
    },
    /// The ID token isn't to be believed.
    #[error("the ID token from “{provider}” is refused")]
    IdToken {
        /// From whom.
        provider: String,
        /// Which check.
        #[source]
        source: IdTokenError,
    },
    /// The userinfo endpoint's answer isn't to be believed.
    #[error("the userinfo of “{provider}” is refused")]
    UserInfo {
        /// Whose.
        provider: String,
        /// Why.
        #[source]
        source: UserInfoError,
    },
}

impl UpstreamError {
    /// What a person is told.
    pub fn failure(&self) -> UpstreamFailure {
        match self {
            Self::Discovery { source, .. } => source.failure(),
            Self::Keys { source, .. } => source.failure(),
            Self::Callback { source, .. } => source.failure(),
            Self::Token { source, .. } => source.failure(),
            Self::IdToken { .. } => UpstreamFailure::Refused,
            Self::UserInfo { source, .. } => source.failure(),
        }
    }
}

/// Why claims name nobody.
#[derive(Debug, thiserror::Error)]
pub enum ClaimsError {
    /// They can't be read.
    #[error("the claims can't be read")]
    Json(#[from] JsonError),
    /// A check that an ID token fails too.
    #[error("an ID token with these claims would be refused")]
    IdToken(#[from] IdTokenError),
}

/// Why an answer is no JSON document of the expected kind.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// No answer.
    #[error("there is no usable answer")]
    Http(#[from] HttpError),
    /// An answer of another kind than JSON.
    #[error("the answer is not JSON")]
    Media,
    /// JSON that is none, or says one thing twice.
    #[error("the answer can't be read")]
    Json(#[from] JsonError),
}

impl DocumentError {
    pub(crate) fn failure(&self) -> UpstreamFailure {
        match self {
            Self::Http(source) => source.failure(),
            Self::Media | Self::Json(_) => UpstreamFailure::Refused,
        }
    }
}

/// A short text from outside, made fit for a log line.
pub(crate) fn shown(raw: &str) -> String {
    raw.chars().filter(|&c| domain::text::is_visible(c)).take(120).collect()
}

/// What a person is told for an OAuth error code (RFC 6749 §4.1.2.1, §5.2).
pub(crate) fn failure_of_code(code: &str) -> UpstreamFailure {
    match code {
        "access_denied" => UpstreamFailure::Cancelled,
        "temporarily_unavailable" | "server_error" => UpstreamFailure::Unavailable,
        _ => UpstreamFailure::Error,
    }
}
