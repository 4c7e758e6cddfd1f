//! `update-password`: whoever has just signed in with a password that is to be replaced chooses another one.
//!
//! Only they are asked: somebody who came with an identity, or whose browser was signed in, hasn't shown that they know the password, and
//! may not set another one.

use super::comer::{self, Comer};
use super::fields::{Reading, problems};
use super::username_and_password::reservations;
use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn, new_password};
use crate::ask::{Fact, PasswordVerdict, Question};
use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{AskKind, Declaration, Kind, Need, Outcome};
use crate::event::{Form, action};
use crate::outcome::Rejected;
use crate::page::{FieldName, Page, PasswordDue, Problem};
use crate::session::{How, Memory};
use domain::{AuthenticationMethod, Entropy, Secret, User};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

pub(super) static KIND: Kind =
    Kind { declaration: &DECLARATION, build: |config| Arc::new(UpdatePassword { older_than: config.duration("older-than") }) };

static DECLARATION: Declaration = Declaration {
    name: "update-password",
    summary: "Asks whoever has just signed in with a password for a new one, if an administrator wants that or it is too old.",
    keys: &[Key {
        name: "older-than",
        kind: KeyKind::DurationOr { word: "never", least: DAY, most: Duration::from_hours(24 * 3_650) },
        default: Some("never"),
        description: "How old a password may be before it must be replaced. `never`: only if an administrator wants it.",
        example: "365d",
    }],
    needs: &[Need::User],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Retry, Outcome::Denied],
    establishes: &[],
    asks: &[AskKind::FindUser, AskKind::CheckPassword, AskKind::HashPassword],
    shows: true,
};

#[derive(Debug)]
struct UpdatePassword {
    older_than: Option<Duration>,
}

impl Authenticator for UpdatePassword {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        let Some(comer) = Comer::of(sight) else { return Turn::just(Act::Attempted) };
        let owner = comer.user();
        match input {
            Input::Enter { .. } if self.due(sight, &owner).is_some() => Turn::just(Act::Show { retry: false }),
            Input::Enter { .. } => Turn::just(Act::Succeed),
            Input::Form(form) if form.action == action::CONTINUE => match (read(form), comer.look()) {
                (Err(problem), _) => again(problem),
                (Ok(_), Some(look)) => look,
                (Ok(_), None) => Turn::just(Act::WrongFact),
            },
            Input::Fact { cause: Cause::Form(form), fact, .. } => match read(form) {
                Ok(password) => fact_of(sight, &owner, password, fact),
                Err(problem) => again(problem),
            },
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let owner = Comer::of(sight)?.user();
        Some(Page::UpdatePassword {
            account: owner.label(),
            login: login_of(&owner),
            why: self.due(sight, &owner).unwrap_or(PasswordDue::Required),
            problems: problems(sight.memory()),
        })
    }
}

impl UpdatePassword {
    fn due(&self, sight: &Sight<'_>, user: &User) -> Option<PasswordDue> {
        let chosen = sight.frame.user.as_ref()?;
        let has_shown_it =
            matches!(chosen.how, How::Authenticated(_)) && chosen.methods.contains(&AuthenticationMethod::Password);
        if !has_shown_it || !user.has_password {
            return None;
        }
        // A password without a date is older than any.
        let age = user.password_set_at.map_or(Duration::MAX, |set_at| sight.now.since(set_at));
        match self.older_than {
            _ if user.must_renew_password => Some(PasswordDue::Required),
            Some(most) if age >= most => Some(PasswordDue::Old),
            _ => None,
        }
    }
}

fn read(form: &Form) -> Result<&Secret, Problem> {
    let mut reading = Reading::of(form);
    new_password::read(&mut reading).ok_or(if form.secret(FieldName::Password.as_str()).is_some() {
        Problem::PasswordLength
    } else {
        Problem::Missing
    })
}

fn again(problem: Problem) -> Turn {
    let memory = Memory::Form { values: BTreeMap::new(), problems: vec![(FieldName::Password, problem)] };
    Turn::just(Act::Show { retry: true }).with(Effect::Remember(memory))
}

/// What they sign in with.
fn login_of(user: &User) -> String {
    let address = || user.email.as_ref().map(|email| email.address.to_string());
    user.username.as_ref().map(ToString::to_string).or_else(address).unwrap_or_else(|| user.label())
}

fn fact_of(sight: &Sight<'_>, owner: &User, password: &Secret, fact: Fact) -> Turn {
    match fact {
        Fact::FoundUser(found) => match comer::now(owner, found) {
            // The same password again would be no new one, and only the store can tell.
            Ok(now) => Turn::ask(Question::CheckPassword {
                user: Some(now.id),
                login: login_of(&now),
                password: password.clone(),
                reservations: reservations(&sight.policy.limits),
            })
            .with(Effect::Renew(now)),
            Err(end) => end,
        },
        Fact::Password(PasswordVerdict::Right(_)) => again(Problem::SamePassword),
        Fact::Password(PasswordVerdict::TooMany { until }) | Fact::PasswordHash(Err(until)) => {
            again(Problem::TooManyTries { until })
        }
        Fact::Password(PasswordVerdict::Wrong) => new_password::hash(sight, password),
        Fact::PasswordHash(Ok(hash)) => {
            let (after, effects) = new_password::set(sight, owner, hash);
            effects.into_iter().fold(Turn::just(Act::Succeed).with(Effect::Renew(Box::new(after))), Turn::with)
        }
        _ => Turn::just(Act::WrongFact),
    }
}
