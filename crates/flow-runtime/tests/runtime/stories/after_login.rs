//! What whoever signs in is asked for before the login ends: terms, what the profile lacks, a new password; and a plain no.

use crate::world::{Login, World, flow_name, someone};
use domain::{AuditKind, Digest, Provenance, TermsVersion, UserId};
use flow_runtime::event::action;
use flow_runtime::page::{FieldName, PasswordDue, Problem, TermsDocument};
use flow_runtime::{DenialCode, Page, Rejected, Rest};

/// The browser flow with these steps after the sign-in.
pub(super) fn with_steps(steps: &str) -> World {
    let mut w = World::new();
    w.flow(&format!(
        "flow: stepwise\nexecutions:\n  - flow: sign in\n    executions:\n      - cookie: {{ requirement: alternative }}\n      \
         - provider: {{ requirement: alternative }}\n      - username-and-password: {{ requirement: alternative }}\n      \
         - register: {{ requirement: alternative }}\n{steps}"
    ));
    w.policy.bindings.browser = flow_name("stepwise");
    w
}

fn signs_in(w: &mut World, login: &mut Login, password: &str) {
    login.sends(w, action::CONTINUE, &[("username", "ada"), ("password", password)]);
}

fn cookie_of(login: &Login) -> Digest {
    login.finish().signed_in.browser_session.clone()
}

const TERMS: &str = "  - terms: { version: 2026-01, document: https://example.org/terms }\n";

fn ada(w: &mut World) -> UserId {
    w.user("ada").password("correct horse").proved("ada@x.org").done()
}

#[test]
fn terms_are_accepted_once_for_each_version() {
    let mut w = with_steps(TERMS);
    let id = ada(&mut w);
    let mut login = w.login();
    signs_in(&mut w, &mut login, "correct horse");
    let document = TermsDocument::At("https://example.org/terms".into());
    assert_eq!(login.page(&w), Page::Terms { account: "ada".into(), document });
    assert!(w.sessions.is_empty(), "nobody is signed in before");
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.user(), id);
    let version = TermsVersion::parse("2026-01").unwrap();
    assert_eq!(w.users[&id].accepted_terms[&version], w.now);
    assert!(w.audit.iter().any(|event| event.kind == AuditKind::TermsAccepted && event.detail.as_deref() == Some("2026-01")));

    let mut again = w.login();
    signs_in(&mut w, &mut again, "correct horse");
    assert_eq!(again.user(), id, "nothing is asked twice");
    w.flow(&with_new_terms());
    let cookie = cookie_of(&again);
    let login = w.login_with(Some(cookie), |_| {});
    assert!(matches!(login.page(&w), Page::Terms { .. }), "another version is asked for anew, also of whoever is signed in");
}

fn with_new_terms() -> String {
    "flow: stepwise\nexecutions:\n  - flow: sign in\n    executions:\n      - cookie: { requirement: alternative }\n      \
     - username-and-password: { requirement: alternative }\n  - terms: { version: 2027-01, document: No spam. }\n"
        .to_owned()
}

#[test]
fn who_refuses_the_terms_is_not_signed_in_and_may_come_again() {
    let mut w = with_steps(TERMS);
    let id = ada(&mut w);
    let mut login = w.login();
    signs_in(&mut w, &mut login, "correct horse");
    login.presses(&mut w, action::REFUSE);
    assert_eq!(login.denial(), DenialCode::TermsRefused);
    assert!(w.sessions.is_empty() && w.users[&id].accepted_terms.is_empty());
    let mut again = w.login();
    signs_in(&mut w, &mut again, "correct horse");
    again.presses(&mut w, action::CONTINUE);
    assert_eq!(again.user(), id);
}

/// The account is open, so nobody is told that it is closed. Signing in anew, with the new password, works.
#[test]
fn a_password_that_was_changed_in_another_tab_ends_the_first_one_and_says_why() {
    let mut w = with_steps(TERMS);
    let id = ada(&mut w);
    let mut first = w.login();
    signs_in(&mut w, &mut first, "correct horse");
    let mut other = w.login_with(None, |request| request.wish = domain::Wish::Recover);
    other.sends(&mut w, action::CONTINUE, &[("username", "ada")]);
    other.presses_mail(&mut w, "ada@x.org");
    other.sends(&mut w, action::CONTINUE, &[("password", "battery staple")]);

    first.presses(&mut w, action::CONTINUE);
    assert_eq!(first.denial(), DenialCode::AccountChanged);
    assert!(w.users[&id].accepted_terms.is_empty(), "what was shown of the account before doesn't count");
    let mut again = w.login();
    signs_in(&mut w, &mut again, "battery staple");
    again.presses(&mut w, action::CONTINUE);
    assert_eq!(again.user(), id);
}

