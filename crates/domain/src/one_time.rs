//! What an authenticator application shares with Braid, so that both make the same codes at the same time (RFC 6238).

use crate::Secret;
use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};

/// How many digits a code has.
pub const DIGITS: usize = 6;

/// For how many seconds a code is the newest one (RFC 6238 §5.2).
pub const STEP_SECONDS: u64 = 30;

/// A shared secret, with the newest code that was used. Serialise it only into something that is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeSecret {
    /// The key in base32, as people type it into an application (RFC 4648 §6, without padding).
    pub seed: Secret,
    /// The step of the newest code that was used, in steps since 1970. Codes of it and of those before it are used up
    /// (RFC 6238 §5.2).
    pub used: i64,
}

/// A key of 160 bits in base32, made of fresh random bytes (RFC 4226 §4, R6).
pub fn seed_from(bytes: &[u8; 32]) -> Secret {
    const KEY: usize = 20;
    Secret::new(BASE32_NOPAD.encode(bytes.get(..KEY).unwrap_or_default()))
}

/// The bytes of a key in base32. None: it isn't one.
pub fn bytes_of(seed: &Secret) -> Option<Vec<u8>> {
    BASE32_NOPAD.decode(seed.reveal().as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_160_bits_and_no_padding() {
        let seed = seed_from(&[0xa5; 32]);
        assert_eq!(seed.reveal().len(), 32);
        assert_eq!(bytes_of(&seed), Some(vec![0xa5; 20]));
        assert_eq!(bytes_of(&Secret::new("not a key")), None);
    }
}
