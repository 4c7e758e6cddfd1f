//! All signing keys of a realm.

use super::{KeyError, SigningAlg, SigningKey};
use serde_json::{Value, json};

/// The signing keys of a realm. The first of each algorithm signs; all are published and believed, so a new key is put in
/// front and the old one stays until the last token that it signed has expired.
#[derive(Debug)]
pub struct KeyRing(Vec<SigningKey>);

impl KeyRing {
    /// Takes the keys, newest first. There has to be one for ES256, which signs access tokens.
    pub fn new(keys: Vec<SigningKey>) -> Result<Self, KeyError> {
        let ring = Self(keys);
        ring.signing(SigningAlg::Es256)?;
        Ok(ring)
    }

    /// The key that signs with this algorithm.
    pub fn signing(&self, alg: SigningAlg) -> Result<&SigningKey, KeyError> {
        self.0.iter().find(|key| key.alg() == alg).ok_or(KeyError::Missing(alg))
    }

    /// The algorithms that there are keys for.
    pub fn algs(&self) -> Vec<SigningAlg> {
        [SigningAlg::Es256, SigningAlg::Rs256].into_iter().filter(|&alg| self.signing(alg).is_ok()).collect()
    }

    /// The key with this id, if it is for this algorithm.
    pub(crate) fn find(&self, alg: SigningAlg, kid: &str) -> Option<&SigningKey> {
        self.0.iter().find(|key| key.alg() == alg && key.kid() == kid)
    }

    /// The document behind `jwks_uri` (RFC 7517 §5).
    pub fn jwks(&self) -> Value {
        json!({ "keys": self.0.iter().map(SigningKey::jwk).collect::<Vec<_>>() })
    }
}
