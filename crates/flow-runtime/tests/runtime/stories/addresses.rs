//! Addresses that are proved or changed by whoever signs in.

use crate::world::{Came, Login, World, address};
use domain::{Epoch, UserId, Wish};
use flow_runtime::event::action;
use flow_runtime::page::{FieldName, MailMeaning, Problem};
use flow_runtime::{DenialCode, Event, MailKind, Page, Rejected, Viewer, view};

const VIC: &str = "vic@x.org";
const HOME: &str = "vic@home.org";

fn signs_in(w: &mut World, wish: Wish, name: &str) -> Login {
    let mut login = w.login_with(None, |request| {
        request.wish = wish;
        request.prompt.login = wish == Wish::ChangeAddress;
    });
    login.sends(w, action::CONTINUE, &[("username", name), ("password", "secret")]);
    login
}

fn wants(w: &mut World, name: &str, email: &str) -> Login {
    let mut login = signs_in(w, Wish::ChangeAddress, name);
    assert!(matches!(login.page(w), Page::ChangeAddress { .. }));
    login.sends(w, action::CONTINUE, &[("email", email)]);
    login
}

fn with_claimant() -> (World, UserId) {
    let mut w = World::new();
    let ada = w.user("ada").password("secret").claims(VIC).done();
    (w, ada)
}

fn with_owner() -> (World, UserId) {
    let mut w = World::new();
    let ada = w.user("ada").password("secret").proved(VIC).done();
    (w, ada)
}

fn has_wrong_code(w: &World, login: &Login) -> bool {
    matches!(login.page(w), Page::CheckMail { problems, .. } if problems == [(FieldName::Code, Problem::WrongCode)])
}

#[test]
fn whoever_opens_the_mail_proves_the_accounts_address() {
    for by_code in [false, true] {
        let (mut w, ada) = with_claimant();
        let other = w.user("other").password("other").claims("VIC@x.org").done();
        let mut login = signs_in(&mut w, Wish::VerifyAddress, "ada");
        let seen = view(&w.policy, login.session(), w.now, Viewer::MailElsewhere).unwrap();
        assert!(
            matches!(seen.page, Page::MailCode(MailMeaning::Address { account, from: None, to }) if account == "ada" && to == VIC)
        );
        if by_code {
            let code = w.newest_code(VIC);
            login.types_code(&mut w, &code);
        } else {
            login.presses_mail(&mut w, VIC);
        }
        assert_eq!(login.user(), ada);
        assert!(w.users[&ada].has_proved(&address(VIC)));
        assert_eq!(w.users[&other].email, None, "other claims are dropped");
        assert_eq!((w.users[&ada].epoch, login.finish().signed_in.user.epoch), (Epoch(1), Epoch(1)));
        let cookie = login.finish().signed_in.browser_session.clone();
        assert_eq!(
            w.login_with(Some(cookie), |request| request.wish = Wish::VerifyAddress).user(),
            ada,
            "there is nothing left to prove"
        );
    }
}

#[test]
fn a_live_session_is_enough_to_prove_the_address_and_goes_on_with_a_new_one() {
    let (mut w, ada) = with_claimant();
    let before = signs_in(&mut w, Wish::SignIn, "ada").finish().signed_in.browser_session.clone();
    let mut login = w.login_with(Some(before.clone()), |request| request.wish = Wish::VerifyAddress);
    login.presses_mail(&mut w, VIC);
    let after = login.finish().signed_in.browser_session.clone();
    assert_ne!(before, after);
    assert!(!w.sessions.contains_key(&before));
    assert_eq!(w.login_with(Some(after), |_| {}).user(), ada);
}

#[test]
fn ph_5_and_ph_10_a_mail_counts_only_in_the_login_that_asked() {
    let (mut w, ada) = with_claimant();
    let login = signs_in(&mut w, Wish::VerifyAddress, "ada");
    let (press, code) = (login.mail_button(&mut w, VIC), w.newest_code(VIC));
    w.user("eve").password("secret").claims("eve@x.org").done();
    for wish in [Wish::VerifyAddress, Wish::ChangeAddress] {
        let mut other = if wish == Wish::VerifyAddress { signs_in(&mut w, wish, "eve") } else { wants(&mut w, "eve", VIC) };
        assert_eq!(other.is_rejected(&mut w, &press), Rejected::DeadLink);
        other.types_code(&mut w, &code);
        assert!(has_wrong_code(&w, &other));
    }
    assert!(!w.users[&ada].has_proved(&address(VIC)));
}

