//! `detect-existing-user`: finds the account that the identity may belong to. It proves nothing and makes nothing.

use super::finding::{decide, look_up, remembered};
use super::{Act, Authenticator, Input, Sight, Turn};
use crate::ask::Fact;
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::outcome::Rejected;
use domain::Entropy;
use std::sync::Arc;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build: |_| Arc::new(DetectExistingUser) };

static DECLARATION: Declaration = Declaration {
    name: "detect-existing-user",
    summary: "Finds the existing account that the realm's linking rules mean; doesn't apply if there is none.",
    keys: &[],
    needs: &[Need::Identity],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Denied],
    establishes: &[Establishes::ExistingUser],
    asks: &[AskKind::FindCandidates],
    shows: false,
};

#[derive(Debug)]
struct DetectExistingUser;

impl Authenticator for DetectExistingUser {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { .. } => look_up(sight),
            Input::Fact { fact: Fact::Candidates(found), .. } => decide(sight, &found, |one| match one {
                Some(one) => Turn::just(Act::Succeed).with(remembered(sight, &found, one)),
                None => Turn::just(Act::Attempted),
            }),
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }
}
