//! The second factor: who is asked for it, what it counts for, and how it is set up.

use super::after_login::with_steps;
use crate::world::{Login, World, flow_name, someone};
use domain::{AuditKind, AuthenticationMethod, Digest, UserId, Vouched, Wish};
use flow_runtime::event::action;
use flow_runtime::page::{FieldName, Message, Problem};
use flow_runtime::world::one_time_code;
use flow_runtime::{DenialCode, MailKind, Page, Rest};
use std::time::Duration;

fn ada(w: &mut World) -> UserId {
    let id = w.user("ada").password("correct horse").proved("ada@x.org").done();
    w.has_application(id);
    id
}

fn signs_in(w: &mut World, login: &mut Login) {
    login.sends(w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
}

fn types(w: &mut World, login: &mut Login, code: &str) {
    login.sends(w, action::CONTINUE, &[("code", code)]);
}

fn types_the_next(w: &mut World, login: &mut Login, whose: UserId) {
    let code = w.next_one_time_code(whose).unwrap();
    types(w, login, &code);
}

fn problem(w: &World, login: &Login) -> Problem {
    match login.page(w) {
        Page::OneTimeCode { problems, .. } | Page::SetUpOneTimeCode { problems, .. } => {
            assert_eq!(problems[0].0, FieldName::Code);
            problems[0].1.clone()
        }
        other => panic!("{other:?}"),
    }
}

fn cookie_of(login: &Login) -> Digest {
    login.finish().signed_in.browser_session.clone()
}

#[test]
fn a_password_alone_signs_nobody_in_who_has_a_second_factor() {
    let mut w = World::new();
    let id = ada(&mut w);
    let mut login = w.login();
    signs_in(&mut w, &mut login);
    assert_eq!(login.page(&w), Page::OneTimeCode { account: "ada".into(), problems: vec![] });
    assert!(w.sessions.is_empty());
    for (typed, wrong) in [("", Problem::Missing), ("12345", Problem::WrongOneTimeCode), ("000000", Problem::WrongOneTimeCode)] {
        types(&mut w, &mut login, typed);
        assert_eq!(problem(&w, &login), wrong, "{typed}");
    }
    let code = w.next_one_time_code(id).unwrap();
    types(&mut w, &mut login, &format!(" {} {} ", &code[..3], &code[3..]));
    assert_eq!(login.user(), id, "spaces as applications show them don't matter");
    assert_eq!(login.finish().signed_in.methods, [AuthenticationMethod::Password, AuthenticationMethod::OneTimeCode]);
}

#[test]
fn a_code_counts_once() {
    let mut w = World::new();
    let id = ada(&mut w);
    let code = w.next_one_time_code(id).unwrap();
    let mut login = w.login();
    signs_in(&mut w, &mut login);
    types(&mut w, &mut login, &code);
    assert_eq!(login.user(), id);
    let mut again = w.login();
    signs_in(&mut w, &mut again);
    types(&mut w, &mut again, &code);
    assert_eq!(problem(&w, &again), Problem::UsedOneTimeCode);
    types_the_next(&mut w, &mut again, id);
    assert_eq!(again.user(), id);
}

#[test]
fn so_many_tries_and_no_more_over_all_logins() {
    let mut w = World::new();
    let id = ada(&mut w);
    let mut login = w.login();
    signs_in(&mut w, &mut login);
    for _ in 0..w.policy.limits.one_time_codes_per_account {
        types(&mut w, &mut login, "000000");
        assert_eq!(problem(&w, &login), Problem::WrongOneTimeCode);
    }
    let mut other = w.login();
    signs_in(&mut w, &mut other);
    types_the_next(&mut w, &mut other, id);
    assert!(matches!(problem(&w, &other), Problem::TooManyTries { .. }), "a right password doesn't give new tries of codes");
}

#[test]
fn a_live_session_keeps_the_second_factor_and_a_fresh_login_asks_anew() {
    let mut w = World::new();
    let id = ada(&mut w);
    let mut login = w.login();
    signs_in(&mut w, &mut login);
    types_the_next(&mut w, &mut login, id);
    let cookie = cookie_of(&login);
    let silent = w.login_with(Some(cookie.clone()), |request| request.prompt.none = true);
    assert_eq!(silent.user(), id, "it was shown when the session began");
    let mut fresh = w.login_with(Some(cookie), |request| request.prompt.login = true);
    signs_in(&mut w, &mut fresh);
    assert!(matches!(fresh.page(&w), Page::OneTimeCode { .. }));
}

#[test]
fn a_session_without_it_is_asked_for_it() {
    let mut w = World::new();
    let id = w.user("ada").password("correct horse").done();
    let mut login = w.login();
    signs_in(&mut w, &mut login);
    // An administrator's import, say: nothing of the account's past has died.
    w.has_application(id);
    let silent = w.login_with(Some(cookie_of(&login)), |request| request.prompt.none = true);
    assert_eq!(silent.denial(), DenialCode::InteractionRequired);
    let mut seen = w.login_with(Some(cookie_of(&login)), |_| {});
    types_the_next(&mut w, &mut seen, id);
    assert_eq!(seen.user(), id);
}

#[test]
fn whoever_comes_with_an_identity_shows_it_too() {
    let mut w = World::new();
    let id = ada(&mut w);
    let person = someone("social", "1");
    w.link(&person, id);
    let mut login = w.login();
    login.comes_as(&mut w, &person);
    assert!(matches!(login.page(&w), Page::OneTimeCode { .. }));
    types_the_next(&mut w, &mut login, id);
    assert_eq!(login.finish().signed_in.methods, [AuthenticationMethod::Federated, AuthenticationMethod::OneTimeCode]);
}

#[test]
fn nothing_is_linked_before_it_is_shown_and_it_is_asked_for_once() {
    let mut w = World::new();
    let id = ada(&mut w);
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").with("ada@x.org", Vouched::Yes));
    login.presses(&mut w, action::CONTINUE);
    login.takes(&mut w, "password");
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!(login.page(&w), Page::OneTimeCode { account: "ada@x.org".into(), problems: vec![] });
    types(&mut w, &mut login, "000000");
    assert!(w.identities.is_empty(), "the password alone links nothing");
    types_the_next(&mut w, &mut login, id);
    assert_eq!(login.user(), id, "the browser flow doesn't ask again");
    assert_eq!(w.identities.len(), 1);
}

#[test]
fn a_claimants_second_factor_is_no_obstacle_for_the_owner() {
    let mut w = World::new();
    let mallory = w.user("mallory").password("planted").claims("ada@x.org").done();
    w.has_application(mallory);
    let campus = w.provider("campus");
    campus.trust_email = domain::Assurance::Everybody;
    campus.unproved_claims = domain::UnprovedClaims::HandOver;
    campus.first_login_flow = flow_name("first-broker-login-auto-link");
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "ada").vouched("ada@x.org"));
    assert_eq!(login.user(), mallory, "the account is hers now");
    assert!(!w.users[&mallory].has_one_time_codes && w.seeds.is_empty(), "and nothing of his is left on it");
}

