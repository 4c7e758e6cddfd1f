//! What a person may see of a login: pages as values. The words are the templates'.

mod parts;

pub use parts::{Field, FieldName, Message, Problem, Problems, Way, WayKind};

use crate::session::StepId;
use domain::{ProviderAlias, Secret, Timestamp};
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
        /// What becomes of other identities of the same provider, if that must be said.
        others: Option<Others>,
    },
    /// A mail is on its way: field `code` with action `continue`; action `resend`.
    CheckMail {
        /// Where to, as the viewer may know it: masked, or what they typed.
        address: String,
        /// Why.
        why: MailReason,
        /// How long the mail's link works.
        lifetime: std::time::Duration,
        /// From when on another mail may be asked for.
        resend_from: Timestamp,
        /// Whether a mail was sent at all (else too many were).
        sent: bool,
        /// What was wrong with the code.
        problems: Problems,
    },
    /// The mail's link, opened in the browser that started: one press goes on (a form to the mail's own address).
    MailPress(MailMeaning),
    /// The mail's link, opened elsewhere: what it would do, and the short code (which the driver fills in; see `ui`).
    MailCode(MailMeaning),
    /// “Forgot your password?”: field `username` (or address); action `continue`.
    ForgottenPassword {
        /// What to write into the field.
        username: String,
        /// What was wrong.
        problems: Problems,
    },
    /// The new password of an account whose mailbox was opened: field `password`; action `continue`.
    NewPassword {
        /// The address whose mailbox was opened.
        address: String,
        /// What was wrong.
        problems: Problems,
    },
    /// Another address for the account that signed in: field `email`; action `continue`.
    ChangeAddress {
        /// The account.
        account: String,
        /// The address that it has.
        current: Option<String>,
        /// What to write into the field.
        wanted: String,
        /// What was wrong.
        problems: Problems,
    },
    /// Terms and conditions: actions `continue` (accept) and `refuse`.
    Terms {
        /// The account that signs in.
        account: String,
        /// The terms, or the address where they are.
        document: TermsDocument,
    },
    /// What the account's profile lacks: fields as listed; action `continue`.
    CompleteProfile {
        /// The account that signs in.
        account: String,
        /// The fields, with what was typed before.
        fields: Vec<Field>,
        /// What was wrong.
        problems: Problems,
    },
    /// A new password instead of the one that somebody signed in with: field `password`; action `continue`.
    UpdatePassword {
        /// The account that signs in.
        account: String,
        /// What it signs in with, for whatever keeps passwords.
        login: String,
        /// Why.
        why: PasswordDue,
        /// What was wrong.
        problems: Problems,
    },
    /// A code of the account's authenticator application: field `code`; action `continue`.
    OneTimeCode {
        /// The account, as the viewer may know it.
        account: String,
        /// What was wrong.
        problems: Problems,
    },
    /// An authenticator application for the account: field `code`, the first one that it makes; action `continue`.
    SetUpOneTimeCode {
        /// The account that signs in.
        account: String,
        /// The key for the application, in base32.
        seed: Secret,
        /// Whether it takes the place of another one.
        replaces: bool,
        /// What was wrong.
        problems: Problems,
    },
    /// The password of the existing account: field `password`; action `continue`.
    Reauthenticate {
        /// The provider that will be linked.
        provider: String,
        /// What the person is called there.
        identity: String,
        /// The address by which the account was found.
        account: String,
        /// Whether the page may say that there is an account.
        reveals: bool,
        /// What was wrong.
        problems: Problems,
    },
    /// A fresh login at a provider that is linked already: field `provider`; action `continue`.
    ProveAtProvider {
        /// The provider that will be linked.
        provider: String,
        /// What the person is called there.
        identity: String,
        /// The address by which the account was found.
        account: String,
        /// Whether the page may say that there is an account.
        reveals: bool,
        /// Where the account could be proved: values of the field `provider`, with names.
        providers: Vec<(ProviderAlias, String)>,
        /// How the last trip ended, if it proved nothing.
        came_back: Option<CameBack>,
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
        /// The provider whose identity was to be linked, by name.
        provider: Option<String>,
        /// What the flow says in words of its own.
        message: Option<String>,
    },
}

/// Terms and conditions, as a page shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermsDocument {
    /// They are at this address, which begins with `https://`.
    At(String),
    /// This is what they say. Line breaks count.
    Text(String),
}

impl TermsDocument {
    /// What a flow says of the terms: one address and nothing else, or their text.
    pub fn of(document: &str) -> Self {
        let is_address = document.starts_with("https://") && !document.contains(char::is_whitespace);
        if is_address { Self::At(document.to_owned()) } else { Self::Text(document.to_owned()) }
    }
}

/// Why a new password is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordDue {
    /// An administrator wants it.
    Required,
    /// The one that there is was set long ago.
    Old,
}

/// What linking does to other identities of the same provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Others {
    /// What the person is called there by them. Empty if the page may not say whether there are any.
    pub labels: Vec<String>,
    /// Whether the new one takes their place; else it is one more.
    pub replaced: bool,
}

/// A trip that was to prove an account, and didn't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameBack {
    /// The provider's name.
    pub provider: String,
    /// What the person is called there.
    pub identity: String,
    /// As whom they came back.
    pub came_as: CameBackAs,
}

/// As whom somebody came back from a trip that was to prove an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CameBackAs {
    /// As the identity that is to be linked, which proves nothing about the account.
    TheOneToLink,
    /// As somebody whose identity isn't the account's.
    SomebodyElse,
    /// Without having been asked for credentials, as far as the provider tells.
    NotFresh,
}

/// Why somebody is to look into a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailReason {
    /// Only its reader may link this provider.
    Link {
        /// The provider's name.
        provider: String,
    },
    /// A password is forgotten. Whether a mail was sent at all depends on whether there is an account, so nobody is told.
    NewPassword,
    /// The address is to be the account's.
    Address,
}

/// What the button behind a mail's link does. Whoever holds the mail may know that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailMeaning {
    /// It links an identity.
    Link {
        /// The provider's name.
        provider: String,
        /// What the person is called there.
        identity: String,
        /// The account that is linked, or none if a fresh account takes the address.
        account: Option<String>,
    },
    /// It leads to the page for a new password.
    NewPassword {
        /// The mailbox.
        address: String,
        /// Whether a fresh account takes the address, because nobody has proved it.
        fresh: bool,
    },
    /// It makes the address that of an account.
    Address {
        /// The account.
        account: String,
        /// The address that it has now, masked, if it is another one.
        from: Option<String>,
        /// The address that it gets.
        to: String,
    },
}