/// Whoever has shown nothing of the account reads what everybody reads.
#[test]
fn a_stranger_does_not_learn_that_an_account_was_changed() {
    let mut w = World::new();
    let id = ada(&mut w);
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
    login.presses(&mut w, action::CONTINUE);
    login.takes(&mut w, "password");
    let before = login.page(&w);
    w.change(id, |user| user.epoch = user.epoch.next());
    assert_eq!(login.page(&w), before);
    login.sends(&mut w, action::CONTINUE, &[("password", "a guess")]);
    assert!(matches!(login.page(&w), Page::Reauthenticate { .. }), "{:?}", login.page(&w));
}

#[test]
fn terms_are_not_passed_by_starting_again_or_in_another_tab() {
    let mut w = with_steps(TERMS);
    ada(&mut w);
    let mut login = w.login();
    signs_in(&mut w, &mut login, "correct horse");
    login.presses(&mut w, action::RESTART);
    assert!(matches!(login.page(&w), Page::Login { .. }), "the sign-in is forgotten");
    let silent = w.login_with(None, |request| request.prompt.none = true);
    assert_eq!(silent.denial(), DenialCode::LoginRequired);
    assert!(w.sessions.is_empty());
}

#[test]
fn a_silent_login_that_would_show_a_page_says_so() {
    let mut w = with_steps("");
    ada(&mut w);
    let mut login = w.login();
    signs_in(&mut w, &mut login, "correct horse");
    w.flow(&with_new_terms());
    let silent = w.login_with(Some(cookie_of(&login)), |request| request.prompt.none = true);
    assert_eq!(silent.denial(), DenialCode::InteractionRequired);
}

#[test]
fn a_new_account_is_made_with_the_terms_that_it_accepted() {
    let mut w = with_steps(TERMS);
    let mut login = w.login();
    login.takes(&mut w, "register");
    let fields = [("username", "bob"), ("email", "bob@x.org"), ("password", "long enough")];
    login.sends(&mut w, action::CONTINUE, &fields);
    assert!(matches!(login.page(&w), Page::Terms { .. }));
    assert!(w.users.is_empty(), "who doesn't accept gets no account");
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(w.users[&login.user()].accepted_terms.len(), 1);
}

#[test]
fn terms_of_a_closed_account_end_the_login() {
    let mut w = with_steps(TERMS);
    let id = ada(&mut w);
    let mut login = w.login();
    signs_in(&mut w, &mut login, "correct horse");
    w.disable(id);
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.denial(), DenialCode::AccountDisabled);
    assert!(w.users[&id].accepted_terms.is_empty());
}

const COMPLETE: &str = "  - complete-profile: { ask: [given-name, family-name, email, username] }\n";

#[test]
fn what_is_missing_is_asked_for_and_what_is_typed_is_typed() {
    let mut w = with_steps(COMPLETE);
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1"));
    // The first login asked for an address already.
    login.sends(&mut w, action::CONTINUE, &[("email", "ada@x.org")]);
    let Page::CompleteProfile { fields, .. } = login.page(&w) else { panic!("{:?}", login.page(&w)) };
    let names: Vec<_> = fields.iter().map(|field| field.name).collect();
    assert_eq!(names, [FieldName::GivenName, FieldName::FamilyName, FieldName::Username]);
    let (account, none) = (*w.users.keys().next().unwrap(), &w.sessions);
    assert!(none.is_empty(), "the account is there; nobody is signed in");
    login.sends(&mut w, action::CONTINUE, &[("given_name", "Ada"), ("username", "not a name")]);
    let Page::CompleteProfile { problems, .. } = login.page(&w) else { panic!() };
    assert_eq!(problems, [(FieldName::FamilyName, Problem::Missing), (FieldName::Username, Problem::NotAUsername)]);
    login.sends(&mut w, action::CONTINUE, &[("given_name", "Ada"), ("family_name", "Lovelace"), ("username", "ada")]);
    assert_eq!(login.user(), account);
    let user = &w.users[&account];
    assert_eq!((user.given_name.as_deref(), user.username.as_ref().map(ToString::to_string)), (Some("Ada"), Some("ada".into())));
    assert!(user.origins.values().all(|origin| *origin == Provenance::Typed));
}

