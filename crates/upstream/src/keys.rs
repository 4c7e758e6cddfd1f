//! A provider's public keys (RFC 7517), and which of them a token is checked with.

use crate::json::{self, Object};
use crate::jws::{Jws, JwsError};
use crate::{DocumentError, Http, SigningAlg};
use domain::UpstreamFailure;
use jsonwebtoken::DecodingKey;
use serde_json::Value;
use url::Url;

/// The most keys that are looked at.
const KEYS_MAX: usize = 100;

/// The public keys of one provider that can check signatures.
pub(crate) struct KeySet(Vec<Key>);

struct Key {
    kid: Option<String>,
    alg: Option<String>,
    kind: Kind,
    public: DecodingKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
    P384,
    Ed25519,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no document.
    #[error("the key document can't be had")]
    Document(#[from] DocumentError),
    /// A document without a list of keys.
    #[error("the key document has no keys that can check a signature")]
    Empty,
}

impl KeyError {
    pub(crate) fn failure(&self) -> UpstreamFailure {
        match self {
            Self::Document(source) => source.failure(),
            Self::Empty => UpstreamFailure::Refused,
        }
    }
}

/// Asks for the keys.
pub(crate) async fn fetch(http: &Http, jwks_uri: &Url) -> Result<KeySet, KeyError> {
    let document = http.get(jwks_uri).await.map_err(DocumentError::from)?.json()?;
    KeySet::read(&document)
}

impl KeySet {
    fn read(document: &Object) -> Result<Self, KeyError> {
        let listed = document.get("keys").and_then(Value::as_array).ok_or(KeyError::Empty)?;
        let keys: Vec<Key> = listed.iter().take(KEYS_MAX).filter_map(Value::as_object).filter_map(Key::read).collect();
        if keys.is_empty() { Err(KeyError::Empty) } else { Ok(Self(keys)) }
    }

    /// Whether one of these keys signed the token. A token that names no key is checked only where one single key fits.
    pub(crate) fn verify(&self, jws: &Jws<'_>) -> Result<(), JwsError> {
        let mut fitting = self.0.iter().filter(|key| key.fits(jws));
        match (fitting.next(), fitting.next()) {
            (None, _) => Err(JwsError::NoKey),
            (Some(key), None) => key.verify(jws),
            (Some(_), Some(_)) => Err(JwsError::ManyKeys),
        }
    }
}

impl Key {
    /// A key that can check signatures; anything else in the list is somebody else's business.
    fn read(jwk: &Object) -> Option<Self> {
        let is_for_signatures = json::text(jwk, "use").is_none_or(|purpose| purpose == "sig");
        let may_verify = jwk.get("key_ops").and_then(Value::as_array).is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !is_for_signatures || !may_verify {
            return None;
        }
        let part = |name| json::text(jwk, name);
        let (kind, key) = match (part("kty")?, part("crv")) {
            ("RSA", _) => (Kind::Rsa, DecodingKey::from_rsa_components(part("n")?, part("e")?)),
            ("EC", Some("P-256")) => (Kind::P256, DecodingKey::from_ec_components(part("x")?, part("y")?)),
            ("EC", Some("P-384")) => (Kind::P384, DecodingKey::from_ec_components(part("x")?, part("y")?)),
            ("OKP", Some("Ed25519")) => (Kind::Ed25519, DecodingKey::from_ed_components(part("x")?)),
            _ => return None,
        };
        let own = |name| part(name).map(String::from);
        Some(Self { kid: own("kid"), alg: own("alg"), kind, public: key.ok()? })
    }

    fn fits(&self, jws: &Jws<'_>) -> bool {
        let named = jws.kid.as_ref().is_none_or(|kid| self.kid.as_ref() == Some(kid));
        let agrees = self.alg.as_ref().is_none_or(|alg| alg == jws.alg.as_str());
        named && agrees && self.kind == kind_of(jws.alg)
    }

    fn verify(&self, jws: &Jws<'_>) -> Result<(), JwsError> {
        match jsonwebtoken::crypto::verify(jws.signature, jws.signed.as_bytes(), &self.public, jws.alg.into()) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(JwsError::Signature),
        }
    }
}

fn kind_of(alg: SigningAlg) -> Kind {
    match alg {
        SigningAlg::RS256 | SigningAlg::RS384 | SigningAlg::RS512 | SigningAlg::PS256 | SigningAlg::PS384 | SigningAlg::PS512 => {
            Kind::Rsa
        }
        SigningAlg::ES256 => Kind::P256,
        SigningAlg::ES384 => Kind::P384,
        SigningAlg::EdDSA => Kind::Ed25519,
    }
}
