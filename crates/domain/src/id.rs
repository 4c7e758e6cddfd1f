//! Identifiers. Each idea has its own type, so that one can't be passed for another.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is not an identifier of this kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a valid {kind}: {rule}")]
pub struct IdError {
    /// What was being read, in words.
    pub kind: &'static str,
    /// The rule that the text breaks.
    pub rule: &'static str,
    /// The text, shortened.
    pub text: String,
}

fn is_slug(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    (1..=64).contains(&text.len()) && text.chars().all(inner) && !text.starts_with(['-', '_']) && !text.ends_with(['-', '_'])
}

fn is_client_id(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic())
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:path, $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads the identifier, or says which rule the text breaks.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                if $check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(IdError { kind: $kind, rule: $rule, text: text.chars().take(80).collect() })
                }
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

named!(
    /// A realm: an isolated set of users, providers, clients and flows.
    RealmId, "realm", is_slug, "1 to 64 characters of a–z, 0–9, “-” and “_”, starting and ending with a letter or digit"
);
named!(
    /// A linking rule, by its name in the realm.
    RuleName, "rule name", is_slug, "1 to 64 characters of a–z, 0–9, “-” and “_”, starting and ending with a letter or digit"
);
named!(
    /// A linking domain: identities of providers in one domain never meet accounts of another.
    LinkingDomain, "linking domain", is_slug, "1 to 64 characters of a–z, 0–9, “-” and “_”, starting and ending with a letter or digit"
);
named!(
    /// An attribute of an account.
    AttributeName, "attribute name", is_slug, "1 to 64 characters of a–z, 0–9, “-” and “_”, starting and ending with a letter or digit"
);

named!(
    /// A role that an administrator gives to users.
    RoleName, "role", is_slug, "1 to 64 characters of a–z, 0–9, “-” and “_”, starting and ending with a letter or digit"
);

impl Default for LinkingDomain {
    /// Where all providers and accounts are that aren't set apart.
    fn default() -> Self {
        Self("default".to_owned())
    }
}

named!(
    /// An identity provider, by its alias in the realm.
    ProviderAlias, "provider alias", is_slug, "1 to 64 characters of a–z, 0–9, “-” and “_”, starting and ending with a letter or digit"
);
named!(
    /// A flow, by its name in the realm.
    FlowName, "flow name", is_slug, "1 to 64 characters of a–z, 0–9, “-” and “_”, starting and ending with a letter or digit"
);
named!(
    /// An application, by its OAuth `client_id` (RFC 6749 §2.2).
    ClientId, "client id", is_client_id, "1 to 255 visible ASCII characters"
);

macro_rules! random {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 16]);

        impl $name {
            /// From 16 random bytes (or the first 16 of a digest).
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            pub fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// Reads the 22 characters that `Display` writes.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or_else(|| IdError {
                    kind: $kind,
                    rule: "22 characters of base64url",
                    text: text.chars().take(80).collect(),
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

random!(
    /// A user's key inside Braid. It never leaves the server: applications get a [`CanonicalSubject`].
    UserId, "user id"
);
random!(
    /// A linked identity's own id.
    IdentityId, "identity id"
);
random!(
    /// The row of a login in progress: the first half of its handle's digest.
    SessionKey, "session key"
);
random!(
    /// One flow at work inside a login.
    FrameId, "frame id"
);
random!(
    /// One trip to an identity provider.
    ExchangeId, "exchange id"
);
random!(
    /// A client's standing leave to act for a user: everything that grew out of one authorization code.
    GrantId, "grant id"
);

/// The id of a user in every token and assertion: `usr_` and 26 characters of Crockford's base32 in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CanonicalSubject(String);

const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl CanonicalSubject {
    /// From 16 random bytes, which are used for nothing else.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let number = u128::from_be_bytes(bytes);
        let digit = |place: u32| CROCKFORD.get(((number >> (5 * place)) & 31) as usize).map_or('0', |&b| char::from(b));
        Self(format!("usr_{}", (0..26).rev().map(digit).collect::<String>()))
    }

    /// Reads a canonical subject, or says why the text is none.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let valid =
            text.strip_prefix("usr_").is_some_and(|rest| rest.len() == 26 && rest.bytes().all(|b| CROCKFORD.contains(&b)));
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError {
                kind: "canonical subject",
                rule: "“usr_” and 26 characters of lower-case base32",
                text: text.chars().take(80).collect(),
            })
        }
    }

    /// The subject as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CanonicalSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CanonicalSubject {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}

impl From<CanonicalSubject> for String {
    fn from(subject: CanonicalSubject) -> Self {
        subject.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_narrow() {
        for good in ["demo", "campus-2", "a", "x_y"] {
            assert!(RealmId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "Demo", "-a", "a-", "a b", "a/b", "ä", &"a".repeat(65)] {
            assert!(RealmId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_subject_reads_back_and_differs_by_its_bytes() {
        let subject = CanonicalSubject::from_bytes([0xab; 16]);
        assert_eq!(CanonicalSubject::parse(subject.as_str()), Ok(subject.clone()));
        assert_ne!(subject, CanonicalSubject::from_bytes([0xac; 16]));
        assert!(CanonicalSubject::parse("usr_").is_err());
        assert!(CanonicalSubject::parse(&subject.as_str().to_uppercase()).is_err());
    }

    #[test]
    fn a_random_id_reads_back() {
        let id = UserId::from_bytes([3; 16]);
        assert_eq!(UserId::parse(&id.to_string()), Ok(id));
        assert!(UserId::parse("short").is_err());
    }
}
