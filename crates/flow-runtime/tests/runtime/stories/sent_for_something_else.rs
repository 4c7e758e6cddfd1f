//! Whoever is sent for something else than to sign in meets what the realm's own flow asks of everybody.

use super::after_login::with_steps;
use crate::world::{Login, World, address, flow_name, someone};
use domain::{RoleName, UserId, Wish};
use flow_runtime::event::action;
use flow_runtime::{DenialCode, Page, Rest};

const TERMS: &str = "  - terms: { version: '1', document: Be kind. }\n";
const NO_GUESTS: &str =
    "  - flow: guests\n    when: { user.role: guest }\n    executions:\n      - deny: { message: Guests sign in elsewhere. }\n";
const ADA: &str = "ada@x.org";

fn ada(w: &mut World) -> UserId {
    w.user("ada").password("correct horse").claims(ADA).done()
}

fn is_sent(w: &mut World, wish: Wish) -> Login {
    w.login_with(None, |request| {
        request.wish = wish;
        request.prompt.login = wish == Wish::ChangeAddress;
    })
}

fn signs_in(w: &mut World, login: &mut Login) {
    login.sends(w, action::CONTINUE, &[("username", "ada"), ("password", "correct horse")]);
}

fn accepts(w: &mut World, login: &mut Login) {
    assert!(matches!(login.page(w), Page::Terms { .. }), "{:?}", login.page(w));
    login.presses(w, action::CONTINUE);
}

fn guest(w: &mut World, id: UserId) {
    w.change(id, |user| _ = user.roles.insert(RoleName::parse("guest").unwrap()));
}

/// First the steps of everybody, then what they were sent for: nothing is done to an account that may not be signed in to.
#[test]
fn what_everybody_is_asked_comes_before_what_changes_the_account() {
    for wish in [Wish::VerifyAddress, Wish::ChangeAddress, Wish::SecondFactor] {
        let mut w = with_steps(TERMS);
        let id = ada(&mut w);
        let mut login = is_sent(&mut w, wish);
        signs_in(&mut w, &mut login);
        accepts(&mut w, &mut login);
        match wish {
            Wish::VerifyAddress => login.presses_mail(&mut w, ADA),
            Wish::ChangeAddress => {
                login.sends(&mut w, action::CONTINUE, &[("email", "home@x.org")]);
                login.presses_mail(&mut w, "home@x.org");
                assert!(w.users[&id].has_proved(&address("home@x.org")));
            }
            _ => {
                assert!(matches!(login.page(&w), Page::SetUpOneTimeCode { .. }), "{:?}", login.page(&w));
                continue;
            }
        }
        assert_eq!(login.user(), id);
        assert_eq!(w.users[&id].accepted_terms.len(), 1);
    }
}

#[test]
fn who_may_not_sign_in_does_nothing_else_either() {
    for wish in [Wish::VerifyAddress, Wish::ChangeAddress, Wish::SecondFactor] {
        let mut w = with_steps(NO_GUESTS);
        let id = ada(&mut w);
        guest(&mut w, id);
        let mut login = is_sent(&mut w, wish);
        signs_in(&mut w, &mut login);
        assert_eq!(login.denial(), DenialCode::DeniedByFlow, "{wish:?}");
        assert!(w.outbox.is_empty() && w.sessions.is_empty());
    }
}

#[test]
fn a_new_account_is_made_once_it_has_met_what_everybody_meets() {
    let mut w = with_steps(TERMS);
    let mut login = is_sent(&mut w, Wish::Create);
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("email", ADA), ("password", "long enough")]);
    assert!(w.users.is_empty(), "who doesn't accept gets no account");
    let mut refuses = login.clone();
    accepts(&mut w, &mut login);
    assert_eq!(w.users[&login.user()].accepted_terms.len(), 1);
    let mut w = with_steps(TERMS);
    refuses.presses(&mut w, action::REFUSE);
    assert_eq!((refuses.denial(), w.users.len()), (DenialCode::TermsRefused, 0));
}

