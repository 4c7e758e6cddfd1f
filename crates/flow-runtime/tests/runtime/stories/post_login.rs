//! Flows that run whenever somebody came through a provider, before they count as signed in.

use crate::world::{Login, World, flow_name, someone};
use domain::{ClientId, Digest};
use flow_runtime::event::action;
use flow_runtime::{DenialCode, Page};

const AFTER: &str = "flow: after-campus\non-empty: succeed\nexecutions:\n  - terms: { version: '1', document: Be kind. }\n";

fn world() -> World {
    let mut w = World::new();
    w.flow(AFTER);
    w.provider("campus").post_login_flow = Some(flow_name("after-campus"));
    w
}

fn cookie_of(login: &Login) -> Digest {
    login.finish().signed_in.browser_session.clone()
}

#[test]
fn it_runs_after_the_first_login_and_after_every_other() {
    let mut w = world();
    let ada = someone("campus", "1").vouched("ada@campus.example");
    let mut first = w.login();
    first.comes_as(&mut w, &ada);
    assert!(matches!(first.page(&w), Page::Terms { .. }), "{:?}", first.page(&w));
    assert_eq!((w.users.len(), w.identities.len(), w.sessions.len()), (1, 1, 0), "linked, and nobody is signed in");
    first.presses(&mut w, action::REFUSE);
    assert_eq!(first.denial(), DenialCode::TermsRefused);
    assert_eq!((w.users.len(), w.identities.len(), w.sessions.len()), (1, 1, 0), "what was linked stays");

    let mut again = w.login();
    again.comes_as(&mut w, &ada);
    assert!(matches!(again.page(&w), Page::Terms { .. }), "refusing is remembered by nobody");
    again.presses(&mut w, action::CONTINUE);
    assert_eq!(Some(again.user()), w.owner_of(&ada));
    assert_eq!(w.sessions[&cookie_of(&again)].passed.as_ref().unwrap().flow, flow_name("after-campus"));
    let mut third = w.login();
    third.comes_as(&mut w, &ada);
    assert_eq!(third.user(), again.user());
}

#[test]
fn it_runs_for_people_of_that_provider_only() {
    let mut w = world();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1"));
    login.sends(&mut w, action::CONTINUE, &[("email", "ada@x.org")]);
    assert!(w.users.contains_key(&login.user()));
}

#[test]
fn nobody_passes_it_by_starting_again_by_another_tab_or_silently() {
    let mut w = world();
    let ada = someone("campus", "1").vouched("ada@campus.example");
    let mut login = w.login();
    login.comes_as(&mut w, &ada);
    login.presses(&mut w, action::RESTART);
    assert!(matches!(login.page(&w), Page::Login { .. }));
    login.comes_as(&mut w, &ada);
    assert!(matches!(login.page(&w), Page::Terms { .. }));
    let tab = w.login();
    assert!(matches!(tab.page(&w), Page::Login { .. }));
    assert!(w.sessions.is_empty());
}

#[test]
fn a_session_from_before_the_flow_was_wanted_does_not_count() {
    let mut w = World::new();
    let ada = someone("campus", "1").vouched("ada@campus.example");
    let mut login = w.login();
    login.comes_as(&mut w, &ada);
    let cookie = cookie_of(&login);
    assert_eq!(w.login_with(Some(cookie.clone()), |_| {}).user(), login.user());
    w.flow(AFTER);
    w.provider("campus").post_login_flow = Some(flow_name("after-campus"));
    let silent = w.login_with(Some(cookie.clone()), |request| request.prompt.none = true);
    assert_eq!(silent.denial(), DenialCode::LoginRequired);
    let mut login = w.login_with(Some(cookie), |_| {});
    login.comes_as(&mut w, &ada);
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(w.login_with(Some(cookie_of(&login)), |_| {}).user(), login.user(), "this one passed it");
}

#[test]
fn a_session_counts_only_for_the_flow_as_it_was_and_for_the_client_that_was_wanted() {
    let mut w = world();
    w.client("bank").consent = false;
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").vouched("ada@campus.example"));
    login.presses(&mut w, action::CONTINUE);
    let cookie = cookie_of(&login);
    assert_eq!(w.login_with(Some(cookie.clone()), |_| {}).user(), login.user());
    let bank = w.login_with(Some(cookie.clone()), |request| request.client = ClientId::parse("bank").unwrap());
    assert!(matches!(bank.page(&w), Page::Login { .. }), "the flow may ask more of whom bank sends: {:?}", bank.page(&w));
    w.flow(&format!("{AFTER}  - complete-profile: {{ ask: [given-name] }}\n"));
    let changed = w.login_with(Some(cookie), |_| {});
    assert!(matches!(changed.page(&w), Page::Login { .. }), "it asks for more now: {:?}", changed.page(&w));
}

#[test]
fn a_client_may_have_flows_of_its_own() {
    let mut w = World::new();
    w.flow(AFTER);
    w.flow("flow: nobody-new\nexecutions:\n  - deny: { message: Only members. }\n");
    w.client("bank").post_login_flow = Some(flow_name("after-campus"));
    w.client("bank").consent = false;
    let ada = someone("campus", "1").vouched("ada@campus.example");
    let mut login = w.login();
    login.comes_as(&mut w, &ada);
    let cookie = cookie_of(&login);
    let at_bank = |request: &mut domain::AuthorizeRequest| request.client = ClientId::parse("bank").unwrap();
    let mut bank = w.login_with(Some(cookie), at_bank);
    assert!(matches!(bank.page(&w), Page::Login { .. }), "what shop let through hasn't passed bank's flow");
    bank.comes_as(&mut w, &ada);
    bank.presses(&mut w, action::CONTINUE);
    assert_eq!(bank.user(), login.user());

    w.client("bank").first_login_flow = Some(flow_name("nobody-new"));
    let mut stranger = w.login_with(None, at_bank);
    stranger.comes_as(&mut w, &someone("campus", "2").vouched("bob@campus.example"));
    assert_eq!(stranger.denial(), DenialCode::DeniedByFlow);
    let mut at_shop = w.login();
    at_shop.comes_as(&mut w, &someone("campus", "2").vouched("bob@campus.example"));
    assert!(w.users.contains_key(&at_shop.user()));
}

#[test]
fn a_no_after_the_login_leaves_nothing_of_what_the_same_step_would_have_made() {
    let mut w = world();
    w.flow(
        "flow: after-campus\non-empty: succeed\nexecutions:\n  - flow: strangers\n    \
         when: { not: { identity.domain: [x.org, campus.example] } }\n    executions:\n      - deny: { message: Strangers can't come in. }\n",
    );
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").vouched("vic@evil.example"));
    assert_eq!(login.denial(), DenialCode::DeniedByFlow);
    assert!(w.users.is_empty() && w.identities.is_empty());
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "2").vouched("ada@x.org"));
    assert_eq!(w.users.len(), 1);
}

#[test]
fn a_provider_that_is_closed_or_an_identity_that_is_taken_off_meanwhile_ends_it() {
    let mut w = world();
    let ada = someone("campus", "1").vouched("ada@campus.example");
    let mut login = w.login();
    login.comes_as(&mut w, &ada);
    let mut other = login.clone();
    w.identities.clear();
    login.presses(&mut w, action::CONTINUE);
    assert!(matches!(login.page(&w), Page::Login { .. }), "they sign in anew: {:?}", login.page(&w));
    w.provider("campus").enabled = false;
    other.presses(&mut w, action::CONTINUE);
    assert_eq!(other.denial(), DenialCode::ProviderDisabled);
    assert!(w.sessions.is_empty());
}
