//! Supabase's decision table as one rule: addresses that both sides verified link alone, within a linking domain.

use super::*;
use domain::{LinkingDomain, Vouched};

const ADA: &str = "ada@campus.example";

#[test]
fn row_1_a_known_identity_is_its_account() {
    let mut w = ruled(vec![by_address()]);
    let ada = comes(&mut w, &someone("campus", "1").vouched(ADA)).user();
    assert_eq!(comes(&mut w, &someone("campus", "1").vouched("new@campus.example")).user(), ada);
}

/// Supabase makes the account without an address. Here it only claims it.
#[test]
fn row_2_without_a_verified_address_an_account_is_made() {
    let mut w = ruled(vec![by_address()]);
    let owner = w.user("ada").proved(ADA).done();
    for (subject, vouched) in [("1", Vouched::No), ("2", Vouched::Silent)] {
        let login = comes(&mut w, &someone("campus", subject).with(ADA, vouched));
        assert_ne!(login.user(), owner);
        assert!(!w.users[&login.user()].has_proved(&crate::world::address(ADA)));
        assert_eq!(decided(&w), None);
    }
}

#[test]
fn rows_3_and_6_the_one_account_with_the_verified_address_is_linked() {
    let mut w = ruled(vec![by_address()]);
    w.provider("other").trust_email = domain::Assurance::Everybody;
    let ada = comes(&mut w, &someone("campus", "1").vouched(ADA)).user();
    let second = someone("other", "9").vouched(ADA);
    assert_eq!(comes(&mut w, &second).user(), ada);
    assert_eq!(w.identities[&second.0.key].proof.kind, ProofKind::TrustedAssertion);
    assert_eq!(decided(&w).as_deref(), Some("by-address"));
}

/// A verified address is one account's, so several can only claim it: the trusted word outranks them all.
#[test]
fn rows_4_and_7_several_claims_are_nobodys() {
    let mut w = ruled(vec![by_address()]);
    let (first, second) = (w.user("first").claims(ADA).done(), w.user("second").claims(ADA).done());
    let login = comes(&mut w, &someone("campus", "1").vouched(ADA));
    assert!(![first, second].contains(&login.user()));
    assert!(w.users[&login.user()].has_proved(&crate::world::address(ADA)));
    assert_eq!(w.holders_of(ADA), [login.user()], "the claims are released");
}

#[test]
fn row_5_nobody_there_makes_an_account() {
    let mut w = ruled(vec![by_address()]);
    let login = comes(&mut w, &someone("campus", "1").vouched(ADA));
    assert!(w.users[&login.user()].has_proved(&crate::world::address(ADA)));
    assert_eq!(decided(&w), None);
}

#[test]
fn users_that_came_by_enterprise_sign_on_are_never_targets() {
    let mut w = ruled(vec![by_address()]);
    w.provider("other").linking_domain = LinkingDomain::parse("sso").unwrap();
    w.provider("other").trust_email = domain::Assurance::Everybody;
    let sso = comes(&mut w, &someone("other", "1").vouched(ADA)).user();
    let ada = comes(&mut w, &someone("campus", "1").vouched(ADA)).user();
    assert_ne!(sso, ada);
    let again = comes(&mut w, &someone("other", "2").vouched(ADA)).user();
    assert_eq!(again, sso, "within the domain they are");
}
