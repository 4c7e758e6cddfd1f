//! `review-profile`: shows what the provider said, and lets the person complete and correct it.

use super::fields::{self, Reading, remembered, was_sent};
use super::{Act, Authenticator, Effect, Input, Sight, Turn};
use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{Declaration, Establishes, Kind, Need, Outcome};
use crate::event::{Form, action};
use crate::outcome::Rejected;
use crate::page::{Field, FieldName, Page, Problem, Problems};
use crate::session::{Profile, ProfileEmail};
use crate::sync;
use domain::{EmailAddress, Entropy};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind {
    declaration: &DECLARATION,
    build: |config| {
        Arc::new(ReviewProfile {
            update: match config.word("update") {
                Some("on") => Update::On,
                Some("off") => Update::Off,
                _ => Update::Missing,
            },
        })
    },
};

static DECLARATION: Declaration = Declaration {
    name: "review-profile",
    summary: "Shows the profile that came from the provider, and lets the person complete and correct it.",
    keys: &[Key {
        name: "update",
        kind: KeyKind::OneOf(&["on", "missing", "off"]),
        default: Some("missing"),
        description: "When the page is shown: always, only if something that is needed is missing, or only on request.",
        example: "missing",
    }],
    needs: &[Need::Identity],
    outcomes: &[Outcome::Succeeded, Outcome::Challenged, Outcome::Retry],
    establishes: &[Establishes::Profile],
    asks: &[],
    shows: true,
};

#[derive(Debug)]
struct ReviewProfile {
    update: Update,
}

#[derive(Debug)]
enum Update {
    On,
    Missing,
    Off,
}

impl Authenticator for ReviewProfile {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { .. } if self.is_due(sight) => Turn::just(Act::Show { retry: false }),
            Input::Enter { .. } => Turn::just(Act::Succeed),
            Input::Form(form) if form.action == action::CONTINUE => accept(sight, form),
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        Some(Page::ReviewProfile {
            provider: sight.provider_name(),
            identity: sight.identity_label(),
            fields: asked_for(sight),
            problems: self::problems(sight),
        })
    }
}

impl ReviewProfile {
    fn is_due(&self, sight: &Sight<'_>) -> bool {
        sight.frame.review_wanted
            || match self.update {
                Update::On => true,
                Update::Missing => sight.frame.profile.email.is_none(),
                Update::Off => false,
            }
    }
}

/// What was wrong with the form; or with the profile, if it came to light later that the username is somebody's.
fn problems(sight: &Sight<'_>) -> Problems {
    let taken = sight.frame.taken_username.iter().map(|_| (FieldName::Username, Problem::UsernameTaken));
    if was_sent(sight.memory()) { fields::problems(sight.memory()) } else { taken.collect() }
}

fn asked_for(sight: &Sight<'_>) -> Vec<Field> {
    let profile = &sight.frame.profile;
    let from_provider = sync::offered(sight.policy, sight.frame.identity.as_ref());
    let email = |profile: &Profile| profile.email.as_ref().map(|email| email.address.to_string());
    let field = |name, now: Option<String>, asserted: Option<String>, required| {
        let value = if was_sent(sight.memory()) { remembered(sight.memory(), name) } else { now };
        let value = value.unwrap_or_default();
        Field { name, from_provider: asserted.is_some_and(|asserted| asserted == value), value, required }
    };
    vec![
        field(FieldName::Email, email(profile), email(&from_provider), true),
        field(FieldName::Username, profile.username.clone(), from_provider.username.clone(), false),
        field(FieldName::GivenName, profile.given_name.clone(), from_provider.given_name.clone(), false),
        field(FieldName::FamilyName, profile.family_name.clone(), from_provider.family_name.clone(), false),
    ]
}

fn accept(sight: &Sight<'_>, form: &Form) -> Turn {
    let mut reading = Reading::of(form);
    let email = reading.email();
    let username = reading.username();
    let given_name = reading.name(FieldName::GivenName);
    let family_name = reading.name(FieldName::FamilyName);
    match email {
        Some(address) if reading.is_fine() => {
            let username = username.map(|name| name.to_string());
            let profile = Profile { username, email: Some(with_origin(sight, address)), given_name, family_name };
            Turn::just(Act::Succeed).with(Effect::Profile(profile)).with(Effect::Remember(reading.memory()))
        }
        _ => Turn::just(Act::Show { retry: true }).with(Effect::Remember(reading.memory())),
    }
}

/// The provider's own address stays the provider's; any other is typed, and nobody's word is behind it.
fn with_origin(sight: &Sight<'_>, address: EmailAddress) -> ProfileEmail {
    let asserted = sight.frame.identity.as_ref().and_then(|identity| identity.email.as_ref());
    match asserted.filter(|asserted| asserted.address.names_the_same_mailbox_as(&address)) {
        Some(asserted) => ProfileEmail { address: asserted.address.clone(), typed: false },
        None => ProfileEmail { address, typed: true },
    }
}
