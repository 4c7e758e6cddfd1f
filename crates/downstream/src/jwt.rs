//! Signed JWTs in the compact form (RFC 7515 §3.1): written with one key, read with one type and one algorithm.

use crate::{KeyError, KeyRing, SigningAlg, SigningKey};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Secret;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

/// The most bytes of a JWT that is read.
const JWT_MAX: usize = 8192;

#[derive(Serialize)]
struct HeaderOut<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

#[derive(Deserialize)]
struct HeaderIn<'a> {
    alg: &'a str,
    typ: &'a str,
    kid: &'a str,
    crit: Option<IgnoredAny>,
}

/// Signs claims.
pub(crate) fn sign(key: &SigningKey, typ: &'static str, claims: &impl Serialize) -> Result<Secret, KeyError> {
    let header = HeaderOut { alg: key.alg().as_str(), typ, kid: key.kid() };
    let message = format!("{}.{}", part(&header)?, part(claims)?);
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes())?);
    Ok(Secret::new(format!("{message}.{signature}")))
}

fn part(content: &impl Serialize) -> Result<String, KeyError> {
    serde_json::to_vec(content).map(|json| URL_SAFE_NO_PAD.encode(json)).map_err(|_| KeyError::Json)
}

/// The claims of a JWT, if it has this type and algorithm and one of the keys signed it. Nothing in the header chooses
/// more than which of our keys to try (RFC 8725 §3.1).
pub(crate) fn verify<T: DeserializeOwned>(jwt: &str, keys: &KeyRing, typ: &str, alg: SigningAlg) -> Option<T> {
    let (message, signature) = jwt.rsplit_once('.').filter(|_| jwt.len() <= JWT_MAX)?;
    let (header, claims) = message.split_once('.')?;
    let header = URL_SAFE_NO_PAD.decode(header).ok()?;
    let header: HeaderIn<'_> = serde_json::from_slice(&header).ok()?;
    if header.alg != alg.as_str() || header.typ != typ || header.crit.is_some() {
        return None;
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let key = keys.find(alg, header.kid)?;
    if !key.signed(message.as_bytes(), &signature) {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}
