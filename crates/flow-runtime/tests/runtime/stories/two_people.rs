//! One login is one person's: two steps that sign in must sign in the same account.

use crate::world::{Login, Person, World, flow_name, someone};
use domain::{AuthenticationMethod, Digest, UserId};
use flow_runtime::event::action;
use flow_runtime::{DenialCode, Page};

/// Everybody comes through a provider and then shows their password.
fn both() -> (World, UserId, Person) {
    let mut w = World::new();
    w.flow("flow: browser\nexecutions:\n  - flow: through a provider\n    executions:\n      - provider: { requirement: alternative }\n  - username-and-password\n");
    let ada = w.user("ada").password("correct horse").proved("ada@campus.example").done();
    w.user("mallory").password("battery staple").proved("mallory@x.org").done();
    let person = someone("campus", "1").vouched("ada@campus.example");
    w.link(&person, ada);
    (w, ada, person)
}

fn at_the_password(w: &mut World, person: &Person) -> Login {
    let mut login = w.login_with(None, |request| request.provider_hint = Some(person.0.key.provider.clone()));
    login.returns(w, person);
    login
}

#[test]
fn who_comes_as_one_and_types_the_password_of_another_is_neither() {
    let (mut w, _, person) = both();
    let mut login = at_the_password(&mut w, &person);
    login.sends(&mut w, action::CONTINUE, &[("username", "mallory"), ("password", "battery staple")]);
    assert_eq!(login.denial(), DenialCode::OtherUser);
    assert!(w.sessions.is_empty());
}

#[test]
fn who_shows_both_is_signed_in_by_both() {
    let (mut w, ada, person) = both();
    let mut login = at_the_password(&mut w, &person);
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    let signed_in = &login.finish().signed_in;
    assert_eq!((signed_in.user.id, signed_in.identity.as_ref()), (ada, Some(&person.0.key)));
    assert_eq!(signed_in.methods, [AuthenticationMethod::Password, AuthenticationMethod::Federated]);
}

#[test]
fn a_live_session_takes_nothing_from_what_was_shown_in_this_login() {
    let mut w = World::new();
    w.user("ada").password("correct horse").done();
    let mut before = w.login();
    before.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    let old: Digest = before.finish().signed_in.browser_session.clone();
    w.flow("flow: browser\nexecutions:\n  - username-and-password\n  - cookie\n");
    w.waits(60);
    let mut login = w.login_with(Some(old.clone()), |_| {});
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
    assert_eq!(login.finish().signed_in.auth_time, w.now);
    assert_ne!(login.finish().signed_in.browser_session, old);
}

#[test]
fn who_proves_one_account_in_a_first_login_makes_no_other_one_in_it() {
    let mut w = World::new();
    w.flow("flow: twice\nexecutions:\n  - detect-existing-user\n  - reauthenticate\n  - verify-by-email\n");
    w.provider("social").first_login_flow = flow_name("twice");
    w.user("ada").password("correct horse").claims("ada@x.org").done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert!(matches!(login.page(&w), Page::CheckMail { .. }), "{:?}", login.page(&w));
    login.presses_mail(&mut w, "ada@x.org");
    assert_eq!(login.denial(), DenialCode::OtherUser);
    assert_eq!((w.users.len(), w.identities.len(), w.sessions.len()), (1, 0, 0));
}

/// The account that the identity would get is somebody else's, also where pages of a post-login flow stand between.
#[test]
fn who_signed_in_makes_no_other_account_by_an_identity_that_nobody_has() {
    for asked_after in [false, true] {
        let mut w = World::new();
        w.flow("flow: browser\nexecutions:\n  - username-and-password\n  - flow: through a provider\n    executions:\n      - provider: { requirement: alternative }\n");
        w.flow("flow: after\nexecutions:\n  - terms: { version: '1', document: Be kind. }\n");
        w.provider("campus").post_login_flow = asked_after.then(|| flow_name("after"));
        w.user("ada").password("correct horse").done();
        let new = someone("campus", "1").vouched("vic@campus.example");
        let mut login = w.login_with(None, |request| request.provider_hint = Some(new.0.key.provider.clone()));
        login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
        login.returns(&mut w, &new);
        assert_eq!(login.denial(), DenialCode::OtherUser);
        assert_eq!((w.users.len(), w.identities.len(), w.sessions.len()), (1, 0, 0));
    }
}

#[test]
fn leaving_a_way_does_not_forget_who_signed_in_before_it() {
    let mut w = World::new();
    w.flow(
        "flow: twice\nexecutions:\n  - username-and-password\n  - flow: again\n    executions:\n      \
         - flow: with a provider\n        requirement: alternative\n        executions:\n          - provider\n          \
         - terms: { version: '1', document: Be kind. }\n      - reset-password: { requirement: alternative }\n",
    );
    w.policy.bindings.browser = flow_name("twice");
    let mallory = w.user("mallory").password("her own").done();
    w.user("vic").password("never typed").proved("vic@x.org").done();
    let person = someone("social", "mallory");
    w.link(&person, mallory);
    let mut login = w.login_with(None, |request| request.provider_hint = Some(person.0.key.provider.clone()));
    login.sends(&mut w, action::CONTINUE, &[("username", "mallory"), ("password", "her own")]);
    login.returns(&mut w, &person);
    assert!(matches!(login.page(&w), Page::Terms { .. }), "{:?}", login.page(&w));
    login.takes(&mut w, "recover");
    login.sends(&mut w, action::CONTINUE, &[("username", "vic")]);
    login.presses_mail(&mut w, "vic@x.org");
    login.sends(&mut w, action::CONTINUE, &[("password", "long enough")]);
    assert_eq!(login.denial(), DenialCode::OtherUser);
}
