//! What expressions can name, where they can, and what it is then.

use super::Undecided;
use super::known::Known;
use domain::{AttributeName, EmailAddress, User, Username};
use std::borrow::Cow;

/// Where an expression is used. That decides what it can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// In a linking rule: `identity`, `claims` and `account`.
    Rule,
    /// In the condition of a flow: those, and `user`, `client`, `request` and `login`.
    Condition,
}

/// What a name is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    /// The identity and its claims.
    Identity,
    /// The account that was found for it.
    Account,
    /// Whoever signs in.
    User,
    /// The login itself.
    Login,
}

/// Whose account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The one that was found.
    Found,
    /// That of whoever signs in.
    SignsIn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextName {
    Identity(IdentityText),
    Account(Whose, AccountText),
    Client,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdentityText {
    Provider,
    Issuer,
    Authority,
    Subject,
    Email,
    Domain,
    Username,
    GivenName,
    FamilyName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccountText {
    Subject,
    Email,
    Domain,
    Username,
    GivenName,
    FamilyName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TruthName {
    EmailVouched,
    EmailTrusted,
    Account(Whose, AccountTruth),
    /// The person comes to their account for the first time.
    FirstLogin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccountTruth {
    EmailProved,
    HasPassword,
    Open,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ListName {
    /// `claims.NAME`: the values of an asserted attribute; none if it wasn't asserted.
    Claim(AttributeName),
    /// `account.attributes.NAME`: the values of an attribute; none if the account hasn't got it.
    Attribute(Whose, AttributeName),
    /// `account.roles`
    Roles(Whose),
    /// `account.providers`: the providers of its identities.
    Providers,
    /// `request.scopes`
    Scopes,
}

pub(super) const IDENTITY_TEXTS: &[(&str, IdentityText)] = &[
    ("provider", IdentityText::Provider),
    ("issuer", IdentityText::Issuer),
    ("authority", IdentityText::Authority),
    ("subject", IdentityText::Subject),
    ("email", IdentityText::Email),
    ("domain", IdentityText::Domain),
    ("username", IdentityText::Username),
    ("given_name", IdentityText::GivenName),
    ("family_name", IdentityText::FamilyName),
];

pub(super) const ACCOUNT_TEXTS: &[(&str, AccountText)] = &[
    ("subject", AccountText::Subject),
    ("email", AccountText::Email),
    ("domain", AccountText::Domain),
    ("username", AccountText::Username),
    ("given_name", AccountText::GivenName),
    ("family_name", AccountText::FamilyName),
];

pub(super) const IDENTITY_TRUTHS: &[(&str, TruthName)] =
    &[("email_vouched", TruthName::EmailVouched), ("email_trusted", TruthName::EmailTrusted)];

pub(super) const ACCOUNT_TRUTHS: &[(&str, AccountTruth)] =
    &[("email_proved", AccountTruth::EmailProved), ("has_password", AccountTruth::HasPassword), ("open", AccountTruth::Open)];

/// Finds what a table says of a name.
pub(super) fn find<T: Copy>(name: &str, table: &[(&str, T)]) -> Option<T> {
    table.iter().find(|(known, _)| *known == name).map(|(_, what)| *what)
}

type Found<T> = Result<T, Undecided>;

impl Whose {
    fn account<'a>(self, known: &Known<'a>) -> Found<&'a User> {
        match self {
            Self::Found => known.account,
            Self::SignsIn => known.user,
        }
        .ok_or(Undecided::Absent)
    }
}

impl TextName {
    /// The text; an error if the identity or the account hasn't got it, or isn't there.
    pub(super) fn of<'a>(self, known: &Known<'a>) -> Found<Cow<'a, str>> {
        match self {
            Self::Identity(text) => text.of(known).map(Cow::Borrowed).ok_or(Undecided::Absent),
            Self::Account(whose, text) => text.of(whose, whose.account(known)?).ok_or(Undecided::Absent),
            Self::Client => known.client.map(|client| Cow::Borrowed(client.as_str())).ok_or(Undecided::Absent),
        }
    }

    /// Whether it is there. Nobody knows that of somebody who isn't there.
    pub(super) fn is_there(self, known: &Known<'_>) -> Found<bool> {
        match self {
            Self::Identity(_) => _ = known.identity.ok_or(Undecided::Absent)?,
            Self::Account(whose, _) => _ = whose.account(known)?,
            Self::Client => {}
        }
        Ok(self.of(known).is_ok())
    }
}

impl IdentityText {
    fn of<'a>(self, known: &Known<'a>) -> Option<&'a str> {
        let identity = known.identity?;
        match self {
            Self::Provider => Some(identity.key.provider.as_str()),
            Self::Issuer => Some(identity.key.issuer.as_str()),
            Self::Authority => identity.key.authority.as_deref(),
            Self::Subject => Some(identity.key.subject.as_str()),
            Self::Email => known.email.map(EmailAddress::as_str),
            Self::Domain => known.email.map(EmailAddress::domain),
            Self::Username => identity.username.as_deref(),
            Self::GivenName => identity.given_name.as_deref(),
            Self::FamilyName => identity.family_name.as_deref(),
        }
    }
}

impl AccountText {
    /// Of whoever signs in only an address counts that they have proved: anybody may have typed one. An account that was found proves
    /// nothing by being found, so its address is just a text.
    fn of(self, whose: Whose, user: &User) -> Option<Cow<'_, str>> {
        let counts = |email: &&domain::OwnedAddress| whose == Whose::Found || email.is_proved();
        let email = || user.email.as_ref().filter(counts).map(|email| &email.address);
        let text = match self {
            Self::Subject => return Some(Cow::Owned(user.subject.to_string())),
            Self::Email => email().map(EmailAddress::as_str),
            Self::Domain => email().map(EmailAddress::domain),
            Self::Username => user.username.as_ref().map(Username::as_str),
            Self::GivenName => user.given_name.as_deref(),
            Self::FamilyName => user.family_name.as_deref(),
        };
        text.map(Cow::Borrowed)
    }
}

impl TruthName {
    pub(super) fn holds(self, known: &Known<'_>) -> Found<bool> {
        match self {
            Self::EmailVouched => known.is_vouched_for().ok_or(Undecided::Absent),
            Self::EmailTrusted => known.is_trusted().ok_or(Undecided::Absent),
            Self::Account(whose, truth) => {
                let user = whose.account(known)?;
                Ok(match truth {
                    AccountTruth::EmailProved => user.email.as_ref().is_some_and(domain::OwnedAddress::is_proved),
                    AccountTruth::HasPassword => user.has_password,
                    AccountTruth::Open => user.is_open(),
                })
            }
            Self::FirstLogin => known.first_login.ok_or(Undecided::Absent),
        }
    }
}

impl ListName {
    pub(super) fn of<'a>(&self, known: &Known<'a>) -> Found<Vec<&'a str>> {
        Ok(match self {
            Self::Claim(name) => {
                let identity = known.identity.ok_or(Undecided::Absent)?;
                identity.attributes.get(name).into_iter().flatten().map(String::as_str).collect()
            }
            Self::Attribute(whose, name) => {
                let own = whose.account(known)?.attributes.get(name);
                own.into_iter().flat_map(|own| &own.values).map(String::as_str).collect()
            }
            Self::Roles(whose) => whose.account(known)?.roles.iter().map(domain::RoleName::as_str).collect(),
            Self::Providers => {
                Whose::Found.account(known)?;
                known.identities.iter().map(|link| link.key.provider.as_str()).collect()
            }
            Self::Scopes => known.scopes.iter().map(String::as_str).collect(),
        })
    }
}
