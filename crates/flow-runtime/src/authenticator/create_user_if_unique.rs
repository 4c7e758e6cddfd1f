//! `create-user-if-unique`: makes an account, unless the identity may belong to one that is there.

use super::finding::{decide, look_up, remembered};
use super::{Act, Authenticator, Effect, Input, Sight, Turn, new_user};
use crate::ask::{Candidates, Fact};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::outcome::Rejected;
use crate::session::How;
use domain::{AddressProof, Entropy, Username};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build: |_| Arc::new(CreateUserIfUnique) };

static DECLARATION: Declaration = Declaration {
    name: "create-user-if-unique",
    summary: "Makes an account for the identity, unless the realm's linking rules find one; then the flow goes on with that one in mind.",
    keys: &[],
    needs: &[Need::Identity],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted, Outcome::Denied],
    establishes: &[Establishes::User, Establishes::NewUser, Establishes::ExistingUser],
    asks: &[AskKind::FindCandidates],
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
            Input::Fact { fact: Fact::Candidates(found), .. } => decide(sight, &found, |one| match one {
                Some(one) => Turn::just(Act::Attempted).with(remembered(sight, &found, one)),
                None => create(sight, entropy, &found),
            }),
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }
}

/// A name that is somebody's isn't taken. Whoever has looked over the profile is told so and may choose another one, once an account is to be
/// made with it; nobody is sent anywhere because of a name that they never saw. An address that somebody proved stays theirs: the new
/// account only claims it.
fn create(sight: &Sight<'_>, entropy: &Entropy, found: &Candidates) -> Turn {
    let frame = sight.frame;
    let wanted = frame.profile.username.as_deref().and_then(|name| Username::parse(name).ok());
    if wanted.is_some() && found.wanted_is_taken && frame.reviewed && frame.taken_username.is_none() {
        return Turn::just(Act::Review).with(Effect::UsernameTaken);
    }
    let username = wanted.filter(|_| !found.wanted_is_taken);
    let provider = frame.identity.as_ref().map(|identity| identity.key.provider.clone());
    let is_owned = |address: &&domain::EmailAddress| found.accounts.iter().any(|account| account.user.has_proved(address));
    let trusted = sight.policy.trusted_address(frame).filter(|address| !is_owned(address));
    let proof = trusted.and(provider).map(|provider| AddressProof::TrustedProvider { provider, at: sight.now });
    let user = new_user::for_identity(sight, entropy, username, proof);
    let chosen = new_user::chosen(sight, How::Created(Box::new(user)), None);
    Turn::just(Act::Succeed).with(Effect::User(chosen))
}
