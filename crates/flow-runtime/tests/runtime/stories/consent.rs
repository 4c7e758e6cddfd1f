//! What a client may learn, and who says so.

use crate::world::{Login, World, someone};
use domain::ClientId;
use flow_runtime::event::action;
use flow_runtime::{DenialCode, Page, Rejected};

fn at_bank(w: &mut World) -> Login {
    w.login_with(None, |request| request.client = ClientId::parse("bank").unwrap())
}

fn asked(w: &mut World) -> Login {
    w.user("ada").password("correct horse").done();
    let mut login = at_bank(w);
    login.sends(w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    assert!(matches!(login.page(w), Page::Consent { .. }));
    login
}

#[test]
fn granted_consent_is_remembered() {
    let mut w = World::new();
    let mut login = asked(&mut w);
    assert!(w.sessions.is_empty(), "nobody is signed in before they agreed");
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(w.granted.len(), 1);
    let mut again = at_bank(&mut w);
    again.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    assert_eq!(again.user(), login.user());
}

#[test]
fn a_new_scope_is_asked_for() {
    let mut w = World::new();
    let mut login = asked(&mut w);
    login.presses(&mut w, action::CONTINUE);
    let cookie = login.finish().signed_in.browser_session.clone();
    let more = w.login_with(Some(cookie), |request| {
        request.client = ClientId::parse("bank").unwrap();
        request.scopes.push("email".into());
    });
    assert!(matches!(more.page(&w), Page::Consent { .. }));
}

#[test]
fn refused_consent_goes_back_to_the_client() {
    let mut w = World::new();
    let mut login = asked(&mut w);
    login.presses(&mut w, action::REFUSE);
    assert_eq!(login.denial(), DenialCode::ConsentRefused);
    assert!(w.granted.is_empty() && w.sessions.is_empty());
}

#[test]
fn prompt_consent_asks_again() {
    let mut w = World::new();
    let mut login = asked(&mut w);
    login.presses(&mut w, action::CONTINUE);
    let cookie = login.finish().signed_in.browser_session.clone();
    let again = w.login_with(Some(cookie), |request| {
        request.client = ClientId::parse("bank").unwrap();
        request.prompt.consent = true;
    });
    assert!(matches!(again.page(&w), Page::Consent { .. }));
}

#[test]
fn without_a_page_missing_consent_is_an_error() {
    let mut w = World::new();
    let id = w.user("ada").password("correct horse").done();
    let mut shop = w.login();
    shop.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    assert_eq!(shop.user(), id);
    let cookie = shop.finish().signed_in.browser_session.clone();
    let silent = w.login_with(Some(cookie), |request| {
        request.client = ClientId::parse("bank").unwrap();
        request.prompt.none = true;
    });
    assert_eq!((silent.denial(), silent.denial().oauth_error()), (DenialCode::ConsentRequired, "consent_required"));
}

#[test]
fn an_account_that_was_closed_meanwhile_gives_no_consent() {
    let mut w = World::new();
    let mut login = asked(&mut w);
    let id = *w.users.keys().next().unwrap();
    w.disable(id);
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.denial(), DenialCode::AccountDisabled);
    assert!(w.granted.is_empty());
}

#[test]
fn an_account_whose_past_died_meanwhile_gives_no_consent() {
    let mut w = World::new();
    let mut login = asked(&mut w);
    let id = *w.users.keys().next().unwrap();
    w.change(id, |user| user.epoch = domain::Epoch(7));
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.denial(), DenialCode::AccountChanged);
}

#[test]
fn a_provider_that_was_disabled_meanwhile_signs_nobody_in() {
    let mut w = World::new();
    let mut login = at_bank(&mut w);
    login.comes_as(&mut w, &someone("campus", "1").vouched("ada@x.org"));
    assert!(matches!(login.page(&w), Page::Consent { .. }));
    w.provider("campus").enabled = false;
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.denial(), DenialCode::ProviderDisabled);
}

#[test]
fn who_starts_again_at_consent_chooses_an_account() {
    let mut w = World::new();
    let mut login = asked(&mut w);
    login.presses(&mut w, action::RESTART);
    assert!(matches!(login.page(&w), Page::Login { .. }));
}

#[test]
fn the_consent_page_of_somebody_else_is_an_old_page() {
    let mut w = World::new();
    w.user("bob").password("bobs own").done();
    let mut login = asked(&mut w);
    let adas = login.form(action::CONTINUE, &[]);
    login.presses(&mut w, action::RESTART);
    login.sends(&mut w, action::CONTINUE, &[("username", "bob"), ("password", "bobs own")]);
    assert!(matches!(login.page(&w), Page::Consent { .. }));
    assert_eq!(login.is_rejected(&mut w, &adas), Rejected::OldPage);
}

#[test]
fn a_new_account_that_refuses_is_still_an_account() {
    let mut w = World::new();
    let ada = someone("campus", "1").vouched("ada@x.org");
    let mut login = at_bank(&mut w);
    login.comes_as(&mut w, &ada);
    login.presses(&mut w, action::REFUSE);
    let owner = w.owner_of(&ada).unwrap();
    let mut again = w.login();
    again.comes_as(&mut w, &ada);
    assert_eq!(again.user(), owner);
}

#[test]
fn ph_25_an_identity_that_is_taken_off_while_its_person_agrees_signs_nobody_in() {
    let mut w = World::new();
    let ada = w.user("ada").password("correct horse").done();
    let campus = someone("campus", "1");
    w.link(&campus, ada);
    let mut login = at_bank(&mut w);
    login.comes_as(&mut w, &campus);
    assert!(matches!(login.page(&w), Page::Consent { .. }));
    w.identities.clear();
    w.change(ada, |_| {});
    login.presses(&mut w, action::CONTINUE);
    assert!(matches!(login.page(&w), Page::Login { .. }), "they sign in anew");
    assert!(w.sessions.is_empty() && w.granted.is_empty());
}
