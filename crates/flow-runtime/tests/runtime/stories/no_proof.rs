//! Nobody is asked for work that leads nowhere.

use crate::world::{World, someone};
use domain::Vouched;
use flow_runtime::event::action;
use flow_runtime::{DenialCode, Page};

#[test]
fn an_account_that_nothing_here_could_prove_ends_it_before_any_question() {
    for vouched in [Vouched::Yes, Vouched::Silent] {
        let mut w = World::new();
        w.policy.sends_mail = false;
        let ada = w.user("ada").proved("ada@x.org").done();
        w.link(&someone("other", "1"), ada);
        let new = someone("social", "1").with("ada@x.org", vouched);
        let mut login = w.login();
        login.comes_as(&mut w, &new);
        assert_eq!((login.denial(), w.owner_of(&new)), (DenialCode::NoProofPossible, None));
        assert_eq!(login.denial().oauth_error(), "access_denied");
    }
}

#[test]
fn one_proof_is_enough_to_go_on() {
    for change in [
        (|w: &mut World| w.policy.sends_mail = true) as fn(&mut World),
        |w| w.users.values_mut().for_each(|user| user.has_password = true),
        |w| w.provider("other").proves_fresh_login = true,
    ] {
        let mut w = World::new();
        w.policy.sends_mail = false;
        let ada = w.user("ada").proved("ada@x.org").done();
        w.link(&someone("other", "1"), ada);
        change(&mut w);
        let mut login = w.login();
        login.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
        assert!(matches!(login.page(&w), Page::AccountExists { .. }));
        login.presses(&mut w, action::CONTINUE);
        assert!(!login.session().is_over(), "{:?}", login.page(&w));
    }
}

/// A flow takes what it has executions for: the account's password is no proof where nothing asks for it.
#[test]
fn what_the_flow_cant_take_is_no_proof() {
    let mut w = World::new();
    w.flow(
        "flow: mails-only\nexecutions:\n  - create-user-if-unique: { requirement: alternative }\n  - flow: existing\n    requirement: alternative\n    executions:\n      - confirm-link\n      - verify-by-email\n",
    );
    w.campus_uses("mails-only");
    w.policy.sends_mail = false;
    w.user("ada").password("correct horse").proved("ada@x.org").done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").vouched("ada@x.org"));
    assert_eq!(login.denial(), DenialCode::NoProofPossible);
}

/// Whoever presses every button, and proves nothing, is left with nothing.
#[test]
fn ph_27_whoever_only_names_an_account_links_nothing() {
    super::in_every_first_login_flow(|w| {
        for provider in ["campus", "social", "other"] {
            w.provider(provider).proves_fresh_login = true;
        }
        let vic = w.user("vic").password("vics own").proved("vic@x.org").done();
        w.link(&someone("other", "vic"), vic);
        let mallory = someone("social", "666");
        let mut login = w.login();
        login.comes_as(w, &mallory);
        login.sends(w, action::CONTINUE, &[("email", "vic@x.org"), ("username", "vic"), ("user", "vic")]);
        login.presses(w, action::CONTINUE);
        for way in login.ways(w) {
            let mut tried = login.clone();
            tried.takes(w, &way);
            if tried.is_at("other") {
                tried.returns(w, &mallory_at("other").authenticated_at(w.now));
            }
            let event = tried.form(action::CONTINUE, &[("user", "vic"), ("password", "guess"), ("code", "000000")]);
            tried.meets(w, &event);
            assert!(!tried.session().is_over(), "{way}");
        }
        assert_eq!(w.identities.values().filter(|link| link.user == vic).count(), 1);
        assert!(w.sessions.is_empty());
    });
}

fn mallory_at(provider: &str) -> crate::world::Person {
    someone(provider, "666")
}
