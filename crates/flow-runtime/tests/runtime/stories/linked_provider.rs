//! The account is proved by a fresh login at a provider that is linked to it already.

use crate::world::{Login, Person, World, someone};
use domain::{AuthenticationMethod, IdentityKey, ProofKind, UpstreamFailure, UserId};
use flow_runtime::event::action;
use flow_runtime::page::{CameBackAs, Message};
use flow_runtime::{DenialCode, Page, Rejected, Rest};

/// Ada's account, which she made through `campus`. She has two accounts there, both with her address.
fn with_two_accounts_behind_one_provider(world: &mut World) -> (UserId, Person, Person) {
    for provider in ["campus", "social"] {
        world.provider(provider).proves_fresh_login = true;
    }
    let old = someone("campus", "database|1").vouched("ada@x.org");
    let ada = world.user("ada").proved("ada@x.org").done();
    world.link(&old, ada);
    (ada, old, someone("campus", "google|1").vouched("ada@x.org"))
}

/// She comes with the second one, says that the account is hers, and takes the way to the provider.
fn at_the_proof(world: &mut World, new: &Person) -> Login {
    let mut login = world.login();
    login.comes_as(world, new);
    login.presses(world, action::CONTINUE);
    login.takes(world, "at campus");
    login
}

fn fresh(world: &World, person: &Person) -> Person {
    person.clone().authenticated_at(world.now)
}

fn came_back(world: &World, login: &Login) -> (String, CameBackAs) {
    match login.page(world) {
        Page::ProveAtProvider { came_back: Some(back), .. } => (back.identity, back.came_as),
        other => panic!("{other:?}"),
    }
}

fn keys(world: &World, user: UserId) -> Vec<IdentityKey> {
    world.identities.values().filter(|link| link.user == user).map(|link| link.key.clone()).collect()
}

#[test]
fn two_accounts_behind_one_provider_are_linked_by_a_forced_prompt() {
    let mut w = World::new();
    let (ada, old, new) = with_two_accounts_behind_one_provider(&mut w);
    let mut login = at_the_proof(&mut w, &new);
    let Rest::AtProvider { exchange, .. } = &login.session().rest else { panic!() };
    assert!(exchange.fresh, "the prompt is forced, on this trip only");
    w.waits(30);
    let back = fresh(&w, &old);
    login.returns(&mut w, &back);
    assert_eq!((login.user(), w.owner_of(&new)), (ada, Some(ada)));
    assert_eq!(w.identities[&new.0.key].proof.kind, ProofKind::LinkedProvider);
    assert_eq!(login.finish().signed_in.methods, [AuthenticationMethod::Federated]);
    assert_eq!(login.finish().signed_in.identity.as_ref(), Some(&new.0.key), "what signs in is what she came with");
    assert_eq!(keys(&w, ada).len(), 2);
}

#[test]
fn the_login_before_the_proof_is_not_forced() {
    let mut w = World::new();
    let (_, _, new) = with_two_accounts_behind_one_provider(&mut w);
    let mut login = w.login();
    login.takes(&mut w, "campus");
    let Rest::AtProvider { exchange, .. } = &login.session().rest else { panic!() };
    assert!(!exchange.fresh);
    login.returns(&mut w, &new);
    login.presses(&mut w, action::CONTINUE);
    assert!(login.ways(&w).contains(&"at campus".to_owned()));
    assert!(!login.ways(&w).contains(&"at social".to_owned()), "social isn't linked, and she may know that");
}

#[test]
fn the_same_identity_came_back_and_she_tries_again() {
    let mut w = World::new();
    let (ada, old, new) = with_two_accounts_behind_one_provider(&mut w);
    let mut login = at_the_proof(&mut w, &new);
    for _ in 0..3 {
        let back = fresh(&w, &new);
        login.returns(&mut w, &back);
        assert_eq!(came_back(&w, &login), ("ada@x.org".to_owned(), CameBackAs::TheOneToLink));
        assert!(login.ways(&w).contains(&"mail".to_owned()), "other ways stay open");
        assert_eq!(w.owner_of(&new), None);
        login.sends(&mut w, action::CONTINUE, &[("provider", "campus")]);
        assert!(login.is_at("campus"));
    }
    let back = fresh(&w, &old);
    login.returns(&mut w, &back);
    assert_eq!(w.owner_of(&new), Some(ada));
}

#[test]
fn oidc_rp_9_whoever_else_comes_back_is_neither_linked_nor_signed_in() {
    let mut w = World::new();
    let (ada, _, new) = with_two_accounts_behind_one_provider(&mut w);
    let bob = w.user("bob").proved("bob@x.org").done();
    let bobs = someone("campus", "7").vouched("bob@x.org");
    w.link(&bobs, bob);
    for other in [bobs.clone(), someone("campus", "nobodys").vouched("carol@x.org")] {
        let mut login = at_the_proof(&mut w, &new);
        let back = fresh(&w, &other);
        login.returns(&mut w, &back);
        assert_eq!(came_back(&w, &login).1, CameBackAs::SomebodyElse);
        assert_eq!((w.sessions.len(), w.identities.len()), (0, 2));
        assert_eq!((w.owner_of(&bobs), keys(&w, ada).len()), (Some(bob), 1));
    }
}

