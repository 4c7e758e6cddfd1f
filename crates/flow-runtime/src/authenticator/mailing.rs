//! Mails with a link and a code, whatever they are for: what they cost, what is remembered of them, and what comes back.

use super::{Act, Cause, Effect, Sight, Turn};
use crate::ask::{Counter, Question, Reservation};
use crate::definition::config::{Key, KeyKind};
use crate::event::{Form, action};
use crate::outcome::Rejected;
use crate::page::{FieldName, MailReason, Message, Page, Problem};
use crate::session::{Errand, Memory};
use crate::write::{MailKind, Notice, Write};
use domain::{ActionToken, Digest, EmailAddress, Entropy, Epoch, Secret, Timestamp, TokenPurpose, UserId};
use std::time::Duration;

/// How long a mail's link and code work, unless the flow says otherwise.
pub(super) const LIFETIME: Duration = Duration::from_mins(15);

/// The key for another lifetime.
pub(super) const LIFETIME_KEY: Key = Key {
    name: "lifetime",
    kind: KeyKind::Duration { least: Duration::from_mins(1), most: Duration::from_hours(24) },
    default: Some("15m"),
    description: "How long the mail's link and code work.",
    example: "15m",
};

/// What is to be mailed, and what its token is good for.
pub(super) struct Post {
    /// What for.
    pub(super) errand: Errand,
    /// What the token is good for.
    pub(super) purpose: TokenPurpose,
    /// The account that the token is bound to.
    pub(super) user: Option<(UserId, Epoch)>,
    /// Where to.
    pub(super) address: EmailAddress,
    /// How long its link and code work.
    pub(super) lifetime: Duration,
    /// Whether the person asked for another one.
    pub(super) again: bool,
}

/// May a mail go to this address?
pub(super) fn reserve(sight: &Sight<'_>, address: &EmailAddress) -> Turn {
    let limits = &sight.policy.limits;
    let window = limits.mail_window;
    let reservations = vec![
        Reservation { counter: Counter::MailByAddress, limit: limits.mails_per_address, window },
        Reservation { counter: Counter::MailByNetwork, limit: limits.mails_per_network, window },
    ];
    Turn::ask(Question::ReserveMail { address: address.clone(), reservations })
}

/// Keeps a token and shows the page that waits for it. What is mailed is up to the caller, and may be nothing: the page is the same.
pub(super) fn send(sight: &Sight<'_>, post: Post, entropy: &Entropy, mail: impl FnOnce(Secret) -> Option<MailKind>) -> Turn {
    let secret = entropy.secret("mail-token");
    let expires_at = sight.now.plus(post.lifetime);
    let token = ActionToken {
        digest: Digest::of(&secret),
        purpose: post.purpose,
        session: sight.session.key,
        frame: sight.frame.id,
        user: post.user,
        address: post.address.clone(),
        expires_at,
    };
    let memory = Memory::Mail { token: Some(token.digest.clone()), sent_at: sight.now, problem: None, errand: post.errand };
    let mut turn = Turn::just(Act::Show { retry: post.again })
        .with(Effect::Remember(memory))
        .with(Effect::Write(Write::IssueToken(Box::new(token))));
    if let Some(mail) = mail(secret) {
        turn = turn.with(Effect::Notify(Notice { to: post.address, mail, expires_at }));
    }
    if post.again { turn.with(Effect::Say(Message::MailSentAgain)) } else { turn }
}

/// No mail went out, but the newest one, if there is one, still works.
pub(super) fn too_many(sight: &Sight<'_>, errand: Errand, until: Timestamp) -> Turn {
    let (token, sent_at) = match sight.memory() {
        Some(Memory::Mail { token, sent_at, .. }) => (token.clone(), *sent_at),
        _ => (None, sight.now),
    };
    let memory = Memory::Mail { token, sent_at, problem: Some(Problem::TooManyTries { until }), errand };
    Turn::just(Act::Show { retry: true }).with(Effect::Remember(memory))
}

/// Whether the newest mail may still be waited for.
pub(super) fn is_live(sight: &Sight<'_>, lifetime: Duration) -> bool {
    let Some(Memory::Mail { token: Some(_), sent_at, .. }) = sight.memory() else { return false };
    sight.now < sent_at.plus(lifetime)
}

