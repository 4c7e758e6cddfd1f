//! `username-and-password`: the login form.

use super::fields::{Reading, problems, remembered};
use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn, names};
use crate::ask::{Counter, Fact, FoundUsers, PasswordVerdict, Question, Reservation};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Outcome};
use crate::event::{Form, action};
use crate::outcome::{DenialCode, Rejected};
use crate::page::{FieldName, Page, Problem, WayKind};
use crate::policy::Limits;
use crate::session::{Chosen, How};
use crate::write::Write;
use domain::{AuthenticationMethod, EmailAddress, Entropy, User, Username};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build: |_| Arc::new(UsernameAndPassword) };

static DECLARATION: Declaration = Declaration {
    name: "username-and-password",
    summary: "Asks for a username (or an address) and a password.",
    keys: &[],
    needs: &[],
    outcomes: &[Outcome::Succeeded, Outcome::Challenged, Outcome::Retry, Outcome::Denied],
    establishes: &[Establishes::User],
    asks: &[AskKind::FindUsers, AskKind::CheckPassword],
    shows: true,
};

#[derive(Debug)]
struct UsernameAndPassword;

impl Authenticator for UsernameAndPassword {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn ways(&self, _sight: &Sight<'_>) -> Vec<WayKind> {
        vec![WayKind::Login]
    }

    fn may_have_signed_in(&self, chosen: &Chosen) -> bool {
        chosen.identity.is_none() && chosen.how.user().has_password && !matches!(chosen.how, How::BrowserSession(..))
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { .. } | Input::Way { .. } => Turn::just(Act::Show { retry: false }),
            Input::Form(form) if form.action == action::CONTINUE => look_up(form),
            Input::Fact { cause: Cause::Form(form), fact: Fact::FoundUsers(found), .. } => check(sight, form, &found),
            Input::Fact { cause: Cause::Form(form), fact: Fact::Password(verdict), .. } => conclude(sight, form, verdict),
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let hint = || sight.session.request.login_hint.as_deref().and_then(domain::text::display_name);
        Some(Page::Login {
            username: remembered(sight.memory(), FieldName::Username).or_else(hint).unwrap_or_default(),
            problems: problems(sight.memory()),
        })
    }
}

fn look_up(form: &Form) -> Turn {
    let mut reading = Reading::of(form);
    let login = reading.required(FieldName::Username);
    reading.password();
    match login {
        Some(login) if reading.is_fine() => {
            Turn::ask(Question::FindUsers { username: Username::parse(login).ok(), email: EmailAddress::parse(login).ok() })
        }
        _ => again(reading),
    }
}

fn check(sight: &Sight<'_>, form: &Form, found: &FoundUsers) -> Turn {
    let mut reading = Reading::of(form);
    match (reading.required(FieldName::Username), reading.password()) {
        (Some(login), Some(password)) => Turn::ask(Question::CheckPassword {
            user: who(login, found).map(|user| user.id),
            login: login.to_owned(),
            password: password.clone(),
            reservations: reservations(&sight.policy.limits),
        }),
        _ => again(reading),
    }
}

/// The account that a name stands for: by username; by address the account that proved it; else the only account that holds it.
fn who<'a>(login: &str, found: &'a FoundUsers) -> Option<&'a User> {
    let address = EmailAddress::parse(login).ok();
    let owner = || names::owner(address.as_ref()?, found);
    let only = || match found.by_email.as_slice() {
        [one] => Some(one),
        _ => None,
    };
    found.by_username.as_ref().or_else(owner).or_else(only)
}

/// What a password costs, wherever one is asked for.
pub(super) fn reservations(limits: &Limits) -> Vec<Reservation> {
    let window = limits.password_window;
    vec![
        Reservation { counter: Counter::PasswordByAccount, limit: limits.passwords_per_account, window },
        Reservation { counter: Counter::PasswordByNetwork, limit: limits.passwords_per_network, window },
    ]
}

fn conclude(sight: &Sight<'_>, form: &Form, verdict: PasswordVerdict) -> Turn {
    let mut reading = Reading::of(form);
    reading.text(FieldName::Username);
    match verdict {
        PasswordVerdict::Right(user) if user.is_open() => succeed(sight, user),
        PasswordVerdict::Right(_) => Turn::just(Act::Deny(DenialCode::AccountDisabled)),
        PasswordVerdict::Wrong => {
            reading.problem(FieldName::Username, Problem::WrongCredentials);
            again(reading)
        }
        PasswordVerdict::TooMany { until } => {
            reading.problem(FieldName::Username, Problem::TooManyTries { until });
            again(reading)
        }
    }
}

fn succeed(sight: &Sight<'_>, user: Box<User>) -> Turn {
    let forget = Write::ForgetWrongPasswords(user.id);
    let chosen = Chosen {
        how: How::Authenticated(user),
        methods: vec![AuthenticationMethod::Password],
        identity: None,
        auth_time: sight.now,
    };
    Turn::just(Act::Succeed).with(Effect::User(Box::new(chosen))).with(Effect::Write(forget))
}

fn again(reading: Reading<'_>) -> Turn {
    Turn::just(Act::Show { retry: true }).with(Effect::Remember(reading.memory()))
}
