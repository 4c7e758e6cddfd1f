//! Signing keys: made, kept, published.

mod ring;

pub use ring::KeyRing;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair as _, RsaKeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Digest as _;
use zeroize::Zeroizing;

/// The algorithms that Braid signs with (RFC 7518 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SigningAlg {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA PKCS#1 v1.5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
}

impl SigningAlg {
    /// The `alg` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

/// What goes wrong with keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The library made no key.
    #[error("a signing key could not be made")]
    Generation,
    /// The bytes are no key of this kind.
    #[error("the stored bytes are not a {} key in PKCS#8", .0.as_str())]
    Rejected(SigningAlg),
    /// The library wrote no key.
    #[error("a signing key could not be written as PKCS#8")]
    Export,
    /// The library signed nothing.
    #[error("a token could not be signed")]
    Signing,
    /// The claims don't fit into JSON.
    #[error("the claims of a token could not be written as JSON")]
    Json,
    /// There is no key for what a client needs.
    #[error("the realm has no {} key", .0.as_str())]
    Missing(SigningAlg),
}

enum Pair {
    Es256(Box<EcdsaKeyPair>),
    Rs256(Box<RsaKeyPair>),
}

/// A private key with its published half.
pub struct SigningKey {
    pair: Pair,
    kid: String,
    jwk: Value,
}

impl SigningKey {
    /// Makes an ES256 key.
    pub fn generate_es256() -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| KeyError::Generation)?;
        Ok(Self::of(Pair::Es256(Box::new(pair))))
    }

    /// Makes an RS256 key of 2048 bits. It takes up to a second of CPU.
    pub fn generate_rs256() -> Result<Self, KeyError> {
        let pair = RsaKeyPair::generate(rsa::KeySize::Rsa2048).map_err(|_| KeyError::Generation)?;
        Ok(Self::of(Pair::Rs256(Box::new(pair))))
    }

    /// Takes back what [`SigningKey::to_pkcs8`] gave out.
    pub fn from_pkcs8(alg: SigningAlg, bytes: &[u8]) -> Result<Self, KeyError> {
        let rejected = |_| KeyError::Rejected(alg);
        Ok(Self::of(match alg {
            SigningAlg::Es256 => Pair::Es256(Box::new(
                EcdsaKeyPair::from_pkcs8(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, bytes).map_err(rejected)?,
            )),
            SigningAlg::Rs256 => Pair::Rs256(Box::new(RsaKeyPair::from_pkcs8(bytes).map_err(rejected)?)),
        }))
    }

    /// The private key as PKCS#8 (RFC 5958), for sealing. The memory is overwritten when it is dropped.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match &self.pair {
            Pair::Es256(pair) => pair.to_pkcs8v1().map(|document| Zeroizing::new(document.as_ref().to_vec())),
            Pair::Rs256(pair) => pair.as_der().map(|document: Pkcs8V1Der<'static>| Zeroizing::new(document.as_ref().to_vec())),
        }
        .map_err(|_| KeyError::Export)
    }

    /// The algorithm.
    pub const fn alg(&self) -> SigningAlg {
        match self.pair {
            Pair::Es256(_) => SigningAlg::Es256,
            Pair::Rs256(_) => SigningAlg::Rs256,
        }
    }

    /// The key id: its thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half (RFC 7517), with `kid`, `alg` and `use`.
    pub const fn jwk(&self) -> &Value {
        &self.jwk
    }

    /// Signs bytes, in the form that JWS wants (RFC 7518 §3.3, §3.4).
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Es256(pair) => pair.sign(&random, message).map(|signature| signature.as_ref().to_vec()),
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&signature::RSA_PKCS1_SHA256, &random, message, &mut signature).map(|()| signature)
            }
        }
        .map_err(|_| KeyError::Signing)
    }

    /// Whether the signature is this key's.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let (algorithm, public): (&'static dyn signature::VerificationAlgorithm, &[u8]) = match &self.pair {
            Pair::Es256(pair) => (&signature::ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref()),
            Pair::Rs256(pair) => (&signature::RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref()),
        };
        signature::UnparsedPublicKey::new(algorithm, public).verify(message, signature).is_ok()
    }

    fn of(pair: Pair) -> Self {
        let (members, alg) = match &pair {
            Pair::Es256(pair) => (ec_members(pair.public_key().as_ref()), SigningAlg::Es256),
            Pair::Rs256(pair) => (rsa_members(pair.public_key()), SigningAlg::Rs256),
        };
        let kid = URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(members.to_string()));
        let mut jwk = members;
        if let Some(jwk) = jwk.as_object_mut() {
            jwk.extend([
                ("kid".to_owned(), json!(kid)),
                ("alg".to_owned(), json!(alg.as_str())),
                ("use".to_owned(), json!("sig")),
            ]);
        }
        Self { pair, kid, jwk }
    }
}

/// The members that the thumbprint is made of, in its order (RFC 7638 §3.2). The point is one byte for its form, then the two coordinates (SEC 1 §2.3.3).
fn ec_members(point: &[u8]) -> Value {
    let (x, y) = point.get(1..).unwrap_or_default().split_at_checked(32).unwrap_or_default();
    json!({ "crv": "P-256", "kty": "EC", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y) })
}

/// The members that the thumbprint is made of, in its order (RFC 7638 §3.2).
fn rsa_members(public: &rsa::PublicKey) -> Value {
    let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
    let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
    json!({ "e": e, "kty": "RSA", "n": n })
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({} {})", self.alg().as_str(), self.kid)
    }
}
