//! Signing keys.

use super::fixture::KEYS;
use crate::{KeyError, KeyRing, SigningAlg, SigningKey};
use jsonwebtoken::jwk::{JwkSet, ThumbprintHash};

#[test]
fn a_key_reads_back_from_what_is_sealed() {
    for alg in KEYS.algs() {
        let key = KEYS.signing(alg).unwrap();
        let bytes = key.to_pkcs8().unwrap();
        let again = SigningKey::from_pkcs8(alg, &bytes).unwrap();
        assert_eq!((again.alg(), again.kid(), again.jwk()), (alg, key.kid(), key.jwk()));
        assert!(key.signed(b"a text", &again.sign(b"a text").unwrap()));
        assert!(!key.signed(b"another", &again.sign(b"a text").unwrap()));
    }
}

#[test]
fn bytes_that_are_no_key_of_that_kind_are_refused() {
    let es256 = KEYS.signing(SigningAlg::Es256).unwrap().to_pkcs8().unwrap();
    assert_eq!(SigningKey::from_pkcs8(SigningAlg::Rs256, &es256).err(), Some(KeyError::Rejected(SigningAlg::Rs256)));
    for bytes in [&b""[..], b"nonsense", &es256[..es256.len() - 1]] {
        assert_eq!(SigningKey::from_pkcs8(SigningAlg::Es256, bytes).err(), Some(KeyError::Rejected(SigningAlg::Es256)));
    }
}

#[test]
fn oidc_ky_1_the_published_keys_have_no_private_member() {
    let jwks = KEYS.jwks();
    let mut members: Vec<Vec<&str>> = jwks["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_object().unwrap().keys().map(String::as_str).collect())
        .collect();
    for names in &mut members {
        names.sort_unstable();
    }
    assert_eq!(members, [vec!["alg", "crv", "kid", "kty", "use", "x", "y"], vec!["alg", "e", "kid", "kty", "n", "use"]]);
}

#[test]
fn the_key_id_is_the_thumbprint() {
    let published: JwkSet = serde_json::from_value(KEYS.jwks()).unwrap();
    for jwk in &published.keys {
        let kid = jwk.common.key_id.clone().unwrap();
        assert_eq!(jwk.thumbprint(ThumbprintHash::SHA256).unwrap(), kid);
    }
}

#[test]
fn a_ring_has_a_key_for_access_tokens() {
    assert_eq!(KeyRing::new(vec![]).err(), Some(KeyError::Missing(SigningAlg::Es256)));
    let ring = KeyRing::new(vec![SigningKey::generate_es256().unwrap()]).unwrap();
    assert_eq!(ring.algs(), [SigningAlg::Es256]);
    assert_eq!(ring.signing(SigningAlg::Rs256).err(), Some(KeyError::Missing(SigningAlg::Rs256)));
}

#[test]
fn inv_9_a_debug_text_shows_no_private_key() {
    let key = KEYS.signing(SigningAlg::Es256).unwrap();
    assert_eq!(format!("{key:?}"), format!("SigningKey(ES256 {})", key.kid()));
}
