//! The flow engine.

use super::{links, unreviewed, with_flow};
use crate::world::{World, someone};
use flow_runtime::event::action;
use flow_runtime::{DenialCode, Page, Rejected, reader};

const ADA: &str = "ada@x.org";

/// A flow that asks for the password only where there is one, in a required sub-flow of its own.
fn nested(on_empty: &str) -> World {
    with_flow(&format!(
        "flow: edited\nexecutions:\n  - detect-existing-user\n  - flow: outer\n    requirement: required\n{on_empty}    executions:\n      - flow: inner\n        when: existing-user.has-password\n        executions:\n          - reauthenticate\n  - auto-set-existing-user\n"
    ))
}

fn comes(w: &mut World) -> crate::world::Login {
    let mut login = w.login();
    login.comes_as(w, &someone("campus", "1").vouched("ada@campus.example"));
    login
}

/// Keycloak ignores a condition outside a conditional sub-flow. Here a condition is a key of a sub-flow, and can't stand elsewhere.
#[test]
fn t235_a_condition_stands_on_a_sub_flow_and_nowhere_else() {
    let wrong = "flow: edited\nexecutions:\n  - username-and-password: { when: existing-user.has-password }\n";
    let problems = reader::read(wrong, "wrong.yaml").unwrap_err();
    assert!(problems.iter().any(|problem| problem.message.contains("`when`")), "{problems:?}");
}

#[test]
fn t238_a_silent_alternative_carries_its_required_sub_flow() {
    let mut w = with_flow(
        "flow: edited\nexecutions:\n  - flow: silent\n    requirement: required\n    executions:\n      - create-user-if-unique: { requirement: alternative }\n",
    );
    let login = comes(&mut w);
    assert_eq!(w.users.keys().next(), Some(&login.user()));
}

/// Keycloak loads such a flow and ignores the alternative. Here it doesn't load, and nobody is taken to what isn't offered.
#[test]
fn t239_an_alternative_beside_something_required_is_refused() {
    let mixed = "flow: mixed\nexecutions:\n  - username-and-password\n  - register: { requirement: alternative }\n";
    let problems = reader::read(mixed, "mixed.yaml").unwrap_err();
    assert!(problems.iter().any(|problem| problem.message.contains("would never run")), "{problems:?}");
    let mut w = World::new();
    let mut login = w.login();
    for id in ["0", "1", "99"] {
        let event = login.form(action::WAY, &[("way", id)]);
        assert_eq!(login.is_rejected(&mut w, &event), Rejected::UnknownAction, "{id}");
    }
}

#[test]
fn t241_a_required_sub_flow_whose_only_condition_does_not_hold_fails() {
    for (on_empty, passes) in [("", false), ("    on-empty: succeed\n", true)] {
        let mut w = nested(on_empty);
        let ada = w.user("ada").proved("ada@campus.example").done();
        let login = comes(&mut w);
        assert_eq!(links(&w, ada), usize::from(passes));
        if !passes {
            assert_eq!(login.denial(), DenialCode::NoWayLeft);
        }
    }
}

#[test]
fn t242_a_condition_that_holds_makes_its_sub_flow_required() {
    let mut w = nested("");
    let ada = w.user("ada").password("correct horse").proved("ada@campus.example").done();
    let mut login = comes(&mut w);
    assert!(matches!(login.page(&w), Page::Reauthenticate { .. }));
    login.sends(&mut w, action::CONTINUE, &[("password", "wrong")]);
    assert_eq!(links(&w, ada), 0);
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!((login.user(), links(&w, ada)), (ada, 1));
}

/// The first alternative needs a provider that the account isn't linked to.
#[test]
fn t245_and_t253_an_alternative_that_this_person_lacks_is_passed_over() {
    let mut w = with_flow(
        "flow: edited\nexecutions:\n  - detect-existing-user\n  - flow: prove\n    requirement: required\n    executions:\n      - reauthenticate: { requirement: alternative, by: linked-provider }\n      - flow: by password\n        requirement: alternative\n        executions:\n          - reauthenticate\n",
    );
    w.user("ada").password("correct horse").proved("ada@campus.example").done();
    let login = comes(&mut w);
    assert!(matches!(login.page(&w), Page::Reauthenticate { .. }));
    assert_eq!(login.ways(&w), Vec::<String>::new(), "there is nothing to choose");
}

/// One sentence for a wrong name and a wrong password, because the name is nobody's business.
#[test]
fn t248_a_wrong_name_and_a_wrong_password_are_told_alike() {
    let mut w = World::new();
    w.user("ada").password("correct horse").done();
    let said = ["ada", "nobody"].map(|name| {
        let mut login = w.login();
        login.sends(&mut w, action::CONTINUE, &[("username", name), ("password", "wrong")]);
        match login.page(&w) {
            Page::Login { problems, .. } => problems,
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(said[0], said[1]);
}

#[test]
fn t250_what_can_be_chosen_is_what_this_person_has() {
    for (password, ways) in [(true, vec!["password"]), (false, vec![])] {
        let mut w = unreviewed();
        let account = w.user("ada").proved(ADA);
        if password {
            account.password("correct horse").done()
        } else {
            account.done()
        };
        let mut login = w.login();
        login.comes_as(&mut w, &someone("social", "1").vouched(ADA));
        login.presses(&mut w, action::CONTINUE);
        assert!(matches!(login.page(&w), Page::CheckMail { .. }), "the mail stands first in the flow");
        assert_eq!(login.ways(&w), ways);
    }
}

#[test]
fn t254_the_name_that_was_tried_is_kept_until_the_login_begins_anew() {
    let mut w = World::new();
    w.user("ada").password("correct horse").proved(ADA).done();
    for name in ["ada", ADA] {
        let mut login = w.login();
        login.sends(&mut w, action::CONTINUE, &[("username", name), ("password", "wrong")]);
        assert!(matches!(login.page(&w), Page::Login { username, .. } if username == name));
        login.presses(&mut w, action::RESTART);
        assert!(matches!(login.page(&w), Page::Login { username, .. } if username.is_empty()));
    }
}