#[test]
fn an_address_that_is_typed_to_complete_a_profile_is_not_proved() {
    let mut w = with_steps(COMPLETE);
    let owner = w.user("owner").proved("ada@x.org").done();
    let id = w.user("ada").password("correct horse").done();
    w.change(id, |user| (user.given_name, user.family_name) = (Some("Ada".into()), Some("Lovelace".into())));
    let mut login = w.login();
    signs_in(&mut w, &mut login, "correct horse");
    login.sends(&mut w, action::CONTINUE, &[("email", "ada@x.org")]);
    assert_eq!(login.user(), id, "that somebody else has proved it isn't said");
    assert!(!w.users[&id].email.as_ref().unwrap().is_proved());
    assert!(w.users[&owner].has_proved(&crate::world::address("ada@x.org")));
}

#[test]
fn a_username_that_is_taken_is_refused_also_when_it_was_taken_meanwhile() {
    let mut w = with_steps("  - complete-profile: { ask: [username] }\n");
    let id = ada(&mut w);
    w.change(id, |user| user.username = None);
    w.user("vic").done();
    let mut login = w.login();
    login.sends(&mut w, action::CONTINUE, &[("username", "ada@x.org"), ("password", "correct horse")]);
    login.sends(&mut w, action::CONTINUE, &[("username", "vic")]);
    let Page::CompleteProfile { problems, .. } = login.page(&w) else { panic!() };
    assert_eq!(problems, [(FieldName::Username, Problem::UsernameTaken)]);
    let event = login.form(action::CONTINUE, &[("username", "bob")]);
    login.meets_while(&mut w, &event, &mut |w| _ = w.user("bob").done());
    assert!(matches!(login.page(&w), Page::CompleteProfile { .. }), "{:?}", login.page(&w));
    login.sends(&mut w, action::CONTINUE, &[("username", "ada")]);
    assert_eq!(login.user(), id);
}

/// An address decides who gets into the account: whoever finds an unlocked browser gives it none.
#[test]
fn whoever_is_signed_in_already_completes_the_profile_but_for_the_address() {
    let mut w = with_steps("");
    let id = w.user("ada").password("correct horse").done();
    let mut login = w.login();
    signs_in(&mut w, &mut login, "correct horse");
    let before = cookie_of(&login);
    let completing = "executions:\n  - cookie\n  - complete-profile: { ask: [email, given-name] }\n";
    w.flow(&format!("flow: stepwise\n{completing}"));
    let mut login = w.login_with(Some(before.clone()), |_| {});
    let Page::CompleteProfile { fields, .. } = login.page(&w) else { panic!("{:?}", login.page(&w)) };
    assert_eq!(fields.iter().map(|field| field.name).collect::<Vec<_>>(), [FieldName::GivenName]);
    login.sends(&mut w, action::CONTINUE, &[("email", "mallory@x.org"), ("given_name", "Ada")]);
    assert_eq!((login.user(), cookie_of(&login)), (id, before.clone()));
    assert_eq!((w.users[&id].email.as_ref(), w.users[&id].given_name.as_deref()), (None, Some("Ada")));
    let login = w.login_with(Some(before), |_| {});
    assert_eq!(login.user(), id, "nothing is left that could be asked");
}

#[test]
fn a_session_that_a_step_renews_has_not_shown_the_password_by_that() {
    let mut w = with_steps("");
    let id = w.user("ada").password("correct horse").claims("ada@x.org").done();
    let mut login = w.login();
    signs_in(&mut w, &mut login, "correct horse");
    let (before, signed_in_at) = (cookie_of(&login), w.now);
    w.change(id, |user| user.must_renew_password = true);
    w.flow("flow: stepwise\nexecutions:\n  - cookie\n  - verify-address\n  - update-password\n");
    w.waits(60);
    let mut login = w.login_with(Some(before.clone()), |_| {});
    login.presses_mail(&mut w, "ada@x.org");
    assert!(w.users[&id].email.as_ref().unwrap().is_proved());
    assert!(matches!(login.session().rest, Rest::Finished { .. }), "{:?}", login.session().rest);
    assert!(w.users[&id].must_renew_password, "it waits for whoever knows the password");
    assert_ne!(cookie_of(&login), before, "that one died with the change");
    let session = &w.sessions[&login.finish().signed_in.browser_session];
    assert_eq!((session.epoch, session.auth_time), (w.users[&id].epoch, signed_in_at));
}

const UPDATE: &str = "  - update-password: { older-than: 90d }\n";