fn sets_up(w: &mut World, cookie: Option<Digest>) -> Login {
    w.login_with(cookie, |request| {
        request.wish = Wish::SecondFactor;
        request.prompt.login = true;
    })
}

fn key(w: &World, login: &Login) -> domain::Secret {
    match login.page(w) {
        Page::SetUpOneTimeCode { seed, .. } => seed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_key_counts_once_its_first_code_was_typed_and_ends_what_was_before() {
    let mut w = World::new();
    let id = w.user("ada").password("correct horse").proved("ada@x.org").done();
    let mut before = w.login();
    signs_in(&mut w, &mut before);
    let mut login = sets_up(&mut w, Some(cookie_of(&before)));
    signs_in(&mut w, &mut login);
    let seed = key(&w, &login);
    types(&mut w, &mut login, "000000");
    assert_eq!(problem(&w, &login), Problem::WrongOneTimeCode);
    assert_eq!(key(&w, &login), seed, "the key that the person has scanned stays");
    assert!(!w.users[&id].has_one_time_codes);
    types(&mut w, &mut login, &one_time_code(&seed, 1));
    assert_eq!(login.user(), id);
    assert_eq!(login.finish().signed_in.methods, [AuthenticationMethod::Password, AuthenticationMethod::OneTimeCode]);
    assert!(matches!(&w.outbox.last().unwrap().mail, MailKind::SecondFactorSet { account } if account == "ada"));
    assert!(w.audit.iter().any(|event| event.kind == AuditKind::SecondFactorSet && event.user == Some(id)));
    let old = w.login_with(Some(cookie_of(&before)), |_| {});
    assert!(matches!(old.page(&w), Page::Login { .. }), "the session from before is dead");
    let silent = w.login_with(Some(cookie_of(&login)), |request| request.prompt.none = true);
    assert_eq!(silent.user(), id);
}

#[test]
fn another_application_takes_the_place_of_one_whose_code_was_shown() {
    let mut w = World::new();
    let id = ada(&mut w);
    let mut login = sets_up(&mut w, None);
    signs_in(&mut w, &mut login);
    types_the_next(&mut w, &mut login, id);
    let Page::SetUpOneTimeCode { seed, replaces: true, .. } = login.page(&w) else { panic!("{:?}", login.page(&w)) };
    types(&mut w, &mut login, &one_time_code(&seed, 1));
    assert_eq!(login.user(), id);
    assert_eq!(w.seeds[&id].seed, seed);
}

const EVERYBODY: &str = "  - flow: second factor\n    executions:\n      - one-time-code: { requirement: alternative }\n      \
                         - set-up-one-time-code: { requirement: alternative }\n";

#[test]
fn a_flow_may_want_one_of_everybody() {
    let mut w = with_steps(EVERYBODY);
    let id = w.user("ada").password("correct horse").done();
    let mut login = w.login();
    signs_in(&mut w, &mut login);
    let seed = key(&w, &login);
    types(&mut w, &mut login, &one_time_code(&seed, 1));
    assert_eq!(login.user(), id);
    let mut again = w.login();
    signs_in(&mut w, &mut again);
    assert!(matches!(again.page(&w), Page::OneTimeCode { .. }));
    assert!(again.ways(&w).is_empty(), "who has one can't set up another one instead");
    types_the_next(&mut w, &mut again, id);
    assert_eq!(again.user(), id);
}

#[test]
fn a_new_account_begins_with_the_one_that_it_set_up() {
    let mut w = with_steps(EVERYBODY);
    let mut login = w.login();
    login.takes(&mut w, "register");
    let fields = [("username", "bob"), ("email", "bob@x.org"), ("password", "long enough")];
    login.sends(&mut w, action::CONTINUE, &fields);
    let seed = key(&w, &login);
    assert!(w.users.is_empty());
    types(&mut w, &mut login, &one_time_code(&seed, 1));
    assert!(w.users[&login.user()].has_one_time_codes);
    assert_eq!(w.seeds[&login.user()].used, 1, "the code that was typed is used up");
}

#[test]
fn whoever_found_a_browser_signed_in_signs_in_anew_before_it_is_set_up() {
    let mut w = with_steps("");
    let id = w.user("ada").password("correct horse").done();
    let mut before = w.login();
    signs_in(&mut w, &mut before);
    w.now = w.now.plus(Duration::from_mins(11));
    let with_it = with_steps(EVERYBODY);
    w.policy.flows = with_it.policy.flows.clone();
    let mut login = w.login_with(Some(cookie_of(&before)), |_| {});
    assert!(matches!(login.page(&w), Page::Login { .. }));
    assert_eq!(login.session().message, Some(Message::SignInAnew));
    signs_in(&mut w, &mut login);
    let seed = key(&w, &login);
    types(&mut w, &mut login, &one_time_code(&seed, 1));
    assert_eq!(login.user(), id);
}

#[test]
fn a_second_factor_that_is_set_up_meanwhile_ends_what_was_begun_without_it() {
    let mut w = World::new();
    let id = w.user("ada").password("correct horse").proved("ada@x.org").done();
    let mut thief = sets_up(&mut w, None);
    signs_in(&mut w, &mut thief);
    let own = key(&w, &thief);
    let mut owner = sets_up(&mut w, None);
    signs_in(&mut w, &mut owner);
    let seed = key(&w, &owner);
    types(&mut w, &mut owner, &one_time_code(&seed, 1));
    assert_eq!(owner.user(), id);
    types(&mut w, &mut thief, &one_time_code(&own, 1));
    assert!(matches!(thief.session().rest, Rest::Denied { .. }), "{:?}", thief.session().rest);
    assert_eq!(w.seeds[&id].seed, seed);
}

#[test]
fn a_closed_account_is_closed_on_this_page_too() {
    let mut w = World::new();
    let id = ada(&mut w);
    let mut login = w.login();
    signs_in(&mut w, &mut login);
    let code = w.next_one_time_code(id).unwrap();
    w.disable(id);
    types(&mut w, &mut login, &code);
    assert!(matches!(login.session().rest, Rest::Denied { .. }));
    assert!(w.sessions.is_empty());
}

#[test]
fn where_a_realm_does_not_offer_it_whoever_is_sent_for_one_signs_in() {
    let mut w = World::new();
    w.policy.bindings.second_factor = None;
    let id = w.user("ada").password("correct horse").done();
    let mut login = sets_up(&mut w, None);
    signs_in(&mut w, &mut login);
    assert_eq!(login.user(), id);
    assert!(w.seeds.is_empty());
}

#[test]
fn a_code_on_top_of_a_live_session_begins_another_one_that_keeps_it_and_lasts_no_longer() {
    let mut w = World::new();
    let id = w.user("ada").password("correct horse").done();
    let mut login = w.login();
    signs_in(&mut w, &mut login);
    w.has_application(id);
    let old = cookie_of(&login);
    let ends = w.sessions[&old].expires_at;
    w.now = w.now.plus(Duration::from_hours(1));
    let mut seen = w.login_with(Some(old.clone()), |_| {});
    types_the_next(&mut w, &mut seen, id);
    let new = cookie_of(&seen);
    assert!(new != old && !w.sessions.contains_key(&old), "a copy of the old cookie gains nothing");
    assert_eq!(w.sessions[&new].expires_at, ends);
    let silent = w.login_with(Some(new), |request| request.prompt.none = true);
    assert_eq!(silent.user(), id, "it isn't asked for again");
}

#[test]
fn a_live_session_does_not_bring_its_second_factor_into_a_fresh_login() {
    let mut w = World::new();
    w.flow(
        "flow: both\nexecutions:\n  - cookie\n  - username-and-password\n  - flow: second factor\n    \
         when: user.second-factor-configured\n    executions: [one-time-code]\n",
    );
    let id = ada(&mut w);
    let mut first = w.login();
    signs_in(&mut w, &mut first);
    types_the_next(&mut w, &mut first, id);
    w.policy.bindings.browser = flow_name("both");
    let mut login = w.login_with(Some(cookie_of(&first)), |_| {});
    signs_in(&mut w, &mut login);
    assert!(matches!(login.page(&w), Page::OneTimeCode { .. }));
}

#[test]
fn a_live_session_replaces_nothing_however_young_it_is() {
    let mut w = with_steps("  - set-up-one-time-code: { replace: yes }\n");
    let id = w.user("ada").password("correct horse").done();
    let mut first = w.login();
    signs_in(&mut w, &mut first);
    let seed = key(&w, &first);
    types(&mut w, &mut first, &one_time_code(&seed, 1));
    let mut login = w.login_with(Some(cookie_of(&first)), |_| {});
    assert!(matches!(login.page(&w), Page::Login { .. }));
    assert_eq!(login.session().message, Some(Message::SignInAnew));
    signs_in(&mut w, &mut login);
    assert!(matches!(login.session().rest, Rest::Denied { .. }), "and a code of the old one comes first");
    assert_eq!(w.seeds[&id].seed, seed);
}

#[test]
fn where_everybody_must_have_one_nobody_sets_up_two() {
    let mut w = with_steps(EVERYBODY);
    let id = w.user("ada").password("correct horse").done();
    let mut login = sets_up(&mut w, None);
    signs_in(&mut w, &mut login);
    let seed = key(&w, &login);
    types(&mut w, &mut login, &one_time_code(&seed, 1));
    assert_eq!(login.user(), id, "{:?}", login.session().rest);
    assert_eq!(w.seeds[&id].seed, seed);
}

#[test]
fn a_set_up_page_waits_as_long_as_its_login() {
    let mut w = with_steps("");
    let id = w.user("ada").password("correct horse").done();
    let mut before = w.login();
    signs_in(&mut w, &mut before);
    w.now = w.now.plus(Duration::from_secs(570));
    w.policy.flows = with_steps(EVERYBODY).policy.flows.clone();
    let mut login = w.login_with(Some(cookie_of(&before)), |_| {});
    let seed = key(&w, &login);
    w.now = w.now.plus(Duration::from_secs(40));
    types(&mut w, &mut login, &one_time_code(&seed, 1));
    assert_eq!(login.user(), id);
}

/// No checker has seen these flows: the engine insists by itself.
#[test]
fn a_flow_that_forgets_it_signs_nobody_in_and_links_nothing() {
    let forgetful = |waiver: &str| {
        let mut w = World::new();
        w.flow(&format!("flow: browser\n{waiver}executions:\n  - username-and-password\n"));
        let id = ada(&mut w);
        let mut login = w.login();
        signs_in(&mut w, &mut login);
        (w, login, id)
    };
    let (w, login, _) = forgetful("");
    assert_eq!(login.denial(), DenialCode::NoWayLeft);
    assert!(w.sessions.is_empty());
    let waiver = "waivers:\n  - { property: P3, at: username-and-password, for: browser, reason: nobody here minds }\n";
    let (_, login, id) = forgetful(waiver);
    assert_eq!(login.user(), id);

    let mut w = World::new();
    w.flow(
        "flow: forgetful\nexecutions:\n  - detect-existing-user\n  - confirm-link: { reveals: account }\n  - reauthenticate\n",
    );
    w.provider("social").first_login_flow = flow_name("forgetful");
    ada(&mut w);
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").with("ada@x.org", Vouched::Yes));
    login.presses(&mut w, action::CONTINUE);
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!(login.denial(), DenialCode::NoWayLeft);
    assert!(w.identities.is_empty() && w.sessions.is_empty());
}
