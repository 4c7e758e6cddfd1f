//! First logins: a new account, or a link to an old one.

use super::in_every_first_login_flow;
use crate::world::{World, someone};
use domain::{AuthenticationMethod, ProofKind, UpstreamFailure, Vouched};
use flow_runtime::event::action;
use flow_runtime::page::{FieldName, Message, Problem};
use flow_runtime::{DenialCode, MailKind, Page};

#[test]
fn someone_new_gets_an_account() {
    in_every_first_login_flow(|w| {
        let ada = someone("social", "1").with("ada@x.org", Vouched::Silent).called("Ada");
        let mut login = w.login();
        login.comes_as(w, &ada);
        let user = &w.users[&login.user()];
        assert_eq!(user.username.as_ref().unwrap().as_str(), "ada");
        assert!(!user.email.as_ref().unwrap().is_proved());
        assert_eq!(w.owner_of(&ada), Some(user.id));
        assert_eq!(w.identities[&ada.0.key].proof.kind, ProofKind::Created);
        assert_eq!(login.finish().signed_in.methods, [AuthenticationMethod::Federated]);
        assert_eq!(w.sessions.len(), 1);
    });
}

#[test]
fn the_password_of_the_account_links_it() {
    in_every_first_login_flow(|w| {
        let owner = w.user("ada").password("correct horse").proved("ada@x.org").done();
        let ada = someone("social", "1").vouched("ada@x.org");
        let mut login = w.login();
        login.comes_as(w, &ada);
        assert!(matches!(login.page(w), Page::AccountExists { proved: true, reveals: true, .. }));
        login.presses(w, action::CONTINUE);
        assert!(matches!(login.page(w), Page::CheckMail { sent: true, .. }));
        login.takes(w, "password");
        login.sends(w, action::CONTINUE, &[("password", "wrong")]);
        assert_eq!(w.owner_of(&ada), None);
        login.sends(w, action::CONTINUE, &[("password", "correct horse")]);
        assert_eq!(login.user(), owner);
        assert_eq!(w.identities[&ada.0.key].proof.kind, ProofKind::Password);
        assert_eq!(login.finish().signed_in.methods, [AuthenticationMethod::Federated, AuthenticationMethod::Password]);
    });
}

#[test]
fn the_owner_is_told_of_a_new_way_in() {
    let mut w = World::new();
    w.user("ada").password("correct horse").proved("ada@x.org").done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
    login.presses(&mut w, action::CONTINUE);
    login.takes(&mut w, "password");
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    let news = w.outbox.last().unwrap();
    assert_eq!(news.to.as_str(), "ada@x.org");
    assert!(matches!(&news.mail, MailKind::IdentityLinked { provider, .. } if provider == "SOCIAL"));
}

#[test]
fn saying_that_the_account_is_theirs_proves_nothing() {
    in_every_first_login_flow(|w| {
        w.user("ada").proved("ada@x.org").done();
        let ada = someone("social", "1").vouched("ada@x.org");
        let mut login = w.login();
        login.comes_as(w, &ada);
        login.presses(w, action::CONTINUE);
        assert_eq!(w.owner_of(&ada), None);
        assert!(w.sessions.is_empty());
        assert!(matches!(login.page(w), Page::CheckMail { .. }));
        assert!(login.ways(w).is_empty(), "an account without a password isn't asked for one");
    });
}

#[test]
fn somebody_can_try_another_way_and_come_back() {
    in_every_first_login_flow(|w| {
        let owner = w.user("ada").password("correct horse").proved("ada@x.org").done();
        let mut login = w.login();
        login.comes_as(w, &someone("social", "1").vouched("ada@x.org"));
        login.presses(w, action::CONTINUE);
        assert_eq!(login.ways(w), ["password"]);
        login.takes(w, "password");
        assert!(matches!(login.page(w), Page::Reauthenticate { .. }));
        assert_eq!(login.ways(w), ["mail"]);
        login.takes(w, "mail");
        assert!(matches!(login.page(w), Page::CheckMail { .. }));
        assert_eq!(w.outbox.len(), 1, "the mail that was sent still works, so no other is sent");
        login.presses_mail(w, "ada@x.org");
        assert_eq!(login.user(), owner);
    });
}

#[test]
fn a_wrong_password_is_said_at_its_field_and_nowhere_kept() {
    let mut w = World::new();
    w.user("ada").password("correct horse").proved("ada@x.org").done();
    w.policy.sends_mail = false;
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
    login.presses(&mut w, action::CONTINUE);
    login.sends(&mut w, action::CONTINUE, &[("password", "open sesame")]);
    let Page::Reauthenticate { problems, .. } = login.page(&w) else { panic!() };
    assert_eq!(problems, [(FieldName::Password, Problem::WrongCredentials)]);
    assert!(!serde_json::to_string(login.session()).unwrap().contains("open sesame"));
}

#[test]
fn without_mail_and_without_password_nothing_can_be_proved() {
    let mut w = World::new();
    w.policy.sends_mail = false;
    w.user("ada").proved("ada@x.org").done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
    assert_eq!(login.denial(), DenialCode::NoProofPossible);
}

#[test]
fn where_the_flow_makes_no_account_there_is_none() {
    let mut w = World::new();
    w.flow(
        "flow: members-only\nexecutions:\n  - detect-existing-user: { requirement: required }\n  - reauthenticate: { requirement: required, by: password }\n",
    );
    w.campus_uses("members-only");
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").vouched("ada@x.org"));
    assert_eq!(login.denial(), DenialCode::NoAccount);
    assert!(w.users.is_empty());
}

#[test]
fn who_cancels_at_the_provider_is_back_at_the_login_page() {
    for failure in [UpstreamFailure::Cancelled, UpstreamFailure::Unavailable, UpstreamFailure::Refused, UpstreamFailure::Error] {
        let mut w = World::new();
        let mut login = w.login();
        login.takes(&mut w, "campus");
        login.returns_failed(&mut w, failure);
        let view = login.view(&w);
        assert!(matches!(view.page, Page::Login { .. }));
        assert_eq!(view.message, Some(Message::Upstream { provider: "CAMPUS".into(), failure }));
        assert_eq!(login.ways(&w), ["campus", "social", "other", "register", "recover"]);
        login.comes_as(&mut w, &someone("campus", "1").vouched("ada@x.org"));
        assert_eq!(w.users.len(), 1);
    }
}

#[test]
fn someone_without_any_address_is_asked_for_one() {
    in_every_first_login_flow(|w| {
        let ada = someone("social", "1").called("ada");
        let mut login = w.login();
        login.comes_as(w, &ada);
        assert!(matches!(login.page(w), Page::ReviewProfile { .. }));
        login.sends(w, action::CONTINUE, &[("email", "ada@x.org"), ("username", "ada")]);
        let user = &w.users[&login.user()];
        assert!(!user.email.as_ref().unwrap().is_proved());
    });
}
