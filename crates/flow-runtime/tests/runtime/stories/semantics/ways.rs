//! Other ways: what is offered, and what becomes of a way that somebody leaves.

use super::signs_in_with;
use crate::world::{World, someone};
use domain::UpstreamFailure;
use flow_runtime::Page;
use flow_runtime::event::action;

const FLOW: &str = "a-way-of-two-steps";

fn after_the_password() -> (World, crate::world::Login) {
    let mut w = signs_in_with(FLOW);
    w.user("ada").password("correct horse").claims("ada@x.org").done();
    let mut login = w.login();
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    assert!(matches!(login.page(&w), Page::CheckMail { .. }));
    (w, login)
}

#[test]
fn whoever_leaves_a_way_leaves_what_was_done_on_it() {
    let (mut w, mut login) = after_the_password();
    login.takes(&mut w, "social");
    assert!(login.session().frame().unwrap().user.is_none(), "who signed in on the way doesn't sign in by it");
    login.returns_failed(&mut w, UpstreamFailure::Cancelled);
    assert!(matches!(login.page(&w), Page::Login { .. }), "it begins anew: {:?}", login.page(&w));
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    login.presses_mail(&mut w, "ada@x.org");
    assert!(w.users.contains_key(&login.user()));
}

#[test]
fn one_alternative_is_enough_wherever_it_stands() {
    let (mut w, mut login) = after_the_password();
    let bob = w.user("bob").done();
    let identity = someone("social", "bob");
    w.link(&identity, bob);
    login.comes_as(&mut w, &identity);
    assert_eq!(login.user(), bob, "and nothing of the way that was left counts");
}

#[test]
fn ways_stand_in_the_order_of_the_file_and_are_what_this_person_can_use() {
    let (mut w, login) = after_the_password();
    assert_eq!(login.ways(&w), ["campus", "social", "other"]);
    w.provider("social").enabled = false;
    assert_eq!(login.ways(&w), ["campus", "other"], "what nobody can use isn't offered");
    w.policy.providers.clear();
    assert_eq!(login.ways(&w), Vec::<String>::new());
}

#[test]
fn a_way_of_several_steps_is_offered_where_its_first_one_is() {
    let mut w = World::new();
    w.flow("flow: browser\nexecutions:\n  - username-and-password: { requirement: alternative }\n  - flow: an account with a proved address\n    requirement: alternative\n    executions:\n      - register\n      - verify-address\n  - flow: a new password\n    requirement: alternative\n    executions:\n      - reset-password\n");
    let mut login = w.login();
    assert_eq!(login.ways(&w), ["register", "recover"]);
    w.policy.sends_mail = false;
    assert_eq!(login.ways(&w), ["register"], "without mail nobody gets a new password");
    login.takes(&mut w, "register");
    assert_eq!(login.ways(&w), ["login"]);
}

/// A way whose first step is there for some only: the shop's people may make an account, everybody else gets a new password.
const FOR_SOME: &str = "flow: browser\nexecutions:\n  - username-and-password: { requirement: alternative }\n  - flow: otherwise\n    requirement: alternative\n    executions:\n      - flow: people of the shop\n        when: { client: shop }\n        executions:\n          - register\n      - reset-password\n";

#[test]
fn a_way_that_begins_with_a_condition_is_offered_to_those_for_whom_it_holds() {
    let mut w = World::new();
    w.flow(FOR_SOME);
    let mut login = w.login();
    assert_eq!(login.ways(&w), ["register"]);
    login.takes(&mut w, "register");
    assert!(matches!(login.page(&w), Page::Register { .. }), "{:?}", login.page(&w));

    let mut other = w.login_with(None, |request| request.client = domain::ClientId::parse("bank").unwrap());
    assert_eq!(other.ways(&w), ["recover"], "what isn't there for them is passed by");
    other.takes(&mut w, "recover");
    assert!(matches!(other.page(&w), Page::ForgottenPassword { .. }), "{:?}", other.page(&w));
}

#[test]
fn what_the_conditions_of_a_way_came_to_is_kept() {
    let mut w = World::new();
    w.flow(FOR_SOME);
    for (client, holds) in [("shop", true), ("bank", false)] {
        let mut login = w.login_with(None, |request| request.client = domain::ClientId::parse(client).unwrap());
        let event = login.way(&w, if holds { "register" } else { "recover" });
        let crate::world::Came::Rested(resting) = login.meets(&mut w, &event) else { panic!() };
        let weighed: Vec<_> = resting.decisions.iter().filter_map(|decision| decision.condition.as_ref()?.holds).collect();
        assert_eq!(weighed, [holds], "{client}");
    }
}

/// Whether an account has a password decides here, in a flow that says so of its way.
#[test]
fn a_condition_about_the_existing_account_decides_what_is_offered() {
    for (has_password, offered) in [(true, vec!["password"]), (false, vec![])] {
        let mut w = World::new();
        w.flow("flow: first-broker-login\nexecutions:\n  - flow: create or link\n    executions:\n      - create-user-if-unique: { requirement: alternative }\n      - flow: prove ownership\n        requirement: alternative\n        executions:\n          - flow: ways\n            executions:\n              - verify-by-email: { requirement: alternative }\n              - flow: by password\n                requirement: alternative\n                executions:\n                  - flow: where there is one\n                    when: existing-user.has-password\n                    executions:\n                      - reauthenticate\n");
        let account = w.user("ada").proved("ada@x.org");
        if has_password { account.password("correct horse") } else { account }.done();
        let mut login = w.login();
        login.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
        assert!(matches!(login.page(&w), Page::CheckMail { .. }), "{:?}", login.page(&w));
        assert_eq!(login.ways(&w), offered);
    }
}

/// Whoever is on a way leaves it with what was done there: of nobody it can't be said whether they have a password.
#[test]
fn a_way_whose_condition_can_not_be_answered_is_not_offered() {
    let mut w = World::new();
    w.flow("flow: browser\nexecutions:\n  - flow: with a password\n    requirement: alternative\n    executions:\n      - username-and-password\n      - verify-address\n  - flow: for nobody\n    requirement: alternative\n    executions:\n      - flow: who has one\n        when: user.has-password\n        executions:\n          - register\n      - register\n");
    w.user("ada").password("correct horse").claims("ada@x.org").done();
    let mut login = w.login();
    assert_eq!(login.ways(&w), Vec::<String>::new());
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    assert!(matches!(login.page(&w), Page::CheckMail { .. }));
    assert_eq!(login.ways(&w), Vec::<String>::new());
}
