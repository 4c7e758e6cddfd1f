//! Steps one after another, whoever takes them.

use super::signs_in_with;
use crate::world::{World, someone};
use domain::{ClientId, Prompt, Vouched};
use flow_runtime::event::action;
use flow_runtime::world::request;
use flow_runtime::{DenialCode, Page};

const FLOW: &str = "everybody-proves-the-address";

fn waits_for_the_mail(w: &World, login: &crate::world::Login) -> bool {
    matches!(login.page(w), Page::CheckMail { .. })
}

#[test]
fn a_provider_is_a_step_like_any_other_also_after_a_first_login() {
    let mut w = signs_in_with(FLOW);
    let ada = someone("social", "1").with("ada@x.org", Vouched::No);
    let mut first = w.login();
    first.comes_as(&mut w, &ada);
    assert!(waits_for_the_mail(&w, &first), "{:?}", first.page(&w));
    assert!(w.sessions.is_empty(), "nobody is signed in before the last step");
    let mut again = w.login();
    again.comes_as(&mut w, &ada);
    assert!(waits_for_the_mail(&w, &again), "the same step waits for whoever comes back");
    again.presses_mail(&mut w, "ada@x.org");
    assert_eq!(Some(again.user()), w.owner_of(&ada));
}

#[test]
fn what_follows_runs_for_whoever_has_a_password_or_a_session_too() {
    let mut w = signs_in_with(FLOW);
    let ada = w.user("ada").password("correct horse").claims("ada@x.org").done();
    let mut login = w.login();
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    assert!(waits_for_the_mail(&w, &login));
    login.presses_mail(&mut w, "ada@x.org");
    assert_eq!(login.user(), ada);
    let cookie = Some(login.finish().signed_in.browser_session.clone());
    assert_eq!(w.login_with(cookie.clone(), |_| {}).user(), ada, "there is nothing left to prove");
    w.change(ada, |user| user.email.as_mut().unwrap().proof = None);
    let live = w.login_with(cookie, |_| {});
    assert!(waits_for_the_mail(&w, &live), "a live session is where everybody else is");
}

#[test]
fn with_prompt_none_the_first_page_ends_the_login() {
    let mut w = signs_in_with(FLOW);
    let ada = w.user("ada").password("correct horse").claims("ada@x.org").done();
    let none = |request: &mut domain::AuthorizeRequest| request.prompt = Prompt { none: true, ..Prompt::default() };
    assert_eq!(w.login_with(None, none).denial(), DenialCode::LoginRequired);
    let mut login = w.login();
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    login.presses_mail(&mut w, "ada@x.org");
    let cookie = Some(login.finish().signed_in.browser_session.clone());
    assert_eq!(w.login_with(cookie.clone(), none).user(), ada, "what needs no page runs");
    w.change(ada, |user| user.email.as_mut().unwrap().proof = None);
    assert_eq!(w.login_with(cookie, none).denial(), DenialCode::InteractionRequired);
}

#[test]
fn starting_over_knows_nothing_but_the_request() {
    let mut w = signs_in_with(FLOW);
    w.user("ada").password("correct horse").claims("ada@x.org").done();
    let mut login = w.login();
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    login.presses(&mut w, action::RESTART);
    assert!(matches!(login.page(&w), Page::Login { username, .. } if username.is_empty()));
    assert_eq!(login.session().request, request(ClientId::parse("shop").unwrap()));
    let frame = login.session().frame().unwrap();
    assert!(frame.user.is_none() && frame.memory.is_empty());
}

#[test]
fn an_old_page_changes_nothing() {
    let mut w = signs_in_with(FLOW);
    w.user("ada").password("correct horse").claims("ada@x.org").done();
    let mut login = w.login();
    let old = login.form(action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    login.meets(&mut w, &old);
    assert_eq!(login.is_rejected(&mut w, &old), flow_runtime::Rejected::OldPage);
    assert!(waits_for_the_mail(&w, &login), "the current page is shown");
}

#[test]
fn success_alone_signs_nobody_in() {
    let mut w = signs_in_with("nothing-to-do");
    assert_eq!(w.login().denial(), DenialCode::NoAccount);
    w.flow("flow: nothing-to-do\nexecutions:\n  - flow: off\n    requirement: disabled\n    executions:\n      - username-and-password\n  - cookie: { requirement: alternative }\n");
    assert_eq!(w.login().denial(), DenialCode::NoWayLeft, "what is in a disabled sub-flow isn't there");
}
