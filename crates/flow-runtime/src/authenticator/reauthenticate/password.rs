//! The password of the existing account.

use super::super::fields::{Reading, problems};
use super::super::username_and_password::reservations;
use super::super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn, new_user};
use super::DECLARATION;
use crate::ask::{Fact, PasswordVerdict, Question};
use crate::definition::declaration::Declaration;
use crate::event::{Form, action};
use crate::outcome::{DenialCode, Rejected};
use crate::page::{FieldName, Page, Problem, WayKind};
use crate::proof::AcceptedProof;
use crate::session::How;
use crate::write::Write;
use domain::{AuthenticationMethod, Entropy, ProofKind, User};

#[derive(Debug)]
pub(super) struct Password;

impl Authenticator for Password {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn applies(&self, sight: &Sight<'_>) -> bool {
        self.proves(sight).is_some()
    }

    fn proves(&self, sight: &Sight<'_>) -> Option<ProofKind> {
        let has_one = sight.frame.existing.as_ref().is_some_and(|user| user.has_password);
        (has_one && sight.accepts(ProofKind::Password)).then_some(ProofKind::Password)
    }

    fn ways(&self, _sight: &Sight<'_>) -> Vec<WayKind> {
        vec![WayKind::Password]
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { .. } | Input::Way { .. } if self.applies(sight) => Turn::just(Act::Show { retry: false }),
            Input::Enter { .. } => Turn::just(Act::Attempted),
            Input::Form(form) if form.action == action::CONTINUE => check(sight, form),
            Input::Fact { cause: Cause::Form(form), fact: Fact::Password(verdict), .. } => conclude(sight, form, verdict),
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        Some(Page::Reauthenticate {
            provider: sight.provider_name(),
            identity: sight.identity_label(),
            account: sight.address(),
            reveals: sight.may_know_the_account(),
            problems: problems(sight.memory()),
        })
    }
}

fn check(sight: &Sight<'_>, form: &Form) -> Turn {
    let mut reading = Reading::of(form);
    match (reading.password(), &sight.frame.existing) {
        (Some(password), Some(existing)) => Turn::ask(Question::CheckPassword {
            user: Some(existing.id),
            login: existing.id.to_string(),
            password: password.clone(),
            reservations: reservations(&sight.policy.limits),
        }),
        _ => again(reading),
    }
}

fn conclude(sight: &Sight<'_>, form: &Form, verdict: PasswordVerdict) -> Turn {
    let mut reading = Reading::of(form);
    match verdict {
        PasswordVerdict::Right(user) => accept(sight, user),
        PasswordVerdict::Wrong => {
            reading.problem(FieldName::Password, Problem::WrongCredentials);
            again(reading)
        }
        PasswordVerdict::TooMany { until } => {
            reading.problem(FieldName::Password, Problem::TooManyTries { until });
            again(reading)
        }
    }
}

fn accept(sight: &Sight<'_>, user: Box<User>) -> Turn {
    if sight.frame.existing.as_ref().is_none_or(|existing| existing.id != user.id) {
        return Turn::just(Act::WrongFact);
    }
    if !user.is_open() {
        return Turn::just(Act::Deny(DenialCode::AccountDisabled));
    }
    let forget = Effect::Write(Write::ForgetWrongPasswords(user.id));
    match AcceptedProof::accept(ProofKind::Password, user.id, sight.frame, sight.now) {
        Some(proof) => {
            let chosen = new_user::chosen(sight, How::Proved(user, Box::new(proof)), Some(AuthenticationMethod::Password));
            Turn::just(Act::Succeed).with(Effect::User(chosen)).with(forget)
        }
        None => Turn::just(Act::Attempted),
    }
}

fn again(reading: Reading<'_>) -> Turn {
    Turn::just(Act::Show { retry: true }).with(Effect::Remember(reading.memory()))
}
