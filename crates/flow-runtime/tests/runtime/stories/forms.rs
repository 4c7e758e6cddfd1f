//! Forms that are empty, forged, old, or not there.

use crate::world::{Login, World, login_form, someone};
use domain::ClientId;
use flow_runtime::event::action;
use flow_runtime::{DenialCode, Event, Page, Rejected, StepId};

/// A login at each page that a person can act on, with a name for messages.
fn every_page() -> Vec<(&'static str, World, Login)> {
    let vic = someone("social", "1").vouched("vic@x.org");
    let mut pages = Vec::new();
    let mut add = |name, prepare: &dyn Fn(&mut World) -> Login| {
        let mut w = World::new();
        w.user("vic").password("vics own").proved("vic@x.org").done();
        let login = prepare(&mut w);
        pages.push((name, w, login));
    };
    let exists = |w: &mut World| {
        let mut login = w.login();
        login.comes_as(w, &vic);
        login
    };
    let mail = |w: &mut World| {
        let mut login = exists(w);
        login.presses(w, action::CONTINUE);
        login
    };
    add("login", &World::login);
    add("register", &|w| w.login_with(None, |request| request.wish = domain::Wish::Create));
    add("review", &|w| {
        let mut login = w.login();
        login.comes_as(w, &someone("social", "2"));
        login
    });
    add("exists", &exists);
    add("mail", &mail);
    add("password", &|w| {
        let mut login = mail(w);
        login.takes(w, "password");
        login
    });
    add("consent", &|w| {
        let mut login = w.login_with(None, |request| request.client = ClientId::parse("bank").unwrap());
        login.sends(w, action::CONTINUE, &[("username", "vic"), ("password", "vics own")]);
        login
    });
    pages
}

fn kind(page: &Page) -> std::mem::Discriminant<Page> {
    std::mem::discriminant(page)
}

#[test]
fn ph_63_an_empty_post_stays_on_its_page() {
    for (name, mut w, mut login) in every_page() {
        let page = kind(&login.page(&w));
        for event in [login.form("", &[]), login.form("", &[("nonsense", "1")]), login.form("submit", &[])] {
            login.is_rejected(&mut w, &event);
        }
        if name != "exists" && name != "consent" {
            let empty = login.form(action::CONTINUE, &[]);
            login.meets(&mut w, &empty);
            assert_eq!(kind(&login.page(&w)), page, "{name}");
        }
        assert_eq!((w.identities.len(), w.sessions.len(), w.users.len()), (0, 0, 1), "{name}");
    }
}

#[test]
fn ph_62_buttons_of_other_pages_do_nothing() {
    let buttons = [action::CONTINUE, action::RESEND, action::REVIEW, action::REFUSE];
    for (name, w, login) in every_page() {
        let own: &[&str] = match name {
            "exists" => &[action::CONTINUE, action::REVIEW],
            "mail" => &[action::CONTINUE, action::RESEND],
            "consent" => &[action::CONTINUE, action::REFUSE],
            _ => &[action::CONTINUE],
        };
        for button in buttons.iter().filter(|button| !own.contains(button)) {
            let (mut w, mut login) = (w.clone(), login.clone());
            let event = login.form(button, &[("password", "vics own"), ("code", "123456")]);
            assert_eq!(login.is_rejected(&mut w, &event), Rejected::UnknownAction, "{button} on {name}");
        }
    }
}

#[test]
fn ph_62_ways_that_are_not_offered_are_not_there() {
    for (name, mut w, mut login) in every_page() {
        let offered: Vec<String> = login.view(&w).ways.into_iter().map(|way| way.id).collect();
        for id in (0..12).map(|id: u16| id.to_string()).filter(|id| !offered.contains(id)) {
            let event = login.form(action::WAY, &[("way", &id), ("provider", "campus")]);
            assert_eq!(login.is_rejected(&mut w, &event), Rejected::UnknownAction, "way {id} on {name}");
        }
        let event = login.form(action::WAY, &[("way", "2"), ("provider", "nowhere")]);
        assert_eq!(login.is_rejected(&mut w, &event), Rejected::UnknownAction);
    }
}

#[test]
fn a_form_of_an_old_page_changes_nothing() {
    for (_, mut w, mut login) in every_page() {
        for step in ["", "end", "0.0", "consent"] {
            let event = login_form(StepId(step.into()), action::CONTINUE, &[("username", "vic"), ("password", "vics own")]);
            assert_eq!(login.is_rejected(&mut w, &event), Rejected::OldPage);
        }
    }
}

