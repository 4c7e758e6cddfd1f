//! `create-user-if-unique`: makes an account, unless somebody may already have one with this address.

use super::detect_existing_user::{candidate, found_by_address, look_up};
use super::{Act, Authenticator, Effect, Input, Sight, Turn, new_user};
use crate::ask::{Fact, FoundUsers};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::outcome::Rejected;
use crate::session::How;
use domain::{AddressProof, Entropy, Username};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build: |_| Arc::new(CreateUserIfUnique) };

static DECLARATION: Declaration = Declaration {
    name: "create-user-if-unique",
    summary: "Makes an account for the identity, unless an existing one has its address; then the flow goes on with that one in mind.",
    keys: &[],
    needs: &[Need::Identity],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted],
    establishes: &[Establishes::User, Establishes::NewUser, Establishes::ExistingUser],
    asks: &[AskKind::FindUsers],
    shows: false,
};

#[derive(Debug)]
struct CreateUserIfUnique;

impl Authenticator for CreateUserIfUnique {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, entropy: &Entropy) -> Turn {
        match input {
            Input::Enter { .. } => look_up(sight),
            Input::Fact { fact: Fact::FoundUsers(found), .. } => match candidate(sight, &found) {
                Some(user) => Turn::just(Act::Attempted).with(Effect::Existing(Box::new(found_by_address(user)))),
                None => create(sight, entropy, &found),
            },
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }
}

fn create(sight: &Sight<'_>, entropy: &Entropy, found: &FoundUsers) -> Turn {
    let wanted = sight.frame.profile.username.as_deref().and_then(|name| Username::parse(name).ok());
    let username = wanted.filter(|_| found.by_username.is_none());
    let provider = sight.frame.identity.as_ref().map(|identity| identity.key.provider.clone());
    let proof = sight
        .policy
        .trusted_address(sight.frame)
        .and(provider)
        .map(|provider| AddressProof::TrustedProvider { provider, at: sight.now });
    let user = new_user::for_identity(sight, entropy, username, proof);
    let chosen = new_user::chosen(sight, How::Created(Box::new(user)), None);
    Turn::just(Act::Succeed).with(Effect::User(chosen))
}
