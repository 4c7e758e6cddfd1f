//! `reauthenticate`: the existing account's own credential proves that it is theirs.

use super::fields::{Reading, problems};
use super::username_and_password::reservations;
use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn, new_user};
use crate::ask::{Fact, PasswordVerdict, Question};
use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::event::{Form, action};
use crate::outcome::{DenialCode, Rejected};
use crate::page::{FieldName, Page, Problem, WayKind};
use crate::proof::AcceptedProof;
use crate::session::How;
use crate::write::Write;
use domain::{AuthenticationMethod, Entropy, ProofKind, User};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build: |_| Arc::new(Reauthenticate) };

static DECLARATION: Declaration = Declaration {
    name: "reauthenticate",
    summary: "Asks for the existing account's own credential. It doesn't apply to an account that has none.",
    keys: &[Key {
        name: "by",
        kind: KeyKind::OneOf(&["password"]),
        default: Some("password"),
        description: "Which credential is asked for.",
        example: "password",
    }],
    needs: &[Need::Identity, Need::ExistingUser],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Retry, Outcome::Denied],
    establishes: &[Establishes::User, Establishes::Proof],
    asks: &[AskKind::CheckPassword],
    shows: true,
};

#[derive(Debug)]
struct Reauthenticate;

impl Authenticator for Reauthenticate {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn applies(&self, sight: &Sight<'_>) -> bool {
        sight.frame.existing.as_ref().is_some_and(|user| user.has_password)
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
            account: sight.frame.profile.email.as_ref().map(|email| email.address.to_string()).unwrap_or_default(),
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
            let chosen = new_user::chosen(sight, How::Proved(user, proof), Some(AuthenticationMethod::Password));
            Turn::just(Act::Succeed).with(Effect::User(chosen)).with(forget)
        }
        None => Turn::just(Act::Attempted),
    }
}

fn again(reading: Reading<'_>) -> Turn {
    Turn::just(Act::Show { retry: true }).with(Effect::Remember(reading.memory()))
}
