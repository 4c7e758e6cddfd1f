//! `confirm-link`: says that an account exists, what linking means, and asks whether it is theirs. It proves nothing.

use super::{Act, Authenticator, Effect, Input, Sight, Turn};
use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{Declaration, Kind, Need, Outcome};
use crate::event::action;
use crate::others::{self, Joining, joining};
use crate::outcome::{DenialCode, Rejected};
use crate::page::{Others, Page};
use domain::{Entropy, ExistingLink, LinkedIdentity};
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
        description: "Whether the page says that an account exists, if the provider vouches for the address, or only that it may be in use.",
        example: "account",
    }],
    needs: &[Need::Identity, Need::ExistingUser],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Challenged, Outcome::Denied],
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

    fn reveals_accounts(&self) -> bool {
        self.reveals
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { .. } if self.applies(sight) => self.begin(sight),
            Input::Enter { .. } => Turn::just(Act::Attempted),
            Input::Form(form) if form.action == action::CONTINUE => agree(sight),
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
            identity: self.new_label(sight),
            address: sight.address(),
            reveals: self.tells(sight),
            proved: address.is_some_and(|address| existing.has_proved(address)),
            can_review: can_review(sight),
            others: self.others(sight),
        })
    }
}

impl ConfirmLink {
    /// Whether this person may learn that the account exists.
    fn tells(&self, sight: &Sight<'_>) -> bool {
        self.reveals && sight.is_vouched_for()
    }

    /// Nobody does work that leads nowhere. What only the account's owner may know is said after the proof.
    fn begin(&self, sight: &Sight<'_>) -> Turn {
        if sight.eligible_proofs().is_empty() {
            Turn::just(Act::Deny(DenialCode::NoProofPossible))
        } else if self.tells(sight) && joining(sight.policy, sight.frame) == Joining::Refused {
            Turn::just(Act::Deny(DenialCode::ProviderAlreadyLinked))
        } else {
            Turn::just(Act::Show { retry: false })
        }
    }

    /// What the new identity is called beside those that may be told of.
    fn new_label(&self, sight: &Sight<'_>) -> String {
        let beside = match joining(sight.policy, sight.frame) {
            Joining::IfWanted(others) | Joining::Instead(others) if self.tells(sight) => others,
            _ => Vec::new(),
        };
        names(sight, &beside).pop().unwrap_or_else(|| sight.identity_label())
    }

    /// What is said of other identities of the provider. Who may not know of the account reads the same whether it has some or not.
    fn others(&self, sight: &Sight<'_>) -> Option<Others> {
        let labels = |others: Vec<LinkedIdentity>| {
            let mut names = names(sight, &others);
            names.truncate(others.len());
            names
        };
        let alias = &sight.frame.identity.as_ref()?.key.provider;
        match (self.tells(sight), joining(sight.policy, sight.frame)) {
            (true, Joining::IfWanted(others)) => Some(Others { labels: labels(others), replaced: false }),
            (true, Joining::Instead(others)) => Some(Others { labels: labels(others), replaced: true }),
            (true, Joining::Freely | Joining::Refused) => None,
            (false, _) => match sight.policy.provider(alias)?.on_existing_link {
                ExistingLink::Ask => Some(Others { labels: Vec::new(), replaced: false }),
                ExistingLink::Replace => Some(Others { labels: Vec::new(), replaced: true }),
                ExistingLink::Add | ExistingLink::Deny => None,
            },
        }
    }
}

/// What others are called, and last the new one, so that no two are called the same.
fn names(sight: &Sight<'_>, others: &[LinkedIdentity]) -> Vec<String> {
    let new = sight.frame.identity.as_ref().map(|identity| (identity.label(), &identity.key));
    let named: Vec<_> = others.iter().map(|other| (other.label.clone(), &other.key)).chain(new).collect();
    others::told_apart(&named)
}

/// Going on is a yes to what the page said.
fn agree(sight: &Sight<'_>) -> Turn {
    match joining(sight.policy, sight.frame) {
        Joining::IfWanted(found) => Turn::just(Act::Succeed).with(Effect::Agree(others::ids(&found))),
        Joining::Freely | Joining::Instead(_) | Joining::Refused => Turn::just(Act::Succeed),
    }
}

fn can_review(sight: &Sight<'_>) -> bool {
    sight.policy.flow_of(sight.frame).is_some_and(|flow| flow.program().reviews_profiles())
}
