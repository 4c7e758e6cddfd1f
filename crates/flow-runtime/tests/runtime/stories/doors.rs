//! The login page: passwords, registration, and who is signed in already.

use crate::world::{World, someone};
use domain::AuthenticationMethod;
use flow_runtime::Page;
use flow_runtime::definition::declaration::AskKind;
use flow_runtime::event::action;
use flow_runtime::page::{FieldName, Problem};

#[test]
fn a_name_or_a_proved_address_and_the_password_sign_in() {
    let mut w = World::new();
    let id = w.user("ada").password("correct horse").proved("ada@x.org").done();
    w.user("squatter").password("squatter").claims("ada@x.org").done();
    for name in ["ada", "ADA", "ada@x.org", " Ada@X.org "] {
        let mut login = w.login();
        login.sends(&mut w, action::CONTINUE, &[("username", name), ("password", "correct horse")]);
        assert_eq!(login.user(), id);
        assert_eq!(login.finish().signed_in.methods, [AuthenticationMethod::Password]);
    }
}

#[test]
fn a_wrong_name_and_a_wrong_password_look_the_same() {
    let mut w = World::new();
    w.user("ada").password("correct horse").done();
    let mut page = |name: &str| {
        let mut login = w.login();
        login.sends(&mut w, action::CONTINUE, &[("username", name), ("password", "guess")]);
        assert_eq!(w.asked, [AskKind::FindUsers, AskKind::CheckPassword]);
        login.page(&w)
    };
    let Page::Login { problems, .. } = page("nobody") else { panic!() };
    assert_eq!(problems, [(FieldName::Username, Problem::WrongCredentials)]);
    assert_eq!(page("ada"), Page::Login { username: "ada".into(), problems });
}

#[test]
fn ph_67_passwords_are_counted_over_all_logins() {
    let mut w = World::new();
    w.policy.limits.passwords_per_account = 3;
    w.user("ada").password("correct horse").proved("ada@x.org").done();
    for _ in 0..3 {
        let mut login = w.login();
        login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "guess")]);
    }
    let mut login = w.login();
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    assert!(
        matches!(login.page(&w), Page::Login { problems, .. } if matches!(problems[..], [(_, Problem::TooManyTries { .. })]))
    );
    let mut linking = w.login();
    linking.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
    linking.presses(&mut w, action::CONTINUE);
    linking.takes(&mut w, "password");
    linking.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert!(w.identities.is_empty(), "both doors count the same tries");
}

#[test]
fn ph_67_a_right_password_forgets_the_wrong_ones() {
    let mut w = World::new();
    w.policy.limits.passwords_per_account = 3;
    w.user("ada").password("correct horse").done();
    for password in ["guess", "guess", "correct horse", "guess", "guess", "correct horse"] {
        let mut login = w.login();
        login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", password)]);
        assert_eq!(login.session().is_over(), password == "correct horse");
    }
}

#[test]
fn from_the_login_page_a_provider_or_registration_can_be_chosen_to_the_end() {
    let mut w = World::new();
    let mut by_provider = w.login();
    by_provider.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
    let mut by_form = w.login();
    by_form.takes(&mut w, "register");
    assert_eq!(by_form.ways(&w), ["campus", "social", "other", "login", "recover"]);
    by_form.takes(&mut w, "login");
    assert!(matches!(by_form.page(&w), Page::Login { .. }));
    by_form.takes(&mut w, "register");
    let fields = [("username", "bob"), ("email", "bob@x.org"), ("password", "eight or more")];
    by_form.sends(&mut w, action::CONTINUE, &fields);
    assert_ne!(by_form.user(), by_provider.user());
}

#[test]
fn registration_makes_an_account_whose_address_is_a_claim() {
    let mut w = World::new();
    w.user("vic").proved("vic@x.org").done();
    let mut login = w.login_with(None, |request| request.wish = domain::Wish::Create);
    let fields = [("username", "Mallory"), ("email", "vic@x.org"), ("given_name", "M"), ("password", "eight or more")];
    login.sends(&mut w, action::CONTINUE, &fields);
    let user = &w.users[&login.user()];
    assert_eq!(user.username.as_ref().unwrap().as_str(), "mallory");
    assert!(user.has_password && !user.email.as_ref().unwrap().is_proved());
    let mut back = w.login();
    back.sends(&mut w, action::CONTINUE, &[("username", "mallory"), ("password", "eight or more")]);
    assert_eq!(back.user(), login.user());
}

