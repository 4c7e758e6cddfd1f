//! Two at once: one winner, nobody in front of an error.

use super::in_every_first_login_flow;
use crate::world::{Came, Login, Person, World, someone};
use domain::{UserId, Username};
use flow_runtime::event::action;
use flow_runtime::{Arrival, DenialCode, Next, Page, Question, Step, step};

#[test]
fn two_first_logins_of_one_identity_make_one_account() {
    in_every_first_login_flow(|w| {
        let ada = someone("social", "1").vouched("ada@x.org");
        let (mut one, mut two) = (w.login(), w.login());
        one.takes(w, "social");
        two.takes(w, "social");
        let (ones, twos) = (one.return_with(w, Ok(Box::new(ada.0.clone()))), two.return_with(w, Ok(Box::new(ada.0.clone()))));
        let mut overtaken = false;
        one.meets_while(w, &ones, &mut |w| {
            if !std::mem::replace(&mut overtaken, true) {
                two.meets(w, &twos);
            }
        });
        assert_eq!(one.user(), two.user());
        assert_eq!((w.users.len(), w.identities.len()), (1, 1));
    });
}

#[test]
fn a_first_login_that_is_overtaken_between_two_questions_is_an_ordinary_one() {
    in_every_first_login_flow(|w| {
        let ada = someone("social", "1").vouched("ada@x.org");
        let (mut one, mut two) = (w.login(), w.login());
        one.takes(w, "social");
        two.takes(w, "social");
        let (ones, twos) = (one.return_with(w, Ok(Box::new(ada.0.clone()))), two.return_with(w, Ok(Box::new(ada.0.clone()))));
        let entropy = w.entropy();
        let mut next = step(&w.policy, one.session().clone(), ones, &Arrival::default(), w.now, &entropy).unwrap();
        let mut overtaken = false;
        let resting = loop {
            let asking = match next {
                Step::Ask(asking) => asking,
                Step::Rest(resting) => break resting,
                Step::Rejected(rejected) => panic!("{rejected:?}"),
            };
            if matches!(asking.question(), Question::FindCandidates(_)) && !std::mem::replace(&mut overtaken, true) {
                two.meets(w, &twos);
            }
            let fact = w.answer(one.start.key, asking.question());
            let entropy = w.entropy();
            next = asking.answer(&w.policy, fact, w.now, &entropy).unwrap();
        };
        let Next::Finished(finish) = resting.next else { panic!("a page instead of an end: {:?}", resting.session.rest) };
        assert_eq!(finish.signed_in.user.id, two.user());
    });
}

/// Both tabs are at the same page of a first login of one identity.
fn two_tabs(w: &mut World, ada: &Person) -> (Login, Login) {
    let (mut one, mut two) = (w.login(), w.login());
    one.comes_as(w, ada);
    two.comes_as(w, ada);
    (one, two)
}

#[test]
fn two_tabs_at_the_profile_make_one_account() {
    in_every_first_login_flow(|w| {
        let (mut one, mut two) = two_tabs(w, &someone("social", "1"));
        one.sends(w, action::CONTINUE, &[("email", "ada@x.org")]);
        two.sends(w, action::CONTINUE, &[("email", "ada@x.org")]);
        assert_eq!(one.user(), two.user());
        assert_eq!((w.users.len(), w.identities.len()), (1, 1));
    });
}

#[test]
fn two_tabs_that_commit_at_once_make_one_account() {
    in_every_first_login_flow(|w| {
        let (mut one, mut two) = two_tabs(w, &someone("social", "1"));
        let (ones, twos) =
            (one.form(action::CONTINUE, &[("email", "ada@x.org")]), two.form(action::CONTINUE, &[("email", "ada@x.org")]));
        let mut overtaken = false;
        one.meets_while(w, &ones, &mut |w| {
            if !std::mem::replace(&mut overtaken, true) {
                two.meets(w, &twos);
            }
        });
        assert_eq!(one.user(), two.user());
        assert_eq!((w.users.len(), w.identities.len()), (1, 1));
    });
}

#[test]
fn two_tabs_at_the_mail_take_the_address_once() {
    in_every_first_login_flow(|w| {
        w.user("squatter").claims("ada@x.org").done();
        let (mut one, mut two) = two_tabs(w, &someone("social", "1").vouched("ada@x.org"));
        one.presses(w, action::CONTINUE);
        let ones = one.mail_button(w, "ada@x.org");
        two.presses(w, action::CONTINUE);
        let twos = two.mail_button(w, "ada@x.org");
        one.meets(w, &ones);
        two.meets(w, &twos);
        assert_eq!(one.user(), two.user());
        assert_eq!(w.holders_of("ada@x.org"), [one.user()]);
    });
}

#[test]
fn the_address_that_somebody_else_proved_first_is_theirs() {
    in_every_first_login_flow(|w| {
        w.user("squatter").claims("ada@x.org").done();
        let (mut one, mut two) = (w.login(), w.login());
        one.comes_as(w, &someone("social", "1").vouched("ada@x.org"));
        one.presses(w, action::CONTINUE);
        two.comes_as(w, &someone("other", "1").vouched("ada@x.org"));
        two.presses(w, action::CONTINUE);
        let twos = two.mail_button(w, "ada@x.org");
        two.meets(w, &twos);
        assert!(two.session().is_over());
        w.outbox.retain(|notice| notice.to.as_str() == "ada@x.org");
        let token = one.session().frame().unwrap().memory.values().find_map(|memory| match memory {
            flow_runtime::session::Memory::Mail { token, .. } => token.clone(),
            _ => None,
        });
        one.meets(w, &flow_runtime::Event::MailPressed { token: token.unwrap() });
        assert!(matches!(one.page(w), Page::AccountExists { proved: true, .. }));
        one.presses(w, action::CONTINUE);
        one.presses_mail(w, "ada@x.org");
        assert_eq!(one.user(), two.user());
    });
}

