//! People who try to get into somebody else's account. Each test ends with what they hold: nothing.

mod addresses;
mod claims;
mod identities;
mod proofs;
mod recovery;
mod second_factor;
mod stages;

use crate::people::*;
use domain::User;
use testkit::{Browser, World};

/// The attacker's browser opens nothing of this account, and nothing was linked to it.
async fn got_nothing(world: &World, attacker: &mut Browser, vic: &User) {
    assert_ne!(signed_in_as(world, attacker).await.as_deref(), Some(vic.subject.as_str()), "INV-3");
    assert_eq!(world.links_of(vic).await, []);
}
