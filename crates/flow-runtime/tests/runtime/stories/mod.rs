//! Stories: what people do, what they see, and what is true afterwards.

mod addresses;
mod after_login;
mod changed_meanwhile;
mod conditions;
mod consent;
mod doors;
mod first_login;
mod forms;
mod hand_over;
mod keycloak;
mod linked_provider;
mod mail;
mod new_accounts;
mod new_authenticator;
mod no_proof;
mod others;
mod post_login;
mod profile;
mod races;
mod recovery;
mod requests;
mod returning;
mod revisions;
mod rules;
mod second_factor;
mod semantics;
mod sent_for_something_else;
mod squatters;
mod sync;
mod trust;
mod two_people;

use crate::world::World;

/// Tells a story once for each shipped first-login flow.
fn in_every_first_login_flow(story: impl Fn(&mut World)) {
    for flow in ["first-broker-login", "first-broker-login-auto-link", "keycloak-first-broker-login"] {
        let mut world = World::new();
        for provider in ["campus", "social", "other"] {
            world.provider(provider).first_login_flow = crate::world::flow_name(flow);
        }
        story(&mut world);
    }
}
