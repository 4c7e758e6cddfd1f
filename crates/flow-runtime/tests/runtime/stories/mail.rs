//! Proofs by mail: in the browser that started, and nowhere else.

use super::in_every_first_login_flow;
use crate::world::{Given, Login, Person, World, code_of, someone};
use domain::{AuthenticationMethod, Digest, ProofKind, Secret, UserId};
use flow_runtime::definition::declaration::AskKind;
use flow_runtime::event::action;
use flow_runtime::page::{FieldName, MailMeaning, Message, Problem};
use flow_runtime::{DenialCode, Event, MailKind, Page, Rejected, Viewer, view};

/// Ada has an account with a proved address, came through a provider, and waits for her mail.
fn waiting(w: &mut World) -> (Login, UserId, Person) {
    let owner = w.user("ada").password("correct horse").proved("ada@x.org").done();
    let ada = someone("social", "1").vouched("ada@x.org");
    let login = waits_as(w, &ada);
    (login, owner, ada)
}

fn waits_as(w: &mut World, person: &Person) -> Login {
    let mut login = w.login();
    login.comes_as(w, person);
    login.presses(w, action::CONTINUE);
    assert!(matches!(login.page(w), Page::CheckMail { .. }));
    login
}

#[test]
fn the_mails_button_in_the_same_browser_links() {
    in_every_first_login_flow(|w| {
        let (mut login, owner, ada) = waiting(w);
        assert!(matches!(&w.outbox[0].mail, MailKind::ProveAddress { links: true, .. }));
        login.presses_mail(w, "ada@x.org");
        assert_eq!((login.user(), w.owner_of(&ada)), (owner, Some(owner)));
        assert_eq!(w.identities[&ada.0.key].proof.kind, ProofKind::Mailbox);
        assert_eq!(login.finish().signed_in.methods, [AuthenticationMethod::Federated, AuthenticationMethod::Mail]);
    });
}

#[test]
fn the_code_from_another_device_links() {
    in_every_first_login_flow(|w| {
        let (mut login, owner, ada) = waiting(w);
        let code = w.newest_code("ada@x.org");
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        login.types_code(w, &spaced);
        assert_eq!((login.user(), w.owner_of(&ada)), (owner, Some(owner)));
    });
}

#[test]
fn ph_5_opening_the_mail_elsewhere_changes_nothing() {
    let mut w = World::new();
    let (login, _, _) = waiting(&mut w);
    let before = login.session().clone();
    let seen = view(&w.policy, login.session(), w.now, Viewer::MailElsewhere).unwrap();
    assert!(matches!(seen.page, Page::MailCode(MailMeaning::Link { account: Some(_), .. })));
    assert!(seen.ways.is_empty() && !seen.can_restart);
    assert_eq!(&before, login.session());
    assert!(w.identities.is_empty());
}

#[test]
fn a_mails_page_is_there_only_while_the_login_waits_for_it() {
    let mut w = World::new();
    w.user("ada").password("correct horse").proved("ada@x.org").done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
    let seen = |login: &Login, viewer| view(&w.policy, login.session(), w.now, viewer).is_some();
    assert!(!seen(&login, Viewer::MailElsewhere) && !seen(&login, Viewer::MailInStartingBrowser));
}

#[test]
fn ph_23_a_token_of_another_login_is_refused() {
    let mut w = World::new();
    let (vics, _, _) = waiting(&mut w);
    let press = vics.mail_button(&mut w, "ada@x.org");
    let mallory = someone("social", "666").vouched("ada@x.org");
    let mut other = waits_as(&mut w, &mallory);
    assert_eq!(other.is_rejected(&mut w, &press), Rejected::DeadLink);
    assert_eq!(w.owner_of(&mallory), None);
}

#[test]
fn ph_23_a_code_of_another_login_is_refused() {
    let mut w = World::new();
    let (vics, _, _) = waiting(&mut w);
    let code = w.newest_code("ada@x.org");
    let mallory = someone("social", "666").vouched("ada@x.org");
    let mut other = waits_as(&mut w, &mallory);
    other.types_code(&mut w, &code);
    assert!(matches!(other.page(&w), Page::CheckMail { problems, .. } if problems == [(FieldName::Code, Problem::WrongCode)]));
    assert_eq!(w.owner_of(&mallory), None);
    assert!(!vics.session().is_over());
}

#[test]
fn ph_23_a_token_of_an_earlier_frame_is_refused() {
    let mut w = World::new();
    let (mut login, _, _) = waiting(&mut w);
    let press = login.mail_button(&mut w, "ada@x.org");
    login.presses(&mut w, action::RESTART);
    login.comes_as(&mut w, &someone("other", "2").vouched("ada@x.org"));
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.is_rejected(&mut w, &press), Rejected::DeadLink);
}

