//! The values that identities and accounts are compared by.

use super::Case;
use super::rule::{AccountField, Claim};
use crate::ask::Sought;
use domain::{AttributeName, EmailAddress, User, Username};

/// The longest claim that is looked at, in bytes.
const LONGEST: usize = 1_000;
/// The most values of a claim that still mean one person.
const MOST_VALUES: usize = 4;

/// What was asserted for a claim.
pub(super) enum Asserted<'a> {
    Missing,
    TooMany,
    Values(Vec<&'a str>),
}

/// A value in the form that accounts have it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    Email(EmailAddress),
    Username(Username),
    Attribute(AttributeName, String),
}

impl Claim {
    /// What the provider asserted, as it asserted it.
    pub(super) fn of<'a>(&self, case: &Case<'a>) -> Asserted<'a> {
        let identity = case.identity;
        let values = match self {
            Self::Email => case.profile.email.iter().map(|email| email.address.as_str()).collect(),
            Self::Username => identity.username.iter().map(String::as_str).collect(),
            Self::Subject => vec![identity.key.subject.as_str()],
            Self::Attribute(name) => identity.attributes.get(name).into_iter().flatten().map(String::as_str).collect::<Vec<_>>(),
        };
        match values.len() {
            0 => Asserted::Missing,
            1..=MOST_VALUES => Asserted::Values(values),
            _ => Asserted::TooMany,
        }
    }
}

impl Wanted {
    /// The value as an account would have it. None: no account could.
    pub(super) fn read(account: &AccountField, text: &str) -> Option<Self> {
        match account {
            AccountField::Email => EmailAddress::parse(text).ok().map(Self::Email),
            AccountField::Username => Username::parse(text).ok().map(Self::Username),
            AccountField::Attribute(name) => {
                let fits = (1..=domain::Attribute::LONGEST).contains(&text.len());
                fits.then(|| Self::Attribute(name.clone(), text.to_owned()))
            }
        }
    }

    /// Whether the account has it, proved or not.
    pub(super) fn is_had_by(&self, user: &User) -> bool {
        match self {
            Self::Email(address) => user.email.as_ref().is_some_and(|email| email.address.names_the_same_mailbox_as(address)),
            Self::Username(name) => user.username.as_ref() == Some(name),
            Self::Attribute(name, value) => user.attributes.get(name).is_some_and(|own| own.has(value)),
        }
    }

    /// Adds it to what is sought, once.
    pub(super) fn add_to(self, sought: &mut Sought) {
        match self {
            Self::Email(address) if !sought.emails.iter().any(|known| known.names_the_same_mailbox_as(&address)) => {
                sought.emails.push(address);
            }
            Self::Username(name) if !sought.usernames.contains(&name) => sought.usernames.push(name),
            Self::Attribute(name, value) => {
                let pair = (name, value);
                if !sought.attributes.contains(&pair) {
                    sought.attributes.push(pair);
                }
            }
            Self::Email(_) | Self::Username(_) => {}
        }
    }
}

/// Whether a text is short enough to be looked at.
pub(super) fn is_short(text: &str) -> bool {
    text.len() <= LONGEST
}
