//! The person's account.

use crate::{AddressProof, CanonicalSubject, EmailAddress, Epoch, Provenance, Timestamp, UserId, Version};
use serde::{Deserialize, Serialize};

/// A name to sign in with. Usernames and addresses share one namespace, so a username has no `@`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username(String);

/// Why a text is not a username.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a username has 1 to 64 characters: letters a–z, digits, “.”, “-” and “_”, starting with a letter or digit")]
pub struct UsernameError;

impl Username {
    /// Reads a username and folds it to lower case, so that `Ada` and `ada` are one name.
    pub fn parse(text: &str) -> Result<Self, UsernameError> {
        let name = text.to_ascii_lowercase();
        let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        let looks_like_a_subject = name.starts_with("usr_");
        if (1..=64).contains(&name.len()) && name.chars().all(allowed) && starts_well && !looks_like_a_subject {
            Ok(Self(name))
        } else {
            Err(UsernameError)
        }
    }

    /// The username as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Username {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Username {
    type Error = UsernameError;
    fn try_from(text: String) -> Result<Self, UsernameError> {
        Self::parse(&text)
    }
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}

/// An address on an account: where it came from, and the proof that the account's owner reads it, if there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnedAddress {
    /// The address as it is mailed.
    pub address: EmailAddress,
    /// Who said so.
    pub provenance: Provenance,
    /// The evidence, for exactly this address. Without it the address never opens the account.
    pub proof: Option<AddressProof>,
}

impl OwnedAddress {
    /// Whether there is a proof for this address.
    pub fn is_proved(&self) -> bool {
        self.proof.is_some()
    }
}

/// An account, as it was read at one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The key inside Braid.
    pub id: UserId,
    /// The id in every token and assertion.
    pub subject: CanonicalSubject,
    /// The name to sign in with, if there is one.
    pub username: Option<Username>,
    /// The address, if there is one.
    pub email: Option<OwnedAddress>,
    /// Given name, as shown.
    pub given_name: Option<String>,
    /// Family name, as shown.
    pub family_name: Option<String>,
    /// Link to a picture.
    pub picture: Option<String>,
    /// A disabled account is closed on every path.
    pub enabled: bool,
    /// Whether a password is set.
    pub has_password: bool,
    /// Moves when the account's past must die.
    pub epoch: Epoch,
    /// Moves with every change of the account.
    pub version: Version,
    /// When the account was made.
    pub created_at: Timestamp,
}

impl User {
    /// How the person is addressed: full name, else username, else the masked address, else the subject.
    pub fn label(&self) -> String {
        let full = [self.given_name.as_deref(), self.family_name.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        if !full.is_empty() {
            return full;
        }
        match (&self.username, &self.email) {
            (Some(name), _) => name.to_string(),
            (None, Some(email)) => email.address.masked(),
            (None, None) => self.subject.to_string(),
        }
    }

    /// Whether this is the account that was read before, open still, and with the same past.
    pub fn goes_on_from(&self, before: &Self) -> bool {
        self.enabled && self.id == before.id && self.epoch == before.epoch
    }

    /// Whether this account has proved that it reads `address`.
    pub fn has_proved(&self, address: &EmailAddress) -> bool {
        self.email.as_ref().is_some_and(|owned| owned.is_proved() && owned.address.names_the_same_mailbox_as(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_never_an_address_or_a_subject() {
        assert_eq!(Username::parse("Ada.L").map(|name| name.to_string()), Ok("ada.l".into()));
        for bad in ["", "vic@corp.org", "usr_01", ".ada", "a b", "ä", &"a".repeat(65)] {
            assert!(Username::parse(bad).is_err(), "{bad}");
        }
    }
}
