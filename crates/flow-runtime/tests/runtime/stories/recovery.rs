//! Forgotten passwords: who gets a new one, who gets nothing, and what everybody sees.

use crate::world::{Came, Login, World, address, someone};
use domain::{Epoch, UserId, Wish};
use flow_runtime::event::action;
use flow_runtime::page::{FieldName, MailMeaning, MailReason, Problem};
use flow_runtime::{Event, MailKind, Page, Rejected, Viewer, view};

const VIC: &str = "vic@x.org";
const NEW: &str = "brand new one";

fn forgot(w: &mut World, name: &str) -> Login {
    let mut login = w.login_with(None, |request| request.wish = Wish::Recover);
    assert!(matches!(login.page(w), Page::ForgottenPassword { .. }));
    login.sends(w, action::CONTINUE, &[("username", name)]);
    login
}

fn with_vic() -> (World, UserId) {
    let mut w = World::new();
    let vic = w.user("vic").password("forgotten").proved(VIC).done();
    (w, vic)
}

fn tries(w: &mut World, name: &str, password: &str) -> Login {
    let mut login = w.login();
    login.sends(w, action::CONTINUE, &[("username", name), ("password", password)]);
    login
}

#[test]
fn whoever_opens_the_mail_sets_a_new_password_and_is_signed_in() {
    for name in ["vic", VIC, "VIC@x.org"] {
        for by_code in [false, true] {
            let (mut w, vic) = with_vic();
            let mut login = forgot(&mut w, name);
            let expected = MailReason::NewPassword;
            assert!(
                matches!(login.page(&w), Page::CheckMail { address, why, sent: true, .. } if address == name && why == expected)
            );
            if by_code {
                let code = w.newest_code(VIC);
                login.types_code(&mut w, &code);
            } else {
                login.presses_mail(&mut w, VIC);
            }
            assert!(matches!(login.page(&w), Page::NewPassword { address, .. } if address == VIC));
            for (password, problem) in [("", Problem::Missing), ("short", Problem::PasswordLength)] {
                login.sends(&mut w, action::CONTINUE, &[("password", password)]);
                assert!(
                    matches!(login.page(&w), Page::NewPassword { problems, .. } if problems == [(FieldName::Password, problem)])
                );
            }
            login.sends(&mut w, action::CONTINUE, &[("password", NEW)]);
            assert_eq!(login.user(), vic);
            assert_eq!(w.passwords[&vic], NEW);
            assert!(matches!(&w.outbox.last().unwrap().mail, MailKind::PasswordChanged { .. }), "the owner is told");
            assert_eq!(tries(&mut w, "vic", NEW).user(), vic);
            assert!(!tries(&mut w, "vic", "forgotten").session().is_over());
        }
    }
}

#[test]
fn the_login_page_leads_there_and_back() {
    let (mut w, vic) = with_vic();
    let mut login = w.login();
    login.takes(&mut w, "recover");
    assert_eq!(login.ways(&w), ["campus", "social", "other", "login", "register"]);
    login.takes(&mut w, "login");
    login.takes(&mut w, "recover");
    login.sends(&mut w, action::CONTINUE, &[("username", "vic")]);
    login.presses_mail(&mut w, VIC);
    login.sends(&mut w, action::CONTINUE, &[("password", NEW)]);
    assert_eq!(login.user(), vic);
    w.policy.sends_mail = false;
    assert!(!w.login().ways(&w).contains(&"recover".to_owned()), "without mail there is no such way");
}

#[test]
fn ph_4_a_new_password_ends_all_that_lived_on_the_account() {
    let (mut w, vic) = with_vic();
    let before = tries(&mut w, "vic", "forgotten").finish().signed_in.browser_session.clone();
    assert_eq!(w.login_with(Some(before.clone()), |_| {}).user(), vic);
    let mut waiting = w.login_with(Some(before.clone()), |request| request.wish = Wish::VerifyAddress);
    assert!(waiting.session().is_over(), "it is proved already");
    let mut login = forgot(&mut w, "vic");
    login.presses_mail(&mut w, VIC);
    login.sends(&mut w, action::CONTINUE, &[("password", NEW)]);
    assert_eq!(w.users[&vic].epoch, Epoch(1));
    assert_eq!(login.finish().signed_in.user.epoch, Epoch(1), "this login goes on");
    waiting = w.login_with(Some(before), |_| {});
    assert!(matches!(waiting.page(&w), Page::Login { .. }), "and the others are out");
    let cookie = login.finish().signed_in.browser_session.clone();
    assert_eq!(w.login_with(Some(cookie), |_| {}).user(), vic);
}

