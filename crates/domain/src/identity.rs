//! What providers assert, and what Braid keeps of it.

use crate::{AddressProof, AssertedAttributes, EmailAddress, IdentityId, LinkProof, ProviderAlias, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A provider's own id for a person: byte-exact, never trimmed or folded, 1 to 255 bytes, no NUL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject(String);

/// Why a text can't be a provider's id for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// It is empty, or nothing but white space, so it names nobody.
    #[error("the provider's subject is empty")]
    Empty,
    /// It is longer than 255 bytes (OpenID Connect Core §2).
    #[error("the provider's subject is longer than 255 bytes")]
    TooLong,
    /// It has a NUL, which databases cut or refuse.
    #[error("the provider's subject has a NUL character")]
    Nul,
}

impl Subject {
    /// Takes a subject as the provider sent it, or refuses it.
    pub fn parse(text: &str) -> Result<Self, SubjectError> {
        if text.trim().is_empty() {
            Err(SubjectError::Empty)
        } else if text.len() > 255 {
            Err(SubjectError::TooLong)
        } else if text.contains('\0') {
            Err(SubjectError::Nul)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The subject as the provider sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Subject {
    type Error = SubjectError;
    fn try_from(text: String) -> Result<Self, SubjectError> {
        Self::parse(&text)
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.0
    }
}

/// Names one identity in a realm: the provider as configured, the issuer that it asserted, the authority behind it where that is
/// part of the key, and the subject there. Compared byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IdentityKey {
    /// The provider, as configured in the realm.
    pub provider: ProviderAlias,
    /// The issuer, as asserted and as configured.
    pub issuer: String,
    /// The authority behind a federation, where the provider is configured to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// The provider's id for the person.
    pub subject: Subject,
}

impl fmt::Display for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.provider, self.issuer)?;
        if let Some(authority) = &self.authority {
            write!(f, "{authority} ")?;
        }
        f.write_str(self.subject.as_str())
    }
}

/// What a provider said about having verified an address. Absent is not false, and neither is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vouched {
    /// It said that it had.
    Yes,
    /// It said that it had not.
    No,
    /// It said nothing (or something that isn't a plain yes or no).
    Silent,
}

/// An address from a provider, with what the provider said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertedEmail {
    /// The address.
    pub address: EmailAddress,
    /// Whether the provider vouched for it.
    pub vouched: Vouched,
}

/// What a provider asserted just now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokeredIdentity {
    /// Which identity this is.
    pub key: IdentityKey,
    /// The address, if the provider sent one that is an address.
    pub email: Option<AssertedEmail>,
    /// The name that the person has at the provider.
    pub username: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Link to a picture (https only).
    pub picture: Option<String>,
    /// Further attributes, as the provider's mapping names them.
    #[serde(default)]
    pub attributes: AssertedAttributes,
    /// When the person authenticated at the provider, if it says so (OpenID Connect Core §2, `auth_time`).
    pub auth_time: Option<Timestamp>,
    /// The claims that policy lets Braid keep, as JSON texts by claim name.
    pub claims: BTreeMap<String, String>,
}

impl BrokeredIdentity {
    /// When the person authenticated: as the provider says, if it says so and it isn't in the future; else now.
    pub fn authenticated_at(&self, now: Timestamp) -> Timestamp {
        self.auth_time.map_or(now, |at| at.min(now))
    }

    /// How the person is called at the provider: address, else name, else subject.
    pub fn label(&self) -> String {
        match (&self.email, &self.username) {
            (Some(email), _) => email.address.to_string(),
            (None, Some(name)) => name.clone(),
            (None, None) => self.key.subject.as_str().to_owned(),
        }
    }
}

/// The stored tie of one identity to one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedIdentity {
    /// Its own id.
    pub id: IdentityId,
    /// Which identity.
    pub key: IdentityKey,
    /// Whose it is.
    pub user: UserId,
    /// Whether it feeds the profile. The first identity of a user is primary.
    pub primary: bool,
    /// What the person is called there.
    pub label: String,
    /// The address as last asserted.
    pub email: Option<AssertedEmail>,
    /// The evidence that who holds this identity reads that address: its assurance. None: nobody vouched whose word counts.
    #[serde(default)]
    pub assured: Option<AddressProof>,
    /// The claims kept, as JSON texts by claim name.
    pub claims: BTreeMap<String, String>,
    /// The evidence for the tie.
    pub proof: LinkProof,
    /// When it was tied.
    pub created_at: Timestamp,
    /// When what is stored of it last changed.
    pub updated_at: Timestamp,
    /// When it last opened the account.
    pub last_sign_in_at: Timestamp,
    /// Whether a login with it has ended well. Until then whoever comes with it comes for the first time.
    pub arrived: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ph_52_a_subject_is_kept_byte_for_byte_or_refused() {
        for text in [" x", "x ", "X", "x", "1234", &"s".repeat(255)] {
            assert_eq!(Subject::parse(text).map(|subject| subject.as_str().to_owned()), Ok(text.to_owned()));
        }
        assert_ne!(Subject::parse("x"), Subject::parse("X"));
        assert_ne!(Subject::parse("x"), Subject::parse("x "));
        assert_eq!(Subject::parse(&"s".repeat(256)), Err(SubjectError::TooLong));
        assert_eq!(Subject::parse("a\0b"), Err(SubjectError::Nul));
    }

    #[test]
    fn ph_24_a_subject_that_names_nobody_is_refused() {
        for text in ["", " ", "\t\n", "\u{a0}"] {
            assert_eq!(Subject::parse(text), Err(SubjectError::Empty));
        }
    }
}
