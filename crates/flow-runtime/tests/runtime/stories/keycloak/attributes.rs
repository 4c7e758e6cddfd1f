//! What a profile must have. Keycloak says it in a schema of the realm; here a flow asks for it, where and for whom it is needed.

use super::with_flow;
use crate::world::{Login, World, flow_name, someone};
use flow_runtime::event::action;
use flow_runtime::page::{FieldName, Problem};
use flow_runtime::{Page, Rest};

const ADA: &str = "ada@x.org";

/// Whoever comes through a provider on the way to an application that asks for this scope must have a given name.
fn needed_for(scope: &str) -> World {
    let mut w = with_flow("flow: edited\nexecutions:\n  - create-user-if-unique\n");
    w.flow(&format!(
        "flow: after\non-empty: succeed\nexecutions:\n  - flow: needed for the scope\n    when: {{ scope: {scope} }}\n    executions:\n      - complete-profile: {{ ask: [given-name] }}\n"
    ));
    w.provider("social").post_login_flow = Some(flow_name("after"));
    w
}

fn comes(w: &mut World) -> Login {
    let mut login = w.login_with(None, |request| request.scopes = vec!["openid".into(), "profile".into()]);
    login.comes_as(w, &someone("social", "1").vouched(ADA));
    login
}

#[test]
fn t049_and_t050_what_a_scope_needs_is_asked_for_where_that_scope_is_asked_for() {
    for (scope, asked) in [("phone", false), ("profile", true)] {
        let mut w = needed_for(scope);
        let login = comes(&mut w);
        assert_eq!(matches!(login.page(&w), Page::CompleteProfile { .. }), asked, "{scope}");
        assert_eq!(matches!(login.session().rest, Rest::Finished { .. }), !asked, "{scope}");
    }
}

#[test]
fn t052_what_is_needed_must_be_filled_in() {
    let mut w = needed_for("profile");
    let mut login = comes(&mut w);
    login.sends(&mut w, action::CONTINUE, &[("given_name", "  ")]);
    let Page::CompleteProfile { problems, .. } = login.page(&w) else { panic!("{:?}", login.page(&w)) };
    assert_eq!(problems, [(FieldName::GivenName, Problem::Missing)]);
    login.sends(&mut w, action::CONTINUE, &[("given_name", "Augusta")]);
    assert_eq!(w.users[&login.user()].given_name.as_deref(), Some("Augusta"));
}

#[test]
fn t053_what_is_not_needed_may_be_left_out_or_given() {
    for name in ["", "Augusta"] {
        let mut w = with_flow("flow: edited\nexecutions:\n  - review-profile: { update: on }\n  - create-user-if-unique\n");
        let mut login = comes(&mut w);
        login.sends(&mut w, action::CONTINUE, &[("email", ADA), ("given_name", name)]);
        assert_eq!(w.users[&login.user()].given_name.as_deref(), Some(name).filter(|name| !name.is_empty()));
    }
}
