//! `register`: the form that makes an account with a password.

use super::fields::{Reading, problems, remembered};
use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn, new_password, new_user};
use crate::ask::{Fact, Question};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Outcome};
use crate::event::{Form, action};
use crate::outcome::Rejected;
use crate::page::{Field, FieldName, Page, Problem, WayKind};
use crate::session::{Chosen, How};
use crate::write::NewUser;
use domain::{AuthenticationMethod, EmailAddress, Entropy, OwnedAddress, Provenance, Secret, Username};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build: |_| Arc::new(Register) };

static DECLARATION: Declaration = Declaration {
    name: "register",
    summary: "Makes an account from a form: username, address, names and password. The address is not proved by that.",
    keys: &[],
    needs: &[],
    outcomes: &[Outcome::Succeeded, Outcome::Challenged, Outcome::Retry],
    establishes: &[Establishes::User, Establishes::NewUser],
    asks: &[AskKind::FindUsers, AskKind::HashPassword],
    shows: true,
};

#[derive(Debug)]
struct Register;

struct Wanted<'a> {
    username: Username,
    email: EmailAddress,
    given_name: Option<String>,
    family_name: Option<String>,
    password: &'a Secret,
}

impl Authenticator for Register {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn ways(&self, _sight: &Sight<'_>) -> Vec<WayKind> {
        vec![WayKind::Register]
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { .. } | Input::Way { .. } => Turn::just(Act::Show { retry: false }),
            Input::Form(form) if form.action == action::CONTINUE => match read(form) {
                Ok(wanted) => Turn::ask(Question::FindUsers { username: Some(wanted.username), email: None }),
                Err(reading) => again(reading),
            },
            Input::Fact { cause: Cause::Form(form), fact, .. } => match (read(form), fact) {
                (Ok(_), Fact::FoundUsers(found)) if found.by_username.is_some() => refused(form, Problem::UsernameTaken),
                (Ok(wanted), Fact::FoundUsers(_)) => new_password::hash(sight, wanted.password),
                (Ok(wanted), Fact::PasswordHash(Ok(hash))) => create(sight, entropy, wanted, hash),
                (Ok(_), Fact::PasswordHash(Err(until))) => refused(form, Problem::TooManyTries { until }),
                _ => Turn::just(Act::WrongFact),
            },
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let field = |name, required| Field {
            name,
            value: remembered(sight.memory(), name).unwrap_or_default(),
            from_provider: false,
            required,
        };
        let fields = vec![
            field(FieldName::Username, true),
            field(FieldName::Email, true),
            field(FieldName::GivenName, false),
            field(FieldName::FamilyName, false),
            field(FieldName::Password, true),
        ];
        Some(Page::Register { fields, problems: problems(sight.memory()) })
    }
}

fn read(form: &Form) -> Result<Wanted<'_>, Reading<'_>> {
    let mut reading = Reading::of(form);
    let username = reading.required(FieldName::Username).and_then(|_| reading.username());
    let email = reading.email();
    let given_name = reading.name(FieldName::GivenName);
    let family_name = reading.name(FieldName::FamilyName);
    let password = new_password::read(&mut reading);
    match (username, email, password) {
        (Some(username), Some(email), Some(password)) if reading.is_fine() => {
            Ok(Wanted { username, email, given_name, family_name, password })
        }
        _ => Err(reading),
    }
}

/// What was typed is fine in itself; the page shows it again, but for the password.
fn refused(form: &Form, problem: Problem) -> Turn {
    let mut reading = Reading::of(form);
    for field in [FieldName::Username, FieldName::Email, FieldName::GivenName, FieldName::FamilyName] {
        reading.text(field);
    }
    reading.problem(FieldName::Username, problem);
    again(reading)
}

fn create(sight: &Sight<'_>, entropy: &Entropy, wanted: Wanted<'_>, password_hash: Secret) -> Turn {
    let user = NewUser {
        username: Some(wanted.username),
        email: Some(OwnedAddress { address: wanted.email, provenance: Provenance::Typed, proof: None }),
        given_name: wanted.given_name,
        family_name: wanted.family_name,
        password_hash: Some(password_hash),
        ..new_user::unknown(sight, entropy)
    };
    let chosen = Chosen {
        how: How::Created(Box::new(user)),
        methods: vec![AuthenticationMethod::Password],
        identity: None,
        auth_time: sight.now,
    };
    Turn::just(Act::Succeed).with(Effect::User(Box::new(chosen)))
}

fn again(reading: Reading<'_>) -> Turn {
    Turn::just(Act::Show { retry: true }).with(Effect::Remember(reading.memory()))
}
