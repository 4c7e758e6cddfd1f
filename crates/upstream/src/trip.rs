//! One trip to a provider: what is sent along, and what the browser brings back.

use crate::error::{failure_of_code, shown};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{CallbackParams, Secret, UpstreamFailure};
use sha2::{Digest as _, Sha256};

/// The longest code that is passed on, in bytes.
const CODE_MAX: usize = 4096;

/// What belongs to one trip. The three secrets are made by the login; the same trip is given again at the callback.
#[derive(Debug, Clone)]
pub struct Trip {
    /// Where the provider sends the browser: this provider's callback, and no other's.
    pub redirect_uri: String,
    /// Comes back on the callback. Who looks for the login checks it.
    pub state: Secret,
    /// Comes back inside the ID token.
    pub nonce: Secret,
    /// The PKCE verifier (RFC 7636): 43 to 128 characters.
    pub verifier: Secret,
    /// Whether the provider must ask for credentials again (`prompt=login` and `max_age=0`). Whether it did shows in
    /// `auth_time`, which is the caller's to compare.
    pub fresh: bool,
    /// Who is expected, if known.
    pub login_hint: Option<String>,
    /// The languages that the person reads, best first.
    pub ui_locales: Vec<String>,
}

impl Trip {
    /// The PKCE challenge, method S256 (RFC 7636 §4.2).
    pub(crate) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.reveal()))
    }
}

/// Why what the browser brought back is no code to redeem.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The provider gave an error code.
    #[error("the provider says “{code}”")]
    Said {
        /// Its code, shortened.
        code: String,
    },
    /// The provider promises `iss` and the answer has none (RFC 9207 §2.4).
    #[error("the answer names no issuer, which the provider promises to do")]
    IssuerMissing,
    /// The answer is somebody else's (RFC 9207 §2.4).
    #[error("the answer is from another issuer: “{got}”")]
    IssuerOther {
        /// What it named, shortened.
        got: String,
    },
    /// A code and an error.
    #[error("the answer has a code and an error")]
    Both,
    /// Neither a code nor an error.
    #[error("the answer has no code")]
    NoCode,
    /// A code that is none (RFC 6749 appendix A.11), or too long a one.
    #[error("the code is too long, or has characters that codes don't have")]
    Code,
}

impl CallbackError {
    pub(crate) fn failure(&self) -> UpstreamFailure {
        match self {
            Self::Said { code } => failure_of_code(code),
            _ => UpstreamFailure::Refused,
        }
    }
}

/// The code, once everything that can be known before the token call has been checked.
pub(crate) fn code_of<'a>(params: &'a CallbackParams, issuer: &str, promised: bool) -> Result<&'a Secret, CallbackError> {
    match &params.iss {
        Some(iss) if iss != issuer => return Err(CallbackError::IssuerOther { got: shown(iss) }),
        None if promised => return Err(CallbackError::IssuerMissing),
        _ => {}
    }
    match (&params.code, &params.error) {
        (Some(_), Some(_)) => Err(CallbackError::Both),
        (None, Some(error)) => Err(CallbackError::Said { code: shown(error) }),
        (None, None) => Err(CallbackError::NoCode),
        (Some(code), None) if is_code(code.reveal()) => Ok(code),
        (Some(_), None) => Err(CallbackError::Code),
    }
}

fn is_code(code: &str) -> bool {
    (1..=CODE_MAX).contains(&code.len()) && code.bytes().all(|b| matches!(b, 0x20..=0x7e))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://idp.example";

    fn answer(code: Option<&str>, error: Option<&str>, iss: Option<&str>) -> CallbackParams {
        CallbackParams { code: code.map(Secret::new), error: error.map(Into::into), iss: iss.map(Into::into) }
    }

    #[test]
    fn oidc_rp_5_only_one_plain_code_is_passed_on() {
        assert!(code_of(&answer(Some("c"), None, None), ISSUER, false).is_ok());
        assert!(code_of(&answer(Some(&"c".repeat(CODE_MAX)), None, None), ISSUER, false).is_ok());
        let long = "c".repeat(8192);
        for (params, why) in [
            (answer(Some("c"), Some("access_denied"), None), CallbackError::Both),
            (answer(None, None, None), CallbackError::NoCode),
            (answer(Some(""), None, None), CallbackError::Code),
            (answer(Some(&long), None, None), CallbackError::Code),
            (answer(Some("a\nb"), None, None), CallbackError::Code),
            (answer(Some("ä"), None, None), CallbackError::Code),
        ] {
            assert_eq!(code_of(&params, ISSUER, false), Err(why));
        }
    }

    #[test]
    fn ph_31_the_answer_is_from_the_provider_that_was_asked() {
        assert!(code_of(&answer(Some("c"), None, Some(ISSUER)), ISSUER, true).is_ok());
        assert_eq!(code_of(&answer(Some("c"), None, None), ISSUER, true), Err(CallbackError::IssuerMissing));
        for other in ["https://evil.example", "https://idp.example/", "https://IDP.example", "http://idp.example", ""] {
            for promised in [true, false] {
                let params = answer(Some("c"), None, Some(other));
                let refused = code_of(&params, ISSUER, promised);
                assert_eq!(refused, Err(CallbackError::IssuerOther { got: other.into() }));
            }
        }
    }

    #[test]
    fn oidc_rp_5_an_error_from_elsewhere_is_not_the_providers_word() {
        let params = answer(None, Some("access_denied"), Some("https://evil.example"));
        assert_eq!(code_of(&params, ISSUER, false).map_err(|error| error.failure()), Err(UpstreamFailure::Refused));
        let params = answer(None, Some("access_denied"), None);
        assert_eq!(code_of(&params, ISSUER, true), Err(CallbackError::IssuerMissing));
    }

    #[test]
    fn oidc_rp_10_error_codes_become_what_a_person_is_told() {
        for (code, told) in [
            ("access_denied", UpstreamFailure::Cancelled),
            ("temporarily_unavailable", UpstreamFailure::Unavailable),
            ("server_error", UpstreamFailure::Unavailable),
            ("invalid_scope", UpstreamFailure::Error),
            ("<script>alert(1)</script>", UpstreamFailure::Error),
            ("", UpstreamFailure::Error),
        ] {
            let refused = code_of(&answer(None, Some(code), None), ISSUER, false).unwrap_err();
            assert_eq!(refused.failure(), told, "{code}");
        }
        let loud = code_of(&answer(None, Some(&format!("a\r\n{}", "b".repeat(5000))), None), ISSUER, false).unwrap_err();
        assert!(loud.to_string().len() < 200 && !loud.to_string().contains('\n'));
    }

    #[test]
    fn oidc_rp_7_the_challenge_is_the_one_of_rfc_7636_appendix_b() {
        let trip = Trip {
            redirect_uri: String::new(),
            state: Secret::new(""),
            nonce: Secret::new(""),
            verifier: Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            fresh: false,
            login_hint: None,
            ui_locales: Vec::new(),
        };
        assert_eq!(trip.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
