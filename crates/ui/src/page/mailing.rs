//! Pages about a mail that is on its way: the one that waits for it, and what its link opens.

use super::{Scene, Source};
use crate::input::Input;
use crate::layout::Layout;
use crate::name::shown;
use crate::words;
use askama::Template;
use domain::Timestamp;
use flow_runtime::page::{FieldName, MailMeaning, MailReason, Problem, Problems};
use std::time::Duration;

#[derive(Template)]
#[template(path = "pages/check_mail.html")]
pub(super) struct CheckMail<'a> {
    layout: Layout<'a>,
    address: String,
    why: Why,
    lifetime: String,
    /// How long until another mail may be asked for; None if that is now.
    wait: Option<String>,
    sent: bool,
    inputs: [Input; 1],
}

/// Why somebody is to look into a mailbox.
enum Why {
    Link { provider: String },
    NewPassword,
    Address,
}

/// What is known of the mail.
pub(super) struct Sent {
    pub(super) lifetime: Duration,
    pub(super) resend_from: Timestamp,
    pub(super) went_out: bool,
}

impl Sent {
    /// When the next mail can really be sent.
    fn possible_from(&self, problems: &Problems) -> Timestamp {
        let limits = problems.iter().filter_map(|(_, problem)| match problem {
            Problem::TooManyTries { until } => Some(*until),
            _ => None,
        });
        limits.fold(self.resend_from, Timestamp::max)
    }
}

impl<'a> CheckMail<'a> {
    pub(super) fn of(scene: Scene<'a>, address: &str, why: &MailReason, mail: &Sent, problems: &Problems) -> Self {
        let now = scene.chrome.now;
        let wait = mail.possible_from(problems).since(now);
        // Without a mail there is no code to type, so the page has no field that a problem could belong to.
        let problems = if mail.went_out { problems } else { &Problems::new() };
        let code = Input { hint: Some("Spaces and hyphens don't matter.".to_owned()), ..Input::new(FieldName::Code) };
        let mut layout = scene.layout(problems);
        let mut code = code.judged(FieldName::Code, problems, now);
        // Here it is mails that were too many, not codes.
        if let [(_, Problem::TooManyTries { until })] = problems[..] {
            let text = words::too_many_mails(until, now);
            layout.say_instead(&text);
            code.problem = Some(text);
        }
        Self {
            layout,
            address: shown(address, words::SOMEBODY),
            why: match why {
                MailReason::Link { provider } => Why::Link { provider: shown(provider, words::SOME_PROVIDER) },
                MailReason::NewPassword => Why::NewPassword,
                MailReason::Address => Why::Address,
            },
            lifetime: words::span(mail.lifetime),
            wait: (!wait.is_zero()).then(|| words::span(wait)),
            sent: mail.went_out,
            inputs: [code],
        }
    }
}

/// What the mail does.
enum Meaning {
    Link { provider: String, identity: String, account: Option<String> },
    NewPassword { address: String, fresh: bool },
    Address { account: String, from: Option<String>, to: String },
}

impl Meaning {
    fn of(meaning: &MailMeaning) -> Self {
        let name = |name: &str| shown(name, words::SOMEBODY);
        match meaning {
            MailMeaning::Link { provider, identity, account } => {
                let Source { provider, identity } = Source::of((provider, identity));
                Self::Link { provider, identity, account: account.as_deref().map(name) }
            }
            MailMeaning::NewPassword { address, fresh } => Self::NewPassword { address: name(address), fresh: *fresh },
            MailMeaning::Address { account, from, to } => {
                Self::Address { account: name(account), from: from.as_deref().map(name), to: name(to) }
            }
        }
    }
}

#[derive(Template)]
#[template(path = "pages/mail_press.html")]
pub(super) struct MailPress<'a> {
    layout: Layout<'a>,
    meaning: Meaning,
}

impl<'a> MailPress<'a> {
    pub(super) fn of(scene: Scene<'a>, meaning: &MailMeaning) -> Self {
        Self { layout: scene.layout(&Problems::new()), meaning: Meaning::of(meaning) }
    }
}

#[derive(Template)]
#[template(path = "pages/mail_code.html")]
pub(super) struct MailCode<'a> {
    layout: Layout<'a>,
    meaning: Meaning,
    code: Option<String>,
}

impl<'a> MailCode<'a> {
    pub(super) fn of(scene: Scene<'a>, meaning: &MailMeaning) -> Self {
        let MailPress { layout, meaning } = MailPress::of(scene, meaning);
        Self { layout, meaning, code: scene.chrome.mail_code.map(grouped) }
    }
}

/// A code in groups of three or four, as people read and type it.
fn grouped(code: &str) -> String {
    let characters: Vec<char> = code.chars().filter(|c| !c.is_whitespace()).collect();
    let size = if characters.len().is_multiple_of(3) { 3 } else { 4 };
    characters.chunks(size).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_grouped_evenly() {
        assert_eq!(grouped("123456"), "123 456");
        assert_eq!(grouped("12345678"), "1234 5678");
        assert_eq!(grouped("1234 56789"), "123 456 789");
    }
}
