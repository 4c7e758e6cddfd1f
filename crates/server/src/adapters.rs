//! The only places that read the clock and the operating system's randomness.

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use domain::{Entropy, Timestamp};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time.
#[expect(clippy::disallowed_methods, reason = "the named adapter for the clock")]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// 32 bytes that nobody can guess.
///
/// # Panics
/// When the operating system has no randomness: then nothing that Braid does would be safe.
pub fn fresh_entropy() -> Entropy {
    let mut bytes = [0; 32];
    assert!(SystemRandom::new().fill(&mut bytes).is_ok(), "the operating system gives no random bytes");
    Entropy::from_bytes(bytes)
}
