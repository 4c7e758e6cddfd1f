//! Proof Key for Code Exchange, S256 only (RFC 7636, RFC 9700 §2.1.1).

use domain::Secret;
use subtle::ConstantTimeEq as _;

/// Whether a text can be an S256 challenge: the base64url of 32 bytes.
pub(crate) fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Whether the verifier is well-formed (RFC 7636 §4.1) and the challenge was made of it.
pub(crate) fn answers(verifier: &Secret, challenge: &str) -> bool {
    let text = verifier.reveal();
    let well_formed =
        (43..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    let digest = domain::Digest::of(verifier);
    well_formed && bool::from(digest.as_str().as_bytes().ct_eq(challenge.as_bytes()))
}