#[test]
fn oidc_rp_8_an_old_login_or_none_at_all_proves_nothing() {
    let mut w = World::new();
    let (ada, old, new) = with_two_accounts_behind_one_provider(&mut w);
    w.waits(1000);
    let past = w.now.minus(std::time::Duration::from_secs(61));
    let future = w.now.plus(std::time::Duration::from_secs(61));
    let mut login = at_the_proof(&mut w, &new);
    for stale in [old.clone(), old.clone().authenticated_at(past), old.clone().authenticated_at(future)] {
        login.returns(&mut w, &stale);
        assert_eq!(came_back(&w, &login).1, CameBackAs::NotFresh);
        assert_eq!(w.owner_of(&new), None);
        login.takes_again(&mut w);
    }
    let back = fresh(&w, &old);
    login.returns(&mut w, &back);
    assert_eq!(login.user(), ada);
}

#[test]
fn a_trip_that_failed_leads_back_to_the_choice() {
    let mut w = World::new();
    let (_, _, new) = with_two_accounts_behind_one_provider(&mut w);
    let mut login = at_the_proof(&mut w, &new);
    login.returns_failed(&mut w, UpstreamFailure::Cancelled);
    assert!(matches!(login.page(&w), Page::ProveAtProvider { came_back: None, .. }));
    assert!(matches!(login.view(&w).message, Some(Message::Upstream { failure: UpstreamFailure::Cancelled, .. })));
}

#[test]
fn a_provider_that_cant_prove_a_fresh_login_is_not_offered() {
    let mut w = World::new();
    with_two_accounts_behind_one_provider(&mut w);
    let new = someone("other", "1").vouched("ada@x.org");
    for change in [(|w: &mut World| w.provider("campus").proves_fresh_login = false) as fn(&mut World), |w| {
        let links = w.identities.values_mut();
        links.for_each(|link| link.key.authority = Some("https://elsewhere.example".into()));
        w.provider("campus").only_listed_authorities = true;
    }] {
        let mut w = w.clone();
        change(&mut w);
        let mut login = w.login();
        login.comes_as(&mut w, &new);
        login.presses(&mut w, action::CONTINUE);
        assert!(matches!(login.page(&w), Page::CheckMail { .. }));
        assert_eq!(login.ways(&w), Vec::<String>::new());
    }
}

#[test]
fn a_provider_that_was_switched_off_on_the_way_proves_nothing() {
    let mut w = World::new();
    let (ada, _, _) = with_two_accounts_behind_one_provider(&mut w);
    let own = someone("social", "1").vouched("ada@x.org");
    w.link(&own, ada);
    let new = someone("other", "1").vouched("ada@x.org");
    let mut login = w.login();
    login.comes_as(&mut w, &new);
    login.presses(&mut w, action::CONTINUE);
    login.takes(&mut w, "at social");
    w.provider("social").enabled = false;
    let back = fresh(&w, &own);
    login.returns(&mut w, &back);
    let Page::ProveAtProvider { providers, .. } = login.page(&w) else { panic!("{:?}", login.page(&w)) };
    assert_eq!(providers.len(), 1, "campus is left");
    assert_eq!(w.owner_of(&new), None);
}

#[test]
fn a_closed_account_is_not_opened_by_its_provider() {
    let mut w = World::new();
    let (ada, old, new) = with_two_accounts_behind_one_provider(&mut w);
    let mut login = at_the_proof(&mut w, &new);
    w.disable(ada);
    let back = fresh(&w, &old);
    login.returns(&mut w, &back);
    assert_eq!((login.denial(), w.owner_of(&new)), (DenialCode::AccountDisabled, None));
}

#[test]
fn an_identity_that_was_taken_off_on_the_way_proves_nothing() {
    let mut w = World::new();
    let (_, old, new) = with_two_accounts_behind_one_provider(&mut w);
    let mut login = at_the_proof(&mut w, &new);
    w.identities.clear();
    let back = fresh(&w, &old);
    login.returns(&mut w, &back);
    assert_eq!(came_back(&w, &login).1, CameBackAs::SomebodyElse);
    assert_eq!(w.owner_of(&new), None);
}

/// Another tab finished the same first login meanwhile: what came back is not used, and she is simply signed in.
#[test]
fn a_proof_that_comes_too_late_is_an_ordinary_login() {
    let mut w = World::new();
    let (ada, old, new) = with_two_accounts_behind_one_provider(&mut w);
    let mut login = at_the_proof(&mut w, &new);
    w.link(&new, ada);
    let back = fresh(&w, &old);
    login.returns(&mut w, &back);
    assert_eq!(login.user(), ada);
    assert_eq!(w.identities[&new.0.key].proof.kind, ProofKind::Administrator);
}

#[test]
fn a_stranger_doesnt_learn_which_providers_an_account_uses() {
    let mut w = World::new();
    let (_, _, _) = with_two_accounts_behind_one_provider(&mut w);
    let stranger = someone("other", "1").with("ada@x.org", domain::Vouched::Silent);
    let mut login = w.login();
    login.comes_as(&mut w, &stranger);
    assert!(matches!(login.page(&w), Page::AccountExists { reveals: false, .. }));
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.ways(&w), ["at campus", "at social"]);
    login.takes(&mut w, "at social");
    let somebody = fresh(&w, &someone("social", "1"));
    login.returns(&mut w, &somebody);
    assert!(matches!(login.page(&w), Page::ProveAtProvider { reveals: false, came_back: Some(_), .. }));
}

#[test]
fn only_what_was_offered_is_a_place_to_go() {
    let mut w = World::new();
    let (_, _, new) = with_two_accounts_behind_one_provider(&mut w);
    let mut login = at_the_proof(&mut w, &new);
    login.returns_failed(&mut w, UpstreamFailure::Cancelled);
    for provider in ["social", "other", "nowhere", ""] {
        let event = login.form(action::CONTINUE, &[("provider", provider)]);
        assert_eq!(login.is_rejected(&mut w, &event), Rejected::UnknownAction, "{provider}");
    }
}
