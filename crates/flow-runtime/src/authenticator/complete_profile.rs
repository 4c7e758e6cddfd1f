//! `complete-profile`: whoever signs in fills in what their account lacks. What they type is typed: an address is not proved by that.

use super::comer::{self, Comer};
use super::fields::{Reading, problems, remembered};
use super::{Act, Authenticator, Cause, Effect, Input, Sight, Turn};
use crate::ask::{Fact, Question};
use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{AskKind, Declaration, Kind, Need, Outcome};
use crate::event::{Form, action};
use crate::outcome::Rejected;
use crate::page::{Field, FieldName, Page, Problem};
use crate::session::How;
use crate::write::{NewUser, ProfileChange, Write};
use domain::{EmailAddress, Entropy, OwnedAddress, ProfileField, Provenance, User, Username};
use std::sync::Arc;

/// What may be asked for, in the order of the form.
const PARTS: &[(&str, FieldName)] = &[
    ("given-name", FieldName::GivenName),
    ("family-name", FieldName::FamilyName),
    ("email", FieldName::Email),
    ("username", FieldName::Username),
];

pub(super) static KIND: Kind = Kind {
    declaration: &DECLARATION,
    build: |config| {
        let wanted = config.words("ask");
        let asked = PARTS.iter().filter(|(word, _)| wanted.iter().any(|wanted| wanted == word)).map(|(_, field)| *field);
        Arc::new(CompleteProfile { ask: asked.collect() })
    },
};

static DECLARATION: Declaration = Declaration {
    name: "complete-profile",
    summary: "Asks whoever signs in for what their account lacks: names, an address, a username.",
    keys: &[Key {
        name: "ask",
        kind: KeyKind::Words(&["given-name", "family-name", "email", "username"]),
        default: Some("[given-name, family-name, email]"),
        description: "What every account must have. Only what is missing is asked for; an address that is typed here isn't proved.",
        example: "[given-name, email]",
    }],
    needs: &[Need::User],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Retry, Outcome::Denied],
    establishes: &[],
    asks: &[AskKind::FindUser, AskKind::FindUsers],
    shows: true,
};

#[derive(Debug)]
struct CompleteProfile {
    ask: Vec<FieldName>,
}

/// What was typed. What wasn't asked for is None.
#[derive(Default)]
struct Typed {
    given_name: Option<String>,
    family_name: Option<String>,
    email: Option<EmailAddress>,
    username: Option<Username>,
}

impl Authenticator for CompleteProfile {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        let Some(comer) = Comer::of(sight) else { return Turn::just(Act::Attempted) };
        let owner = comer.user();
        let asked = self.asked(sight);
        match input {
            Input::Enter { .. } if missing(&asked, &owner).is_empty() => Turn::just(Act::Succeed),
            Input::Enter { .. } => Turn::just(Act::Show { retry: false }),
            Input::Form(form) if form.action == action::CONTINUE => match (read(&asked, form, &owner), comer.look()) {
                (Err(reading), _) => again(reading),
                (Ok(_), Some(look)) => look,
                (Ok(typed), None) => seek_or_keep(comer, typed),
            },
            Input::Fact { cause: Cause::Form(form), fact, .. } => fact_of(&asked, comer, form, fact),
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let owner = Comer::of(sight)?.user();
        let field = |name| {
            let value = remembered(sight.memory(), name).unwrap_or_default();
            Field { name, value, from_provider: false, required: true }
        };
        Some(Page::CompleteProfile {
            account: owner.label(),
            fields: missing(&self.asked(sight), &owner).into_iter().map(field).collect(),
            problems: problems(sight.memory()),
        })
    }
}

impl CompleteProfile {
    /// An address decides who gets into the account, so whoever only finds an unlocked browser isn't asked for one.
    fn asked(&self, sight: &Sight<'_>) -> Vec<FieldName> {
        let from_before = sight.frame.user.as_ref().is_some_and(|chosen| matches!(chosen.how, How::BrowserSession(..)));
        self.ask.iter().filter(|field| !(from_before && **field == FieldName::Email)).copied().collect()
    }
}

fn missing(asked: &[FieldName], user: &User) -> Vec<FieldName> {
    let lacks = |field: &&FieldName| match field {
        FieldName::GivenName => user.given_name.is_none(),
        FieldName::FamilyName => user.family_name.is_none(),
        FieldName::Email => user.email.is_none(),
        FieldName::Username => user.username.is_none(),
        FieldName::Password | FieldName::Code => false,
    };
    asked.iter().filter(lacks).copied().collect()
}

