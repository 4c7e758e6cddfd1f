//! `detect-existing-user`: finds the account that has the identity's address. It proves nothing and makes nothing.

use super::{Act, Authenticator, Effect, Found, Input, Sight, Turn};
use crate::ask::{Fact, FoundUsers, Question};
use crate::definition::declaration::{AskKind, Declaration, Establishes, Kind, Need, Outcome};
use crate::outcome::Rejected;
use domain::{Entropy, User, Username};
use std::sync::Arc;

pub(super) static KIND: Kind = Kind { declaration: &DECLARATION, build: |_| Arc::new(DetectExistingUser) };

static DECLARATION: Declaration = Declaration {
    name: "detect-existing-user",
    summary: "Finds the existing account that has the identity's address; doesn't apply if there is none.",
    keys: &[],
    needs: &[Need::Identity],
    outcomes: &[Outcome::Succeeded, Outcome::Attempted],
    establishes: &[Establishes::ExistingUser],
    asks: &[AskKind::FindUsers],
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
            Input::Fact { fact: Fact::FoundUsers(found), .. } => match candidate(sight, &found) {
                Some(user) => Turn::just(Act::Succeed).with(Effect::Existing(Box::new(found_by_address(user)))),
                None => Turn::just(Act::Attempted),
            },
            Input::Fact { .. } => Turn::just(Act::WrongFact),
            _ => Turn::just(Act::Reject(Rejected::UnknownAction)),
        }
    }
}

/// An account that was found by its address.
pub(super) fn found_by_address(user: &User) -> Found {
    Found { user: user.clone(), identities: Vec::new(), rule: None, demand: None }
}

/// Asks who has the profile's names.
pub(super) fn look_up(sight: &Sight<'_>) -> Turn {
    let profile = &sight.frame.profile;
    Turn::ask(Question::FindUsers {
        username: profile.username.as_deref().and_then(|name| Username::parse(name).ok()),
        email: profile.email.as_ref().map(|email| email.address.clone()),
    })
}

/// The account that the identity may belong to: the one that proved the address; else, if the provider's word isn't taken for the
/// address, the only one that claims it. A trusted word outranks claims, so these accounts are no candidates then. Nor is a claim
/// that nothing could prove or end: it would lock out everybody who comes with the address later.
pub(super) fn candidate<'a>(sight: &Sight<'_>, found: &'a FoundUsers) -> Option<&'a User> {
    let email = sight.frame.profile.email.as_ref()?;
    let owner = found.by_email.iter().find(|user| user.has_proved(&email.address));
    let can_be_mailed = sight.policy.sends_mail && !email.typed;
    let claimant = || match found.by_email.as_slice() {
        [only] if sight.policy.trusted_address(sight.frame).is_none() && (only.has_password || can_be_mailed) => Some(only),
        _ => None,
    };
    owner.or_else(claimant)
}