#[test]
fn an_address_that_somebody_has_proved_is_refused_by_a_mail_alone() {
    let (mut w, _) = with_owner();
    let eve = w.user("eve").password("secret").claims(VIC).done();
    let verify = signs_in(&mut w, Wish::VerifyAddress, "eve");
    let free = {
        w.user("bob").password("secret").claims("bob@x.org").done();
        signs_in(&mut w, Wish::VerifyAddress, "bob")
    };
    let masked = |login: &Login, own: &str| format!("{:?}", login.page(&w)).replace(own, "…");
    assert_eq!(masked(&verify, VIC), masked(&free, "bob@x.org"), "the page doesn't tell");
    assert!(matches!(&w.outbox[0].mail, MailKind::AddressTaken { .. }) && w.newest_token(VIC).is_none());
    let mut change = wants(&mut w, "bob", "Vic@x.org");
    assert!(matches!(&w.outbox.last().unwrap().mail, MailKind::AddressTaken { .. }));
    let token = w.unused.iter().find(|token| w.issued[*token].session == change.start.key).unwrap().clone();
    change.types_code(&mut w, &crate::world::code_of(&token));
    assert!(has_wrong_code(&w, &change), "nor does a guess that is right");
    assert_eq!(change.is_rejected(&mut w, &Event::MailPressed { token }), Rejected::DeadLink);
    assert!(!w.users[&eve].email.as_ref().unwrap().is_proved());
}

#[test]
fn somebody_else_may_prove_it_first() {
    let (mut w, ada) = with_claimant();
    let mut login = signs_in(&mut w, Wish::VerifyAddress, "ada");
    let press = login.mail_button(&mut w, VIC);
    let mut first = true;
    let came = login.meets_while(&mut w, &press, &mut |w| {
        if std::mem::take(&mut first) {
            w.user("vic").proved(VIC).done();
        }
    });
    assert!(matches!(came, Came::Rejected(Rejected::DeadLink)), "{came:?}");
    assert!(!w.users[&ada].email.as_ref().unwrap().is_proved());
}

#[test]
fn a_new_address_is_proved_before_it_counts_and_the_old_one_is_told() {
    let (mut w, ada) = with_owner();
    let mut login = signs_in(&mut w, Wish::ChangeAddress, "ada");
    for (email, problem) in [("", Problem::Missing), ("no address", Problem::NotAnAddress), ("VIC@x.org", Problem::SameAddress)] {
        login.sends(&mut w, action::CONTINUE, &[("email", email)]);
        assert!(matches!(login.page(&w), Page::ChangeAddress { problems, .. } if problems == [(FieldName::Email, problem)]));
    }
    login.sends(&mut w, action::CONTINUE, &[("email", HOME)]);
    assert!(w.users[&ada].has_proved(&address(VIC)), "nothing has changed yet");
    let seen = view(&w.policy, login.session(), w.now, Viewer::MailElsewhere).unwrap();
    let masked = address(VIC).masked();
    assert!(matches!(seen.page, Page::MailCode(MailMeaning::Address { from, to, .. }) if from == Some(masked) && to == HOME));
    login.presses_mail(&mut w, HOME);
    assert_eq!(login.user(), ada);
    assert!(w.users[&ada].has_proved(&address(HOME)));
    let news = w.outbox.last().unwrap();
    assert!(news.to == address(VIC) && matches!(&news.mail, MailKind::AddressChanged { .. }));
    assert_eq!(w.users[&ada].epoch, Epoch(1));
}

#[test]
fn a_session_from_before_changes_no_address() {
    let (mut w, _) = with_owner();
    let cookie = signs_in(&mut w, Wish::SignIn, "ada").finish().signed_in.browser_session.clone();
    w.flow("flow: lax\nexecutions:\n  - flow: sign in\n    executions:\n      - cookie\n  - change-address\n");
    w.policy.bindings.change_address = crate::world::flow_name("lax");
    let login = w.login_with(Some(cookie), |request| request.wish = Wish::ChangeAddress);
    assert_eq!(login.denial(), DenialCode::NoWayLeft);
}

