//! The checks of an ID token (OpenID Connect Core §3.1.3.7), after its signature.

use crate::OidcSettings;
use crate::error::shown;
use crate::json::{self, Object};
use crate::jws::{Jws, JwsError};
use domain::identity::SubjectError;
use domain::{Secret, Subject, Timestamp};
use serde_json::Value;
use std::collections::BTreeSet;

/// Which check an ID token failed.
#[derive(Debug, thiserror::Error)]
pub enum IdTokenError {
    /// The token or its signature.
    #[error("the token is not one that the provider signed")]
    Signature(#[from] JwsError),
    /// `iss` is missing or another's.
    #[error("`iss` is “{got}”, not “{expected}”")]
    Issuer {
        /// The configured issuer.
        expected: String,
        /// What the token has, shortened.
        got: String,
    },
    /// `sub` is missing or not a text.
    #[error("`sub` is missing or not a text")]
    NoSubject,
    /// `sub` can't be a subject.
    #[error("`sub` can't name a person")]
    Subject(#[from] SubjectError),
    /// The claim that names the authority is missing, or can't name one: what goes for a subject goes for it.
    #[error("`{claim}` is missing or can't name an authority")]
    Authority {
        /// The claim, as configured.
        claim: String,
    },
    /// `aud` is missing, doesn't name Braid, or names somebody who isn't trusted.
    #[error("`aud` is not Braid's client id alone")]
    Audience,
    /// `azp` is another's, or missing where there are several audiences.
    #[error("`azp` is not Braid's client id")]
    AuthorizedParty,
    /// A date that is missing or no number.
    #[error("`{0}` is missing or not a date")]
    Date(&'static str),
    /// `exp` is past.
    #[error("the token has expired")]
    Expired,
    /// `iat` is in the future.
    #[error("the token is issued in the future")]
    IssuedLater,
    /// `nbf` is in the future.
    #[error("the token is not valid yet")]
    NotYet,
    /// `nonce` is missing or another login's.
    #[error("`nonce` is not the one of this login")]
    Nonce,
    /// `at_hash` or `c_hash` doesn't fit.
    #[error("`{0}` belongs to another token or code")]
    Hash(&'static str),
}

/// What an ID token is checked against.
pub(crate) struct Expected<'a> {
    pub(crate) settings: &'a OidcSettings,
    pub(crate) nonce: &'a Secret,
    pub(crate) code: &'a Secret,
    pub(crate) access_token: Option<&'a Secret>,
    pub(crate) now: Timestamp,
}

/// Who an ID token names, and all that it claims.
pub(crate) struct IdToken {
    pub(crate) subject: Subject,
    /// The authority behind the provider, where the provider is configured to tell.
    pub(crate) authority: Option<String>,
    pub(crate) claims: Object,
}

impl IdToken {
    /// Reads whom the claims name, without believing them.
    pub(crate) fn read(claims: Object, settings: &OidcSettings) -> Result<Self, IdTokenError> {
        let got = json::text(&claims, "iss").unwrap_or_default();
        if got != settings.issuer {
            return Err(IdTokenError::Issuer { expected: settings.issuer.clone(), got: shown(got) });
        }
        let subject = Subject::parse(json::text(&claims, "sub").ok_or(IdTokenError::NoSubject)?)?;
        let authority = settings.authority_claim.as_ref().map(|claim| authority(&claims, claim)).transpose()?;
        Ok(Self { subject, authority, claims })
    }
}

fn authority(claims: &Object, claim: &str) -> Result<String, IdTokenError> {
    let named = json::text(claims, claim).and_then(|text| Subject::parse(text).ok());
    named.map(String::from).ok_or_else(|| IdTokenError::Authority { claim: claim.to_owned() })
}

impl Expected<'_> {
    /// Checks the claims of a token whose signature is right.
    pub(crate) fn check(&self, jws: &Jws<'_>) -> Result<IdToken, IdTokenError> {
        let token = IdToken::read(jws.payload()?, self.settings)?;
        let claims = &token.claims;
        check_audience(claims, self.settings)?;
        self.check_dates(claims)?;
        if json::text(claims, "nonce") != Some(self.nonce.reveal()) {
            return Err(IdTokenError::Nonce);
        }
        check_hash(claims, "at_hash", jws, self.access_token)?;
        check_hash(claims, "c_hash", jws, Some(self.code))?;
        Ok(token)
    }

    fn check_dates(&self, claims: &Object) -> Result<(), IdTokenError> {
        let (past, future) = (self.now.minus(self.settings.clock_skew), self.now.plus(self.settings.clock_skew));
        if date(claims, "exp")?.ok_or(IdTokenError::Date("exp"))? <= past {
            return Err(IdTokenError::Expired);
        }
        if date(claims, "iat")?.ok_or(IdTokenError::Date("iat"))? > future {
            return Err(IdTokenError::IssuedLater);
        }
        if date(claims, "nbf")?.is_some_and(|at| at > future) {
            return Err(IdTokenError::NotYet);
        }
        Ok(())
    }
}

/// The client id must be in it, nobody else who isn't trusted, and with several the token must have been made for Braid.
pub(crate) fn check_audience(claims: &Object, settings: &OidcSettings) -> Result<(), IdTokenError> {
    let audiences: BTreeSet<&str> = match claims.get("aud") {
        Some(Value::String(one)) => BTreeSet::from([one.as_str()]),
        Some(Value::Array(several)) => several.iter().map(Value::as_str).collect::<Option<_>>().ok_or(IdTokenError::Audience)?,
        _ => return Err(IdTokenError::Audience),
    };
    let is_trusted = |&other: &&str| other == settings.client_id || settings.trusted_audiences.iter().any(|t| t == other);
    if !audiences.contains(settings.client_id.as_str()) || !audiences.iter().all(is_trusted) {
        return Err(IdTokenError::Audience);
    }
    match claims.get("azp") {
        Some(Value::String(party)) if *party == settings.client_id => Ok(()),
        None if audiences.len() == 1 => Ok(()),
        _ => Err(IdTokenError::AuthorizedParty),
    }
}

fn check_hash(claims: &Object, name: &'static str, jws: &Jws<'_>, of: Option<&Secret>) -> Result<(), IdTokenError> {
    match (claims.get(name), of) {
        (None, _) => Ok(()),
        (Some(Value::String(hash)), Some(of)) if *hash == jws.half_hash(of.reveal()) => Ok(()),
        _ => Err(IdTokenError::Hash(name)),
    }
}

/// A date in seconds, fractions cut off (RFC 7519 §2, `NumericDate`).
fn date(claims: &Object, name: &'static str) -> Result<Option<Timestamp>, IdTokenError> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => seconds(value).map(|seconds| Some(Timestamp::from_seconds(seconds))).ok_or(IdTokenError::Date(name)),
    }
}

pub(crate) fn seconds(value: &Value) -> Option<i64> {
    let fraction = || value.as_f64().filter(|seconds| seconds.abs() < 1e12);
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked, and fractions are meant to go")]
    value.as_i64().or_else(|| fraction().map(|seconds| seconds as i64))
}
