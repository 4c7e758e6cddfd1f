//! `one-time-code`: whoever signs in types a code of the authenticator application that the account knows.
//!
//! It adds to what was shown before and signs nobody in by itself. Shown once, it counts for the whole login and for the browser session
//! that the login ends in.

use super::fields::{Reading, problems};
use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn, comer};
use crate::ask::{Counter, Fact, OneTimeVerdict, Question, Reservation};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::event::{Form, action};
use crate::outcome::Rejected;
use crate::page::{FieldName, Page, Problem, WayKind};
use crate::policy::Limits;
use crate::session::{Chosen, How};
use crate::write::Write;
use domain::{Entropy, Secret, User, one_time};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build: |_| Arc::new(OneTimeCode) };

static DECLARATION: Declaration = Declaration {
    name: "one-time-code",
    summary: "Asks for a code of the authenticator application that the account knows. It doesn't apply to an account without one.",
    keys: &[],
    needs: &[Need::Owner],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Retry, Outcome::Denied],
    establishes: &[Establishes::SecondFactor],
    asks: &[AskKind::CheckOneTimeCode],
    shows: true,
};

#[derive(Debug)]
struct OneTimeCode;

impl Authenticator for OneTimeCode {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn applies(&self, sight: &Sight<'_>) -> bool {
        sight.frame.user.as_ref().is_some_and(Chosen::has_second_factor)
    }

    fn ways(&self, _sight: &Sight<'_>) -> Vec<WayKind> {
        vec![WayKind::OneTimeCode]
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        let Some(chosen) = sight.frame.user.as_ref().filter(|_| self.applies(sight)) else { return Turn::just(Act::Attempted) };
        match input {
            Input::Enter { .. } | Input::Way { .. } if chosen.has_shown_second_factor() => Turn::just(Act::Succeed),
            Input::Enter { .. } | Input::Way { .. } => Turn::just(Act::Show { retry: false }),
            Input::Form(form) if form.action == action::CONTINUE => check(sight, &chosen.user(), form),
            Input::Fact { cause: Cause::Form(_), fact: Fact::OneTimeCode(verdict), .. } => conclude(&chosen.user(), verdict),
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let chosen = sight.frame.user.as_ref()?;
        let account = match &chosen.how {
            How::Proved(..) => sight.address(),
            how => how.user().label(),
        };
        Some(Page::OneTimeCode { account, problems: problems(sight.memory()) })
    }
}

/// The code that was typed, without the spaces that applications show.
pub(super) fn read(form: &Form) -> Result<Secret, Problem> {
    let typed = form.text(FieldName::Code.as_str()).ok_or(Problem::Missing)?;
    let code: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let is_one = code.len() == one_time::DIGITS && code.bytes().all(|byte| byte.is_ascii_digit());
    if is_one { Ok(Secret::new(code)) } else { Err(Problem::WrongOneTimeCode) }
}

/// What a code costs, wherever one is asked for.
pub(super) fn reservations(limits: &Limits) -> Vec<Reservation> {
    let (counter, limit) = (Counter::OneTimeCodeByAccount, limits.one_time_codes_per_account);
    vec![Reservation { counter, limit, window: limits.password_window }]
}

fn check(sight: &Sight<'_>, owner: &User, form: &Form) -> Turn {
    match read(form) {
        Ok(code) => {
            let reservations = reservations(&sight.policy.limits);
            Turn::ask(Question::CheckOneTimeCode { user: owner.id, code, reservations })
        }
        Err(problem) => again(problem),
    }
}

fn conclude(owner: &User, verdict: OneTimeVerdict) -> Turn {
    match verdict {
        OneTimeVerdict::Right(found) => match comer::now(owner, Some(found)) {
            Ok(now) => {
                let forget = Write::ForgetWrongCodes(now.id);
                let shown = Turn::just(Act::Succeed).with(Effect::Renew(now)).with(Effect::SecondFactor);
                shown.with(Effect::Write(forget))
            }
            Err(end) => end,
        },
        OneTimeVerdict::Wrong => again(Problem::WrongOneTimeCode),
        OneTimeVerdict::Used => again(Problem::UsedOneTimeCode),
        OneTimeVerdict::TooMany { until } => again(Problem::TooManyTries { until }),
    }
}

fn again(problem: Problem) -> Turn {
    Turn::just(Act::Show { retry: true }).with(Effect::Remember(Reading::wrong(FieldName::Code, problem)))
}
