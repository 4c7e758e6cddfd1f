//! The person's account.

use crate::{
    AddressProof, Attributes, CanonicalSubject, EmailAddress, Epoch, LinkingDomain, Provenance, RoleName, TermsVersion,
    Timestamp, UserId, Version,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

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

/// The parts of a profile that providers may feed, beside the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProfileField {
    /// Given name.
    GivenName,
    /// Family name.
    FamilyName,
    /// Link to a picture.
    Picture,
}

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountState {
    /// It can.
    #[default]
    Open,
    /// Not until an administrator opens it again; what lived on it is dead.
    Disabled,
    /// Not until an administrator opens it again, because something about it is suspicious. It is closed like a disabled one, and
    /// says another word.
    Locked,
    /// Never again. What is left is a tombstone: the subject stays taken, all else is gone.
    Deleted,
}

impl AccountState {
    /// The name in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Disabled => "disabled",
            Self::Locked => "locked",
            Self::Deleted => "deleted",
        }
    }
}

/// The name of no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account is open, disabled, locked or deleted")]
pub struct AccountStateError;

impl TryFrom<String> for AccountState {
    type Error = AccountStateError;
    fn try_from(text: String) -> Result<Self, AccountStateError> {
        [Self::Open, Self::Disabled, Self::Locked, Self::Deleted]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(AccountStateError)
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
    /// Who gave each part of the profile, and so who may take it back.
    pub origins: BTreeMap<ProfileField, Provenance>,
    /// Further attributes.
    pub attributes: Attributes,
    /// Identities and addresses find this account only inside its domain.
    pub linking_domain: LinkingDomain,
    /// Whether it can be used. An account that isn't open is closed on every path.
    pub state: AccountState,
    /// Whether a password is set.
    pub has_password: bool,
    /// When the password was set.
    pub password_set_at: Option<Timestamp>,
    /// Whether an administrator wants the password to be replaced.
    pub must_renew_password: bool,
    /// Whether the account has a second factor: an authenticator application that makes one-time codes.
    pub has_one_time_codes: bool,
    /// The roles that administrators gave.
    pub roles: BTreeSet<RoleName>,
    /// The terms that the person accepted, and when.
    pub accepted_terms: BTreeMap<TermsVersion, Timestamp>,
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

    /// Whether it can be used.
    pub fn is_open(&self) -> bool {
        self.state == AccountState::Open
    }

    /// Whether this is the account that was read before, open still, and with the same past.
    pub fn goes_on_from(&self, before: &Self) -> bool {
        self.is_open() && self.id == before.id && self.epoch == before.epoch
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