#[test]
fn every_page_lets_the_person_leave_or_start_again() {
    for (name, w, login) in every_page() {
        let (mut leaving_world, mut leaving) = (w.clone(), login.clone());
        leaving.presses(&mut leaving_world, action::LEAVE);
        assert_eq!(leaving.denial(), DenialCode::Left, "{name}");
        let (mut w, mut login) = (w, login);
        login.presses(&mut w, action::RESTART);
        assert!(matches!(login.page(&w), Page::Login { .. }), "{name}");
        assert_eq!(login.session().frames.len(), 1);
        let frame = login.session().frame().unwrap();
        assert!(frame.existing.is_none() && frame.user.is_none() && frame.identity.is_none() && frame.memory.is_empty());
    }
}

#[test]
fn a_login_is_given_up_after_its_time() {
    for (_, mut w, mut login) in every_page() {
        let event = login.form(action::LEAVE, &[]);
        w.waits(30 * 60);
        assert_eq!(login.is_rejected(&mut w, &event), Rejected::Over);
    }
}

#[test]
fn ph_26_what_a_form_says_of_the_identity_is_ignored() {
    let mut w = World::new();
    let vic = w.user("vic").password("vics own").proved("vic@x.org").done();
    let forged = [
        ("email", "new@x.org"),
        ("provider", "campus"),
        ("subject", "1"),
        ("sub", "1"),
        ("issuer", "https://campus.example"),
        ("user", "vic"),
        ("existing", "vic"),
        ("email_verified", "true"),
        ("vouched", "yes"),
    ];
    let mallory = someone("social", "666");
    let mut login = w.login();
    login.comes_as(&mut w, &mallory);
    login.sends(&mut w, action::CONTINUE, &forged);
    assert_ne!(login.user(), vic);
    assert_eq!(w.identities.keys().collect::<Vec<_>>(), [&mallory.0.key]);
    assert!(!w.users[&login.user()].email.as_ref().unwrap().is_proved());
}

#[test]
fn ph_26_the_password_is_asked_of_the_account_that_was_found() {
    let mut w = World::new();
    let vic = w.user("vic").password("vics own").proved("vic@x.org").done();
    w.user("mallory").password("mallorys").done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "666").vouched("vic@x.org"));
    login.presses(&mut w, action::CONTINUE);
    login.takes(&mut w, "password");
    login.sends(&mut w, action::CONTINUE, &[("username", "mallory"), ("login", "mallory"), ("password", "mallorys")]);
    assert!(!login.session().is_over());
    assert!(w.identities.values().all(|link| link.user != vic));
}

#[test]
fn p_10_a_page_that_reveals_nothing_has_nothing_of_the_account() {
    let mut w = World::new();
    w.flow(
        "flow: discreet\nexecutions:\n  - flow: all\n    requirement: required\n    executions:\n      - create-user-if-unique: { requirement: alternative }\n      - flow: link\n        requirement: alternative\n        executions:\n          - confirm-link: { requirement: required }\n          - verify-by-email: { requirement: required }\n",
    );
    w.campus_uses("discreet");
    let id = w.user("secretive").proved("ada@x.org").done();
    w.change(id, |user| user.given_name = Some("Augusta".into()));
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").vouched("ada@x.org"));
    let shown = format!("{:?}", login.view(&w));
    assert!(matches!(login.page(&w), Page::AccountExists { reveals: false, .. }));
    assert!(!shown.contains("secretive") && !shown.contains("Augusta"), "{shown}");
    login.presses(&mut w, action::CONTINUE);
    let shown = format!("{:?}", login.view(&w));
    assert!(!shown.contains("secretive") && !shown.contains("Augusta"), "{shown}");
}

#[test]
fn an_answer_that_nobody_waits_for_is_rejected() {
    for (name, mut w, mut login) in every_page() {
        let event = Event::Returned {
            provider: crate::world::alias("campus"),
            exchange: domain::ExchangeId::from_bytes([7; 16]),
            params: w.will_answer(Ok(Box::new(someone("campus", "1").0))),
        };
        assert_eq!(login.is_rejected(&mut w, &event), Rejected::NotWaiting, "{name}");
        assert!(w.asked.is_empty());
    }
}
