//! What Keycloak's own tests pin down about first logins and about its flow engine, as far as it holds here: each test begins with the
//! number of its row in `docs/coming-from-keycloak.md`. Where Braid differs on purpose, the test shows what it does instead.

mod attributes;
mod engine;
mod factors;
mod mailed;
mod password;
mod providers;
mod reviewed;

use crate::world::{Login, World, flow_name};
use domain::Wish;

/// Keycloak's own tree, with this setting of the review page. Every provider's first logins go through it.
fn keycloak(update: &str) -> World {
    let shipped =
        flow_runtime::reader::SHIPPED.iter().find(|shipped| shipped.file == "keycloak-first-broker-login.yaml").unwrap();
    let edited = shipped.text.replace("flow: keycloak-first-broker-login\n", "flow: edited\n");
    let edited = edited.replace("{ requirement: required, update: missing }", update);
    assert_ne!(edited, shipped.text);
    with_flow(&edited)
}

/// A realm in which every provider's first logins go through this flow, which is called `edited`.
fn with_flow(text: &str) -> World {
    let mut world = World::new();
    world.flow(text);
    for provider in ["campus", "social", "other"] {
        world.provider(provider).first_login_flow = flow_name("edited");
    }
    world
}

/// The review page is off, as in most of Keycloak's tests.
fn unreviewed() -> World {
    keycloak("{ requirement: required, update: off }")
}

/// Somebody who has forgotten the password asks for another one, in a browser of their own.
fn forgot(world: &mut World, name: &str) -> Login {
    let mut login = world.login_with(None, |request| request.wish = Wish::Recover);
    login.sends(world, flow_runtime::event::action::CONTINUE, &[("username", name)]);
    login
}

/// How many identities an account has.
fn links(world: &World, user: domain::UserId) -> usize {
    world.identities.values().filter(|link| link.user == user).count()
}
