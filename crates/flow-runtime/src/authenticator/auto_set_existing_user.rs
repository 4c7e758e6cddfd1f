//! `auto-set-existing-user`: links without asking, where a trusted provider vouches for the address that the account has proved.
//!
//! With `proof: none` it links whatever account was found, but only where the flow's author waives the proof at this very execution.

use super::finding::{is_handed_over, link, link_unproved};
use super::{Act, Authenticator, Input, Sight, Turn};
use crate::ask::{Fact, Question};
use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::definition::waiver::Permit;
use crate::outcome::Rejected;
use domain::{Entropy, ProofKind, User};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind {
    declaration: &DECLARATION,
    build: |config| Arc::new(AutoSetExistingUser { wants_none: config.word("proof") == Some("none") }),
};

static DECLARATION: Declaration = Declaration {
    name: "auto-set-existing-user",
    summary: "Links the account that was found without asking, if a trusted provider vouched for the address that the account has proved.",
    keys: &[Key {
        name: "proof",
        kind: KeyKind::OneOf(&["trusted-assertion", "none"]),
        default: Some("trusted-assertion"),
        description: "What opens the account: a trusted provider's word, or nothing at all. Nothing is enough only with a waiver of P1.",
        example: "trusted-assertion",
    }],
    needs: &[Need::Identity, Need::ExistingUser],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Denied],
    establishes: &[Establishes::User, Establishes::Proof],
    asks: &[AskKind::FindUser],
    shows: false,
};

#[derive(Debug)]
struct AutoSetExistingUser {
    wants_none: bool,
}

impl Authenticator for AutoSetExistingUser {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn applies(&self, sight: &Sight<'_>) -> bool {
        self.proves(sight).is_some()
    }

    fn proves(&self, sight: &Sight<'_>) -> Option<ProofKind> {
        let user = sight.frame.existing.as_ref()?;
        if is_vouched_for(sight, user) {
            return Some(ProofKind::TrustedAssertion);
        }
        self.permit(sight).filter(|_| sight.accepts(ProofKind::Waived)).map(|_| ProofKind::Waived)
    }

    fn takes_a_word(&self, _links_alone: bool) -> bool {
        true
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match (input, &sight.frame.existing) {
            (Input::Enter { .. }, Some(existing)) if self.applies(sight) => Turn::ask(Question::FindUser(existing.id)),
            (Input::Enter { .. } | Input::Fact { fact: Fact::FoundUser(None), .. }, _) => Turn::just(Act::Attempted),
            (Input::Fact { fact: Fact::FoundUser(Some(user)), .. }, Some(existing)) if user.id == existing.id => {
                match self.permit(sight) {
                    _ if is_vouched_for(sight, &user) => {
                        let hands_over = goes_over(sight, &user);
                        link(sight, user, hands_over)
                    }
                    Some(permit) => link_unproved(sight, user, &permit),
                    None => Turn::just(Act::Attempted),
                }
            }
            (Input::Fact { .. }, _) => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }
}

impl AutoSetExistingUser {
    /// Whether nothing is enough here.
    fn permit(&self, sight: &Sight<'_>) -> Option<Permit> {
        if self.wants_none { sight.policy.permit(sight.frame, sight.execution) } else { None }
    }
}

/// Whether a trusted word opens the account, or hands it over.
fn is_vouched_for(sight: &Sight<'_>, user: &User) -> bool {
    let proved = sight.policy.trusted_address(sight.frame).is_some_and(|address| user.has_proved(address));
    sight.accepts(ProofKind::TrustedAssertion) && (proved || goes_over(sight, user))
}

fn goes_over(sight: &Sight<'_>, user: &User) -> bool {
    is_handed_over(sight, (user, &sight.frame.existing_identities))
}
