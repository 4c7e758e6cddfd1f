//! What pages, ways, buttons, fields and mails are called in tests.

use crate::event::action;
use crate::page::{FieldName, Message, Page, Problem, WayKind};
use crate::{MailKind, View};
use domain::UpstreamFailure;

/// The buttons.
pub(crate) const BUTTONS: &[&str] =
    &[action::CONTINUE, action::RESTART, action::LEAVE, action::RESEND, action::REVIEW, action::REFUSE];

/// The fields of forms.
pub(crate) const FIELDS: &[&str] = &["username", "email", "given_name", "family_name", "password", "code"];

/// The pages that a login may show.
pub(crate) const PAGES: &[&str] = &[
    "login",
    "register",
    "review-profile",
    "account-exists",
    "check-mail",
    "forgotten-password",
    "new-password",
    "change-address",
    "reauthenticate",
    "prove-at-provider",
    "at-provider",
    "terms",
    "complete-profile",
    "update-password",
    "one-time-code",
    "set-up-one-time-code",
    "consent",
    "signed-in",
    "denied",
];

/// The mails.
pub(crate) const MAILS: &[&str] = &[
    "prove-address",
    "identity-linked",
    "reset-password",
    "no-password",
    "password-changed",
    "second-factor-set",
    "confirm-address",
    "address-taken",
    "address-changed",
];

/// What is wrong with a field.
pub(crate) const PROBLEMS: &[&str] = &[
    "missing",
    "not-an-address",
    "not-a-username",
    "username-taken",
    "wrong-credentials",
    "too-many-tries",
    "password-length",
    "wrong-code",
    "code-exhausted",
    "too-soon",
    "too-late",
    "same-address",
    "same-password",
    "wrong-one-time-code",
    "used-one-time-code",
];

/// What a page may say that happened.
pub(crate) const MESSAGES: &[&str] = &["none", "provider-failed", "mail-sent-again", "not-fresh", "sign-in-anew"];

/// How a trip to a provider may fail.
pub(crate) const FAILURES: &[(&str, UpstreamFailure)] = &[
    ("cancelled", UpstreamFailure::Cancelled),
    ("unavailable", UpstreamFailure::Unavailable),
    ("refused", UpstreamFailure::Refused),
    ("error", UpstreamFailure::Error),
];

/// The ways that aren't a provider.
pub(crate) const WAYS: &[&str] = &["login", "register", "password", "mail", "recover", "one-time-code"];

/// What a page is called.
pub fn page_name(page: &Page) -> &'static str {
    match page {
        Page::Login { .. } => "login",
        Page::Register { .. } => "register",
        Page::ReviewProfile { .. } => "review-profile",
        Page::AccountExists { .. } => "account-exists",
        Page::CheckMail { .. } => "check-mail",
        Page::MailPress(_) => "mail-press",
        Page::MailCode(_) => "mail-code",
        Page::ForgottenPassword { .. } => "forgotten-password",
        Page::NewPassword { .. } => "new-password",
        Page::ChangeAddress { .. } => "change-address",
        Page::Terms { .. } => "terms",
        Page::CompleteProfile { .. } => "complete-profile",
        Page::UpdatePassword { .. } => "update-password",
        Page::OneTimeCode { .. } => "one-time-code",
        Page::SetUpOneTimeCode { .. } => "set-up-one-time-code",
        Page::Reauthenticate { .. } => "reauthenticate",
        Page::ProveAtProvider { .. } => "prove-at-provider",
        Page::AtProvider { .. } => "at-provider",
        Page::Consent { .. } => "consent",
        Page::SignedIn { .. } => "signed-in",
        Page::Denied { .. } => "denied",
    }
}

/// What a mail is called.
pub fn mail_name(mail: &MailKind) -> &'static str {
    match mail {
        MailKind::ProveAddress { .. } => "prove-address",
        MailKind::IdentityLinked { .. } => "identity-linked",
        MailKind::ResetPassword { .. } => "reset-password",
        MailKind::NoPassword { .. } => "no-password",
        MailKind::PasswordChanged { .. } => "password-changed",
        MailKind::SecondFactorSet { .. } => "second-factor-set",
        MailKind::ConfirmAddress { .. } => "confirm-address",
        MailKind::AddressTaken { .. } => "address-taken",
        MailKind::AddressChanged { .. } => "address-changed",
    }
}

/// What a way is called: a provider's by its alias.
pub(crate) fn way_name(kind: &WayKind) -> &str {
    match kind {
        WayKind::Provider { alias, .. } | WayKind::LinkedProvider { alias, .. } => alias.as_str(),
        WayKind::Login => "login",
        WayKind::Register => "register",
        WayKind::Password => "password",
        WayKind::Mail => "mail",
        WayKind::Recover => "recover",
        WayKind::OneTimeCode => "one-time-code",
    }
}

/// What a problem of a field is called.
pub(crate) fn problem_name(problem: &Problem) -> &'static str {
    match problem {
        Problem::Missing => "missing",
        Problem::NotAnAddress => "not-an-address",
        Problem::NotAUsername => "not-a-username",
        Problem::UsernameTaken => "username-taken",
        Problem::WrongCredentials => "wrong-credentials",
        Problem::TooManyTries { .. } => "too-many-tries",
        Problem::PasswordLength => "password-length",
        Problem::WrongCode => "wrong-code",
        Problem::CodeExhausted => "code-exhausted",
        Problem::TooSoon => "too-soon",
        Problem::TooLate => "too-late",
        Problem::SamePassword => "same-password",
        Problem::SameAddress => "same-address",
        Problem::WrongOneTimeCode => "wrong-one-time-code",
        Problem::UsedOneTimeCode => "used-one-time-code",
    }
}

