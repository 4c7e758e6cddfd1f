//! `link-by-rule`: asks the realm's linking rules, and links what a rule links alone on a trusted word. Else it proves nothing.

use super::finding::{decide, is_handed_over, link, look_up, remembered};
use super::{Act, Authenticator, Input, Sight, Turn};
use crate::ask::{Candidate, Candidates, Fact, Question};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::linking::{Case, One};
use crate::outcome::Rejected;
use domain::{Entropy, ProofKind};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build: |_| Arc::new(LinkByRule) };

static DECLARATION: Declaration = Declaration {
    name: "link-by-rule",
    summary: "Links the account that a linking rule finds, if the rule links alone and a trusted word proves it; else the flow goes on with the account in mind.",
    keys: &[],
    needs: &[Need::Identity],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Denied],
    establishes: &[Establishes::User, Establishes::ExistingUser, Establishes::Proof],
    asks: &[AskKind::FindCandidates, AskKind::IdentitiesOf],
    shows: false,
};

#[derive(Debug)]
struct LinkByRule;

impl Authenticator for LinkByRule {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn proves(&self, sight: &Sight<'_>) -> Option<ProofKind> {
        let (case, rule) = Case::of(sight.policy, sight.frame).zip(sight.frame.rule.as_ref())?;
        let user = sight.frame.existing.clone()?;
        let account = Candidate { user, identities: sight.frame.existing_identities.clone() };
        case.links_alone(rule, &account).then_some(ProofKind::TrustedAssertion)
    }

    fn takes_a_word(&self, links_alone: bool) -> bool {
        links_alone
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match (input, &sight.frame.existing) {
            (Input::Enter { .. }, _) => look_up(sight),
            (Input::Fact { fact: Fact::Candidates(found), .. }, _) => {
                decide(sight, &found, |one| one.map_or_else(nobody, |one| weigh(sight, &found, one)))
            }
            (Input::Fact { fact: Fact::OwnIdentities(None), .. }, _) => Turn::just(Act::StartOver),
            (Input::Fact { fact: Fact::OwnIdentities(Some(now)), .. }, Some(existing)) if now.user.id == existing.id => {
                link_as_it_is(sight, *now)
            }
            (Input::Fact { .. }, _) => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }
}

fn nobody() -> Turn {
    Turn::just(Act::Attempted)
}

/// What is linked alone is looked at once more, so that the link rests on the account as it is.
fn weigh(sight: &Sight<'_>, found: &Candidates, one: One) -> Turn {
    let turn = if one.links_alone { Turn::ask(Question::IdentitiesOf(one.account.user.id)) } else { nobody() };
    turn.with(remembered(sight, found, one))
}

fn link_as_it_is(sight: &Sight<'_>, now: Candidate) -> Turn {
    let still = Case::of(sight.policy, sight.frame).zip(sight.frame.rule.as_ref());
    if !still.is_some_and(|(case, rule)| case.links_alone(rule, &now)) {
        return nobody();
    }
    let hands_over = is_handed_over(sight, (&now.user, &now.identities));
    link(sight, Box::new(now.user), hands_over)
}
