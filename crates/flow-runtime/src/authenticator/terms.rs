//! `terms`: whoever signs in accepts the terms, each version once.

use super::comer::{self, Comer};
use super::{Act, Authenticator, Effect, Input, Sight, Turn};
use crate::ask::Fact;
use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{AskKind, Declaration, Kind, Need, Outcome};
use crate::event::action;
use crate::outcome::{DenialCode, Rejected};
use crate::page::{Page, TermsDocument};
use crate::write::{NewUser, Write};
use domain::{Entropy, TermsVersion, User};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind {
    declaration: &DECLARATION,
    build: |config| {
        Arc::new(Terms {
            version: config.text("version").and_then(|version| TermsVersion::parse(version).ok()),
            document: config.text("document").unwrap_or_default().to_owned(),
        })
    },
};

static DECLARATION: Declaration = Declaration {
    name: "terms",
    summary: "Shows the terms to whoever signs in and hasn't accepted this version of them; who doesn't accept isn't signed in.",
    keys: &[
        Key {
            name: "version",
            kind: KeyKind::Text { most: 64, lines: false },
            default: None,
            description: "What is accepted, and recorded with the account. Another version is asked for anew.",
            example: "2026-01",
        },
        Key {
            name: "document",
            kind: KeyKind::Text { most: 20_000, lines: true },
            default: None,
            description: "The terms: the https address where they are, or their text.",
            example: "Whoever borrows a book brings it back within four weeks.",
        },
    ],
    needs: &[Need::User],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Denied],
    establishes: &[],
    asks: &[AskKind::FindUser],
    shows: true,
};

#[derive(Debug)]
struct Terms {
    /// None: the text can't be one, so nobody can accept it.
    version: Option<TermsVersion>,
    document: String,
}

impl Authenticator for Terms {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        let (Some(comer), Some(version)) = (Comer::of(sight), &self.version) else { return Turn::just(Act::Attempted) };
        match input {
            Input::Enter { .. } if comer.user().accepted_terms.contains_key(version) => Turn::just(Act::Succeed),
            Input::Enter { .. } => Turn::just(Act::Show { retry: false }),
            Input::Form(form) if form.action == action::REFUSE => Turn::just(Act::Deny(DenialCode::TermsRefused)),
            Input::Form(form) if form.action == action::CONTINUE => match (comer.look(), comer) {
                (None, Comer::New(new)) => made(sight, *new, version),
                (Some(look), _) => look,
                (None, Comer::There(_)) => Turn::just(Act::WrongFact),
            },
            Input::Fact { fact: Fact::FoundUser(found), .. } => match comer::now(&comer.user(), found) {
                Ok(now) => accept(sight, *now, version),
                Err(end) => end,
            },
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        let document = TermsDocument::of(&self.document);
        Some(Page::Terms { account: Comer::of(sight)?.user().label(), document })
    }
}

fn accept(sight: &Sight<'_>, mut user: User, version: &TermsVersion) -> Turn {
    // Accepted meanwhile, in another tab: that counts.
    if user.accepted_terms.contains_key(version) {
        return Turn::just(Act::Succeed).with(Effect::Renew(Box::new(user)));
    }
    let write = Write::AcceptTerms { user: user.id, version: version.clone() };
    user.accepted_terms.insert(version.clone(), sight.now);
    Turn::just(Act::Succeed).with(comer::after(user, 1, 0)).with(Effect::Write(write))
}

/// A new account is made with what it accepted.
fn made(sight: &Sight<'_>, mut new: NewUser, version: &TermsVersion) -> Turn {
    new.accepted_terms.insert(version.clone(), sight.now);
    Turn::just(Act::Succeed).with(Effect::Amend(Box::new(new)))
}
