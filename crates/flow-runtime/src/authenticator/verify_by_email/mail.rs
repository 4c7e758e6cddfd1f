//! Sending the mail: what it costs, what it holds.

use super::super::{Act, Effect, Sight, Turn};
use super::mailbox;
use crate::ask::{Counter, Question, Reservation};
use crate::page::{Message, Problem};
use crate::session::Memory;
use crate::write::{MailKind, Notice, Write};
use domain::{ActionToken, Digest, EmailAddress, Entropy, Timestamp, TokenPurpose};
use std::time::Duration;

pub(super) fn reserve(sight: &Sight<'_>, address: &EmailAddress) -> Turn {
    let limits = &sight.policy.limits;
    let window = limits.mail_window;
    let reservations = vec![
        Reservation { counter: Counter::MailByAddress, limit: limits.mails_per_address, window },
        Reservation { counter: Counter::MailByNetwork, limit: limits.mails_per_network, window },
    ];
    Turn::ask(Question::ReserveMail { address: address.clone(), reservations })
}

pub(super) fn send(sight: &Sight<'_>, lifetime: Duration, again: bool, entropy: &Entropy) -> Turn {
    let Some((user, address)) = mailbox(sight) else { return Turn::just(Act::Attempted) };
    let secret = entropy.secret("mail-token");
    let expires_at = sight.now.plus(lifetime);
    let token = ActionToken {
        digest: Digest::of(&secret),
        purpose: TokenPurpose::ProveAddress,
        session: sight.session.key,
        frame: sight.frame.id,
        user: Some((user.id, user.epoch)),
        address: address.clone(),
        expires_at,
    };
    let mail = MailKind::ProveAddress {
        token: secret,
        provider: sight.provider_name(),
        identity: sight.identity_label(),
        client: sight.client_name(),
        links: user.has_proved(address),
    };
    let memory = Memory::Mail { token: Some(token.digest.clone()), sent_at: sight.now, problem: None };
    let turn = Turn::just(Act::Show { retry: again })
        .with(Effect::Remember(memory))
        .with(Effect::Write(Write::IssueToken(Box::new(token))))
        .with(Effect::Notify(Notice { to: address.clone(), mail, expires_at }));
    if again { turn.with(Effect::Say(Message::MailSentAgain)) } else { turn }
}

/// No mail went out, but the newest one, if there is one, still works.
pub(super) fn too_many(sight: &Sight<'_>, until: Timestamp) -> Turn {
    let (token, sent_at) = match sight.memory() {
        Some(Memory::Mail { token, sent_at, .. }) => (token.clone(), *sent_at),
        _ => (None, sight.now),
    };
    let memory = Memory::Mail { token, sent_at, problem: Some(Problem::TooManyTries { until }) };
    Turn::just(Act::Show { retry: true }).with(Effect::Remember(memory))
}