/// A form of the page that waits for the mail: its code, or the wish for another mail, which `resend` begins.
pub(super) fn form(sight: &Sight<'_>, form: &Form, lifetime: Duration, resend: impl FnOnce() -> Turn) -> Turn {
    let Some(Memory::Mail { token, sent_at, .. }) = sight.memory() else {
        return Turn::just(Act::Reject(Rejected::UnknownAction));
    };
    let too_soon = sight.now < sent_at.plus(sight.policy.limits.resend_after);
    match (form.action.as_str(), token) {
        (action::RESEND, _) if too_soon => problem(sight, Problem::TooSoon),
        (action::RESEND, _) => resend(),
        (action::CONTINUE, Some(token)) => code(sight, form, lifetime, token),
        _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
    }
}

fn code(sight: &Sight<'_>, form: &Form, lifetime: Duration, token: &Digest) -> Turn {
    let digits: String = form.text(FieldName::Code.as_str()).unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return problem(sight, Problem::Missing);
    }
    let reservation = Reservation { counter: Counter::CodeByToken, limit: sight.policy.limits.codes_per_mail, window: lifetime };
    Turn::ask(Question::CheckMailCode { token: token.clone(), code: Secret::new(digits), reservation })
}

/// The same page, with what is wrong.
pub(super) fn problem(sight: &Sight<'_>, problem: Problem) -> Turn {
    match sight.memory() {
        Some(Memory::Mail { token, sent_at, errand, .. }) => {
            let (token, errand) = (token.clone(), errand.clone());
            let memory = Memory::Mail { token, sent_at: *sent_at, problem: Some(problem), errand };
            Turn::just(Act::Show { retry: true }).with(Effect::Remember(memory))
        }
        _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
    }
}

/// A link that is dead is no event at all. Who typed its code is told that it doesn't count.
pub(super) fn dead(sight: &Sight<'_>, cause: &Cause) -> Turn {
    match cause {
        Cause::Form(_) => problem(sight, Problem::WrongCode),
        Cause::Enter | Cause::Returned(..) | Cause::MailPressed(_) => Turn::just(Act::Reject(Rejected::DeadLink)),
    }
}

/// Whether what set this off is the newest mail's button or its code, not the wish for a mail.
pub(super) fn answers_the_mail(sight: &Sight<'_>, cause: &Cause) -> bool {
    match cause {
        Cause::MailPressed(_) => true,
        Cause::Form(form) => {
            form.action == action::CONTINUE && matches!(sight.memory(), Some(Memory::Mail { token: Some(_), .. }))
        }
        Cause::Enter | Cause::Returned(..) => false,
    }
}

/// Is the newest mail's token still good?
pub(super) fn find_newest(sight: &Sight<'_>, cause: &Cause) -> Turn {
    match sight.memory() {
        Some(Memory::Mail { token: Some(token), .. }) => Turn::ask(Question::FindToken(token.clone())),
        _ => dead(sight, cause),
    }
}

/// Whether this token is the newest one of this login and frame, for this purpose, account and mailbox, and in time.
pub(super) fn opens(
    sight: &Sight<'_>,
    token: &ActionToken,
    purpose: TokenPurpose,
    user: Option<(UserId, Epoch)>,
    address: &EmailAddress,
) -> bool {
    let for_this_login =
        token.session == sight.session.key && token.frame == sight.frame.id && sight.session.waits_for(&token.digest);
    let for_this = token.purpose == purpose && token.user == user && token.address == *address;
    for_this_login && for_this && sight.now < token.expires_at
}

/// The page that waits for the mail.
pub(super) fn page(sight: &Sight<'_>, lifetime: Duration, address: String, why: MailReason) -> Option<Page> {
    let Memory::Mail { token, sent_at, problem, .. } = sight.memory()? else { return None };
    Some(Page::CheckMail {
        address,
        why,
        lifetime,
        resend_from: sent_at.plus(sight.policy.limits.resend_after),
        sent: token.is_some(),
        problems: problem.clone().into_iter().map(|problem| (FieldName::Code, problem)).collect(),
    })
}