#[test]
fn ph_23_a_token_whose_stored_frame_is_another_is_refused() {
    let mut w = World::new();
    let (mut login, _, ada) = waiting(&mut w);
    let press = login.mail_button(&mut w, "ada@x.org");
    let Event::MailPressed { token } = &press else { panic!() };
    w.issued.get_mut(token).unwrap().frame = domain::FrameId::from_bytes([1; 16]);
    assert_eq!(login.is_rejected(&mut w, &press), Rejected::DeadLink);
    assert_eq!(w.owner_of(&ada), None);
}

#[test]
fn ph_25_a_proof_is_used_once() {
    let mut w = World::new();
    let (mut login, _, _) = waiting(&mut w);
    let press = login.mail_button(&mut w, "ada@x.org");
    let mut copy = login.clone();
    login.meets(&mut w, &press);
    assert!(w.unused.is_empty());
    assert_eq!(login.is_rejected(&mut w, &press), Rejected::Over);
    w.identities.clear();
    assert_eq!(copy.is_rejected(&mut w, &press), Rejected::DeadLink);
}

#[test]
fn ph_25_a_proof_dies_with_the_accounts_epoch() {
    let mut w = World::new();
    let (mut login, owner, ada) = waiting(&mut w);
    w.change(owner, |user| user.epoch = domain::Epoch(user.epoch.0 + 1));
    let press = login.mail_button(&mut w, "ada@x.org");
    assert_eq!(login.is_rejected(&mut w, &press), Rejected::DeadLink);
    let code = w.newest_code("ada@x.org");
    login.types_code(&mut w, &code);
    assert!(matches!(login.page(&w), Page::CheckMail { problems, .. } if problems == [(FieldName::Code, Problem::WrongCode)]));
    assert_eq!(w.owner_of(&ada), None);
    w.waits(31);
    login.presses(&mut w, action::RESEND);
    login.presses_mail(&mut w, "ada@x.org");
    assert_eq!(login.user(), owner);
}

#[test]
fn ph_67_a_new_mail_kills_the_old_one() {
    let mut w = World::new();
    let (mut login, owner, _) = waiting(&mut w);
    let (old, old_code) = (login.mail_button(&mut w, "ada@x.org"), w.newest_code("ada@x.org"));
    w.waits(31);
    login.presses(&mut w, action::RESEND);
    assert_eq!(login.view(&w).message, Some(Message::MailSentAgain));
    assert_eq!(w.unused.len(), 1);
    assert_eq!(login.is_rejected(&mut w, &old), Rejected::DeadLink);
    login.types_code(&mut w, &old_code);
    assert!(!login.session().is_over());
    login.presses_mail(&mut w, "ada@x.org");
    assert_eq!(login.user(), owner);
}

#[test]
fn ph_67_codes_are_counted_and_a_right_one_after_too_many_is_none() {
    let mut w = World::new();
    let (mut login, _, ada) = waiting(&mut w);
    let right = w.newest_code("ada@x.org");
    for guess in 0..5 {
        login.types_code(&mut w, &format!("00000{guess}"));
        assert_eq!(w.asked, [AskKind::FindIdentity, AskKind::CheckMailCode]);
    }
    login.types_code(&mut w, &right);
    let Page::CheckMail { problems, .. } = login.page(&w) else { panic!() };
    assert_eq!(problems, [(FieldName::Code, Problem::CodeExhausted)]);
    assert_eq!(w.owner_of(&ada), None);
}

#[test]
fn ph_67_mails_are_counted_and_the_newest_still_works() {
    let mut w = World::new();
    w.policy.limits.mails_per_address = 2;
    let (mut login, owner, _) = waiting(&mut w);
    for _ in 0..2 {
        w.waits(31);
        login.presses(&mut w, action::RESEND);
    }
    assert_eq!(w.outbox.len(), 2);
    let Page::CheckMail { problems, sent, .. } = login.page(&w) else { panic!() };
    assert!(sent && matches!(problems[..], [(FieldName::Code, Problem::TooManyTries { .. })]));
    login.presses_mail(&mut w, "ada@x.org");
    assert_eq!(login.user(), owner);
}

#[test]
fn ph_67_mails_are_counted_over_all_logins() {
    let mut w = World::new();
    w.policy.limits.mails_per_address = 1;
    w.user("ada").password("correct horse").proved("ada@x.org").done();
    waits_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
    let second = waits_as(&mut w, &someone("social", "2").vouched("ADA@x.org"));
    assert!(matches!(second.page(&w), Page::CheckMail { sent: false, .. }));
    assert_eq!(second.ways(&w), ["password"]);
    assert_eq!(w.outbox.len(), 1);
}

