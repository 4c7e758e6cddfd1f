//! People who claim an address that isn't theirs, before or after its owner comes.

use super::in_every_first_login_flow;
use crate::world::someone;
use domain::{Assurance, Vouched};
use flow_runtime::event::action;
use flow_runtime::{MailKind, Page};

#[test]
fn ph_1_a_claim_with_a_password_is_never_joined_to_the_owners_login() {
    in_every_first_login_flow(|w| {
        let squatter = w.user("squatter").password("squatter").claims("vic@x.org").done();
        let vic = someone("campus", "1").vouched("vic@x.org");
        let mut login = w.login();
        login.comes_as(w, &vic);
        assert!(matches!(login.page(w), Page::AccountExists { proved: false, .. }));
        login.presses(w, action::CONTINUE);
        assert!(matches!(&w.outbox[0].mail, MailKind::ProveAddress { links: false, .. }));
        login.presses_mail(w, "vic@x.org");
        let fresh = login.user();
        assert_ne!(fresh, squatter);
        assert_eq!(w.holders_of("vic@x.org"), [fresh]);
        assert!(w.users[&fresh].email.as_ref().unwrap().is_proved());
        assert_eq!(w.owner_of(&vic), Some(fresh));
        let mut attack = w.login();
        attack.sends(w, action::CONTINUE, &[("username", "vic@x.org"), ("password", "squatter")]);
        assert!(!attack.session().is_over(), "the address opens nothing for the squatter");
    });
}

#[test]
fn ph_1_a_trusted_word_outranks_every_claim() {
    in_every_first_login_flow(|w| {
        w.provider("campus").trust_email = Assurance::Everybody;
        let squatters = [
            w.user("squatter-1").password("squatter").claims("vic@x.org").done(),
            w.user("squatter-2").claims("VIC@x.org").done(),
        ];
        let mut login = w.login();
        login.comes_as(w, &someone("campus", "1").vouched("vic@x.org"));
        assert!(!squatters.contains(&login.user()));
        assert_eq!(w.holders_of("vic@x.org"), [login.user()]);
    });
}

#[test]
fn ph_3_a_claim_through_another_provider_is_never_joined() {
    in_every_first_login_flow(|w| {
        let mallory = someone("social", "666").with("vic@x.org", Vouched::Silent);
        let mut squat = w.login();
        squat.comes_as(w, &mallory);
        let squatter = squat.user();
        let vic = someone("other", "1").vouched("vic@x.org");
        let mut login = w.login();
        login.comes_as(w, &vic);
        assert_eq!(w.owner_of(&vic), None);
        login.presses(w, action::CONTINUE);
        assert!(login.ways(w).is_empty(), "the squatter has no password to ask for");
        login.presses_mail(w, "vic@x.org");
        assert_ne!(login.user(), squatter);
        assert_eq!(w.holders_of("vic@x.org"), [login.user()]);
    });
}

#[test]
fn who_knows_the_password_of_an_unproved_account_gets_that_account() {
    in_every_first_login_flow(|w| {
        let own = w.user("ada").password("correct horse").claims("ada@x.org").done();
        let ada = someone("social", "1").vouched("ada@x.org");
        let mut login = w.login();
        login.comes_as(w, &ada);
        login.presses(w, action::CONTINUE);
        login.takes(w, "password");
        login.sends(w, action::CONTINUE, &[("password", "correct horse")]);
        assert_eq!(login.user(), own);
        assert!(!w.users[&own].email.as_ref().unwrap().is_proved());
    });
}

#[test]
fn several_claims_are_nobodys() {
    in_every_first_login_flow(|w| {
        let claims = [w.user("one").claims("vic@x.org").done(), w.user("two").password("two").claims("vic@x.org").done()];
        let mut login = w.login();
        login.comes_as(w, &someone("social", "1").vouched("vic@x.org"));
        assert!(!claims.contains(&login.user()));
    });
}

#[test]
fn the_owner_of_the_address_comes_before_those_who_claim_it() {
    in_every_first_login_flow(|w| {
        w.user("squatter").password("squatter").claims("vic@x.org").done();
        let vic = w.user("vic").password("vics own").proved("vic@x.org").done();
        let mut login = w.login();
        login.comes_as(w, &someone("social", "1").vouched("vic@x.org"));
        login.presses(w, action::CONTINUE);
        login.presses_mail(w, "vic@x.org");
        assert_eq!(login.user(), vic);
    });
}

#[test]
fn ph_22_a_typed_address_is_neither_mailed_nor_trusted() {
    in_every_first_login_flow(|w| {
        w.user("vic").password("vics own").proved("vic@x.org").done();
        let mallory = someone("social", "666").vouched("mallory@evil.org");
        w.user("decoy").password("decoy").proved("mallory@evil.org").done();
        let mut login = w.login();
        login.comes_as(w, &mallory);
        login.presses(w, action::REVIEW);
        w.provider("social").trust_email = Assurance::Everybody;
        login.sends(w, action::CONTINUE, &[("email", "vic@x.org")]);
        assert!(matches!(login.page(w), Page::AccountExists { .. }));
        login.presses(w, action::CONTINUE);
        assert!(matches!(login.page(w), Page::Reauthenticate { .. }));
        assert!(login.ways(w).is_empty());
        assert!(w.outbox.is_empty());
    });
}

#[test]
fn ph_22_a_typed_address_is_only_a_claim() {
    in_every_first_login_flow(|w| {
        w.provider("social").trust_email = Assurance::Everybody;
        let mut login = w.login();
        login.comes_as(w, &someone("social", "666"));
        login.sends(w, action::CONTINUE, &[("email", "vic@x.org")]);
        let email = w.users[&login.user()].email.clone().unwrap();
        assert_eq!((email.is_proved(), email.provenance), (false, domain::Provenance::Typed));
    });
}

#[test]
fn a_claim_that_nobody_can_prove_locks_nobody_out() {
    in_every_first_login_flow(|w| {
        let mut squat = w.login();
        squat.comes_as(w, &someone("social", "666"));
        squat.sends(w, action::CONTINUE, &[("email", "vic@x.org")]);
        let mut login = w.login();
        login.comes_as(w, &someone("other", "1"));
        login.sends(w, action::CONTINUE, &[("email", "vic@x.org")]);
        assert_ne!(login.user(), squat.user());
    });
}

#[test]
fn a_claim_on_an_address_that_another_account_proves_meanwhile_gives_no_fresh_account() {
    in_every_first_login_flow(|w| {
        w.user("squatter").password("squatter").claims("vic@x.org").done();
        let mut login = w.login();
        login.comes_as(w, &someone("campus", "1").vouched("vic@x.org"));
        login.presses(w, action::CONTINUE);
        let vic = w.user("vic").proved("vic@x.org").done();
        login.presses_mail(w, "vic@x.org");
        assert!(matches!(login.page(w), Page::AccountExists { proved: true, .. }), "now it is about the owner's account");
        login.presses(w, action::CONTINUE);
        login.presses_mail(w, "vic@x.org");
        assert_eq!(login.user(), vic);
    });
}