#[test]
fn registration_says_everything_that_is_wrong_and_keeps_what_was_typed() {
    let mut w = World::new();
    w.user("bob").done();
    let mut login = w.login_with(None, |request| request.wish = domain::Wish::Create);
    login.sends(&mut w, action::CONTINUE, &[("username", "b@d"), ("email", "nonsense"), ("password", "short")]);
    let Page::Register { fields, problems } = login.page(&w) else { panic!() };
    assert_eq!(
        problems,
        [
            (FieldName::Username, Problem::NotAUsername),
            (FieldName::Email, Problem::NotAnAddress),
            (FieldName::Password, Problem::PasswordLength)
        ]
    );
    let value = |name| fields.iter().find(|field| field.name == name).unwrap().value.clone();
    assert_eq!((value(FieldName::Username), value(FieldName::Email)), ("b@d".into(), "nonsense".into()));
    assert_eq!(value(FieldName::Password), "");
    login.sends(&mut w, action::CONTINUE, &[("username", "bob"), ("email", "b@x.org"), ("password", "eight or more")]);
    let Page::Register { problems, .. } = login.page(&w) else { panic!() };
    assert_eq!(problems, [(FieldName::Username, Problem::UsernameTaken)]);
    assert!(!serde_json::to_string(login.session()).unwrap().contains("eight or more"));
}

#[test]
fn who_is_signed_in_goes_straight_through() {
    let mut w = World::new();
    w.user("ada").password("correct horse").done();
    let mut first = w.login();
    first.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    let cookie = first.finish().signed_in.browser_session.clone();
    w.waits(60);
    let login = w.login_with(Some(cookie), |_| {});
    let finish = login.finish();
    assert_eq!(finish.signed_in.auth_time, first.finish().signed_in.auth_time);
    assert!(finish.cookie.is_none());
    assert_ne!(finish.code, first.finish().code);
    assert_eq!(w.sessions.len(), 1);
}

#[test]
fn a_dead_browser_session_counts_for_nothing() {
    let mut w = World::new();
    let id = w.user("ada").password("correct horse").done();
    let mut first = w.login();
    first.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    let cookie = first.finish().signed_in.browser_session.clone();
    w.change(id, |user| user.epoch = domain::Epoch(1));
    assert!(matches!(w.login_with(Some(cookie.clone()), |_| {}).page(&w), Page::Login { .. }));
    w.change(id, |user| user.epoch = domain::Epoch(0));
    w.now = w.now.plus(w.policy.limits.session_lifetime);
    assert!(matches!(w.login_with(Some(cookie), |_| {}).page(&w), Page::Login { .. }));
}

#[test]
fn a_new_login_replaces_the_browsers_session() {
    let mut w = World::new();
    w.user("ada").password("correct horse").done();
    w.user("bob").password("bobs own").done();
    let mut first = w.login();
    first.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    let cookie = first.finish().signed_in.browser_session.clone();
    let mut second = w.login_with(Some(cookie.clone()), |request| request.prompt.login = true);
    second.sends(&mut w, action::CONTINUE, &[("username", "bob"), ("password", "bobs own")]);
    assert!(!w.sessions.contains_key(&cookie));
    assert_eq!(w.sessions.len(), 1);
    assert_ne!(second.finish().signed_in.browser_session, cookie);
}

#[test]
fn web_45_new_passwords_are_counted_by_network() {
    let mut w = World::new();
    w.policy.limits.registrations_per_network = 2;
    let mut register = |name: &str| {
        let mut login = w.login();
        login.takes(&mut w, "register");
        login.sends(&mut w, action::CONTINUE, &[("username", name), ("email", "b@x.org"), ("password", "eight or more")]);
        login.session().is_over().then_some(()).ok_or_else(|| Box::new(login.page(&w)))
    };
    assert!(register("ada").is_ok() && register("bob").is_ok());
    let Err(page) = register("eve") else { panic!() };
    let Page::Register { problems, .. } = *page else { panic!() };
    assert!(matches!(problems[..], [(FieldName::Username, Problem::TooManyTries { .. })]));
    assert_eq!(w.users.len(), 2);
}
