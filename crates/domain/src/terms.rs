//! Terms and conditions that people accept.

use serde::{Deserialize, Serialize};

/// The most characters of a version.
const LONGEST: usize = 64;

/// What was accepted, as the operator calls it. Other words are another version, which is accepted anew.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TermsVersion(String);

/// Why a text is no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a version of terms has 1 to 64 characters on one line, and neither begins nor ends with a space")]
pub struct TermsVersionError;

impl TermsVersion {
    /// Reads a version.
    pub fn parse(text: &str) -> Result<Self, TermsVersionError> {
        let fits = (1..=LONGEST).contains(&text.chars().count()) && text.chars().all(crate::text::is_visible);
        if fits && text.trim() == text { Ok(Self(text.to_owned())) } else { Err(TermsVersionError) }
    }

    /// The version as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for TermsVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for TermsVersion {
    type Error = TermsVersionError;
    fn try_from(text: String) -> Result<Self, TermsVersionError> {
        Self::parse(&text)
    }
}

impl From<TermsVersion> for String {
    fn from(version: TermsVersion) -> Self {
        version.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_short_line() {
        for good in ["2026-01", "Privacy, third edition", "1"] {
            assert!(TermsVersion::parse(good).is_ok(), "{good}");
        }
        for bad in ["", " 1", "1 ", "one\ntwo", &"x".repeat(65), "a\u{202e}b"] {
            assert!(TermsVersion::parse(bad).is_err(), "{bad}");
        }
    }
}
