//! Whose word is taken for an address.

use super::in_every_first_login_flow;
use crate::world::{World, someone};
use domain::{AddressProof, Assurance, ProofKind, Vouched};
use flow_runtime::event::action;
use flow_runtime::{DenialCode, Page};

fn auto_link() -> World {
    let mut w = World::new();
    w.campus_uses("first-broker-login-auto-link");
    w
}

#[test]
fn a_trusted_word_links_a_proved_account_without_a_question() {
    let mut w = auto_link();
    let owner = w.user("ada").proved("ada@campus.example").done();
    let ada = someone("campus", "1").vouched("Ada@campus.example");
    let mut login = w.login();
    login.comes_as(&mut w, &ada);
    assert_eq!((login.user(), w.owner_of(&ada)), (owner, Some(owner)));
    assert_eq!(w.identities[&ada.0.key].proof.kind, ProofKind::TrustedAssertion);
    assert_eq!(w.outbox.len(), 1, "the owner is told");
}

#[test]
fn ph_17a_an_account_that_never_proved_the_address_is_not_linked_by_a_trusted_word() {
    let mut w = auto_link();
    let squatter = w.user("squatter").password("squatter").claims("ada@campus.example").done();
    let ada = someone("campus", "1").vouched("ada@campus.example");
    let mut login = w.login();
    login.comes_as(&mut w, &ada);
    assert_ne!(login.user(), squatter);
    assert!(w.users[&login.user()].email.as_ref().unwrap().is_proved());
    assert_eq!(w.users[&squatter].email, None, "the claim is released");
}

#[test]
fn ph_17b_an_address_that_the_provider_did_not_verify_falls_to_the_proof() {
    for vouched in [Vouched::No, Vouched::Silent] {
        let mut w = auto_link();
        w.user("ada").proved("ada@campus.example").done();
        let ada = someone("campus", "1").with("ada@campus.example", vouched);
        let mut login = w.login();
        login.comes_as(&mut w, &ada);
        assert!(matches!(login.page(&w), Page::AccountExists { .. }), "{vouched:?}");
        assert_eq!(w.owner_of(&ada), None);
    }
}

#[test]
fn ph_14_trust_is_by_provider_and_by_domain() {
    let mut w = auto_link();
    w.user("vic").proved("vic@corp.com").done();
    let liar = someone("campus", "1").vouched("vic@corp.com");
    let mut login = w.login();
    login.comes_as(&mut w, &liar);
    assert!(matches!(login.page(&w), Page::AccountExists { .. }));
    assert_eq!(w.owner_of(&liar), None);
}

#[test]
fn trust_that_was_taken_back_in_flight_counts_no_more() {
    let mut w = auto_link();
    w.user("ada").proved("ada@campus.example").done();
    let ada = someone("campus", "1").vouched("ada@campus.example");
    let mut login = w.login();
    login.takes(&mut w, "campus");
    w.provider("campus").trust_email = Assurance::Nobody;
    login.returns(&mut w, &ada);
    assert!(matches!(login.page(&w), Page::AccountExists { .. }));
}

#[test]
fn ph_12_a_provider_that_verifies_nothing_proves_nothing() {
    for vouched in [Vouched::No, Vouched::Silent] {
        in_every_first_login_flow(|w| {
            w.provider("social").trust_email = Assurance::Everybody;
            let owner = w.user("vic").proved("vic@x.org").done();
            let mallory = someone("social", "666").with("vic@x.org", vouched);
            let mut login = w.login();
            login.comes_as(w, &mallory);
            assert!(matches!(login.page(w), Page::AccountExists { .. }));
            let mut alone = w.login();
            alone.comes_as(w, &someone("social", "667").with("free@x.org", vouched));
            assert!(!w.users[&alone.user()].email.as_ref().unwrap().is_proved());
            assert_ne!(alone.user(), owner);
        });
    }
}

#[test]
fn ph_13_only_a_plain_yes_counts_and_only_where_the_provider_is_trusted() {
    for (vouched, trust, proved) in [
        (Vouched::Yes, Assurance::Everybody, true),
        (Vouched::Yes, Assurance::Nobody, false),
        (Vouched::Silent, Assurance::Everybody, false),
        (Vouched::No, Assurance::Everybody, false),
    ] {
        let mut w = World::new();
        w.provider("campus").trust_email = trust;
        let mut login = w.login();
        login.comes_as(&mut w, &someone("campus", "1").with("ada@x.org", vouched));
        assert_eq!(w.users[&login.user()].email.as_ref().unwrap().is_proved(), proved, "{vouched:?}");
    }
}

#[test]
fn ph_15_the_address_is_never_the_key() {
    in_every_first_login_flow(|w| {
        let mut login = w.login();
        login.comes_as(w, &someone("social", "tenant-a|1").vouched("vic@corp.com"));
        let vic = login.user();
        let mut other = w.login();
        other.comes_as(w, &someone("social", "tenant-b|1").vouched("vic@corp.com"));
        assert!(matches!(other.page(w), Page::AccountExists { .. }));
        assert_eq!(w.identities.values().filter(|link| link.user == vic).count(), 1);
    });
}

#[test]
fn ph_16_a_name_that_looks_like_an_address_is_a_name() {
    let mut w = auto_link();
    w.user("vic").proved("vic@campus.example").done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").called("vic@campus.example"));
    let Page::ReviewProfile { fields, .. } = login.page(&w) else { panic!() };
    let email = fields.iter().find(|field| field.name.as_str() == "email").unwrap();
    assert_eq!(email.value, "");
}

#[test]
fn ph_18_linking_with_a_password_proves_no_address() {
    let mut w = World::new();
    w.policy.sends_mail = false;
    let ada = w.user("ada").password("correct horse").claims("ada@x.org").done();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("social", "1").vouched("ada@x.org"));
    login.presses(&mut w, action::CONTINUE);
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!(login.user(), ada);
    assert!(!w.users[&ada].email.as_ref().unwrap().is_proved());
}

#[test]
fn ph_18_a_new_accounts_address_is_proved_by_a_trusted_word_or_not_at_all() {
    let mut w = auto_link();
    let mut login = w.login();
    login.comes_as(&mut w, &someone("campus", "1").vouched("ada@campus.example"));
    let proof = w.users[&login.user()].email.as_ref().unwrap().proof.as_ref();
    assert!(matches!(proof, Some(AddressProof::TrustedProvider { provider, .. }) if provider.as_str() == "campus"));
}

#[test]
fn a_closed_account_is_not_opened_by_a_trusted_word() {
    let mut w = auto_link();
    w.user("ada").proved("ada@campus.example").disabled().done();
    let ada = someone("campus", "1").vouched("ada@campus.example");
    let mut login = w.login();
    login.comes_as(&mut w, &ada);
    assert_eq!(login.denial(), DenialCode::AccountDisabled);
    assert_eq!(w.owner_of(&ada), None);
}
