//! The words that aren't in a template: problems, messages, denials, spans of time. English.

mod denial;
mod error;

pub(crate) use denial::denial;
pub(crate) use error::error;

use crate::name::shown;
use domain::{Timestamp, UpstreamFailure};
use flow_runtime::page::{FieldName, Message, Problem, WayKind};
use std::time::Duration;

/// The language of all pages (BCP 47).
pub(crate) const LANG: &str = "en";
/// The direction of that language.
pub(crate) const DIR: &str = "ltr";
/// A client without a name.
pub(crate) const SOME_CLIENT: &str = "the application";
/// A provider without a name.
pub(crate) const SOME_PROVIDER: &str = "the provider";
/// A realm without a name.
pub(crate) const SOME_REALM: &str = "Braid";
/// A person or an account without a name.
pub(crate) const SOMEBODY: &str = "somebody without a name";

/// A scope without a name.
pub(crate) const SOME_SCOPE: &str = "something without a name";

/// What happened, why, and what to do about it.
pub(crate) struct Advice {
    pub(crate) title: &'static str,
    pub(crate) why: String,
    pub(crate) what_to_do: String,
}

/// Something that happened on the way to a page.
pub(crate) struct Note {
    /// The class that colours it.
    pub(crate) tone: &'static str,
    pub(crate) text: String,
}

/// The label of a field.
pub(crate) const fn label(name: FieldName) -> &'static str {
    match name {
        FieldName::Username => "Username",
        FieldName::Email => "Mail address",
        FieldName::GivenName => "Given name",
        FieldName::FamilyName => "Family name",
        FieldName::Password => "Password",
        FieldName::Code => "Code from the other device",
    }
}

/// What is wrong with a field, and what to do.
pub(crate) fn problem(field: FieldName, problem: &Problem, now: Timestamp) -> String {
    match problem {
        Problem::Missing => missing(field).to_owned(),
        Problem::NotAnAddress => "Enter a mail address like name@example.org".to_owned(),
        Problem::NotAUsername => "Use letters, digits, dots, hyphens and underscores only".to_owned(),
        Problem::UsernameTaken => "Somebody has this username. Choose another one".to_owned(),
        Problem::WrongCredentials => match field {
            FieldName::Password => "The password isn't right. Try again".to_owned(),
            _ => "Username and password don't fit together. Try again".to_owned(),
        },
        Problem::TooManyTries { until } => format!("Too many tries. Try again in {}, or use another way", span(until.since(now))),
        Problem::PasswordLength => "Use a password of 8 to 256 characters".to_owned(),
        Problem::WrongCode => "This isn't the code from the newest mail. Check it and try again".to_owned(),
        Problem::CodeExhausted => "Too many wrong codes. Ask for another mail".to_owned(),
        Problem::TooLate => "That took too long. Ask for another mail".to_owned(),
        Problem::SamePassword => "This is the password that your account has already. Choose another one".to_owned(),
        Problem::SameAddress => "This is the address of your account already. Enter another one".to_owned(),
        Problem::WrongOneTimeCode => "This isn't the code that your app shows now. Check it and try again".to_owned(),
        Problem::UsedOneTimeCode => "This code was used already. Wait until your app shows the next one".to_owned(),
        Problem::TooSoon => "A mail is on its way. Wait a little before you ask for another one".to_owned(),
    }
}

const fn missing(field: FieldName) -> &'static str {
    match field {
        FieldName::Username => "Enter your username",
        FieldName::Email => "Enter your mail address",
        FieldName::GivenName => "Enter your given name",
        FieldName::FamilyName => "Enter your family name",
        FieldName::Password => "Enter the password",
        FieldName::Code => "Enter the code",
    }
}

/// Why no mail went out, and when one can.
pub(crate) fn too_many_mails(until: Timestamp, now: Timestamp) -> String {
    format!("Too many mails were sent. You can ask for another one in {}", span(until.since(now)))
}

