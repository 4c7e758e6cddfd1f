//! Linking by mail, and addresses that are proved or not.

use super::{links, unreviewed};
use crate::world::{Login, World, someone};
use domain::Vouched;
use flow_runtime::event::action;
use flow_runtime::page::Message;
use flow_runtime::{Page, Rejected};

const ADA: &str = "ada@x.org";

fn waiting(w: &mut World) -> (Login, domain::UserId) {
    let ada = w.user("ada").password("correct horse").proved(ADA).done();
    let mut login = w.login();
    login.comes_as(w, &someone("social", "1").vouched(ADA));
    login.presses(w, action::CONTINUE);
    assert!(matches!(login.page(w), Page::CheckMail { sent: true, .. }));
    (login, ada)
}

#[test]
fn t022_without_an_address_there_is_nothing_to_verify() {
    let mut w = unreviewed();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").called("ada"));
    let user = &w.users[&login.user()];
    assert_eq!((user.email.as_ref(), w.outbox.len()), (None, 0));
}

#[test]
fn t023_an_address_that_a_trusted_provider_vouches_for_is_proved_at_once() {
    let mut w = unreviewed();
    for (address, proved) in [("ada@campus.example", true), (ADA, false)] {
        let mut login = w.login();
        login.comes_as(&mut w, &someone("campus", address).vouched(address));
        assert_eq!(w.users[&login.user()].email.as_ref().unwrap().is_proved(), proved);
        assert!(w.outbox.is_empty());
    }
}

#[test]
fn t025_the_mail_links_once_and_later_presses_change_nothing() {
    let mut w = unreviewed();
    let (mut login, ada) = waiting(&mut w);
    let press = login.mail_button(&mut w, ADA);
    login.meets(&mut w, &press);
    assert_eq!((login.user(), links(&w, ada)), (ada, 1));
    let before = w.identities.clone();
    assert_eq!(login.is_rejected(&mut w, &press), Rejected::Over);
    let mut elsewhere = w.login();
    assert_eq!(elsewhere.is_rejected(&mut w, &press), Rejected::DeadLink);
    assert_eq!(w.identities, before);
}

/// The other browser shows a code, which counts in the one that waits; nothing is linked from there.
#[test]
fn t026_a_mail_that_is_opened_in_another_browser_is_finished_in_the_first() {
    let mut w = unreviewed();
    let (mut login, ada) = waiting(&mut w);
    let code = w.newest_code(ADA);
    assert_eq!(links(&w, ada), 0);
    login.types_code(&mut w, &code);
    assert_eq!((login.user(), links(&w, ada)), (ada, 1));
    assert_eq!(
        w.identities.values().next().unwrap().key.subject.as_str(),
        "1",
        "the identity that asked is the one that is linked"
    );
}

/// A second press within half a minute sends nothing; after that exactly one more mail goes out.
#[test]
fn t028_a_mail_is_sent_again_when_it_is_asked_for() {
    let mut w = unreviewed();
    let (mut login, _) = waiting(&mut w);
    login.presses(&mut w, action::RESEND);
    assert_eq!(w.outbox.len(), 1);
    w.waits(31);
    login.presses(&mut w, action::RESEND);
    assert_eq!((w.outbox.len(), login.view(&w).message), (2, Some(Message::MailSentAgain)));
    assert!(matches!(login.page(&w), Page::CheckMail { .. }));
}

/// Where somebody goes on after the mail is the client of the browser that waits, whoever opened the mail where.
#[test]
fn t029_the_login_ends_at_the_client_that_began_it() {
    let mut w = unreviewed();
    let (mut login, _) = waiting(&mut w);
    let code = w.newest_code(ADA);
    login.types_code(&mut w, &code);
    assert_eq!(login.session().request.client.as_str(), "shop");
    assert!(login.session().is_over());
}

/// What the provider says of an address and what it doesn't: neither makes an account that somebody else could be found by.
#[test]
fn t031_an_address_that_was_changed_at_the_review_is_recorded_as_typed() {
    let mut w = super::keycloak("{ requirement: required, update: on }");
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").with(ADA, Vouched::Yes));
    login.sends(&mut w, action::CONTINUE, &[("email", "other@x.org")]);
    let email = w.users[&login.user()].email.clone().unwrap();
    assert_eq!((email.address.as_str(), email.provenance), ("other@x.org", domain::Provenance::Typed));
    let made = w.audit.iter().filter(|event| event.kind == domain::AuditKind::UserCreated).count();
    assert_eq!(made, 1, "one record says that the account was made");
}