#[test]
fn a_new_password_opens_nothing_that_the_old_one_did_not() {
    let mut w = with_steps(NO_GUESTS);
    let id = w.user("ada").password("forgotten").proved(ADA).done();
    guest(&mut w, id);
    let mut login = is_sent(&mut w, Wish::Recover);
    login.sends(&mut w, action::CONTINUE, &[("username", "ada")]);
    login.presses_mail(&mut w, ADA);
    login.sends(&mut w, action::CONTINUE, &[("password", "battery staple")]);
    assert_eq!(login.denial(), DenialCode::DeniedByFlow);
    assert!(w.sessions.is_empty());
}

/// A browser that is signed in already, and one that comes through a provider.
#[test]
fn it_holds_for_whoever_is_signed_in_and_for_whoever_comes_through_a_provider() {
    let mut w = with_steps("");
    let id = ada(&mut w);
    let person = someone("social", "1");
    w.link(&person, id);
    let mut before = is_sent(&mut w, Wish::SignIn);
    signs_in(&mut w, &mut before);
    let cookie = before.finish().signed_in.browser_session.clone();
    w.policy.flows = with_steps(TERMS).policy.flows.clone();

    let mut live = w.login_with(Some(cookie), |request| request.wish = Wish::VerifyAddress);
    accepts(&mut w, &mut live);
    live.presses_mail(&mut w, ADA);
    assert_eq!(live.user(), id);

    w.change(id, |user| user.accepted_terms.clear());
    let mut login = is_sent(&mut w, Wish::VerifyAddress);
    login.comes_as(&mut w, &person);
    accepts(&mut w, &mut login);
    assert_eq!(login.finish().signed_in.identity.as_ref(), Some(&person.0.key));
}

/// Ways of the realm's own flow may ask for more than others. Whoever came by one is asked what stands on that one.
const WAYS: &str = "flow: browser\nexecutions:\n  - cookie: { requirement: alternative }\n  - flow: with a password\n    requirement: alternative\n    executions:\n      - username-and-password\n      - terms: { version: passwords, document: Be kind. }\n  - flow: through a provider\n    requirement: alternative\n    executions:\n      - provider\n      - terms: { version: providers, document: Be kind too. }\n";

#[test]
fn whoever_came_by_a_way_meets_what_stands_on_that_way() {
    for by_provider in [false, true] {
        let mut w = World::new();
        w.flow(WAYS);
        let id = ada(&mut w);
        let person = someone("social", "1");
        w.link(&person, id);
        let mut login = is_sent(&mut w, Wish::VerifyAddress);
        if by_provider {
            login.comes_as(&mut w, &person);
        } else {
            signs_in(&mut w, &mut login);
        }
        assert_eq!(login.ways(&w), Vec::<String>::new(), "nobody signs in twice");
        accepts(&mut w, &mut login);
        let accepted: Vec<_> = w.users[&id].accepted_terms.keys().map(ToString::to_string).collect();
        assert_eq!(accepted, [if by_provider { "providers" } else { "passwords" }]);
    }
}

/// The realm's own flow knows no form for new accounts: whoever has made one came with its password.
#[test]
fn a_way_that_the_realms_own_flow_lacks_counts_as_the_one_that_the_person_could_take_there() {
    let mut w = World::new();
    w.flow(WAYS);
    let mut login = is_sent(&mut w, Wish::Create);
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("email", ADA), ("password", "long enough")]);
    accepts(&mut w, &mut login);
    assert!(w.users[&login.user()].accepted_terms.keys().any(|version| version.to_string() == "passwords"));
}

/// Where nobody signs in with a password, making one is no way in.
#[test]
fn what_the_realms_own_flow_has_no_way_for_is_no_way_in() {
    let mut w = World::new();
    w.flow("flow: browser\nexecutions:\n  - provider: { requirement: alternative }\n");
    let mut login = is_sent(&mut w, Wish::Create);
    login.sends(&mut w, action::CONTINUE, &[("username", "ada"), ("email", ADA), ("password", "long enough")]);
    assert_eq!((login.denial(), w.users.len()), (DenialCode::NoWayLeft, 0));
}

