//! `set-up-one-time-code`: whoever has just signed in ties an authenticator application to the account.
//!
//! A key counts only once a code of it was typed. Whoever found a browser signed in can't add a factor that shuts the owner out: who signed
//! in long before signs in anew first; and whoever replaces an application signs in anew and shows a code of the old one.

use super::comer::Comer;
use super::one_time_code::{read, reservations};
use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn, comer};
use crate::ask::{Fact, Question};
use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::event::{Form, action};
use crate::outcome::Rejected;
use crate::page::{FieldName, Message, Page, Problem};
use crate::session::{Chosen, How, Memory};
use crate::write::{MailKind, NewUser, Notice, Write};
use domain::{Entropy, OneTimeSecret, Secret, User, one_time};
use std::sync::Arc;
use std::time::Duration;

/// How long a login is fresh enough for a new second factor.
const FRESH: Duration = Duration::from_mins(10);

/// How long the news of the change is worth sending.
const NEWS_LIFETIME: Duration = Duration::from_hours(24);

pub(super) static KIND: Kind = Kind {
    declaration: &DECLARATION,
    build: |config| Arc::new(SetUpOneTimeCode { replaces: config.word("replace") == Some("yes") }),
};

static DECLARATION: Declaration = Declaration {
    name: "set-up-one-time-code",
    summary: "Ties an authenticator application to the account of whoever has just signed in, if it knows none.",
    keys: &[Key {
        name: "replace",
        kind: KeyKind::OneOf(&["yes", "no"]),
        default: Some("no"),
        description: "Whether somebody who has an application already sets up another one in its place, after a code of the old one.",
        example: "yes",
    }],
    needs: &[Need::User],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Retry, Outcome::Denied],
    establishes: &[Establishes::SecondFactor],
    asks: &[AskKind::FindUser, AskKind::TryOneTimeCode],
    shows: true,
};

#[derive(Debug)]
struct SetUpOneTimeCode {
    replaces: bool,
}

impl Authenticator for SetUpOneTimeCode {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, entropy: &Entropy) -> Turn {
        let (Some(comer), Some(chosen)) = (Comer::of(sight), &sight.frame.user) else { return Turn::just(Act::Attempted) };
        match input {
            _ if chosen.has_second_factor() && !(self.replaces && is_from_before(sight, chosen)) => Turn::just(Act::Succeed),
            _ if chosen.has_second_factor() && !chosen.has_shown_second_factor() => Turn::just(Act::Attempted),
            Input::Enter { .. } if !is_fresh(sight, chosen) => Turn::just(Act::SignInAnew).with(Effect::Say(Message::SignInAnew)),
            Input::Enter { .. } => {
                let entropy = entropy.part(&chosen.user().id.to_string());
                let memory = Memory::Key { seed: one_time::seed_from(&entropy.expand("one-time-key")), problems: Vec::new() };
                Turn::just(Act::Show { retry: false }).with(Effect::Remember(memory))
            }
            Input::Form(form) if form.action == action::CONTINUE => match (read(form), comer.look()) {
                (Err(problem), _) => again(sight, problem),
                (Ok(_), Some(look)) => look,
                (Ok(code), None) => try_code(sight, &comer.user(), code),
            },
            Input::Fact { cause: Cause::Form(form), fact, .. } => fact_of(sight, &comer, form, fact),
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let owner = Comer::of(sight)?.user();
        let Memory::Key { seed, problems } = sight.memory()? else { return None };
        let (account, replaces) = (owner.label(), owner.has_one_time_codes);
        Some(Page::SetUpOneTimeCode { account, seed: seed.clone(), replaces, problems: problems.clone() })
    }
}

/// Whether the second factor of whoever signs in was there before this login. One that was just set up needs no other one.
fn is_from_before(sight: &Sight<'_>, chosen: &Chosen) -> bool {
    !matches!(chosen.how, How::Created(_)) && sight.session.second_factor_of != Some(chosen.user().id)
}

/// Whether whoever signs in has authenticated in this login; or, where there is nothing to replace, not long before it began.
fn is_fresh(sight: &Sight<'_>, chosen: &Chosen) -> bool {
    let lately = || !chosen.has_second_factor() && sight.session.started_at.since(chosen.auth_time) <= FRESH;
    !matches!(chosen.how, How::BrowserSession(..)) || lately()
}

fn fact_of(sight: &Sight<'_>, comer: &Comer, form: &Form, fact: Fact) -> Turn {
    match (fact, read(form)) {
        (Fact::FoundUser(found), Ok(code)) => match comer::now(&comer.user(), found) {
            Ok(now) => {
                let asked = try_code(sight, &now, code);
                asked.with(Effect::Renew(now))
            }
            Err(end) => end,
        },
        (Fact::TriedOneTimeCode(Ok(Some(step))), Ok(_)) => set(sight, comer, step),
        (Fact::TriedOneTimeCode(Ok(None)), _) | (_, Err(_)) => again(sight, Problem::WrongOneTimeCode),
        (Fact::TriedOneTimeCode(Err(until)), _) => again(sight, Problem::TooManyTries { until }),
        _ => Turn::just(Act::WrongFact),
    }
}

fn seed(sight: &Sight<'_>) -> Option<Secret> {
    match sight.memory()? {
        Memory::Key { seed, .. } => Some(seed.clone()),
        _ => None,
    }
}

fn try_code(sight: &Sight<'_>, owner: &User, code: Secret) -> Turn {
    let Some(seed) = seed(sight) else { return Turn::just(Act::WrongFact) };
    Turn::ask(Question::TryOneTimeCode { user: owner.id, seed, code, reservations: reservations(&sight.policy.limits) })
}

/// The account has the second factor, and what lived on it without one dies. This login has shown it, and goes on.
fn set(sight: &Sight<'_>, comer: &Comer, step: i64) -> Turn {
    let Some(seed) = seed(sight) else { return Turn::just(Act::WrongFact) };
    let secret = OneTimeSecret { seed, used: step };
    let turn = match comer {
        Comer::New(new) => {
            let with_it = NewUser { one_time: Some(secret), ..(**new).clone() };
            Turn::just(Act::Succeed).with(Effect::Amend(Box::new(with_it)))
        }
        Comer::There(owner) => {
            let mut turn = Turn::just(Act::Succeed);
            let user = owner.id;
            turn.effects.push(comer::after(User { has_one_time_codes: true, ..(**owner).clone() }, 1, 1));
            turn.effects.push(Effect::Write(Write::SetOneTimeCodes { user, secret }));
            turn.effects.push(Effect::Write(Write::ForgetWrongCodes(user)));
            turn.effects.extend(news(sight, owner).map(Effect::Notify));
            turn
        }
    };
    turn.with(Effect::SecondFactor)
}

fn news(sight: &Sight<'_>, owner: &User) -> Option<Notice> {
    let email = owner.email.as_ref().filter(|email| email.is_proved() && sight.policy.sends_mail)?;
    let mail = MailKind::SecondFactorSet { account: owner.label() };
    Some(Notice { to: email.address.clone(), mail, expires_at: sight.now.plus(NEWS_LIFETIME) })
}

fn again(sight: &Sight<'_>, problem: Problem) -> Turn {
    let Some(seed) = seed(sight) else { return Turn::just(Act::WrongFact) };
    let memory = Memory::Key { seed, problems: vec![(FieldName::Code, problem)] };
    Turn::just(Act::Show { retry: true }).with(Effect::Remember(memory))
}
