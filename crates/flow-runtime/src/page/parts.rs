//! What pages are made of: fields, problems, messages and ways.

use domain::{ProviderAlias, Timestamp};
use serde::{Deserialize, Serialize};

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: FieldName,
    /// Its value.
    pub value: String,
    /// Whether the provider sent it.
    pub from_provider: bool,
    /// Whether it must be filled in.
    pub required: bool,
}

/// The fields that forms have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    /// `username`
    Username,
    /// `email`
    Email,
    /// `given_name`
    GivenName,
    /// `family_name`
    FamilyName,
    /// `password`
    Password,
    /// `code`
    Code,
}

impl FieldName {
    /// The name in the form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Password => "password",
            Self::Code => "code",
        }
    }
}

/// What was wrong with a form, field by field, in the order of the form.
pub type Problems = Vec<(FieldName, Problem)>;

/// What was wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// Nothing was typed.
    Missing,
    /// It isn't an address that mail can go to.
    NotAnAddress,
    /// It isn't a username.
    NotAUsername,
    /// Somebody has that username.
    UsernameTaken,
    /// Name and password don't fit; which of them isn't said.
    WrongCredentials,
    /// Too many tries.
    TooManyTries {
        /// When to try again.
        until: Timestamp,
    },
    /// The password is too short (fewer than 8 characters) or too long (more than 256).
    PasswordLength,
    /// The code isn't that of the newest mail.
    WrongCode,
    /// Too many wrong codes: only a new mail helps.
    CodeExhausted,
    /// Another mail may be asked for a little later.
    TooSoon,
    /// What a mailbox opened isn't open any more.
    TooLate,
    /// The account has this address already.
    SameAddress,
    /// It is the password that the account has.
    SamePassword,
    /// The application that the account knows doesn't make that code now.
    WrongOneTimeCode,
    /// The code was used already: the next one comes soon.
    UsedOneTimeCode,
}

/// Something that happened on the way to a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Message {
    /// The trip to a provider failed.
    Upstream {
        /// The provider's name.
        provider: String,
        /// How.
        failure: domain::UpstreamFailure,
    },
    /// The mail was sent again.
    MailSentAgain,
    /// What is to be changed wants a fresh login.
    SignInAnew,
    /// Somebody else got the username while the person was busy with what follows it, so no account was made.
    UsernameTaken {
        /// The username.
        username: String,
    },
    /// Another account proved the address while the person was busy with what follows their own proof of it, so no account was made.
    AddressTaken {
        /// The address.
        address: String,
    },
    /// The application wants a fresh login, and the provider didn't ask for credentials again.
    NotFresh {
        /// The provider's name.
        provider: String,
    },
}

/// Another way that the person can take: a form with action `way`, field `way`, and `provider` where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Value of the field `way`.
    pub id: String,
    /// What it is.
    pub kind: WayKind,
}

/// The kinds of way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WayKind {
    /// Sign in with a provider.
    Provider {
        /// Value of the field `provider`.
        alias: ProviderAlias,
        /// Its name.
        name: String,
    },
    /// Username and password.
    Login,
    /// Make an account.
    Register,
    /// The existing account's password.
    Password,
    /// A mail to the address.
    Mail,
    /// “Forgot your password?”
    Recover,
    /// A code of the authenticator application.
    OneTimeCode,
    /// A fresh login at a provider that is linked already.
    LinkedProvider {
        /// Value of the field `provider`.
        alias: ProviderAlias,
        /// Its name.
        name: String,
    },
}
