//! A password that is chosen now: what it must be like, and what it costs.

use super::fields::Reading;
use super::{Sight, Turn};
use crate::ask::{Counter, Question, Reservation};
use crate::page::{FieldName, Problem};
use domain::Secret;
use std::ops::RangeInclusive;

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
