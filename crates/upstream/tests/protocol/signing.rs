//! Keys and tokens of the fake provider. Signed with aws-lc-rs directly, so that any header and any payload can be.

use crate::scene::with;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaKeyPair,
};
use aws_lc_rs::{hmac, rsa::KeySize};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::sync::LazyLock;

pub(crate) enum Key {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

fn rsa() -> Key {
    Key::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
}

fn p256() -> Key {
    Key::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
}

pub(crate) static RSA: LazyLock<Key> = LazyLock::new(rsa);
pub(crate) static OTHER_RSA: LazyLock<Key> = LazyLock::new(rsa);
pub(crate) static EC: LazyLock<Key> = LazyLock::new(p256);
pub(crate) static OTHER_EC: LazyLock<Key> = LazyLock::new(p256);
pub(crate) static EC384: LazyLock<Key> =
    LazyLock::new(|| Key::P384(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap()));
pub(crate) static ED: LazyLock<Key> = LazyLock::new(|| Key::Ed(Ed25519KeyPair::generate().unwrap()));

pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Key {
    /// The public half as a JWK, with whatever else the test says about it.
    pub(crate) fn jwk(&self, more: Value) -> Value {
        let point = |key: &EcdsaKeyPair, crv: &str| {
            let (x, y) = key.public_key().as_ref()[1..].split_at(key.public_key().as_ref().len() / 2);
            json!({"kty": "EC", "crv": crv, "x": b64(x), "y": b64(y)})
        };
        let key = match self {
            // The DER of a 2048 bit key: 256 bytes of modulus after 9 bytes of lengths, and 65537 at the end.
            Self::Rsa(key) => json!({"kty": "RSA", "n": b64(&key.public_key().as_ref()[9..265]), "e": "AQAB"}),
            Self::P256(key) => point(key, "P-256"),
            Self::P384(key) => point(key, "P-384"),
            Self::Ed(key) => json!({"kty": "OKP", "crv": "Ed25519", "x": b64(key.public_key())}),
        };
        with(&key, more)
    }

    fn sign(&self, alg: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let padding: &dyn aws_lc_rs::signature::RsaEncoding = match alg {
                    "PS256" => &RSA_PSS_SHA256,
                    "RS384" => &RSA_PKCS1_SHA384,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(padding, &random, message, &mut signature).unwrap();
                signature
            }
            Self::P256(key) | Self::P384(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Ed(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    /// A compact token with exactly this header and payload.
    pub(crate) fn token(&self, header: &Value, payload: impl AsRef<[u8]>) -> String {
        let signed = format!("{}.{}", b64(header.to_string()), b64(payload));
        let signature = self.sign(header["alg"].as_str().unwrap_or_default(), signed.as_bytes());
        format!("{signed}.{}", b64(signature))
    }
}

/// A token signed with a secret that both sides know.
pub(crate) fn hmac_token(secret: &[u8], header: &Value, payload: impl AsRef<[u8]>) -> String {
    let signed = format!("{}.{}", b64(header.to_string()), b64(payload));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    format!("{signed}.{}", b64(hmac::sign(&key, signed.as_bytes())))
}
