//! The review page, and what becomes of names.

use super::{keycloak, links, unreviewed};
use crate::world::{Came, World, someone};
use domain::Username;
use flow_runtime::event::action;
use flow_runtime::page::{FieldName, Problem};
use flow_runtime::{Page, Rest};

const ADA: &str = "ada@x.org";

fn reviewed() -> World {
    keycloak("{ requirement: required, update: on }")
}

/// A username finds nobody: anybody could type it. Whoever wants it is told that it is somebody's, and chooses another one or none.
#[test]
fn t001_somebody_elses_username_at_the_review_finds_no_account() {
    for (next, kept) in [("ada", Username::parse("ada").ok()), ("", None)] {
        let mut w = reviewed();
        let consumer = w.user("consumer").password("consumers own").proved("consumer@x.org").done();
        let mut login = w.login();
        login.comes_as(&mut w, &someone("social", "1").vouched(ADA));
        for _ in 0..2 {
            login.sends(&mut w, action::CONTINUE, &[("email", ADA), ("username", "consumer"), ("given_name", "Augusta")]);
            let Page::ReviewProfile { problems, fields, .. } = login.page(&w) else { panic!("{:?}", login.page(&w)) };
            assert_eq!(problems, [(FieldName::Username, Problem::UsernameTaken)]);
            let typed = |name| fields.iter().find(|field| field.name == name).unwrap().value.clone();
            assert_eq!((typed(FieldName::Username), typed(FieldName::GivenName)), ("consumer".into(), "Augusta".into()));
        }
        login.sends(&mut w, action::CONTINUE, &[("email", ADA), ("username", next)]);
        assert_ne!(login.user(), consumer);
        assert_eq!((w.users[&login.user()].username.clone(), links(&w, consumer)), (kept, 0));
    }
}

/// Whether a name is free matters where an account is made with it. Who has one already is led there, also by their own name.
#[test]
fn whoever_has_an_account_is_not_asked_for_another_username() {
    let mut w = reviewed();
    w.user("ada").password("correct horse").proved(ADA).done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched(ADA).called("ada"));
    login.sends(&mut w, action::CONTINUE, &[("email", ADA), ("username", "ada")]);
    assert!(matches!(login.page(&w), Page::AccountExists { .. }), "{:?}", login.page(&w));
}

/// Nobody is sent back because of a name that only the provider chose. The account has none, and the record says why.
#[test]
fn a_taken_username_that_nobody_saw_is_left_out_and_recorded() {
    for update in ["off", "missing"] {
        let mut w = keycloak(&format!("{{ requirement: required, update: {update} }}"));
        w.user("consumer").proved("consumer@x.org").done();
        let mut login = w.login();
        login.takes(&mut w, "social");
        let back = login.return_with(&mut w, Ok(Box::new(someone("social", "1").vouched(ADA).called("consumer").0)));
        let Came::Rested(resting) = login.meets(&mut w, &back) else { panic!() };
        assert_eq!(w.users[&login.user()].username, None);
        let reasons = resting.decisions.iter().find_map(|decision| decision.reasons.clone()).unwrap();
        assert!(reasons.lines().iter().any(|line| line.contains("username")), "{:?}", reasons.lines());
    }
}

#[test]
fn a_username_that_is_taken_at_the_last_moment_is_told_too() {
    let mut w = reviewed();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched(ADA));
    let form = login.form(action::CONTINUE, &[("email", ADA), ("username", "countess")]);
    login.meets_while(&mut w, &form, &mut |w| {
        if w.users.is_empty() {
            w.user("countess").done();
        }
    });
    let Page::ReviewProfile { problems, .. } = login.page(&w) else { panic!("{:?}", login.page(&w)) };
    assert_eq!(problems, [(FieldName::Username, Problem::UsernameTaken)]);
}

/// The account only claims the address: its reader gets an account of their own, with the name that they chose if it is free.
#[test]
fn whoever_takes_an_address_by_its_mailbox_keeps_the_username_that_they_chose() {
    for (name, kept) in [("countess", true), ("squatter", false)] {
        let mut w = reviewed();
        w.user("squatter").password("squatters own").claims(ADA).done();
        let mut login = w.login();
        login.comes_as(&mut w, &someone("social", "1").vouched(ADA));
        login.sends(&mut w, action::CONTINUE, &[("email", ADA), ("username", name)]);
        login.presses(&mut w, action::CONTINUE);
        login.presses_mail(&mut w, ADA);
        assert_eq!(w.users[&login.user()].username, Username::parse(name).ok().filter(|_| kept), "{name}");
    }
}