#[test]
fn a_username_that_is_taken_meanwhile_leaves_the_account_without_one() {
    in_every_first_login_flow(|w| {
        let mut login = w.login();
        login.takes(w, "social");
        let person = someone("social", "1").vouched("ada@x.org").called("ada");
        let event = login.return_with(w, Ok(Box::new(person.0)));
        let mut overtaken = false;
        login.meets_while(w, &event, &mut |w| {
            if !std::mem::replace(&mut overtaken, true) {
                w.user("ada").done();
            }
        });
        assert_eq!(w.users[&login.user()].username, None);
    });
}

#[test]
fn a_username_that_is_taken_meanwhile_is_said_at_registration() {
    let mut w = World::new();
    let mut login = w.login_with(None, |request| request.wish = domain::Wish::Create);
    let event = login.form(action::CONTINUE, &[("username", "ada"), ("email", "a@x.org"), ("password", "eight or more")]);
    let mut overtaken = false;
    login.meets_while(&mut w, &event, &mut |w| {
        if !std::mem::replace(&mut overtaken, true) {
            w.user("ada").done();
        }
    });
    assert!(matches!(login.page(&w), Page::Register { .. }));
    assert_eq!(w.users.values().filter(|user| user.username == Some(Username::parse("ada").unwrap())).count(), 1);
}

/// Ada waits at the page where one event would link her identity.
fn about_to_link(w: &mut World) -> (Login, UserId, Person) {
    let owner = w.user("ada").password("correct horse").proved("ada@x.org").done();
    let ada = someone("social", "1").vouched("ada@x.org");
    let mut login = w.login();
    login.comes_as(w, &ada);
    login.presses(w, action::CONTINUE);
    (login, owner, ada)
}

#[test]
fn a_disable_between_decision_and_commit_wins() {
    in_every_first_login_flow(|w| {
        let (mut login, owner, ada) = about_to_link(w);
        let mut by_mail = login.clone();
        login.takes(w, "password");
        let password = login.form(action::CONTINUE, &[("password", "correct horse")]);
        let mut before = w.clone();
        login.meets_while(w, &password, &mut |w| {
            if w.users[&owner].is_open() {
                w.disable(owner);
            }
        });
        assert_eq!(login.denial(), DenialCode::AccountDisabled);
        assert_eq!(w.owner_of(&ada), None);

        let press = by_mail.mail_button(&mut before, "ada@x.org");
        let came = by_mail.meets_while(&mut before, &press, &mut |w| {
            if w.users[&owner].is_open() {
                w.disable(owner);
            }
        });
        assert!(matches!(came, Came::Rejected(_)), "the disable moved the epoch, so the mail is dead");
        assert_eq!(before.owner_of(&ada), None);
    });
}

#[test]
fn a_disable_beats_a_returning_identity_and_a_browser_session() {
    let mut w = World::new();
    let id = w.user("ada").done();
    let ada = someone("campus", "1").vouched("ada@x.org");
    w.link(&ada, id);
    let mut first = w.login();
    first.comes_as(&mut w, &ada);
    let cookie = first.finish().signed_in.browser_session.clone();
    let mut late = w.about_to_login(Some(cookie), |_| {});
    let mut login = w.login();
    login.takes(&mut w, "campus");
    let event = login.return_with(&mut w, Ok(Box::new(ada.0.clone())));
    let mut disable = |w: &mut World| {
        if w.users[&id].is_open() {
            w.disable(id);
        }
    };
    let mut enabled = w.clone();
    login.meets_while(&mut w, &event, &mut disable);
    assert_eq!(login.denial(), DenialCode::AccountDisabled);
    enabled.drive(&mut late, None, &mut disable).unwrap();
    assert!(matches!(late.page(&enabled), Page::Login { .. }));
}

#[test]
fn an_address_that_loses_its_proof_meanwhile_is_not_linked_by_a_trusted_word() {
    let mut w = World::new();
    w.campus_uses("first-broker-login-auto-link");
    let owner = w.user("ada").password("correct horse").proved("ada@campus.example").done();
    let ada = someone("campus", "1").vouched("ada@campus.example");
    let mut login = w.login();
    login.takes(&mut w, "campus");
    let event = login.return_with(&mut w, Ok(Box::new(ada.0.clone())));
    login.meets_while(&mut w, &event, &mut |w| {
        if w.users[&owner].has_proved(&crate::world::address("ada@campus.example")) {
            w.change(owner, |user| user.email.as_mut().unwrap().proof = None);
        }
    });
    assert_ne!(login.user(), owner);
}

#[test]
fn a_world_that_never_rests_is_busy() {
    let mut w = World::new();
    let (mut login, owner, ada) = about_to_link(&mut w);
    let press = login.mail_button(&mut w, "ada@x.org");
    let before = login.session().clone();
    let came = login.meets_while(&mut w, &press, &mut |w| w.change(owner, |_| {}));
    assert!(matches!(came, Came::Busy));
    assert_eq!((&before, w.owner_of(&ada)), (login.session(), None));
}

#[test]
fn a_double_click_links_once() {
    in_every_first_login_flow(|w| {
        let (mut login, _, _) = about_to_link(w);
        let press = login.mail_button(w, "ada@x.org");
        let mut second = login.clone();
        let mut overtaken = false;
        let came = login.meets_while(w, &press, &mut |w| {
            if !std::mem::replace(&mut overtaken, true) {
                second.meets(w, &press);
            }
        });
        assert!(second.session().is_over());
        assert!(matches!(came, Came::Rested(_)), "{came:?}");
        assert_eq!((login.user(), w.identities.len()), (second.user(), 1));
    });
}