/// What happened on the way here.
pub(crate) fn message(message: &Message) -> Note {
    match message {
        Message::MailSentAgain => {
            Note { tone: "good", text: "Another mail is on its way. Only the newest one works.".to_owned() }
        }
        Message::SignInAnew => {
            let text = "Before something is changed that protects your account, sign in once more.";
            Note { tone: "good", text: text.to_owned() }
        }
        Message::UsernameTaken { username } => {
            let text = format!(
                "Somebody else took the username “{username}” just before you. Fill in the form again, with another one."
            );
            Note { tone: "bad", text }
        }
        Message::AddressTaken { address } => {
            let text =
                format!("Another account proved the address {address} while you were here. If that is yours, sign in to it.");
            Note { tone: "bad", text }
        }
        Message::NotFresh { provider } => {
            let provider = shown(provider, SOME_PROVIDER);
            let text = format!(
                "You came back from {provider}, but it didn't ask you to sign in again, and that is what the application needs. Sign out at {provider} first and try again, or use another way."
            );
            Note { tone: "bad", text }
        }
        Message::Upstream { provider, failure } => {
            let provider = shown(provider, SOME_PROVIDER);
            let text = match failure {
                UpstreamFailure::Cancelled => format!("You didn't sign in at {provider}. You can try again, or use another way."),
                UpstreamFailure::Unavailable => {
                    format!("{provider} can't be reached right now. Try again in a moment, or use another way.")
                }
                UpstreamFailure::Refused => {
                    format!("The answer from {provider} couldn't be trusted, so it wasn't used. Try again, or use another way.")
                }
                UpstreamFailure::Error => format!("{provider} couldn't sign you in. Try again, or use another way."),
            };
            Note { tone: "bad", text }
        }
    }
}

/// The button of another way.
pub(crate) fn way(kind: &WayKind) -> String {
    match kind {
        WayKind::Provider { name, .. } => format!("Continue with {}", shown(name, SOME_PROVIDER)),
        WayKind::Login => "Use a username and password".to_owned(),
        WayKind::Register => "Create an account".to_owned(),
        WayKind::Password => "Use the account's password".to_owned(),
        WayKind::LinkedProvider { name, .. } => format!("Sign in again at {}", shown(name, SOME_PROVIDER)),
        WayKind::Mail => "Get a mail at its address".to_owned(),
        WayKind::Recover => "Forgot your password?".to_owned(),
        WayKind::OneTimeCode => "Use a code from your authenticator app".to_owned(),
    }
}

/// The link back to a client.
pub(crate) fn back_to(client: &str) -> String {
    format!("Back to {}", shown(client, SOME_CLIENT))
}

/// What a scope lets the client know, or do. None for one that Braid has no words for.
pub(crate) fn scope(scope: &str) -> Option<&'static str> {
    match scope {
        "openid" => Some("Who you are: a stable id, the same every time"),
        "profile" => Some("Your name, username and picture"),
        "email" => Some("Your mail address"),
        "offline_access" => Some("To stay signed in while you are away"),
        _ => None,
    }
}

/// A span of time, rounded up, so that whoever waits that long has waited long enough.
pub(crate) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0)).max(1);
    let (count, unit) = match seconds {
        0..=90 => (seconds, "second"),
        91..=5400 => (seconds.div_ceil(60), "minute"),
        5401..=172_800 => (seconds.div_ceil(3600), "hour"),
        _ => (seconds.div_ceil(86_400), "day"),
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_never_too_short() {
        let said = |millis| span(Duration::from_millis(millis));
        assert_eq!(said(0), "1 second");
        assert_eq!(said(44_001), "45 seconds");
        assert_eq!(said(15 * 60_000), "15 minutes");
        assert_eq!(said(15 * 60_000 + 1), "16 minutes");
        assert_eq!(said(2 * 3_600_000), "2 hours");
        assert_eq!(said(3 * 86_400_000), "3 days");
    }
}
