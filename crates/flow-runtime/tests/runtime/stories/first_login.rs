//! First logins: a new account, or a link to an old one.

use crate::world::{World, someone};
use domain::{AuthenticationMethod, ProofKind, Vouched};
use flow_runtime::Page;
use flow_runtime::event::action;

#[test]
fn someone_new_gets_an_account() {
    let mut w = World::new();
    let ada = someone("social", "1").with("ada@x.org", Vouched::Silent).called("Ada");
    let mut login = w.login();
    login.comes_as(&mut w, &ada);
    let user = &w.users[&login.user()];
    assert_eq!(user.username.as_ref().unwrap().as_str(), "ada");
    assert!(!user.email.as_ref().unwrap().is_proved());
    assert_eq!(w.owner_of(&ada), Some(user.id));
    assert_eq!(w.identities[&ada.0.key].proof.kind, ProofKind::Created);
    assert_eq!(login.finish().signed_in.methods, [AuthenticationMethod::Federated]);
    assert_eq!(w.sessions.len(), 1);
}

#[test]
fn the_same_address_is_proved_with_the_password() {
    let mut w = World::new();
    let owner = w.user("ada").password("correct horse").proved("ada@x.org").done();
    let ada = someone("social", "1").vouched("ada@x.org");
    let mut login = w.login();
    login.comes_as(&mut w, &ada);
    assert!(matches!(login.page(&w), Page::AccountExists { proved: true, reveals: true, .. }));
    login.presses(&mut w, action::CONTINUE);
    assert!(matches!(login.page(&w), Page::CheckMail { sent: true, .. }));
    login.takes(&mut w, "password");
    login.sends(&mut w, action::CONTINUE, &[("password", "wrong")]);
    assert_eq!(w.owner_of(&ada), None);
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!(login.user(), owner);
    assert_eq!(w.identities[&ada.0.key].proof.kind, ProofKind::Password);
}