fn read<'a>(asked: &[FieldName], form: &'a Form, user: &User) -> Result<Typed, Reading<'a>> {
    let mut reading = Reading::of(form);
    let mut typed = Typed::default();
    for field in missing(asked, user) {
        match field {
            FieldName::GivenName => typed.given_name = name(&mut reading, field),
            FieldName::FamilyName => typed.family_name = name(&mut reading, field),
            FieldName::Email => typed.email = reading.email(),
            FieldName::Username => typed.username = reading.required(field).and_then(|_| reading.username()),
            FieldName::Password | FieldName::Code => {}
        }
    }
    if reading.is_fine() { Ok(typed) } else { Err(reading) }
}

fn fact_of(asked: &[FieldName], comer: Comer, form: &Form, fact: Fact) -> Turn {
    match fact {
        Fact::FoundUser(found) => match comer::now(&comer.user(), found) {
            Err(end) => end,
            // What is missing now may be less than what the page asked for.
            Ok(now) => match read(asked, form, &now) {
                Ok(typed) => seek_or_keep(Comer::There(now), typed),
                Err(reading) => again(reading),
            },
        },
        Fact::FoundUsers(found) => match (read(asked, form, &comer.user()), comer) {
            (Ok(_), _) if found.by_username.is_some() => taken(form),
            (Ok(typed), Comer::There(user)) => keep(*user, typed),
            (Ok(typed), Comer::New(new)) => made(*new, typed),
            (Err(reading), _) => again(reading),
        },
        _ => Turn::just(Act::WrongFact),
    }
}

/// A username must be free; all else is the person's own matter.
fn seek_or_keep(comer: Comer, typed: Typed) -> Turn {
    match (typed.username.clone(), comer) {
        (None, Comer::There(user)) => keep(*user, typed),
        (None, Comer::New(new)) => made(*new, typed),
        (username, comer) => {
            let turn = Turn::ask(Question::FindUsers { username, email: None });
            match comer {
                Comer::There(now) => turn.with(Effect::Renew(now)),
                Comer::New(_) => turn,
            }
        }
    }
}

fn name(reading: &mut Reading<'_>, field: FieldName) -> Option<String> {
    let name = reading.required(field).and_then(domain::text::display_name);
    if name.is_none() && reading.is_fine() {
        reading.problem(field, Problem::Missing);
    }
    name
}

fn again(reading: Reading<'_>) -> Turn {
    Turn::just(Act::Show { retry: true }).with(Effect::Remember(reading.memory()))
}

/// What was typed is fine in itself; the page shows it again.
fn taken(form: &Form) -> Turn {
    let mut reading = Reading::of(form);
    for (_, field) in PARTS {
        reading.text(*field);
    }
    reading.problem(FieldName::Username, Problem::UsernameTaken);
    again(reading)
}

/// Typed by the person, and so theirs: no provider takes it back.
fn named(profile: &mut ProfileChange, typed: &Typed) -> bool {
    let before = profile.clone();
    for (slot, field, value) in [
        (&mut profile.given_name, ProfileField::GivenName, &typed.given_name),
        (&mut profile.family_name, ProfileField::FamilyName, &typed.family_name),
    ] {
        if let Some(value) = value {
            *slot = Some(value.clone());
            profile.origins.insert(field, Provenance::Typed);
        }
    }
    *profile != before
}

fn keep(mut user: User, typed: Typed) -> Turn {
    let mut writes = Vec::new();
    let mut ends = 0;
    let mut profile = ProfileChange::of(&user);
    if named(&mut profile, &typed) {
        user = profile.made_to(user);
        writes.push(Write::ChangeProfile { user: user.id, profile: Box::new(profile) });
    }
    if let Some(username) = typed.username {
        user.username = Some(username.clone());
        writes.push(Write::SetUsername { user: user.id, username });
    }
    if let Some(address) = typed.email {
        let address = OwnedAddress { address, provenance: Provenance::Typed, proof: None };
        user.email = Some(address.clone());
        writes.push(Write::SetAddress { user: user.id, address: Box::new(address) });
        ends = 1;
    }
    let changes = i64::try_from(writes.len()).unwrap_or(i64::MAX);
    let turn = Turn::just(Act::Succeed).with(comer::after(user, changes, ends));
    writes.into_iter().map(Effect::Write).fold(turn, Turn::with)
}

/// A new account is made with all of it.
fn made(mut new: NewUser, typed: Typed) -> Turn {
    for (slot, field, value) in [
        (&mut new.given_name, ProfileField::GivenName, typed.given_name),
        (&mut new.family_name, ProfileField::FamilyName, typed.family_name),
    ] {
        if value.is_some() {
            *slot = value;
            new.origins.insert(field, Provenance::Typed);
        }
    }
    new.username = typed.username.or(new.username);
    let typed = typed.email.map(|address| OwnedAddress { address, provenance: Provenance::Typed, proof: None });
    new.email = typed.or(new.email);
    Turn::just(Act::Succeed).with(Effect::Amend(Box::new(new)))
}
