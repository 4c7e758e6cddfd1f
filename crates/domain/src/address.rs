//! The one parser for e-mail addresses: what it accepts is what is compared, stored and mailed.
//!
//! It takes the plain form only (RFC 5321 §4.1.2 `Dot-string "@" Domain`): one `@`, no quotes, comments, lists, routes,
//! address literals or encoded words. The domain is kept as its A-label (UTS #46). Local parts are ASCII, because mail
//! systems and providers don't agree on the case and normal form of anything else.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An address in the form that is stored and mailed: the local part as it was given, the domain as A-labels.
///
/// Two addresses are the same for Braid when their [`EmailAddress::key`] is. `PartialEq` compares what is stored.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    text: String,
    at: usize,
}

/// Why a text is not an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was given.
    #[error("the address is empty")]
    Empty,
    /// There is no `@`, or more than one.
    #[error("an address has exactly one “@”")]
    AtSign,
    /// More than 64 octets before the `@`, or more than 254 in all (RFC 5321 §4.5.3.1).
    #[error("the address is too long")]
    TooLong,
    /// A character that plain addresses don't have before the `@`.
    #[error("the part before the “@” has a character that Braid doesn't accept")]
    Local,
    /// A domain that is none.
    #[error("the part after the “@” is not a domain name")]
    Domain,
}

impl EmailAddress {
    /// Reads one address. White space around it is the caller's to remove.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let (local, domain) = text.split_once('@').ok_or(AddressError::AtSign)?;
        if domain.contains('@') {
            return Err(AddressError::AtSign);
        }
        if local.len() > 64 || domain.len() > 253 {
            return Err(AddressError::TooLong);
        }
        if !is_dot_string(local) {
            return Err(AddressError::Local);
        }
        let domain = ascii_domain(domain).ok_or(AddressError::Domain)?;
        let text = format!("{local}@{domain}");
        if text.len() > 254 {
            return Err(AddressError::TooLong);
        }
        Ok(Self { at: local.len(), text })
    }

    /// The address as it is stored and mailed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// The part after the `@`: lower-case A-labels.
    pub fn domain(&self) -> &str {
        self.text.get(self.at.saturating_add(1)..).unwrap_or_default()
    }

    /// What uniqueness and look-ups go by: everything in lower case. Dots and `+` tags stay: they are other mailboxes.
    pub fn key(&self) -> String {
        self.text.to_ascii_lowercase()
    }

    /// Whether both name the same mailbox.
    pub fn names_the_same_mailbox_as(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    /// The address for eyes that may not see it all: `a•••@e•••.org`, always with three dots.
    pub fn masked(&self) -> String {
        let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
        let ending = self.domain().rsplit_once('.').map_or(String::new(), |(_, ending)| format!(".{ending}"));
        format!("{}•••@{}•••{ending}", first(self.local()), first(self.domain()))
    }
}

fn is_dot_string(local: &str) -> bool {
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let encoded_word = local.starts_with("=?");
    !encoded_word && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

fn ascii_domain(domain: &str) -> Option<String> {
    if domain.ends_with('.') || domain.chars().any(|c| !crate::text::is_visible(c)) {
        return None;
    }
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    let has_two_labels = ascii.contains('.') || ascii == "localhost";
    let top_is_a_name = ascii.rsplit('.').next().is_some_and(|top| !top.bytes().all(|b| b.is_ascii_digit()));
    (has_two_labels && top_is_a_name && !looks_like_another(domain) && ascii.len() <= 253).then_some(ascii)
}

/// Whether mapping to A-labels would turn a character into plain ASCII (full-width, ligature, circled forms). Such a
/// domain only looks like another one, so it is refused instead of being read as that one.
fn looks_like_another(domain: &str) -> bool {
    let maps_to_ascii = |label: &str| idna::domain_to_ascii(label).is_ok_and(|ascii| !ascii.starts_with("xn--"));
    domain.split('.').any(|label| !label.is_ascii() && maps_to_ascii(label))
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Logs get the masked form: an address is personal.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked())
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = AddressError;
    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.text
    }
}

#[cfg(test)]
mod tests;
