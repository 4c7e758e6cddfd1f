//! `confirm-link`: says that an account exists, what linking means, and asks whether it is theirs. It proves nothing.

use super::{Act, Authenticator, Input, Sight, Turn};
use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{Declaration, Establishes, Kind, Need, Outcome};
use crate::event::action;
use crate::outcome::Rejected;
use crate::page::Page;
use domain::Entropy;
use std::sync::Arc;

pub(super) static KIND: Kind = Kind {
    declaration: &DECLARATION,
    build: |config| Arc::new(ConfirmLink { reveals: config.word("reveals") == Some("account") }),
};

static DECLARATION: Declaration = Declaration {
    name: "confirm-link",
    summary: "Asks whether the existing account is theirs, explains what linking means, and lets them correct the profile.",
    keys: &[Key {
        name: "reveals",
        kind: KeyKind::OneOf(&["account", "nothing"]),
        default: Some("nothing"),
        description: "Whether the page says that an account exists, or only that the address may be in use.",
        example: "account",
    }],
    needs: &[Need::Identity, Need::ExistingUser],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged],
    establishes: &[],
    asks: &[],
    shows: true,
};

#[derive(Debug)]
struct ConfirmLink {
    reveals: bool,
}

impl Authenticator for ConfirmLink {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn applies(&self, sight: &Sight<'_>) -> bool {
        sight.frame.existing.is_some()
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { .. } if self.applies(sight) => Turn::just(Act::Show { retry: false }),
            Input::Enter { .. } => Turn::just(Act::Attempted),
            Input::Form(form) if form.action == action::CONTINUE => Turn::just(Act::Succeed),
            Input::Form(form) if form.action == action::REVIEW && can_review(sight) => Turn::just(Act::Review),
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let existing = sight.frame.existing.as_ref()?;
        let address = sight.frame.profile.email.as_ref().map(|email| &email.address);
        Some(Page::AccountExists {
            provider: sight.provider_name(),
            identity: sight.identity_label(),
            address: address.map(ToString::to_string).unwrap_or_default(),
            reveals: self.reveals,
            proved: address.is_some_and(|address| existing.has_proved(address)),
            can_review: can_review(sight),
        })
    }
}

fn can_review(sight: &Sight<'_>) -> bool {
    let flow = sight.policy.flow_of(sight.frame);
    flow.is_some_and(|flow| {
        flow.authenticators().any(|(_, found)| found.declaration().establishes.contains(&Establishes::Profile))
    })
}
