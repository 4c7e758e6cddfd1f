//! Accounts that show their address before they are made: `register`, then `verify-address`, in one login.

use crate::world::{Came, Login, World, address, flow_name};
use domain::{Epoch, Username};
use flow_runtime::event::action;
use flow_runtime::page::{FieldName, MailMeaning, Message, Problem};
use flow_runtime::{DenialCode, MailKind, Page, Rejected, Viewer, view};

const ADA: &str = "ada@x.org";

fn proves_addresses() -> World {
    let mut w = World::new();
    w.flow("flow: proved\nassumes: [mail]\nexecutions:\n  - register\n  - verify-address\n  - terms: { version: '1', document: Be kind. }\n");
    w.policy.bindings.browser = flow_name("proved");
    w
}

fn registers(w: &mut World, name: &str) -> Login {
    let mut login = w.login();
    login.sends(w, action::CONTINUE, &[("username", name), ("email", ADA), ("password", "long enough")]);
    assert!(matches!(login.page(w), Page::CheckMail { .. }), "{:?}", login.page(w));
    login
}

fn last_mail(w: &World) -> &MailKind {
    &w.outbox.last().unwrap().mail
}

#[test]
fn a_new_account_is_made_once_its_address_is_proved() {
    for elsewhere in [false, true] {
        let mut w = proves_addresses();
        let squatter = w.user("squatter").password("squatters own").claims("ADA@x.org").done();
        let mut login = registers(&mut w, "ada");
        assert_eq!(w.users.len(), 1, "nobody else is there yet");
        let seen = view(&w.policy, login.session(), w.now, Viewer::MailElsewhere).unwrap();
        assert!(
            matches!(&seen.page, Page::MailCode(MailMeaning::Address { account, from: None, to }) if account == "ada" && to == ADA),
            "{:?}",
            seen.page
        );
        if elsewhere {
            let code = w.newest_code(ADA);
            login.types_code(&mut w, "000000");
            let Page::CheckMail { problems, .. } = login.page(&w) else { panic!() };
            assert_eq!(problems, [(FieldName::Code, Problem::WrongCode)]);
            login.types_code(&mut w, &code);
        } else {
            login.presses_mail(&mut w, ADA);
        }
        assert!(matches!(login.page(&w), Page::Terms { .. }), "{:?}", login.page(&w));
        login.presses(&mut w, action::CONTINUE);
        let ada = &w.users[&login.user()];
        assert_eq!((ada.username.clone(), ada.epoch), (Username::parse("ada").ok(), Epoch(0)));
        assert!(ada.has_proved(&address(ADA)));
        assert_eq!(w.users[&squatter].email, None, "who only claims the address loses it");

        let mut again = w.login_with(None, |request| request.wish = domain::Wish::VerifyAddress);
        again.sends(&mut w, action::CONTINUE, &[("username", ADA), ("password", "long enough")]);
        assert!(!matches!(again.page(&w), Page::CheckMail { .. }), "there is nothing left to prove");
    }
}

/// The pages are the same as for anybody, and only the mail says that there is an account.
#[test]
fn web_38_an_address_that_is_somebodys_already_makes_no_account_and_nobody_is_told_but_its_owner() {
    let mut w = proves_addresses();
    let free = registers(&mut w, "ada").page(&w);
    let mut w = proves_addresses();
    let owner = w.user("owner").password("owners own").proved(ADA).done();
    let mut login = registers(&mut w, "ada");
    assert_eq!(login.page(&w), free);
    assert!(matches!(last_mail(&w), MailKind::AddressTaken { address } if address == ADA), "{:?}", last_mail(&w));
    login.types_code(&mut w, "000000");
    w.waits(60);
    login.presses(&mut w, action::RESEND);
    assert!(matches!(last_mail(&w), MailKind::AddressTaken { .. }));
    assert_eq!((w.users.len(), w.users[&owner].has_proved(&address(ADA))), (1, true));
}

#[test]
fn an_address_that_somebody_proves_meanwhile_is_theirs() {
    for late in [false, true] {
        let mut w = proves_addresses();
        let mut login = registers(&mut w, "ada");
        let press = login.mail_button(&mut w, ADA);
        let mut proves = Some(|w: &mut World| _ = w.user("quicker").proved(ADA).done());
        if !late {
            proves.take().unwrap()(&mut w);
        }
        let came = login.meets_while(&mut w, &press, &mut |w| {
            if let Some(proves) = proves.take() {
                proves(w);
            }
        });
        if late {
            // The page that follows the proof was committed before: the account is only made at the end.
            assert!(matches!(came, Came::Rested(_)), "{came:?}");
            login.presses(&mut w, action::CONTINUE);
            assert_eq!(login.view(&w).message, Some(Message::AddressTaken { address: ADA.into() }));
            assert!(matches!(login.page(&w), Page::Register { .. }), "{:?}", login.page(&w));
        } else {
            assert!(matches!(came, Came::Rejected(Rejected::DeadLink)), "{came:?}");
        }
        assert_eq!(w.users.len(), 1);
    }
}

/// Nothing was stored, so the name and the address are as free as before. The mail of the first login proves nothing in the second.
#[test]
fn whoever_closes_the_browser_in_between_begins_again() {
    let mut w = proves_addresses();
    let mut first = registers(&mut w, "ada");
    let old = first.mail_button(&mut w, ADA);
    let mut login = registers(&mut w, "ada");
    assert_eq!(login.is_rejected(&mut w, &old), Rejected::DeadLink);
    login.presses_mail(&mut w, ADA);
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(w.users.len(), 1);
    assert_eq!(first.is_rejected(&mut w, &old), Rejected::DeadLink, "the other tab is too late");
}

/// It counts in the browser that began, as long as the login lasts, and no longer.
#[test]
fn the_mail_of_a_new_account_expires() {
    let mut w = proves_addresses();
    let mut login = registers(&mut w, "ada");
    let press = login.mail_button(&mut w, ADA);
    w.waits(16 * 60);
    assert_eq!(login.is_rejected(&mut w, &press), Rejected::DeadLink);
    login.presses(&mut w, action::RESEND);
    login.presses_mail(&mut w, ADA);
    assert!(matches!(login.page(&w), Page::Terms { .. }));
}

/// The account is made a while after its name was found to be free.
#[test]
fn a_username_that_somebody_takes_meanwhile_is_told_and_another_one_can_be_chosen() {
    let mut w = proves_addresses();
    let mut login = registers(&mut w, "ada");
    w.user("ada").proved("another@x.org").done();
    login.presses_mail(&mut w, ADA);
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.view(&w).message, Some(Message::UsernameTaken { username: "ada".into() }));
    assert!(matches!(login.page(&w), Page::Register { .. }), "{:?}", login.page(&w));
    assert_eq!(w.users.len(), 1);
    login.sends(&mut w, action::CONTINUE, &[("username", "countess"), ("email", ADA), ("password", "long enough")]);
    login.presses_mail(&mut w, ADA);
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(w.users[&login.user()].username, Username::parse("countess").ok());
}

#[test]
fn without_mail_no_address_is_proved_and_no_account_made() {
    let mut w = proves_addresses();
    w.policy.sends_mail = false;
    let mut login = w.login();
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("email", ADA), ("password", "long enough")]);
    assert_eq!((login.denial(), w.users.len()), (DenialCode::NoWayLeft, 0));
}