#[test]
fn ph_1_and_ph_6_a_claimed_address_opens_a_fresh_account() {
    for name in [VIC, "trap"] {
        let mut w = World::new();
        let trap = w.user("trap").password("trap").claims("Vic@x.org").done();
        w.link(&someone("social", "evil"), trap);
        let mut login = forgot(&mut w, name);
        assert!(matches!(&w.outbox[0].mail, MailKind::ResetPassword { fresh: true, .. }));
        let seen = view(&w.policy, login.session(), w.now, Viewer::MailElsewhere).unwrap();
        assert!(matches!(seen.page, Page::MailCode(MailMeaning::NewPassword { fresh: true, .. })));
        login.presses_mail(&mut w, VIC);
        login.sends(&mut w, action::CONTINUE, &[("password", NEW)]);
        let vic = login.user();
        assert_ne!(vic, trap);
        assert_eq!(w.holders_of(VIC), [vic], "the claim is dropped");
        assert!(w.users[&vic].has_proved(&address(VIC)) && w.passwords[&trap] == "trap");
        assert!(!w.identities.values().any(|link| link.user == vic), "nothing of the trap came along");
        assert_eq!(tries(&mut w, VIC, NEW).user(), vic);
        assert!(!tries(&mut w, VIC, "trap").session().is_over());
        assert_eq!(tries(&mut w, "trap", "trap").user(), trap);
    }
}

#[test]
fn ph_2_a_mailbox_alone_adds_no_password_to_an_account_of_a_provider() {
    let mut w = World::new();
    let vic = w.user("vic").proved(VIC).done();
    w.link(&someone("campus", "1"), vic);
    let mut login = forgot(&mut w, VIC);
    let nobody = forgot(&mut w, "nobody@x.org");
    let masked = |login: &Login, name: &str| format!("{:?}", login.page(&w)).replace(name, "…");
    assert_eq!(masked(&login, VIC), masked(&nobody, "nobody@x.org"), "the page is the one for nobody");
    let [notice] = w.outbox.as_slice() else { panic!("{:?}", w.outbox) };
    assert!(matches!(&notice.mail, MailKind::NoPassword { providers, .. } if *providers == ["CAMPUS"]));
    assert!(w.newest_token(VIC).is_none());
    // Even who guessed the code of the mail that nobody got gets nothing.
    let token = w.unused.iter().find(|token| w.issued[*token].session == login.start.key).unwrap().clone();
    login.types_code(&mut w, &crate::world::code_of(&token));
    assert!(matches!(login.page(&w), Page::CheckMail { problems, .. } if problems == [(FieldName::Code, Problem::WrongCode)]));
    assert_eq!(login.is_rejected(&mut w, &Event::MailPressed { token }), Rejected::DeadLink);
    assert!(!w.users[&vic].has_password);
}

#[test]
fn ph_28_the_first_password_of_an_account_without_a_way_in_needs_its_mailbox() {
    let mut w = World::new();
    let vic = w.user("vic").proved(VIC).done();
    let mut login = forgot(&mut w, VIC);
    login.sends(&mut w, action::CONTINUE, &[("password", NEW)]);
    assert!(!w.users[&vic].has_password && matches!(login.page(&w), Page::CheckMail { .. }));
    login.presses_mail(&mut w, VIC);
    login.sends(&mut w, action::CONTINUE, &[("password", NEW)]);
    assert_eq!(login.user(), vic);
}

