//! The profile page: when it is shown, and what it keeps.

use super::in_every_first_login_flow;
use crate::world::{Login, World, someone};
use domain::Provenance;
use flow_runtime::Page;
use flow_runtime::event::action;
use flow_runtime::page::{Field, FieldName, Problem};

fn with_update(update: &str) -> World {
    let mut w = World::new();
    w.flow(&format!(
        "flow: reviewed\nexecutions:\n  - review-profile: {{ requirement: required, update: {update} }}\n  - flow: rest\n    requirement: required\n    executions:\n      - create-user-if-unique: {{ requirement: alternative }}\n      - flow: link\n        requirement: alternative\n        executions:\n          - confirm-link: {{ requirement: required }}\n          - reauthenticate: {{ requirement: required }}\n"
    ));
    w.campus_uses("reviewed");
    w
}

fn fields(w: &World, login: &Login) -> Vec<Field> {
    match login.page(w) {
        Page::ReviewProfile { fields, .. } => fields,
        other => panic!("{other:?}"),
    }
}

fn value(w: &World, login: &Login, name: FieldName) -> (String, bool) {
    let field = fields(w, login).into_iter().find(|field| field.name == name).unwrap();
    (field.value, field.from_provider)
}

#[test]
fn it_is_shown_always_or_if_something_is_missing_or_never() {
    for (update, complete, incomplete) in [("on", true, true), ("missing", false, true), ("off", false, false)] {
        for (person, shown) in
            [(someone("campus", "1").vouched("ada@x.org"), complete), (someone("campus", "1").called("ada"), incomplete)]
        {
            let mut w = with_update(update);
            let mut login = w.login();
            login.comes_as(&mut w, &person);
            assert_eq!(matches!(login.page(&w), Page::ReviewProfile { .. }), shown, "{update}");
        }
    }
}

#[test]
fn it_shows_what_the_provider_sent_and_says_so() {
    let mut w = with_update("on");
    let mut ada = someone("campus", "1").vouched("ada@x.org").called("Ada");
    ada.0.given_name = Some("Augusta".into());
    let mut login = w.login();
    login.comes_as(&mut w, &ada);
    assert_eq!(value(&w, &login, FieldName::Email), ("ada@x.org".into(), true));
    assert_eq!(value(&w, &login, FieldName::GivenName), ("Augusta".into(), true));
    assert_eq!(value(&w, &login, FieldName::FamilyName), (String::new(), false));
}

#[test]
fn wrong_input_is_named_and_kept() {
    in_every_first_login_flow(|w| {
        let mut login = w.login();
        login.comes_as(w, &someone("campus", "1"));
        let typed = [("email", "not an address"), ("username", "b@d"), ("given_name", "Augusta")];
        login.sends(w, action::CONTINUE, &typed);
        let Page::ReviewProfile { problems, .. } = login.page(w) else { panic!() };
        assert_eq!(problems, [(FieldName::Email, Problem::NotAnAddress), (FieldName::Username, Problem::NotAUsername)]);
        for (name, expected) in
            [(FieldName::Email, "not an address"), (FieldName::Username, "b@d"), (FieldName::GivenName, "Augusta")]
        {
            assert_eq!(value(w, &login, name), (expected.into(), false));
        }
        login.sends(w, action::CONTINUE, &[("email", "ada@x.org"), ("username", ""), ("given_name", "Augusta")]);
        let user = &w.users[&login.user()];
        assert_eq!((user.username.as_ref(), user.given_name.as_deref()), (None, Some("Augusta")));
    });
}

#[test]
fn an_emptied_field_stays_empty() {
    let mut w = with_update("on");
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").vouched("ada@x.org").called("ada"));
    login.sends(&mut w, action::CONTINUE, &[("email", ""), ("username", "")]);
    let Page::ReviewProfile { problems, .. } = login.page(&w) else { panic!() };
    assert_eq!(problems, [(FieldName::Email, Problem::Missing)]);
    assert_eq!(value(&w, &login, FieldName::Username), (String::new(), false));
}

#[test]
fn the_providers_own_address_stays_the_providers() {
    let mut w = with_update("on");
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").vouched("Ada@campus.example"));
    login.sends(&mut w, action::CONTINUE, &[("email", "ADA@campus.example")]);
    let email = w.users[&login.user()].email.clone().unwrap();
    assert_eq!(email.address.as_str(), "Ada@campus.example");
    assert!(matches!(email.provenance, Provenance::Provider { vouched: true, .. }));
    assert!(email.is_proved());
}

#[test]
fn who_corrects_the_profile_is_looked_up_again() {
    in_every_first_login_flow(|w| {
        w.user("ada").password("correct horse").proved("ada@x.org").done();
        let person = someone("social", "1").vouched("ada@x.org");
        let mut login = w.login();
        login.comes_as(w, &person);
        assert!(matches!(login.page(w), Page::AccountExists { can_review: true, .. }));
        login.presses(w, action::REVIEW);
        assert_eq!(value(w, &login, FieldName::Email), ("ada@x.org".into(), true));
        login.sends(w, action::CONTINUE, &[("email", "ada@x.org")]);
        assert!(matches!(login.page(w), Page::AccountExists { .. }));
        login.presses(w, action::REVIEW);
        login.sends(w, action::CONTINUE, &[("email", "other@x.org")]);
        assert_eq!(w.owner_of(&person), Some(login.user()));
        assert_eq!(w.users.len(), 2);
    });
}

#[test]
fn where_the_flow_has_no_profile_page_there_is_no_such_button() {
    let mut w = World::new();
    w.flow(
        "flow: bare\nexecutions:\n  - detect-existing-user: { requirement: required }\n  - confirm-link: { requirement: required }\n  - reauthenticate: { requirement: required }\n",
    );
    w.campus_uses("bare");
    w.user("ada").password("correct horse").proved("ada@x.org").done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").vouched("ada@x.org"));
    assert!(matches!(login.page(&w), Page::AccountExists { can_review: false, .. }));
    let event = login.form(action::REVIEW, &[]);
    login.is_rejected(&mut w, &event);
}
