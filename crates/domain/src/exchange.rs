//! One trip to an identity provider and back.

use crate::{ExchangeId, ProviderAlias, Secret, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How far a provider's clock may be off.
const CLOCK_SKEW: Duration = Duration::from_mins(1);

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
    /// When it began.
    pub started_at: Timestamp,
}

impl UpstreamExchange {
    /// Whether the person authenticated on this trip, by what the provider says (`auth_time`, OpenID Connect Core §2). Silence is no
    /// fresh login, nor is one from before the trip or from the future.
    pub fn brought_a_fresh_login(&self, auth_time: Option<Timestamp>, now: Timestamp) -> bool {
        let began = self.started_at.minus(CLOCK_SKEW);
        auth_time.is_some_and(|at| began <= at && at <= now.plus(CLOCK_SKEW))
    }

    /// Whether a login at that time is at most this old, give or take what clocks are off (OpenID Connect Core §3.1.2.1, `max_age`).
    pub fn is_young_enough(auth_time: Timestamp, most: Duration, now: Timestamp) -> bool {
        now.since(auth_time) <= most.saturating_add(CLOCK_SKEW)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oidc_rp_8_only_a_login_on_the_trip_is_fresh() {
        let at = Timestamp::from_seconds;
        let provider = ProviderAlias::parse("campus").unwrap();
        let trip = UpstreamExchange { id: ExchangeId::from_bytes([1; 16]), provider, fresh: true, started_at: at(1000) };
        for (auth_time, fresh) in
            [(None, false), (Some(939), false), (Some(940), true), (Some(1000), true), (Some(1160), true), (Some(1161), false)]
        {
            assert_eq!(trip.brought_a_fresh_login(auth_time.map(at), at(1100)), fresh, "{auth_time:?}");
        }
        let young = |auth_time| UpstreamExchange::is_young_enough(at(auth_time), Duration::from_secs(100), at(1000));
        assert!(young(840) && !young(839));
    }
}