#[test]
fn web_38_a_forgotten_password_looks_the_same_for_everybody() {
    let mut seen = Vec::new();
    for name in ["vic", VIC, "federated", "federated@x.org", "claimed@x.org", "closed", "bare", "nobody", "nobody@x.org", "n ø b"]
    {
        let (mut w, _) = with_vic();
        let federated = w.user("federated").proved("federated@x.org").done();
        w.link(&someone("campus", "1"), federated);
        w.user("claimant").password("claimed").claims("claimed@x.org").done();
        w.user("closed").password("closed").proved("closed@x.org").disabled().done();
        w.user("bare").password("bare").done();
        w.policy.limits.resend_after = std::time::Duration::ZERO;
        let mut login = forgot(&mut w, name);
        let mut steps = Vec::new();
        let mut look = |w: &World, login: &Login| {
            steps.push((w.asked.clone(), format!("{:?} {:?}", login.page(w), login.ways(w)).replace(name, "…")));
        };
        look(&w, &login);
        for _ in 0..6 {
            login.types_code(&mut w, "0");
            look(&w, &login);
        }
        for _ in 0..6 {
            login.presses(&mut w, action::RESEND);
            look(&w, &login);
        }
        seen.push((name, steps));
    }
    for (name, steps) in &seen {
        assert_eq!(*steps, seen[0].1, "{name}");
    }
}

#[test]
fn ph_53_the_mail_goes_to_the_address_as_the_account_spells_it() {
    let mut w = World::new();
    w.user("vic").password("forgotten").proved("Vic@x.org").done();
    forgot(&mut w, "VIC@X.ORG");
    assert_eq!(w.outbox[0].to, address("Vic@x.org"));
    for name in ["v\u{131}c@x.org", "vic@\u{212a}.org", "\u{17f}vic@x.org", "vic\u{fb01}@x.org"] {
        forgot(&mut w, name);
    }
    assert_eq!(w.outbox.len(), 1, "letters that fold into others find nobody");
}

#[test]
fn ph_11_and_ph_25_an_old_mail_is_dead_after_every_change_of_the_account() {
    let changes: [fn(&mut World, UserId); 3] = [
        |w, vic| w.disable(vic),
        |w, vic| w.change(vic, |user| user.epoch = user.epoch.next()),
        |w, vic| w.change(vic, |user| user.email.as_mut().unwrap().address = address("new@x.org")),
    ];
    for change in changes {
        let (mut w, vic) = with_vic();
        let mut login = forgot(&mut w, "vic");
        let (press, code) = (login.mail_button(&mut w, VIC), w.newest_code(VIC));
        change(&mut w, vic);
        assert_eq!(login.is_rejected(&mut w, &press), Rejected::DeadLink);
        login.types_code(&mut w, &code);
        assert!(
            matches!(login.page(&w), Page::CheckMail { problems, .. } if problems == [(FieldName::Code, Problem::WrongCode)])
        );
        // The same after the mailbox was opened, and between decision and commit.
        for late in [false, true] {
            let (mut w, vic) = with_vic();
            let mut login = forgot(&mut w, "vic");
            login.presses_mail(&mut w, VIC);
            let set = login.form(action::CONTINUE, &[("password", NEW)]);
            let mut pending = Some(change);
            if !late {
                pending.take().unwrap()(&mut w, vic);
            }
            let came = login.meets_while(&mut w, &set, &mut |w| {
                if let Some(change) = pending.take() {
                    change(w, vic);
                }
            });
            assert!(matches!(came, Came::Rested(_)));
            assert!(
                matches!(login.page(&w), Page::ForgottenPassword { problems, .. } if problems == [(FieldName::Username, Problem::TooLate)])
            );
            assert_eq!(w.passwords[&vic], "forgotten");
        }
    }
}

#[test]
fn a_mailbox_is_open_for_a_while_only() {
    let (mut w, vic) = with_vic();
    let mut login = forgot(&mut w, "vic");
    w.waits(14 * 60);
    login.presses_mail(&mut w, VIC);
    w.waits(15 * 60);
    login.sends(&mut w, action::CONTINUE, &[("password", NEW)]);
    assert!(matches!(login.page(&w), Page::ForgottenPassword { .. }));
    assert_eq!(w.passwords[&vic], "forgotten");
}

