//! Several providers in one login.

use super::{keycloak, links, unreviewed};
use crate::world::{World, someone};
use domain::{ProofKind, UserId};
use flow_runtime::Page;
use flow_runtime::event::action;

const ADA: &str = "ada@x.org";

/// Ada's account came through `campus`, and has no password. Every provider can show a fresh login.
fn with_ada(w: &mut World) -> UserId {
    for provider in ["campus", "social", "other"] {
        w.provider(provider).proves_fresh_login = true;
    }
    let ada = w.user("ada").proved(ADA).done();
    w.link(&someone("campus", "ada").vouched(ADA), ada);
    ada
}

#[test]
fn t040_the_account_is_proved_at_the_provider_that_it_is_linked_to() {
    let mut w = unreviewed();
    let ada = with_ada(&mut w);
    let new = someone("social", "1").vouched(ADA);
    let mut login = w.login();
    login.comes_as(&mut w, &new);
    login.presses(&mut w, action::CONTINUE);
    assert!(login.ways(&w).contains(&"at campus".to_owned()));
    assert!(!login.ways(&w).contains(&"at social".to_owned()), "who came from social isn't sent back there");
    login.takes(&mut w, "at campus");
    let back = someone("campus", "ada").vouched(ADA).authenticated_at(w.now);
    login.returns(&mut w, &back);
    assert_eq!((login.user(), links(&w, ada)), (ada, 2));
    assert_eq!(w.identities[&new.0.key].proof.kind, ProofKind::LinkedProvider);
}

/// Keycloak offers every other provider. Here it is those where the account can be proved.
#[test]
fn t041_of_three_providers_the_linked_one_is_offered() {
    let mut w = unreviewed();
    with_ada(&mut w);
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched(ADA));
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.ways(&w), ["at campus"]);
}

#[test]
fn t043_who_turns_back_and_takes_another_provider_leaves_nothing_behind() {
    let mut w = keycloak("{ requirement: required, update: on }");
    let ada = with_ada(&mut w);
    let stray = someone("social", "1").vouched("stray@x.org");
    let mut login = w.login();
    login.comes_as(&mut w, &stray);
    assert!(matches!(login.page(&w), Page::ReviewProfile { .. }));
    login.presses(&mut w, action::RESTART);
    login.comes_as(&mut w, &someone("campus", "ada").vouched(ADA));
    assert_eq!((login.user(), links(&w, ada), w.users.len()), (ada, 1, 1));
    assert_eq!(w.owner_of(&stray), None);
}
