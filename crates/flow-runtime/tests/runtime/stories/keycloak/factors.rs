//! Second factors.

use super::{links, unreviewed};
use crate::stories::after_login::with_steps;
use crate::world::{Login, World, someone};
use domain::{ProofKind, RoleName, UserId};
use flow_runtime::event::action;
use flow_runtime::{Page, Rejected};

const ADA: &str = "ada@x.org";

/// Ada has a password and an authenticator application.
fn ada(w: &mut World) -> UserId {
    let ada = w.user("ada").password("correct horse").proved(ADA).done();
    w.has_application(ada);
    ada
}

fn types_a_code(w: &mut World, login: &mut Login, whose: UserId) {
    assert!(matches!(login.page(w), Page::OneTimeCode { .. }), "{:?}", login.page(w));
    let code = w.next_one_time_code(whose).unwrap();
    login.sends(w, action::CONTINUE, &[("code", &code)]);
}

#[test]
fn t059_linking_takes_the_password_and_then_a_code() {
    let mut w = unreviewed();
    w.policy.sends_mail = false;
    let ada = ada(&mut w);
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched(ADA));
    login.presses(&mut w, action::CONTINUE);
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!(links(&w, ada), 0, "not before both were shown");
    types_a_code(&mut w, &mut login, ada);
    assert_eq!((login.user(), links(&w, ada)), (ada, 1));
}

/// In Keycloak a code alone may stand for the account. Here it adds to what was shown before, so nobody is offered it instead.
#[test]
fn t061_and_t062_a_code_instead_of_the_password_proves_nothing() {
    let mut w = super::with_flow(
        "flow: edited\nwaivers:\n  - { property: P3, at: either / reauthenticate, for: edited, reason: as in Keycloak }\nexecutions:\n  - detect-existing-user\n  - flow: either\n    executions:\n      - reauthenticate: { requirement: alternative }\n      - one-time-code: { requirement: alternative }\n",
    );
    let ada = ada(&mut w);
    let person = someone("social", "1").vouched(ADA);
    let mut login = w.login();
    login.comes_as(&mut w, &person);
    assert_eq!(login.ways(&w), Vec::<String>::new(), "there is no way by a code");
    let code = w.next_one_time_code(ada).unwrap();
    let forged = login.form(action::WAY, &[("way", "4"), ("code", &code)]);
    assert_eq!(login.is_rejected(&mut w, &forged), Rejected::UnknownAction);
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!(w.identities[&person.0.key].proof.kind, ProofKind::Password);
}

#[test]
fn t236_a_code_is_asked_of_those_who_have_the_role() {
    for is_admin in [true, false] {
        let mut w = with_steps(
            "  - flow: administrators\n    when: { user.role: admin }\n    executions:\n      - one-time-code\nwaivers:\n  \
             - { property: P3, at: stepwise, for: stepwise, reason: only administrators must }\n",
        );
        let ada = ada(&mut w);
        if is_admin {
            w.change(ada, |user| _ = user.roles.insert(RoleName::parse("admin").unwrap()));
        }
        let mut login = w.login();
        login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
        if is_admin {
            types_a_code(&mut w, &mut login, ada);
        }
        assert_eq!(login.user(), ada);
    }
}
