//! A password that is chosen now: what it must be like, and what it costs.

use super::fields::Reading;
use super::{Effect, Sight, Turn};
use crate::ask::{Counter, Question, Reservation};
use crate::page::{FieldName, Problem};
use crate::write::{MailKind, Notice, Write};
use domain::{Secret, User, Version};
use std::ops::RangeInclusive;
use std::time::Duration;

/// How long the news of the change is worth sending.
const NEWS_LIFETIME: Duration = Duration::from_hours(24);

const CHARACTERS: RangeInclusive<usize> = 8..=256;

/// The password of the form, exactly as it was typed, if it may be one.
pub(super) fn read<'a>(reading: &mut Reading<'a>) -> Option<&'a Secret> {
    let password = reading.password()?;
    if CHARACTERS.contains(&password.reveal().chars().count()) {
        return Some(password);
    }
    reading.problem(FieldName::Password, Problem::PasswordLength);
    None
}

/// What is stored of it? Each hash costs as much as a login.
pub(super) fn hash(sight: &Sight<'_>, password: &Secret) -> Turn {
    let limits = &sight.policy.limits;
    let reservation = Reservation {
        counter: Counter::RegistrationByNetwork,
        limit: limits.registrations_per_network,
        window: limits.password_window,
    };
    Turn::ask(Question::HashPassword { password: password.clone(), reservations: vec![reservation] })
}

/// The account gets the password, all that lived on it dies, and its owner is told. The account as it is then, and what becomes of
/// the login.
pub(super) fn set(sight: &Sight<'_>, user: &User, hash: Secret) -> (User, Vec<Effect>) {
    let after = User {
        has_password: true,
        password_set_at: Some(sight.now),
        must_renew_password: false,
        epoch: user.epoch.next(),
        version: Version(user.version.0.saturating_add(1)),
        ..user.clone()
    };
    let mut effects =
        vec![Effect::Write(Write::SetPassword { user: user.id, hash }), Effect::Write(Write::ForgetWrongPasswords(user.id))];
    if let Some(email) = user.email.as_ref().filter(|email| email.is_proved() && sight.policy.sends_mail) {
        let mail = MailKind::PasswordChanged { account: user.label() };
        effects.push(Effect::Notify(Notice { to: email.address.clone(), mail, expires_at: sight.now.plus(NEWS_LIFETIME) }));
    }
    (after, effects)
}
