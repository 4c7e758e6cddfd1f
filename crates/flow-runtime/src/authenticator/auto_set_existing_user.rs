//! `auto-set-existing-user`: links without asking, where a trusted provider vouches for the address that the account has proved.

use super::{Act, Authenticator, Effect, Input, Sight, Turn, new_user};
use crate::ask::{Fact, Question};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::outcome::{DenialCode, Rejected};
use crate::proof::AcceptedProof;
use crate::session::How;
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

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match (input, &sight.frame.existing) {
            (Input::Enter { .. }, Some(existing)) if self.applies(sight) => Turn::ask(Question::FindUser(existing.id)),
            (Input::Enter { .. } | Input::Fact { fact: Fact::FoundUser(None), .. }, _) => Turn::just(Act::Attempted),
            (Input::Fact { fact: Fact::FoundUser(Some(user)), .. }, Some(existing)) if user.id == existing.id => {
                link(sight, user)
            }
            (Input::Fact { .. }, _) => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }
}

fn is_vouched_for(sight: &Sight<'_>, user: &User) -> bool {
    sight.policy.trusted_address(sight.frame).is_some_and(|address| user.has_proved(address))
}

fn link(sight: &Sight<'_>, user: Box<User>) -> Turn {
    if !is_vouched_for(sight, &user) {
        return Turn::just(Act::Attempted);
    }
    if !user.is_open() {
        return Turn::just(Act::Deny(DenialCode::AccountDisabled));
    }
    match AcceptedProof::accept(ProofKind::TrustedAssertion, user.id, sight.frame, sight.now) {
        Some(proof) => Turn::just(Act::Succeed).with(Effect::User(new_user::chosen(sight, How::Proved(user, proof), None))),
        None => Turn::just(Act::Attempted),
    }
}
