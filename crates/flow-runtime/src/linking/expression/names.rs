//! What expressions can name, and what it is in a case.

use super::super::Case;
use crate::ask::Candidate;
use domain::{AttributeName, EmailAddress, User, Username, Vouched};
use std::borrow::Cow;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextName {
    Provider,
    Issuer,
    Authority,
    Subject,
    Email,
    Domain,
    Username,
    GivenName,
    FamilyName,
    AccountSubject,
    AccountEmail,
    AccountDomain,
    AccountUsername,
    AccountGivenName,
    AccountFamilyName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TruthName {
    EmailVouched,
    EmailTrusted,
    AccountEmailProved,
    AccountHasPassword,
    AccountOpen,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ListName {
    /// `claims.NAME`: the values of an asserted attribute; none if it wasn't asserted.
    Claim(AttributeName),
    /// `account.attributes.NAME`: the values of an attribute; none if the account hasn't got it.
    Attribute(AttributeName),
    /// `account.providers`: the providers of its identities.
    Providers,
}

pub(super) const IDENTITY_TEXTS: &[(&str, TextName)] = &[
    ("provider", TextName::Provider),
    ("issuer", TextName::Issuer),
    ("authority", TextName::Authority),
    ("subject", TextName::Subject),
    ("email", TextName::Email),
    ("domain", TextName::Domain),
    ("username", TextName::Username),
    ("given_name", TextName::GivenName),
    ("family_name", TextName::FamilyName),
];

pub(super) const ACCOUNT_TEXTS: &[(&str, TextName)] = &[
    ("subject", TextName::AccountSubject),
    ("email", TextName::AccountEmail),
    ("domain", TextName::AccountDomain),
    ("username", TextName::AccountUsername),
    ("given_name", TextName::AccountGivenName),
    ("family_name", TextName::AccountFamilyName),
];

pub(super) const IDENTITY_TRUTHS: &[(&str, TruthName)] =
    &[("email_vouched", TruthName::EmailVouched), ("email_trusted", TruthName::EmailTrusted)];

pub(super) const ACCOUNT_TRUTHS: &[(&str, TruthName)] = &[
    ("email_proved", TruthName::AccountEmailProved),
    ("has_password", TruthName::AccountHasPassword),
    ("open", TruthName::AccountOpen),
];

impl TextName {
    pub(super) fn of<'a>(self, case: &Case<'a>, account: &'a Candidate) -> Option<Cow<'a, str>> {
        let (identity, user) = (case.identity, &account.user);
        let own = |user: &'a User| user.email.as_ref().map(|email| &email.address);
        let profile = || case.profile.email.as_ref().map(|email| &email.address);
        let text = match self {
            Self::Provider => Some(identity.key.provider.as_str()),
            Self::Issuer => Some(identity.key.issuer.as_str()),
            Self::Authority => identity.key.authority.as_deref(),
            Self::Subject => Some(identity.key.subject.as_str()),
            Self::Email => profile().map(EmailAddress::as_str),
            Self::Domain => profile().map(EmailAddress::domain),
            Self::Username => identity.username.as_deref(),
            Self::GivenName => identity.given_name.as_deref(),
            Self::FamilyName => identity.family_name.as_deref(),
            Self::AccountSubject => return Some(Cow::Owned(user.subject.to_string())),
            Self::AccountEmail => own(user).map(EmailAddress::as_str),
            Self::AccountDomain => own(user).map(EmailAddress::domain),
            Self::AccountUsername => user.username.as_ref().map(Username::as_str),
            Self::AccountGivenName => user.given_name.as_deref(),
            Self::AccountFamilyName => user.family_name.as_deref(),
        };
        text.map(Cow::Borrowed)
    }
}

impl TruthName {
    pub(super) fn holds(self, case: &Case<'_>, account: &Candidate) -> bool {
        let user = &account.user;
        match self {
            Self::EmailVouched => case.vouched_address().is_some(),
            Self::EmailTrusted => case.trusted_address().is_some(),
            Self::AccountEmailProved => user.email.as_ref().is_some_and(domain::OwnedAddress::is_proved),
            Self::AccountHasPassword => user.has_password,
            Self::AccountOpen => user.is_open(),
        }
    }
}

impl ListName {
    pub(super) fn of<'a>(&self, case: &Case<'a>, account: &'a Candidate) -> Vec<&'a str> {
        match self {
            Self::Claim(name) => case.identity.attributes.get(name).into_iter().flatten().map(String::as_str).collect(),
            Self::Attribute(name) => {
                account.user.attributes.get(name).into_iter().flat_map(|own| &own.values).map(String::as_str).collect()
            }
            Self::Providers => account.identities.iter().map(|link| link.key.provider.as_str()).collect(),
        }
    }
}

impl<'a> Case<'a> {
    /// The address in the profile, if the provider asserted exactly it and said that it had verified it.
    pub(in crate::linking) fn vouched_address(&self) -> Option<&'a EmailAddress> {
        let asserted = self.identity.email.as_ref().filter(|email| email.vouched == Vouched::Yes)?;
        let used = self.profile.email.as_ref().filter(|email| !email.typed)?;
        (used.address == asserted.address).then_some(&used.address)
    }

    /// The same, if the provider's word is taken for it.
    pub(in crate::linking) fn trusted_address(&self) -> Option<&'a EmailAddress> {
        self.policy.trusted_word(self.identity, self.profile)
    }
}