/// Nobody needs a username here: an address that was proved signs in as well.
#[test]
fn t017_an_account_without_a_username_is_found_by_its_address() {
    let mut w = reviewed();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched(ADA));
    login.sends(&mut w, action::CONTINUE, &[("email", ADA), ("username", "")]);
    assert_eq!((w.users.len(), w.users[&login.user()].username.as_ref()), (1, None));
    assert_eq!(w.holders_of(ADA), [login.user()]);
}

/// An address is what an account needs; what somebody types is stored. Names are never demanded.
#[test]
fn t032_what_is_missing_is_asked_for_and_stored() {
    for (named, shown) in [(true, false), (false, true)] {
        let mut w = keycloak("{ requirement: required, update: missing }");
        let person = someone("social", "1").called("ada");
        let person = if named { person.vouched(ADA) } else { person };
        let mut login = w.login();
        login.comes_as(&mut w, &person);
        assert_eq!(matches!(login.page(&w), Page::ReviewProfile { .. }), shown);
        if shown {
            let typed = [("email", ADA), ("username", "ada"), ("given_name", "Augusta"), ("family_name", "King")];
            login.sends(&mut w, action::CONTINUE, &typed);
            let user = &w.users[&login.user()];
            let names = (user.given_name.as_deref(), user.family_name.as_deref());
            assert_eq!((names, user.email.as_ref().unwrap().address.as_str()), ((Some("Augusta"), Some("King")), ADA));
        }
    }
}

#[test]
fn t034_without_a_review_the_account_has_what_the_provider_said() {
    let mut w = unreviewed();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched(ADA));
    let user = &w.users[&login.user()];
    assert_eq!((&user.given_name, &user.family_name), (&None, &None));
    assert_eq!(user.email.as_ref().unwrap().address.as_str(), ADA);
}

#[test]
fn t044_a_username_can_be_chosen_at_the_review() {
    let mut w = reviewed();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched(ADA));
    login.sends(&mut w, action::CONTINUE, &[("email", ADA), ("username", "not a name")]);
    let Page::ReviewProfile { problems, .. } = login.page(&w) else { panic!() };
    assert_eq!(problems, [(FieldName::Username, Problem::NotAUsername)]);
    login.sends(&mut w, action::CONTINUE, &[("email", ADA), ("username", "countess")]);
    assert_eq!(w.users[&login.user()].username, Username::parse("countess").ok());
}

/// There is no switch for it: the account's name is in small letters, and the identity keeps what the provider said.
#[test]
fn t055_the_identity_keeps_the_providers_capitals() {
    let mut w = unreviewed();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").called("camelCase"));
    assert_eq!(w.users[&login.user()].username, Username::parse("camelcase").ok());
    assert_eq!(w.identities.values().next().unwrap().label, "camelCase");
}

/// A name that doesn't fit is left out; nobody is sent in circles because of it.
#[test]
fn t064_a_username_may_have_64_characters() {
    for (length, kept) in [(64, true), (65, false), (255, false), (10_000, false)] {
        let mut w = unreviewed();
        let mut login = w.login();
        login.comes_as(&mut w, &someone("social", "1").vouched(ADA).called(&"a".repeat(length)));
        assert!(matches!(login.session().rest, Rest::Finished { .. }), "{length}");
        assert_eq!(w.users[&login.user()].username.is_some(), kept, "{length}");
    }
}

/// A username has no “@”, so none is ever somebody's address; and a name that looks like an address is no address.
#[test]
fn t067_names_and_addresses_never_shadow_each_other() {
    let mut w = unreviewed();
    assert!(Username::parse(ADA).is_err());
    let ada = w.user("ada").password("correct horse").proved(ADA).done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched("mallory@evil.org").called(ADA));
    let user = &w.users[&login.user()];
    assert_eq!((user.username.as_ref(), links(&w, ada)), (None, 0));
    assert_eq!(w.holders_of(ADA), [ada], "whoever signs in with the address is still its owner");
}
