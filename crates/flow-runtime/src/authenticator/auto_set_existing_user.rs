//! `auto-set-existing-user`: links without asking, where a trusted provider vouches for the address that the account has proved.

use super::finding::{is_handed_over, link};
use super::{Act, Authenticator, Input, Sight, Turn};
use crate::ask::{Fact, Question};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::outcome::Rejected;
use domain::{Entropy, ProofKind, User};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build: |_| Arc::new(AutoSetExistingUser) };

static DECLARATION: Declaration = Declaration {
    name: "auto-set-existing-user",
    summary: "Links the account that was found without asking, if a trusted provider vouched for the address that the account has proved.",
    keys: &[],
    needs: &[Need::Identity, Need::ExistingUser],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Denied],
    establishes: &[Establishes::User, Establishes::Proof],
    asks: &[AskKind::FindUser],
    shows: false,
};

#[derive(Debug)]
struct AutoSetExistingUser;

impl Authenticator for AutoSetExistingUser {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn applies(&self, sight: &Sight<'_>) -> bool {
        sight.frame.existing.as_ref().is_some_and(|user| is_vouched_for(sight, user))
    }

    fn proves(&self, sight: &Sight<'_>) -> Option<ProofKind> {
        self.applies(sight).then_some(ProofKind::TrustedAssertion)
    }

    fn takes_a_word(&self, _links_alone: bool) -> bool {
        true
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match (input, &sight.frame.existing) {
            (Input::Enter { .. }, Some(existing)) if self.applies(sight) => Turn::ask(Question::FindUser(existing.id)),
            (Input::Enter { .. } | Input::Fact { fact: Fact::FoundUser(None), .. }, _) => Turn::just(Act::Attempted),
            (Input::Fact { fact: Fact::FoundUser(Some(user)), .. }, Some(existing)) if user.id == existing.id => {
                if is_vouched_for(sight, &user) {
                    let hands_over = goes_over(sight, &user);
                    link(sight, user, hands_over)
                } else {
                    Turn::just(Act::Attempted)
                }
            }
            (Input::Fact { .. }, _) => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
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