#[test]
fn ph_9_a_pending_change_dies_with_the_accounts_past() {
    for late in [false, true] {
        let (mut w, ada) = with_owner();
        let mut login = wants(&mut w, "ada", HOME);
        let press = login.mail_button(&mut w, HOME);
        let mut pending = Some(|w: &mut World| w.change(ada, |user| user.epoch = user.epoch.next()));
        if !late {
            pending.take().unwrap()(&mut w);
        }
        let came = login.meets_while(&mut w, &press, &mut |w| {
            if let Some(change) = pending.take() {
                change(w);
            }
        });
        assert!(matches!(came, Came::Rejected(Rejected::DeadLink)));
        w.waits(60);
        login.presses(&mut w, action::RESEND);
        assert_eq!(login.denial(), DenialCode::AccountChanged);
        assert!(w.users[&ada].has_proved(&address(VIC)));
    }
}

#[test]
fn ph_9_a_verification_kills_a_pending_change() {
    let (mut w, ada) = with_claimant();
    let mut change = wants(&mut w, "ada", HOME);
    let press = change.mail_button(&mut w, HOME);
    let mut verify = signs_in(&mut w, Wish::VerifyAddress, "ada");
    verify.presses_mail(&mut w, VIC);
    assert_eq!(change.is_rejected(&mut w, &press), Rejected::DeadLink);
    assert!(w.users[&ada].has_proved(&address(VIC)));
}

#[test]
fn rel_14_of_two_wishes_for_another_address_the_last_one_counts() {
    let (mut w, ada) = with_owner();
    let mut first = wants(&mut w, "ada", "one@home.org");
    let mut second = wants(&mut w, "ada", "two@home.org");
    let press = first.mail_button(&mut w, "one@home.org");
    assert_eq!(first.is_rejected(&mut w, &press), Rejected::DeadLink);
    second.presses_mail(&mut w, "two@home.org");
    assert!(w.users[&ada].has_proved(&address("two@home.org")));
}

#[test]
fn starting_again_keeps_what_is_to_become_of_the_address() {
    let (mut w, _) = with_owner();
    let mut login = wants(&mut w, "ada", HOME);
    login.presses(&mut w, action::RESTART);
    assert!(matches!(login.page(&w), Page::Login { .. }));
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("password", "secret")]);
    assert!(matches!(login.page(&w), Page::ChangeAddress { .. }));
}

#[test]
fn without_mail_no_address_is_proved_or_changed() {
    for wish in [Wish::VerifyAddress, Wish::ChangeAddress] {
        let (mut w, _) = with_claimant();
        w.policy.sends_mail = false;
        assert_eq!(signs_in(&mut w, wish, "ada").denial(), DenialCode::NoWayLeft);
    }
}

#[test]
fn ph_34_who_came_by_a_provider_that_is_closed_meanwhile_changes_nothing() {
    let (mut w, vic) = with_owner();
    let known = crate::world::someone("campus", "1");
    w.link(&known, vic);
    let mut login = w.login_with(None, |request| {
        request.wish = Wish::ChangeAddress;
        request.prompt.login = true;
    });
    let anew = known.clone().authenticated_at(w.now);
    login.comes_as(&mut w, &anew);
    login.sends(&mut w, action::CONTINUE, &[("email", "mallory@evil.org")]);
    w.provider("campus").enabled = false;
    login.presses_mail(&mut w, "mallory@evil.org");
    assert_eq!(login.denial(), DenialCode::ProviderDisabled);
    assert!(w.users[&vic].has_proved(&address(VIC)));
}

#[test]
fn somebody_new_proves_the_address_in_the_login_that_made_the_account() {
    let mut w = World::new();
    let new = crate::world::someone("social", "1").with(VIC, domain::Vouched::No);
    let mut login = w.login_with(None, |request| request.wish = Wish::VerifyAddress);
    login.comes_as(&mut w, &new);
    assert!(matches!(login.page(&w), Page::CheckMail { .. }), "{:?}", login.page(&w));
    login.presses_mail(&mut w, VIC);
    assert!(w.users[&login.user()].has_proved(&address(VIC)));
}
