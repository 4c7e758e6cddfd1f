//! Linking with the account's own password.

use super::{forgot, keycloak, links, unreviewed, with_flow};
use crate::world::{Login, World, someone};
use domain::ProofKind;
use flow_runtime::event::action;
use flow_runtime::page::{FieldName, Problem};
use flow_runtime::{DenialCode, Page};

const ADA: &str = "ada@x.org";

/// Ada's account has the address that her provider sends, and the page asks for its password.
fn at_the_password(w: &mut World) -> (Login, domain::UserId) {
    w.policy.sends_mail = false;
    let ada = w.user("ada").password("correct horse").proved(ADA).done();
    let mut login = w.login();
    login.comes_as(w, &someone("social", "1").vouched(ADA));
    login.presses(w, action::CONTINUE);
    assert!(matches!(login.page(w), Page::Reauthenticate { .. }));
    (login, ada)
}

#[test]
fn t002_without_a_review_the_confirmation_comes_at_once() {
    let mut w = unreviewed();
    w.user("ada").password("correct horse").proved(ADA).done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched(ADA));
    assert!(matches!(login.page(&w), Page::AccountExists { provider, reveals: true, .. } if provider == "SOCIAL"));
}

#[test]
fn t004_the_password_page_names_the_provider_and_offers_neither_it_nor_an_account() {
    let mut w = unreviewed();
    let (mut login, ada) = at_the_password(&mut w);
    assert!(matches!(login.page(&w), Page::Reauthenticate { provider, .. } if provider == "SOCIAL"));
    assert_eq!(login.ways(&w), Vec::<String>::new());
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!((login.user(), links(&w, ada)), (ada, 1));
}

/// Keycloak lets the person type another name, and the identity goes to whoever signs in. Here the page is about one account.
#[test]
fn t005_the_password_of_another_account_links_nothing() {
    let mut w = unreviewed();
    let foobar = w.user("foobar").password("foobars own").done();
    let (mut login, ada) = at_the_password(&mut w);
    login.sends(&mut w, action::CONTINUE, &[("username", "foobar"), ("password", "foobars own")]);
    assert!(matches!(login.page(&w), Page::Reauthenticate { .. }));
    assert_eq!((links(&w, ada), links(&w, foobar)), (0, 0));
}

#[test]
fn t007_a_wrong_password_opens_no_other_way() {
    let mut w = unreviewed();
    let (mut login, ada) = at_the_password(&mut w);
    login.sends(&mut w, action::CONTINUE, &[("password", "wrong")]);
    let Page::Reauthenticate { problems, .. } = login.page(&w) else { panic!() };
    assert_eq!(problems, [(FieldName::Password, Problem::WrongCredentials)]);
    assert_eq!((login.ways(&w), links(&w, ada)), (Vec::new(), 0));
}

/// Keycloak leads to a new password from here. Here the mailbox proves the account itself, and the password stays as it is.
#[test]
fn t008_and_t011_who_forgot_the_password_proves_the_account_by_mail() {
    let mut w = unreviewed();
    let ada = w.user("ada").password("forgotten").proved(ADA).done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched(ADA));
    login.presses(&mut w, action::CONTINUE);
    login.takes(&mut w, "password");
    assert!(login.ways(&w).contains(&"mail".to_owned()));
    login.takes(&mut w, "mail");
    login.presses_mail(&mut w, ADA);
    assert_eq!((login.user(), links(&w, ada), w.passwords[&ada].as_str()), (ada, 1, "forgotten"));
}

/// Keycloak has the person begin anew. Here the page that waits takes the new password.
#[test]
fn t013_a_password_that_was_set_in_another_browser_links_in_the_one_that_waits() {
    let mut w = unreviewed();
    let ada = w.user("ada").password("forgotten").proved(ADA).done();
    let mut waiting = w.login();
    waiting.comes_as(&mut w, &someone("social", "1").vouched(ADA));
    waiting.presses(&mut w, action::CONTINUE);
    waiting.takes(&mut w, "password");
    let mut elsewhere = forgot(&mut w, "ada");
    elsewhere.presses_mail(&mut w, ADA);
    elsewhere.sends(&mut w, action::CONTINUE, &[("password", "a brand new one")]);
    assert_eq!(links(&w, ada), 0, "a new password links nothing by itself");
    waiting.sends(&mut w, action::CONTINUE, &[("password", "forgotten")]);
    assert_eq!(links(&w, ada), 0);
    waiting.sends(&mut w, action::CONTINUE, &[("password", "a brand new one")]);
    assert_eq!((waiting.user(), links(&w, ada)), (ada, 1));
}

#[test]
fn t019_an_address_that_was_changed_at_the_review_gets_no_mail() {
    let mut w = keycloak("{ requirement: required, update: on }");
    let ada = w.user("ada").password("correct horse").proved(ADA).done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched("other@x.org"));
    login.sends(&mut w, action::CONTINUE, &[("email", ADA)]);
    login.presses(&mut w, action::CONTINUE);
    assert!(matches!(login.page(&w), Page::Reauthenticate { .. }));
    assert_eq!((login.ways(&w), w.outbox.len()), (Vec::new(), 0));
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!((login.user(), links(&w, ada)), (ada, 1));
}

#[test]
fn t020_where_the_review_is_disabled_its_button_is_gone() {
    let mut w = keycloak("{ requirement: disabled }");
    w.policy.sends_mail = false;
    let ada = w.user("ada").password("correct horse").proved(ADA).done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched(ADA));
    assert!(matches!(login.page(&w), Page::AccountExists { can_review: false, .. }));
    let event = login.form(action::REVIEW, &[]);
    login.is_rejected(&mut w, &event);
    login.presses(&mut w, action::CONTINUE);
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!((login.user(), links(&w, ada)), (ada, 1));
}

#[test]
fn t058_the_page_asks_for_nothing_but_the_password_of_the_account_that_was_found() {
    let mut w = unreviewed();
    let (mut login, ada) = at_the_password(&mut w);
    login.sends(&mut w, action::CONTINUE, &[("password", "wrong")]);
    assert!(matches!(login.page(&w), Page::Reauthenticate { .. }));
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!((login.user(), links(&w, ada)), (ada, 1));
    assert_eq!(w.identities.values().next().unwrap().proof.kind, ProofKind::Password);
}

/// Keycloak's automatic link asks for nothing. Here it takes a provider that is trusted with an address that the account proved.
#[test]
fn t035_an_automatic_link_takes_a_trusted_word() {
    let flow = "flow: edited\nexecutions:\n  - create-user-if-unique: { requirement: alternative }\n  - auto-set-existing-user: { requirement: alternative }\n";
    for (email, linked) in [("ada@campus.example", true), (ADA, false)] {
        let mut w = with_flow(flow);
        let ada = w.user("ada").proved(email).done();
        let mut login = w.login();
        login.comes_as(&mut w, &someone("campus", "1").vouched(email));
        assert_eq!(links(&w, ada), usize::from(linked));
        if linked {
            assert_eq!(login.user(), ada);
        } else {
            assert_eq!(login.denial(), DenialCode::NoWayLeft);
        }
    }
}

#[test]
fn t056_where_accounts_are_only_detected_a_stranger_is_told_that_there_is_none() {
    let mut w = with_flow(
        "flow: edited\nexecutions:\n  - detect-existing-user: { requirement: required }\n  - auto-set-existing-user: { requirement: required }\n",
    );
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").vouched("nobody@campus.example"));
    assert_eq!((login.denial(), w.users.len()), (DenialCode::NoAccount, 0));
}
