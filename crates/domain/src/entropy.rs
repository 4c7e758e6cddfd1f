//! Randomness as an argument.

use crate::Secret;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// 32 fresh random bytes for one call, expanded into as many independent values as there are labels.
///
/// The same entropy and label always give the same value, which is what makes a step replayable in tests. A label
/// is used for one value only.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Entropy([u8; 32]);

impl Entropy {
    /// Wraps bytes that came from the operating system's generator (or from a test's seed).
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// 32 bytes for this label.
    pub fn expand(&self, label: &str) -> [u8; 32] {
        Sha256::new().chain_update(b"braid/entropy/1\0").chain_update(self.0).chain_update(label.as_bytes()).finalize().into()
    }

    /// 16 bytes for this label: an identifier.
    pub fn id(&self, label: &str) -> [u8; 16] {
        let mut id = [0; 16];
        id.iter_mut().zip(self.expand(label)).for_each(|(to, from)| *to = from);
        id
    }

    /// A 256-bit secret for this label, as 43 characters of base64url.
    pub fn secret(&self, label: &str) -> Secret {
        Secret::new(URL_SAFE_NO_PAD.encode(self.expand(label)))
    }

    /// Entropy of its own for a part of the call.
    #[must_use]
    pub fn part(&self, label: &str) -> Self {
        Self(self.expand(label))
    }
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_give_independent_values() {
        let entropy = Entropy::from_bytes([7; 32]);
        assert_eq!(entropy.expand("a"), entropy.expand("a"));
        assert_ne!(entropy.expand("a"), entropy.expand("b"));
        assert_ne!(entropy.expand("a"), Entropy::from_bytes([8; 32]).expand("a"));
    }
}
