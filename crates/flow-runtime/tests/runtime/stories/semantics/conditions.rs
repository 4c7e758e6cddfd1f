//! Conditions: when they are decided, and that it stays.

use super::first_logins_with;
use crate::world::{Login, World, someone};
use flow_runtime::event::action;
use flow_runtime::{DenialCode, Page};

fn comes(w: &mut World) -> Login {
    let mut login = w.login();
    login.comes_as(w, &someone("campus", "1").vouched("ada@campus.example"));
    login
}

#[test]
fn a_sub_flow_that_was_entered_stays_entered() {
    let mut w = first_logins_with("the-password-where-there-is-one");
    let ada = w.user("ada").password("correct horse").proved("ada@campus.example").done();
    let mut login = comes(&mut w);
    assert!(matches!(login.page(&w), Page::Reauthenticate { .. }));
    w.change(ada, |user| user.has_password = false);
    login.sends(&mut w, action::CONTINUE, &[("password", "a guess")]);
    assert!(!matches!(login.session().rest, flow_runtime::Rest::Finished { .. }), "{:?}", login.session().rest);
    assert!(w.identities.is_empty(), "the step isn't skipped because its condition doesn't hold any more");
}

#[test]
fn a_sub_flow_whose_condition_does_not_hold_is_not_there() {
    let mut w = first_logins_with("the-password-where-there-is-one");
    let ada = w.user("ada").proved("ada@campus.example").done();
    assert_eq!(comes(&mut w).user(), ada);
}

/// On a way that begins anew its conditions are decided anew: what didn't hold for one person may hold for the next.
#[test]
fn nobody_gets_past_a_condition_that_did_not_hold_for_somebody_else() {
    let mut w = World::new();
    w.flow("flow: browser\nexecutions:\n  - flow: with a password\n    requirement: alternative\n    executions:\n      - username-and-password\n      - flow: a proved address is enough for those who have one\n        when: { not: user.address-proved }\n        executions:\n          - verify-address\n      - terms: { version: '1', document: Be kind. }\n  - provider: { requirement: alternative }\n");
    w.user("ada").password("correct horse").proved("ada@x.org").done();
    w.user("bob").password("battery staple").claims("bob@x.org").done();
    let mut login = w.login();
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    assert!(matches!(login.page(&w), Page::Terms { .. }), "nothing is left to prove for her");
    login.takes(&mut w, "social");
    login.returns_failed(&mut w, domain::UpstreamFailure::Cancelled);
    login.sends(&mut w, action::CONTINUE, &[("username", "bob"), ("password", "battery staple")]);
    assert!(matches!(login.page(&w), Page::CheckMail { .. }), "{:?}", login.page(&w));
}

#[test]
fn a_condition_that_can_not_be_answered_ends_the_login() {
    let mut w = World::new();
    w.flow("flow: perhaps\nexecutions:\n  - flow: perhaps there is one\n    executions:\n      - detect-existing-user: { requirement: alternative }\n      - review-profile: { requirement: alternative, update: off }\n  - flow: the password\n    when: { not: existing-user.has-password }\n    executions:\n      - create-user-if-unique\n");
    w.campus_uses("perhaps");
    assert_eq!(comes(&mut w).denial(), DenialCode::Undecided, "there is nobody who could have a password, or not");
}