#[test]
fn asking_for_another_mail_at_once_is_too_soon() {
    let mut w = World::new();
    let (mut login, _, _) = waiting(&mut w);
    login.presses(&mut w, action::RESEND);
    assert!(matches!(login.page(&w), Page::CheckMail { problems, .. } if problems == [(FieldName::Code, Problem::TooSoon)]));
    assert_eq!(w.outbox.len(), 1);
}

#[test]
fn ph_64_the_mail_goes_to_the_stored_address_only() {
    let mut w = World::new();
    let (mut login, _, _) = waiting(&mut w);
    w.waits(31);
    login.sends(&mut w, action::RESEND, &[("email", "mallory@evil.org"), ("address", "mallory@evil.org")]);
    assert_eq!(w.outbox.iter().map(|notice| notice.to.as_str()).collect::<Vec<_>>(), ["ada@x.org", "ada@x.org"]);
}

#[test]
fn ph_53_the_mail_goes_to_the_address_as_the_account_spells_it() {
    let mut w = World::new();
    w.user("ada").proved("Ada@x.org").done();
    waits_as(&mut w, &someone("social", "1").vouched("ada@X.ORG"));
    assert_eq!(w.outbox[0].to.as_str(), "Ada@x.org");
}

#[test]
fn a_mail_of_yesterday_is_dead() {
    let mut w = World::new();
    w.policy.limits.login_lifetime = std::time::Duration::from_hours(2);
    let (mut login, owner, _) = waiting(&mut w);
    let (press, code) = (login.mail_button(&mut w, "ada@x.org"), w.newest_code("ada@x.org"));
    w.waits(15 * 60);
    assert_eq!(login.is_rejected(&mut w, &press), Rejected::DeadLink);
    login.types_code(&mut w, &code);
    assert!(matches!(login.page(&w), Page::CheckMail { problems, .. } if problems == [(FieldName::Code, Problem::WrongCode)]));
    login.takes(&mut w, "password");
    login.takes(&mut w, "mail");
    assert_eq!(w.outbox.len(), 2, "there is no live mail, so another one is sent");
    login.presses_mail(&mut w, "ada@x.org");
    assert_eq!(login.user(), owner);
}

#[test]
fn a_mail_counts_only_at_the_execution_that_waits_for_it() {
    let mut w = World::new();
    let (mut login, _, _) = waiting(&mut w);
    let press = login.mail_button(&mut w, "ada@x.org");
    login.takes(&mut w, "password");
    assert_eq!(login.is_rejected(&mut w, &press), Rejected::DeadLink);
}

#[test]
fn a_guessed_token_is_nothing() {
    let mut w = World::new();
    let (mut login, _, _) = waiting(&mut w);
    let guess = Event::MailPressed { token: Digest::of(&Secret::new("guess")) };
    assert_eq!(login.is_rejected(&mut w, &guess), Rejected::DeadLink);
}

#[test]
fn a_mail_never_opens_a_closed_account() {
    let mut w = World::new();
    let (mut login, owner, ada) = waiting(&mut w);
    w.change(owner, |user| user.state = domain::AccountState::Disabled);
    login.presses_mail(&mut w, "ada@x.org");
    assert_eq!(login.denial(), DenialCode::AccountDisabled);
    assert_eq!(w.owner_of(&ada), None);
}

#[test]
fn if_the_account_has_lost_the_address_the_login_looks_again() {
    in_every_first_login_flow(|w| {
        let (mut login, owner, ada) = waiting(w);
        w.change(owner, |user| user.email = None);
        let heir = w.user("heir").proved("ada@x.org").done();
        login.presses_mail(w, "ada@x.org");
        assert!(matches!(login.page(w), Page::AccountExists { .. }));
        assert_eq!(w.owner_of(&ada), None);
        login.presses(w, action::CONTINUE);
        login.presses_mail(w, "ada@x.org");
        assert_eq!(login.user(), heir);
    });
}

#[test]
fn the_mail_is_the_same_proof_for_one_identity_only() {
    let mut w = World::new();
    let (mut login, _, ada) = waiting(&mut w);
    let code = code_of(&Digest::of(&w.newest_token("ada@x.org").unwrap()));
    login.types_code(&mut w, &code);
    assert!(w.given.iter().any(|given| matches!(given, Given::Mail(..))));
    assert_eq!(w.identities.len(), 1);
    assert!(w.identities.contains_key(&ada.0.key));
}