#[test]
fn a_password_that_an_administrator_wants_replaced_is_replaced() {
    let mut w = with_steps("  - update-password\n");
    let id = ada(&mut w);
    w.change(id, |user| user.must_renew_password = true);
    let mut login = w.login();
    signs_in(&mut w, &mut login, "correct horse");
    let Page::UpdatePassword { login: name, why, .. } = login.page(&w) else { panic!("{:?}", login.page(&w)) };
    assert_eq!((name.as_str(), why), ("ada", PasswordDue::Required));
    for (typed, problem) in [("short", Problem::PasswordLength), ("correct horse", Problem::SamePassword)] {
        login.sends(&mut w, action::CONTINUE, &[("password", typed)]);
        let Page::UpdatePassword { problems, .. } = login.page(&w) else { panic!() };
        assert_eq!(problems, [(FieldName::Password, problem)]);
    }
    let before = w.users[&id].epoch;
    login.sends(&mut w, action::CONTINUE, &[("password", "battery staple")]);
    assert_eq!(login.user(), id);
    let user = &w.users[&id];
    assert_eq!((w.passwords[&id].as_str(), user.epoch, user.must_renew_password), ("battery staple", before.next(), false));
    assert_eq!(user.password_set_at, Some(w.now));
    assert_eq!(w.outbox.len(), 1, "its owner is told");
    let mut again = w.login();
    signs_in(&mut w, &mut again, "battery staple");
    assert_eq!(again.user(), id);
}

#[test]
fn an_old_password_is_asked_for_anew_and_a_young_one_is_not() {
    let mut w = with_steps(UPDATE);
    let id = ada(&mut w);
    let set_at = w.now;
    w.change(id, |user| user.password_set_at = Some(set_at));
    w.waits(89 * 86_400);
    let mut login = w.login();
    signs_in(&mut w, &mut login, "correct horse");
    let cookie = cookie_of(&login);
    w.waits(86_400);
    let mut later = w.login();
    signs_in(&mut w, &mut later, "correct horse");
    assert!(matches!(later.page(&w), Page::UpdatePassword { why: PasswordDue::Old, .. }));
    assert!(w.sessions.contains_key(&cookie));
}

#[test]
fn who_has_not_shown_the_password_sets_no_other_one() {
    let mut w = with_steps(UPDATE);
    let id = ada(&mut w);
    w.change(id, |user| user.must_renew_password = true);
    let person = someone("campus", "1");
    w.link(&person, id);
    let mut login = w.login();
    login.comes_as(&mut w, &person);
    assert_eq!(login.user(), id);
    let login = w.login_with(Some(cookie_of(&login)), |_| {});
    assert!(matches!(login.session().rest, Rest::Finished { .. }));
    assert!(w.users[&id].must_renew_password, "it waits for whoever knows the password");
}

#[test]
fn a_flow_says_no_in_its_own_words() {
    let mut w = with_steps("  - deny: { message: \"The old school is closed.\\nWrite to <help@x.org>.\" }\n");
    ada(&mut w);
    let mut login = w.login();
    signs_in(&mut w, &mut login, "correct horse");
    let message = Some("The old school is closed.\nWrite to <help@x.org>.".into());
    assert_eq!(login.page(&w), Page::Denied { code: DenialCode::DeniedByFlow, provider: None, message });
    assert!(w.sessions.is_empty());
    assert_eq!(w.audit.last().unwrap().detail.as_deref(), Some("denied-by-flow"));
}

#[test]
fn ph_63_forms_that_say_nothing_or_something_else_skip_no_step() {
    for step in [TERMS, "  - complete-profile: { ask: [given-name] }\n", "  - update-password\n"] {
        let mut w = with_steps(step);
        let id = ada(&mut w);
        w.change(id, |user| user.must_renew_password = true);
        let mut login = w.login();
        signs_in(&mut w, &mut login, "correct horse");
        let page = login.page(&w);
        for pressed in ["", "resend", "review", "accept"] {
            let event = login.form(pressed, &[("password", "long enough"), ("accepted", "true")]);
            assert_eq!(login.is_rejected(&mut w, &event), Rejected::UnknownAction, "{pressed} on {page:?}");
        }
        assert_eq!(login.page(&w), page);
        if !matches!(page, Page::Terms { .. }) {
            login.presses(&mut w, action::CONTINUE);
            assert!(std::mem::discriminant(&login.page(&w)) == std::mem::discriminant(&page), "{:?}", login.page(&w));
        }
        assert!(w.sessions.is_empty());
    }
}
