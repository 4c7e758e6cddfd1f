//! What a person may see of a login: pages as values. The words are the templates'.

use crate::session::StepId;
use domain::{ProviderAlias, Timestamp};
use serde::{Deserialize, Serialize};

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// The browser that started the login.
    StartingBrowser,
    /// Somebody who holds the newest mail's token, in the browser that started.
    MailInStartingBrowser,
    /// Somebody who holds the newest mail's token, elsewhere. They see both accounts and the short code.
    MailElsewhere,
}

/// One page of a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Which page, with what is on it.
    pub page: Page,
    /// Names the page in its forms.
    pub step: StepId,
    /// The realm's name.
    pub realm: String,
    /// The client's name.
    pub client: String,
    /// Something that happened on the way here.
    pub message: Option<Message>,
    /// Other ways that this person can use from here.
    pub ways: Vec<Way>,
    /// Whether “start again” makes sense here.
    pub can_restart: bool,
}

/// The pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// Username (or address) and password: fields `username`, `password`; action `continue`.
    Login {
        /// What to write into the first field.
        username: String,
        /// What was wrong.
        problems: Problems,
    },
    /// Make an account: fields `username`, `email`, `given_name`, `family_name`, `password`; action `continue`.
    Register {
        /// The fields with their values. The password has none.
        fields: Vec<Field>,
        /// What was wrong.
        problems: Problems,
    },
    /// Look over what the provider said: fields as listed; action `continue`.
    ReviewProfile {
        /// The provider's name.
        provider: String,
        /// What the person is called there.
        identity: String,
        /// The fields, with their values.
        fields: Vec<Field>,
        /// What was wrong.
        problems: Problems,
    },
    /// “This account already exists. Is it yours?”: actions `continue`, `review` (if `can_review`).
    AccountExists {
        /// The provider's name.
        provider: String,
        /// What the person is called there.
        identity: String,
        /// The address that both have, as the provider sent it or the person typed it.
        address: String,
        /// Whether the page may say that an account exists; otherwise it only says that the address may be in use.
        reveals: bool,
        /// Whether the account has proved the address. If not, opening the mailbox makes a fresh account instead.
        proved: bool,
        /// Whether a profile page can be shown again.
        can_review: bool,
    },
    /// A mail is on its way: field `code` with action `continue`; action `resend`.
    CheckMail {
        /// Where to, masked.
        address: String,
        /// The provider's name.
        provider: String,
        /// How long the mail's link works.
        lifetime: std::time::Duration,
        /// From when on another mail may be asked for.
        resend_from: Timestamp,
        /// Whether a mail was sent at all (else too many were).
        sent: bool,
        /// What was wrong with the code.
        problems: Problems,
    },
    /// The mail's link, opened in the browser that started: one press finishes (a form to the mail's own address).
    MailPress {
        /// The provider's name.
        provider: String,
        /// What the person is called there.
        identity: String,
        /// The account that is linked, or none if a fresh account takes the address.
        account: Option<String>,
    },
    /// The mail's link, opened elsewhere: both accounts, and the short code (which the driver fills in; see `ui`).
    MailCode {
        /// The provider's name.
        provider: String,
        /// What the person is called there.
        identity: String,
        /// The account that would be linked, or none if a fresh account takes the address.
        account: Option<String>,
    },
    /// The password of the existing account: field `password`; action `continue`.
    Reauthenticate {
        /// The provider that will be linked.
        provider: String,
        /// What the person is called there.
        identity: String,
        /// The address by which the account was found.
        account: String,
        /// What was wrong.
        problems: Problems,
    },
    /// The browser should be at a provider: actions `way` (again) and `restart`.
    AtProvider {
        /// The provider's alias.
        alias: ProviderAlias,
        /// The provider's name.
        provider: String,
    },
    /// What the client would learn: actions `continue` and `refuse`.
    Consent {
        /// The account that signs in.
        account: String,
        /// The scopes asked for.
        scopes: Vec<String>,
    },
    /// Signed in already; the redirect is repeated for a while.
    SignedIn {
        /// The account.
        account: String,
    },
    /// A polite no.
    Denied {
        /// Which.
        code: crate::DenialCode,
    },
}

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
}
