//! From a name to a mail. Whatever is found, the same is asked, counted and shown, in the same order.

use super::super::fields::Reading;
use super::super::mailing::{self, Post};
use super::super::{Act, Cause, Effect, Sight, Turn, names};
use super::anew;
use crate::ask::{Candidate, Counter, Fact, FoundUsers, Question, Reservation};
use crate::event::{Form, action};
use crate::outcome::Rejected;
use crate::page::{FieldName, Problem};
use crate::session::{Errand, Memory, Opens, Recovery};
use crate::write::MailKind;
use domain::{Digest, EmailAddress, Entropy, Timestamp, TokenPurpose, User, UserId, Username};
use std::time::Duration;

/// The form with the name.
pub(super) fn named(form: &Form) -> Turn {
    if form.action != action::CONTINUE {
        return Turn::just(Act::Reject(Rejected::UnknownAction));
    }
    let mut reading = Reading::of(form);
    match reading.required(FieldName::Username) {
        Some(name) => seek(name),
        None => Turn::just(Act::Show { retry: true }).with(Effect::Remember(reading.memory())),
    }
}

/// Who has this name?
pub(super) fn seek(name: &str) -> Turn {
    Turn::ask(Question::FindUsers { username: Username::parse(name).ok(), email: EmailAddress::parse(name).ok() })
}

pub(super) fn fact(
    sight: &Sight<'_>,
    cause: &Cause,
    (question, fact): (&Question, Fact),
    lifetime: Duration,
    entropy: &Entropy,
) -> Turn {
    let Some(name) = name_in(sight, cause) else { return Turn::just(Act::WrongFact) };
    match (question, fact, sight.memory()) {
        (_, Fact::FoundUsers(found), _) => found_users(sight, &name, &found, entropy),
        (_, Fact::OwnIdentities(found), Some(Memory::Mail { errand: Errand::Recover(recovery), .. })) => {
            let opens = found.map_or(Opens::Nobody, |candidate| opens(sight, recovery, &candidate));
            let recovery = Recovery { opens, ..recovery.clone() };
            reserve_by_name(sight, &name).with(remember(sight, recovery))
        }
        (Question::ReserveRecovery { .. }, Fact::MailReserved(Some(until)), _) => too_many(sight, &name, until),
        (
            Question::ReserveRecovery { .. },
            Fact::MailReserved(None),
            Some(Memory::Mail { errand: Errand::Recover(recovery), .. }),
        ) => reserve_by_mailbox(sight, recovery),
        (
            Question::ReserveMail { .. },
            Fact::MailReserved(full),
            Some(Memory::Mail { errand: Errand::Recover(recovery), .. }),
        ) => send(sight, (recovery, full.is_none()), is_another(cause), lifetime, entropy),
        _ => Turn::just(Act::WrongFact),
    }
}

fn is_another(cause: &Cause) -> bool {
    matches!(cause, Cause::Form(form) if form.action == action::RESEND)
}

/// The name that was typed now, or for the mail before.
fn name_in(sight: &Sight<'_>, cause: &Cause) -> Option<String> {
    match (cause, sight.memory()) {
        (Cause::Form(form), Some(Memory::Mail { errand: Errand::Recover(recovery), .. })) if form.action == action::RESEND => {
            Some(recovery.name.clone())
        }
        (Cause::Form(form), _) => Reading::of(form).required(FieldName::Username).map(|name| name.chars().take(254).collect()),
        _ => None,
    }
}

/// Whose mailbox it is about. For nobody it is a mailbox and an account that don't exist, so that the same happens.
fn found_users(sight: &Sight<'_>, name: &str, found: &FoundUsers, entropy: &Entropy) -> Turn {
    let holder = who(name, found).and_then(|user| Some((user.id, user.email.as_ref()?.address.clone())));
    let (user, mailbox) = match holder {
        Some(holder) => holder,
        None => match nobodys_mailbox(name) {
            Some(mailbox) => (UserId::from_bytes(entropy.id("nobody")), mailbox),
            None => return Turn::just(Act::WrongFact),
        },
    };
    let recovery = Recovery { name: name.to_owned(), mailbox, opens: Opens::Nobody };
    Turn::ask(Question::IdentitiesOf(user)).with(remember(sight, recovery))
}

