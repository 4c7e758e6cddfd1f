//! What the client may ask for: prompts, ages, hints.

use crate::world::{Login, World, someone};
use domain::{AuthorizeRequest, Digest};
use flow_runtime::event::action;
use flow_runtime::page::{FieldName, Message};
use flow_runtime::{DenialCode, Page, Rest};

fn signed_in(w: &mut World) -> Digest {
    w.user("ada").password("correct horse").done();
    let mut login = w.login();
    login.sends(w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    login.finish().signed_in.browser_session.clone()
}

fn returning(change: impl FnOnce(&mut AuthorizeRequest)) -> (World, Login) {
    let mut w = World::new();
    let cookie = signed_in(&mut w);
    w.waits(100);
    let login = w.login_with(Some(cookie), change);
    (w, login)
}

#[test]
fn prompt_none_signs_in_or_says_login_required() {
    let (_, login) = returning(|request| request.prompt.none = true);
    assert!(login.session().is_over() && matches!(login.session().rest, Rest::Finished { .. }));
    let mut w = World::new();
    let login = w.login_with(None, |request| request.prompt.none = true);
    assert_eq!((login.denial(), login.denial().oauth_error()), (DenialCode::LoginRequired, "login_required"));
    let Rest::Denied { denial, .. } = &login.session().rest else { panic!() };
    assert!(denial.to_client);
}

#[test]
fn prompt_none_never_leaves_for_a_provider() {
    let mut w = World::new();
    let login = w.login_with(None, |request| {
        request.prompt.none = true;
        request.provider_hint = Some(crate::world::alias("campus"));
    });
    assert_eq!(login.denial().oauth_error(), "login_required");
}

#[test]
fn prompt_none_says_login_required_where_the_flow_has_no_page_at_all() {
    let mut w = World::new();
    w.flow("flow: browser\nexecutions:\n  - cookie: { requirement: alternative }\n");
    let login = w.login_with(None, |request| request.prompt.none = true);
    assert_eq!(login.denial().oauth_error(), "login_required");
}

#[test]
fn prompt_none_with_somebody_halfway_says_interaction_required() {
    let mut w = World::new();
    let cookie = signed_in(&mut w);
    w.flow("flow: browser\nexecutions:\n  - cookie: { requirement: required }\n  - username-and-password: { requirement: required }\n");
    let login = w.login_with(Some(cookie), |request| request.prompt.none = true);
    assert_eq!(login.denial().oauth_error(), "interaction_required");
}

#[test]
fn prompt_login_and_select_account_ask_who_is_there() {
    for change in [
        |request: &mut AuthorizeRequest| request.prompt.login = true,
        |request: &mut AuthorizeRequest| request.prompt.select_account = true,
    ] {
        let (mut w, mut login) = returning(change);
        assert!(matches!(login.page(&w), Page::Login { .. }));
        login.presses(&mut w, action::RESTART);
        assert!(matches!(login.page(&w), Page::Login { .. }));
    }
}

#[test]
fn prompt_login_asks_the_provider_for_a_fresh_login_too() {
    for (change, fresh) in [
        ((|request| request.prompt.login = true) as fn(&mut AuthorizeRequest), true),
        (|request| request.max_age = Some(10), true),
        (|_| {}, false),
    ] {
        let mut w = World::new();
        let mut login = w.login_with(None, change);
        login.takes(&mut w, "campus");
        let Rest::AtProvider { exchange, .. } = &login.session().rest else { panic!() };
        assert_eq!(exchange.fresh, fresh);
    }
}

#[test]
fn oidc_rp_8_a_fresh_login_that_the_provider_didnt_ask_for_is_none() {
    let old = |w: &World| Some(w.now.minus(std::time::Duration::from_hours(1)));
    let login = |change: fn(&mut AuthorizeRequest), declares: bool, auth_time: &dyn Fn(&World) -> Option<domain::Timestamp>| {
        let mut w = World::new();
        w.provider("campus").proves_fresh_login = declares;
        let mut ada = someone("campus", "1").vouched("ada@x.org");
        ada.0.auth_time = auth_time(&w);
        let mut login = w.login_with(None, change);
        login.comes_as(&mut w, &ada);
        let told = matches!(login.view(&w).message, Some(Message::NotFresh { provider }) if provider == "CAMPUS");
        assert_eq!(told, w.users.is_empty(), "told, or signed in");
        assert_eq!(told, matches!(login.page(&w), Page::Login { .. }));
        !told
    };
    let anew: fn(&mut AuthorizeRequest) = |request| request.prompt.login = true;
    let ten: fn(&mut AuthorizeRequest) = |request| request.max_age = Some(10);
    assert!(login(anew, true, &|w| Some(w.now)) && login(ten, true, &|w| Some(w.now)));
    assert!(!login(anew, true, &old) && !login(anew, true, &|_| None) && !login(ten, true, &|_| None));
    assert!(!login(ten, true, &old) && !login(ten, false, &old), "what is said to be too old is too old");
    assert!(login(anew, false, &old) && login(anew, false, &|_| None) && login(ten, false, &|_| None), "nothing was promised");
    assert!(login(|request| request.max_age = Some(7200), true, &old), "old, but young enough");
    assert!(login(|_| {}, true, &old) && login(|_| {}, true, &|_| None), "nobody asked");
}

#[test]
fn max_age_bounds_the_age_of_the_login() {
    let (_, young) = returning(|request| request.max_age = Some(100));
    assert!(young.session().is_over());
    let (w, old) = returning(|request| request.max_age = Some(99));
    assert!(matches!(old.page(&w), Page::Login { .. }));
}

#[test]
fn prompt_create_shows_the_form() {
    let (mut w, mut login) = returning(|request| request.wish = domain::Wish::Create);
    assert!(matches!(login.page(&w), Page::Register { .. }));
    login.presses(&mut w, action::RESTART);
    assert!(login.session().is_over(), "who starts again without that wish is signed in already");
}

#[test]
fn a_hint_leads_straight_to_the_provider_once() {
    let mut w = World::new();
    let hint = |request: &mut AuthorizeRequest| request.provider_hint = Some(crate::world::alias("campus"));
    let mut login = w.login_with(None, hint);
    assert!(login.is_at("campus"));
    login.presses(&mut w, action::RESTART);
    assert!(matches!(login.page(&w), Page::Login { .. }));
    let mut cancelled = w.login_with(None, hint);
    cancelled.returns_failed(&mut w, domain::UpstreamFailure::Cancelled);
    assert!(matches!(cancelled.page(&w), Page::Login { .. }), "no loop");
    let mut login = w.login_with(None, hint);
    login.returns(&mut w, &someone("campus", "1").vouched("ada@x.org"));
    assert!(login.session().is_over());
}

#[test]
fn a_hint_at_a_provider_that_is_not_in_use_is_ignored() {
    let mut w = World::new();
    w.provider("campus").enabled = false;
    for name in ["campus", "nowhere"] {
        let login = w.login_with(None, |request| request.provider_hint = Some(crate::world::alias(name)));
        assert!(matches!(login.page(&w), Page::Login { .. }));
    }
}

#[test]
fn a_login_hint_fills_the_field_and_selects_nobody() {
    let mut w = World::new();
    w.user("ada").password("correct horse").done();
    let mut login = w.login_with(None, |request| request.login_hint = Some("ada\u{202e}\r\n".into()));
    assert!(matches!(login.page(&w), Page::Login { username, .. } if username == "ada"));
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    let Page::Login { problems, .. } = login.page(&w) else { panic!() };
    assert_eq!(problems[0].0, FieldName::Username);
}

#[test]
fn the_same_start_begins_in_the_same_way() {
    let w = World::new();
    let login = |w: &World| w.clone().login().session().clone();
    assert_eq!(login(&w), login(&w));
}