/// Two sign-ins are asked of everybody, so of whoever is sent for something else as well.
#[test]
fn a_second_sign_in_is_asked_of_whoever_has_shown_only_one() {
    let mut w = World::new();
    w.flow("flow: browser\nexecutions:\n  - flow: through a provider\n    executions:\n      - provider: { requirement: alternative }\n  - username-and-password\n");
    let id = ada(&mut w);
    w.user("mallory").password("battery staple").done();
    let person = someone("social", "1");
    w.link(&person, id);
    let mut login = is_sent(&mut w, Wish::VerifyAddress);
    login.comes_as(&mut w, &person);
    assert!(matches!(login.page(&w), Page::Login { .. }), "{:?}", login.page(&w));
    let mut other = login.clone();
    other.sends(&mut w, action::CONTINUE, &[("username", "mallory"), ("password", "battery staple")]);
    assert_eq!(other.denial(), DenialCode::OtherUser);
    signs_in(&mut w, &mut login);
    login.presses_mail(&mut w, ADA);
    assert_eq!(login.user(), id);
}

#[test]
fn nothing_is_asked_that_may_not_be_asked() {
    let mut w = with_steps(TERMS);
    ada(&mut w);
    let mut login = is_sent(&mut w, Wish::SignIn);
    signs_in(&mut w, &mut login);
    accepts(&mut w, &mut login);
    let cookie = login.finish().signed_in.browser_session.clone();
    w.flow("flow: stepwise\nexecutions:\n  - flow: sign in\n    executions:\n      - cookie: { requirement: alternative }\n  - terms: { version: '2', document: Be kinder. }\n");
    let silent = w.login_with(Some(cookie), |request| {
        request.wish = Wish::VerifyAddress;
        request.prompt.none = true;
    });
    assert_eq!(silent.denial(), DenialCode::InteractionRequired);
}

#[test]
fn starting_again_asks_again() {
    let mut w = with_steps(TERMS);
    ada(&mut w);
    let mut login = is_sent(&mut w, Wish::VerifyAddress);
    signs_in(&mut w, &mut login);
    login.presses(&mut w, action::RESTART);
    assert!(matches!(login.page(&w), Page::Login { .. }), "{:?}", login.page(&w));
    signs_in(&mut w, &mut login);
    accepts(&mut w, &mut login);
    assert!(matches!(login.session().rest, Rest::Showing(_)));
    w.policy.bindings.browser = flow_name("verify-address");
    let mut same = is_sent(&mut w, Wish::VerifyAddress);
    signs_in(&mut w, &mut same);
    assert!(matches!(same.page(&w), Page::CheckMail { .. }), "one flow for both runs once: {:?}", same.page(&w));
}

/// Who is signed in in the browser already.
fn cookie(w: &mut World) -> domain::Digest {
    let mut login = w.login();
    signs_in(w, &mut login);
    login.finish().signed_in.browser_session.clone()
}

fn verifies_with(w: &mut World, cookie: domain::Digest) -> Login {
    w.login_with(Some(cookie), |request| request.wish = Wish::VerifyAddress)
}

#[test]
fn a_live_session_is_not_enough_where_the_realms_own_flow_takes_none() {
    let mut w = World::new();
    let id = w.user("ada").password("correct horse").proved(ADA).done();
    let live = cookie(&mut w);
    w.flow("flow: no-sessions\nexecutions:\n  - provider: { requirement: alternative }\n  - username-and-password: { requirement: alternative }\n");
    w.policy.bindings.browser = flow_name("no-sessions");
    let mut login = verifies_with(&mut w, live);
    assert!(matches!(login.page(&w), Page::Login { .. }), "{:?}", login.session().rest);
    signs_in(&mut w, &mut login);
    assert_eq!(login.user(), id);
}

#[test]
fn a_live_session_that_is_not_asked_for_leaves_the_other_ways() {
    let mut w = World::new();
    let id = w.user("ada").password("correct horse").proved(ADA).done();
    let live = cookie(&mut w);
    w.flow(
        "flow: not-for-the-shop\nexecutions:\n  - flow: elsewhere\n    requirement: alternative\n    executions:\n      \
         - flow: not the shop\n        when: { not: { client: shop } }\n        executions: [cookie]\n  \
         - username-and-password: { requirement: alternative }\n",
    );
    w.policy.bindings.browser = flow_name("not-for-the-shop");
    let mut login = verifies_with(&mut w, live);
    assert!(matches!(login.page(&w), Page::Login { .. }), "{:?}", login.session().rest);
    signs_in(&mut w, &mut login);
    assert_eq!(login.user(), id);
}