/// The account that a name stands for: by username; by address an account that proved it, of several the one that isn't set
/// apart; else any that claims it, because then the address alone matters.
fn who<'a>(name: &str, found: &'a FoundUsers) -> Option<&'a User> {
    let address = EmailAddress::parse(name).ok();
    let owner = || names::owner(address.as_ref()?, found);
    found.by_username.as_ref().or_else(owner).or_else(|| found.by_email.first())
}

fn nobodys_mailbox(name: &str) -> Option<EmailAddress> {
    let digest = Digest::of_bytes(name.to_lowercase().as_bytes());
    EmailAddress::parse(&format!("{}@nobody.invalid", digest.as_str())).ok()
}

/// What the mailbox opens. An account that a provider opens gets no password by its mailbox alone.
fn opens(sight: &Sight<'_>, recovery: &Recovery, candidate: &Candidate) -> Opens {
    let Candidate { user, identities } = candidate;
    if user.email.as_ref().is_none_or(|email| email.address != recovery.mailbox) {
        return Opens::Nobody;
    }
    match (user.has_proved(&recovery.mailbox), user.is_open()) {
        (false, _) => Opens::FreshAccount,
        (true, false) => Opens::Nobody,
        (true, true) if user.has_password || identities.is_empty() => Opens::Account(user.id, user.epoch),
        (true, true) => {
            let mut names: Vec<String> = identities.iter().map(|link| sight.name_of(&link.key.provider)).collect();
            names.sort();
            names.dedup();
            Opens::Elsewhere(names)
        }
    }
}

/// Keeps what was found beside the mail that is waited for, if there is one.
fn remember(sight: &Sight<'_>, recovery: Recovery) -> Effect {
    let (token, sent_at) = match sight.memory() {
        Some(Memory::Mail { token, sent_at, .. }) => (token.clone(), *sent_at),
        _ => (None, sight.now),
    };
    Effect::Remember(Memory::Mail { token, sent_at, problem: None, errand: Errand::Recover(recovery) })
}

/// The limit that people see goes by what they typed: whose name it is doesn't matter.
fn reserve_by_name(sight: &Sight<'_>, name: &str) -> Turn {
    let limits = &sight.policy.limits;
    let window = limits.mail_window;
    let reservations = vec![
        Reservation { counter: Counter::RecoveryByName, limit: limits.mails_per_address, window },
        Reservation { counter: Counter::MailByNetwork, limit: limits.mails_per_network, window },
    ];
    Turn::ask(Question::ReserveRecovery { name: name.to_owned(), reservations })
}

/// The limit of the mailbox. Nobody sees that it is reached: it would tell that there is a mailbox.
fn reserve_by_mailbox(sight: &Sight<'_>, recovery: &Recovery) -> Turn {
    let limits = &sight.policy.limits;
    let by_address = Reservation { counter: Counter::MailByAddress, limit: limits.mails_per_address, window: limits.mail_window };
    Turn::ask(Question::ReserveMail { address: recovery.mailbox.clone(), reservations: vec![by_address] })
}

/// The name was asked for too often. A mail from before still works.
fn too_many(sight: &Sight<'_>, name: &str, until: Timestamp) -> Turn {
    if let Some(Memory::Mail { token: Some(_), errand, .. }) = sight.memory() {
        return mailing::too_many(sight, errand.clone(), until);
    }
    let problems = vec![(FieldName::Username, Problem::TooManyTries { until })];
    Turn::just(Act::Show { retry: true }).with(anew(Some(name), problems))
}

/// A token is kept in any case, so that a guess at its code is counted in the same way. Without a mail nobody knows it.
fn send(sight: &Sight<'_>, (recovery, goes): (&Recovery, bool), again: bool, lifetime: Duration, entropy: &Entropy) -> Turn {
    let user = match recovery.opens {
        Opens::Account(user, epoch) => Some((user, epoch)),
        Opens::FreshAccount | Opens::Elsewhere(_) | Opens::Nobody => None,
    };
    let post = Post {
        errand: Errand::Recover(recovery.clone()),
        purpose: TokenPurpose::ResetPassword,
        user,
        address: recovery.mailbox.clone(),
        lifetime,
        again,
    };
    let client = sight.client_name();
    mailing::send(sight, post, entropy, |token| match &recovery.opens {
        _ if !goes => None,
        Opens::Account(..) => Some(MailKind::ResetPassword { token, client, fresh: false }),
        Opens::FreshAccount => Some(MailKind::ResetPassword { token, client, fresh: true }),
        Opens::Elsewhere(providers) => Some(MailKind::NoPassword { providers: providers.clone(), client }),
        Opens::Nobody => None,
    })
}
