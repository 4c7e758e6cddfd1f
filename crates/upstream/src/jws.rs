//! A signed token in its compact form (RFC 7515 §7.1), taken apart before anything in it is believed.

use crate::SigningAlg;
use crate::error::shown;
use crate::json::{self, JsonError, Object};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// A token whose header is one that Braid understands. Its payload is not believed yet.
pub(crate) struct Jws<'a> {
    pub(crate) alg: SigningAlg,
    pub(crate) kid: Option<String>,
    pub(crate) signed: &'a str,
    pub(crate) signature: &'a str,
    payload: Vec<u8>,
}

/// Why a token is no token, or its signature no signature.
#[derive(Debug, thiserror::Error)]
pub enum JwsError {
    /// Not three base64url parts. An encrypted token has five.
    #[error("it doesn't have the form of a signed token")]
    Form,
    /// The header isn't JSON.
    #[error("its header can't be read")]
    Header(#[source] JsonError),
    /// The payload isn't JSON.
    #[error("its payload can't be read")]
    Payload(#[source] JsonError),
    /// An algorithm that isn't allowed for this provider, `none` and the HMAC family included.
    #[error("it is signed with “{0}”, which isn't allowed here")]
    Algorithm(String),
    /// A header member that asks for something that Braid doesn't do.
    #[error("its header has a “{0}” that Braid doesn't know")]
    Member(&'static str),
    /// No key of the provider fits.
    #[error("no key of the provider fits it")]
    NoKey,
    /// It names no key, and several would fit.
    #[error("several keys of the provider fit it")]
    ManyKeys,
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
}

impl<'a> Jws<'a> {
    /// Takes a token apart.
    pub(crate) fn parse(token: &'a str, allowed: &[SigningAlg]) -> Result<Self, JwsError> {
        let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Form)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Form)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Form);
        // A fifth or second dot stays in `payload`, where base64url has none.
        let (header, payload) = (decode(header)?, decode(payload)?);
        decode(signature)?;
        let header = json::object(&header).map_err(JwsError::Header)?;
        check_members(&header)?;
        let name = json::text(&header, "alg").ok_or(JwsError::Member("alg"))?;
        let alg = allowed.iter().copied().find(|alg| alg.as_str() == name).ok_or_else(|| JwsError::Algorithm(shown(name)))?;
        let kid = match header.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.clone()),
            Some(_) => return Err(JwsError::Member("kid")),
        };
        Ok(Self { alg, kid, signed, signature, payload })
    }

    /// The payload, to be called once the signature is known to be right.
    pub(crate) fn payload(&self) -> Result<Object, JwsError> {
        json::object(&self.payload).map_err(JwsError::Payload)
    }

    /// The left half of a hash, as `at_hash` and `c_hash` have it (OpenID Connect Core §3.1.3.6).
    pub(crate) fn half_hash(&self, text: &str) -> String {
        let hash = match self.alg {
            SigningAlg::RS256 | SigningAlg::PS256 | SigningAlg::ES256 => Sha256::digest(text).to_vec(),
            SigningAlg::RS384 | SigningAlg::PS384 | SigningAlg::ES384 => Sha384::digest(text).to_vec(),
            SigningAlg::RS512 | SigningAlg::PS512 | SigningAlg::EdDSA => Sha512::digest(text).to_vec(),
        };
        URL_SAFE_NO_PAD.encode(hash.get(..hash.len() / 2).unwrap_or_default())
    }
}

/// The type must be a plain JWT (so that no other kind of token passes for this one), the content must not be another
/// token, and nothing may be critical that Braid doesn't know (RFC 7515 §4.1.11).
fn check_members(header: &Object) -> Result<(), JwsError> {
    let is_plain = |typ: &str| ["jwt", "application/jwt"].contains(&typ.to_ascii_lowercase().as_str());
    match header.get("typ") {
        None => {}
        Some(Value::String(typ)) if is_plain(typ) => {}
        Some(_) => return Err(JwsError::Member("typ")),
    }
    match ["crit", "cty", "b64", "enc", "zip"].into_iter().find(|&name| header.contains_key(name)) {
        Some(name) => Err(JwsError::Member(name)),
        None => Ok(()),
    }
}

impl SigningAlg {
    /// The name in a token's header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::EdDSA => "EdDSA",
        }
    }
}

impl From<SigningAlg> for Algorithm {
    fn from(alg: SigningAlg) -> Self {
        match alg {
            SigningAlg::RS256 => Self::RS256,
            SigningAlg::RS384 => Self::RS384,
            SigningAlg::RS512 => Self::RS512,
            SigningAlg::PS256 => Self::PS256,
            SigningAlg::PS384 => Self::PS384,
            SigningAlg::PS512 => Self::PS512,
            SigningAlg::ES256 => Self::ES256,
            SigningAlg::ES384 => Self::ES384,
            SigningAlg::EdDSA => Self::EdDSA,
        }
    }
}