#[test]
fn ph_62_and_ph_63_the_page_for_the_password_is_there_only_after_the_mail() {
    let (mut w, vic) = with_vic();
    let mut login = w.login_with(None, |request| request.wish = Wish::Recover);
    let forged = [("password", NEW), ("code", ""), ("opened", "true"), ("user", "vic"), ("email", "evil@x.org")];
    login.sends(&mut w, action::CONTINUE, &forged);
    assert!(
        matches!(login.page(&w), Page::ForgottenPassword { problems, .. } if problems == [(FieldName::Username, Problem::Missing)])
    );
    let first = login.form(action::CONTINUE, &[("username", "vic")]);
    login.sends(&mut w, action::CONTINUE, &[("username", "vic"), ("email", "evil@x.org")]);
    assert_eq!(login.is_rejected(&mut w, &first), Rejected::OldPage, "a double click is no try");
    let waiting = login.form(action::CONTINUE, &[("code", "1")]);
    for button in ["", "nonsense", "review", "opened"] {
        let event = login.form(button, &forged);
        assert_eq!(login.is_rejected(&mut w, &event), Rejected::UnknownAction);
    }
    login.sends(&mut w, action::CONTINUE, &forged);
    assert!(matches!(login.page(&w), Page::CheckMail { problems, .. } if problems == [(FieldName::Code, Problem::Missing)]));
    assert!(w.outbox.iter().all(|notice| notice.to == address(VIC)), "PH-64: the recipient is never from a form");
    login.presses_mail(&mut w, VIC);
    assert_eq!(login.is_rejected(&mut w, &waiting), Rejected::OldPage);
    let resend = login.form(action::RESEND, &[]);
    assert_eq!(login.is_rejected(&mut w, &resend), Rejected::UnknownAction);
    assert_eq!(w.passwords[&vic], "forgotten");
}

#[test]
fn ph_61_a_mail_of_another_purpose_or_login_opens_nothing() {
    let (mut w, _) = with_vic();
    let mut attacker = forgot(&mut w, "vic");
    let mut vic = forgot(&mut w, "vic");
    let (vics, code) = (vic.mail_button(&mut w, VIC), w.newest_code(VIC));
    assert_eq!(attacker.is_rejected(&mut w, &vics), Rejected::DeadLink);
    attacker.types_code(&mut w, &code);
    assert!(matches!(attacker.page(&w), Page::CheckMail { .. }));
    vic.presses_mail(&mut w, VIC);
    for token in w.issued.values_mut() {
        token.purpose = domain::TokenPurpose::VerifyAddress;
    }
    let mut again = forgot(&mut w, "vic");
    let press = again.mail_button(&mut w, VIC);
    for token in w.issued.values_mut() {
        token.purpose = domain::TokenPurpose::VerifyAddress;
    }
    assert_eq!(again.is_rejected(&mut w, &press), Rejected::DeadLink);
}

#[test]
fn ph_67_mails_are_bounded_by_name_and_silently_by_mailbox() {
    let (mut w, _) = with_vic();
    w.policy.limits.mails_per_address = 2;
    for _ in 0..2 {
        forgot(&mut w, "vic");
    }
    let third = forgot(&mut w, "vic");
    assert!(
        matches!(third.page(&w), Page::ForgottenPassword { problems, .. } if matches!(problems[..], [(FieldName::Username, Problem::TooManyTries { .. })]))
    );
    let other_name = forgot(&mut w, VIC);
    assert!(matches!(other_name.page(&w), Page::CheckMail { sent: true, .. }), "that it is the same mailbox isn't told");
    assert_eq!(w.outbox.len(), 2);
}

#[test]
fn two_claims_and_a_proof_meanwhile_make_no_second_owner() {
    let mut w = World::new();
    w.user("trap").password("trap").claims(VIC).done();
    let (mut one, mut two) = (forgot(&mut w, VIC), forgot(&mut w, VIC));
    let second = two.mail_button(&mut w, VIC);
    // The newest mail is the second login's; the first one's goes by its own token.
    two.meets(&mut w, &second);
    let first = w.unused.iter().find(|token| w.issued[*token].session == one.start.key).unwrap().clone();
    w.given.insert(crate::world::Given::Mail(one.start.key, first.clone()));
    one.meets(&mut w, &Event::MailPressed { token: first });
    one.sends(&mut w, action::CONTINUE, &[("password", NEW)]);
    two.sends(&mut w, action::CONTINUE, &[("password", "another one")]);
    assert!(matches!(two.page(&w), Page::ForgottenPassword { .. }), "somebody has proved it by now");
    assert_eq!(w.holders_of(VIC), [one.user()]);
}
