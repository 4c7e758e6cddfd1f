//! One trip to an identity provider and back.

use crate::{ExchangeId, ProviderAlias, Secret};
use serde::{Deserialize, Serialize};

/// A trip to a provider, as the login remembers it. State, nonce and PKCE verifier are derived from the login, this id
/// and a server key, so nothing secret is stored of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpstreamExchange {
    /// Which trip.
    pub id: ExchangeId,
    /// Where to.
    pub provider: ProviderAlias,
    /// Whether the provider must ask for credentials again (`prompt=login`, OpenID Connect Core §3.1.2.1).
    pub fresh: bool,
}

/// What came back on the callback (RFC 6749 §4.1.2, RFC 9207 §2). Nothing of it is trusted yet.
#[derive(Debug, Clone, Default)]
pub struct CallbackParams {
    /// The authorization code.
    pub code: Option<Secret>,
    /// The issuer that the answer names.
    pub iss: Option<String>,
    /// An error code instead of a code.
    pub error: Option<String>,
}

/// Why a trip to a provider brought nobody back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpstreamFailure {
    /// The person said no there (`access_denied`).
    Cancelled,
    /// The provider is down, slow, or says `temporarily_unavailable` or `server_error`.
    Unavailable,
    /// The answer is not one that Braid may believe: a wrong signature, issuer, nonce, subject.
    Refused,
    /// The provider gave another error code.
    Error,
}
