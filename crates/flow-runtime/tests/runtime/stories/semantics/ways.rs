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