/// What a message is called.
pub(crate) fn message_name(message: Option<&Message>) -> &'static str {
    match message {
        None => "none",
        Some(Message::Upstream { .. }) => "provider-failed",
        Some(Message::MailSentAgain) => "mail-sent-again",
        Some(Message::NotFresh { .. }) => "not-fresh",
        Some(Message::UsernameTaken { .. }) => "username-taken",
        Some(Message::AddressTaken { .. }) => "address-taken",
        Some(Message::SignInAnew) => "sign-in-anew",
    }
}

/// What is wrong on a page, by field.
pub(crate) fn problems_of(page: &Page) -> &[(FieldName, Problem)] {
    match page {
        Page::Login { problems, .. }
        | Page::Register { problems, .. }
        | Page::ReviewProfile { problems, .. }
        | Page::CompleteProfile { problems, .. }
        | Page::UpdatePassword { problems, .. }
        | Page::OneTimeCode { problems, .. }
        | Page::SetUpOneTimeCode { problems, .. }
        | Page::CheckMail { problems, .. }
        | Page::ForgottenPassword { problems, .. }
        | Page::NewPassword { problems, .. }
        | Page::ChangeAddress { problems, .. }
        | Page::Reauthenticate { problems, .. } => problems,
        _ => &[],
    }
}

/// Whether the page says that there is an account. None: it doesn't speak of any.
pub(crate) fn reveals(page: &Page) -> Option<bool> {
    match page {
        Page::AccountExists { reveals, .. } | Page::Reauthenticate { reveals, .. } | Page::ProveAtProvider { reveals, .. } => {
            Some(*reveals)
        }
        _ => None,
    }
}

/// What a field of the page holds. None: it has no such field.
pub(crate) fn field<'p>(page: &'p Page, name: &str) -> Option<&'p str> {
    match page {
        Page::Login { username, .. } | Page::ForgottenPassword { username, .. } => (name == "username").then_some(username),
        Page::ChangeAddress { wanted, .. } => (name == "email").then_some(wanted),
        Page::Register { fields, .. } | Page::ReviewProfile { fields, .. } | Page::CompleteProfile { fields, .. } => {
            fields.iter().find(|field| field.name.as_str() == name).map(|field| field.value.as_str())
        }
        _ => None,
    }
}

/// The other ways that a page offers, by name: those to providers that prove an account, too.
pub(crate) fn offers(view: &View) -> Vec<&str> {
    let mut offers: Vec<&str> = view.ways.iter().map(|way| way_name(&way.kind)).collect();
    if let Page::ProveAtProvider { providers, .. } = &view.page {
        offers.extend(providers.iter().map(|(alias, _)| alias.as_str()));
    }
    offers.sort_unstable();
    offers
}

/// What can be done on a page, as steps of a test.
pub fn deeds(view: &View) -> Vec<String> {
    let mut deeds = Vec::new();
    let fill = |fields: &[&str]| {
        let fields: Vec<String> = fields.iter().map(|field| format!("{field}: …")).collect();
        format!("fills-in: {{ {} }}", fields.join(", "))
    };
    match &view.page {
        Page::Login { .. } => deeds.push(fill(&["username", "password"])),
        Page::Register { fields, .. } => {
            let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).chain(["password"]).collect();
            deeds.push(fill(&names));
        }
        Page::ReviewProfile { fields, .. } | Page::CompleteProfile { fields, .. } => {
            deeds.push(fill(&fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>()));
        }
        Page::ForgottenPassword { .. } => deeds.push(fill(&["username"])),
        Page::ChangeAddress { .. } => deeds.push(fill(&["email"])),
        Page::NewPassword { .. } | Page::Reauthenticate { .. } | Page::UpdatePassword { .. } => deeds.push(fill(&["password"])),
        Page::OneTimeCode { .. } | Page::SetUpOneTimeCode { .. } => deeds.push("fills-in: { code: right }".to_owned()),
        Page::CheckMail { .. } => {
            deeds.extend(["opens-mail: here".to_owned(), "opens-mail: elsewhere".to_owned(), fill(&["code"])]);
            deeds.push(format!("presses: {}", action::RESEND));
        }
        Page::AccountExists { can_review, .. } => {
            deeds.push(format!("presses: {}", action::CONTINUE));
            deeds.extend(can_review.then(|| format!("presses: {}", action::REVIEW)));
        }
        Page::Consent { .. } | Page::Terms { .. } => {
            deeds.extend([action::CONTINUE, action::REFUSE].map(|button| format!("presses: {button}")));
        }
        Page::AtProvider { .. } => {
            deeds.extend(["comes-back-as: { subject: … }".to_owned(), "comes-back-without: cancelled".to_owned()]);
        }
        Page::ProveAtProvider { .. } | Page::MailPress(_) | Page::MailCode(_) => {}
        Page::SignedIn { .. } | Page::Denied { .. } => return deeds,
    }
    deeds.extend(offers(view).into_iter().map(|offer| format!("chooses: {offer}")));
    deeds.push(format!("presses: {}", action::LEAVE));
    deeds
}
