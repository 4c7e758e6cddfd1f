//! Supabase's removal in place, where a provider is set up for it: who comes with a trusted word takes the account over.

use crate::world::{Login, Person, World, someone};
use domain::{AddressProof, ExistingLink, ProofKind, UnprovedClaims, UserId, Vouched};
use flow_runtime::event::action;
use flow_runtime::linking::RuleSet;
use flow_runtime::{DenialCode, Page, Rest};

/// `campus` is trusted and hands over. A squatter holds Ada's address with a password, and has an identity on the account.
fn squatted() -> (World, UserId, Person, Person) {
    let mut w = World::new();
    w.campus_uses("first-broker-login-auto-link");
    w.provider("campus").unproved_claims = UnprovedClaims::HandOver;
    let squatter = w.user("squatter").password("squatter").claims("ada@campus.example").done();
    let theirs = someone("social", "squatter").with("ada@campus.example", Vouched::No);
    w.link(&theirs, squatter);
    (w, squatter, theirs, someone("campus", "ada").vouched("ada@campus.example"))
}

fn comes(w: &mut World, person: &Person) -> Login {
    let mut login = w.login();
    login.comes_as(w, person);
    login
}

#[test]
fn an_unproved_account_goes_to_whoever_comes_with_a_trusted_word() {
    let (mut w, account, theirs, ada) = squatted();
    let mut before = w.login();
    before.sends(&mut w, action::CONTINUE, &[("username", "squatter"), ("password", "squatter")]);
    let old = before.finish().signed_in.browser_session.clone();
    let login = comes(&mut w, &ada);
    assert_eq!((login.user(), w.owner_of(&ada)), (account, Some(account)));
    assert_eq!(w.identities[&ada.0.key].proof.kind, ProofKind::TrustedAssertion);
    assert_eq!(w.owner_of(&theirs), None, "an identity that proves nothing is gone");
    let user = &w.users[&account];
    let proof = user.email.as_ref().unwrap().proof.as_ref();
    assert!(matches!(proof, Some(AddressProof::TrustedProvider { provider, .. }) if provider.as_str() == "campus"));
    assert!(!user.has_password && !w.passwords.contains_key(&account));
    let squatters_browser = w.login_with(Some(old), |_| {});
    assert!(matches!(squatters_browser.page(&w), Page::Login { .. }), "the squatter is signed out");
    let adas_browser = w.login_with(Some(login.finish().signed_in.browser_session.clone()), |_| {});
    assert!(matches!(adas_browser.session().rest, Rest::Finished { .. }), "her own session lives");
    assert!(w.audit.iter().any(|event| event.kind == domain::AuditKind::UnprovedRemoved && event.user == Some(account)));
}

#[test]
fn what_the_squatter_accepted_and_was_allowed_goes_with_them() {
    let (mut w, account, _, ada) = squatted();
    w.flow("flow: after\nexecutions:\n  - terms: { version: '1', document: Be kind. }\n");
    w.provider("campus").post_login_flow = Some(crate::world::flow_name("after"));
    let now = w.now;
    w.change(account, |user| {
        user.roles = [domain::RoleName::parse("editor").unwrap()].into();
        user.accepted_terms = [(domain::TermsVersion::parse("1").unwrap(), now)].into();
    });
    let mut login = comes(&mut w, &ada);
    assert!(matches!(login.page(&w), Page::Terms { .. }), "nobody accepted them for her: {:?}", login.page(&w));
    assert!(w.users[&account].accepted_terms.is_empty() && w.users[&account].roles.is_empty());
    login.presses(&mut w, action::CONTINUE);
    assert!(login.finish().signed_in.user.roles.is_empty());
}

#[test]
fn consent_after_a_hand_over_still_finds_the_account() {
    let (mut w, account, _, ada) = squatted();
    w.client("shop").consent = true;
    let mut login = comes(&mut w, &ada);
    assert!(matches!(login.page(&w), Page::Consent { .. }));
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(login.user(), account);
}

#[test]
fn whose_word_isnt_taken_takes_nothing_over() {
    for vouched in [Vouched::No, Vouched::Silent] {
        let (mut w, account, theirs, ada) = squatted();
        let login = comes(&mut w, &ada.with("ada@campus.example", vouched));
        assert!(matches!(login.page(&w), Page::AccountExists { .. }), "{vouched:?}");
        assert_eq!((w.owner_of(&theirs), w.passwords.len()), (Some(account), 1));
    }
    let (mut w, account, theirs, ada) = squatted();
    w.provider("campus").trust_email = domain::Assurance::Nobody;
    let login = comes(&mut w, &ada);
    assert!(matches!(login.page(&w), Page::AccountExists { .. }));
    assert_eq!(w.owner_of(&theirs), Some(account));
}

#[test]
fn without_the_option_the_address_goes_to_a_fresh_account() {
    let (mut w, account, theirs, ada) = squatted();
    w.provider("campus").unproved_claims = UnprovedClaims::Release;
    let login = comes(&mut w, &ada);
    assert_ne!(login.user(), account);
    assert_eq!((w.owner_of(&theirs), w.users[&account].email.as_ref()), (Some(account), None));
}

/// An identity with an assurance stays at a hand-over. If it is somebody's with another address, they would keep a way in.
#[test]
fn an_account_on_which_somebody_else_could_stay_is_not_handed_over() {
    let (mut w, account, theirs, ada) = squatted();
    let at = w.now;
    let link = w.identities.get_mut(&theirs.0.key).unwrap();
    link.email = someone("social", "x").vouched("mallory@evil.org").0.email;
    link.assured = Some(AddressProof::Administrator { at });
    let login = comes(&mut w, &ada);
    assert_ne!(login.user(), account);
    assert_eq!(w.users[&account].email, None, "the claim is released");
}

#[test]
fn an_account_that_proved_the_address_is_linked_as_ever() {
    let (mut w, _, _, _) = squatted();
    let owner = w.user("ben").password("correct horse").proved("ben@campus.example").done();
    let ben = someone("campus", "ben").vouched("ben@campus.example");
    let login = comes(&mut w, &ben);
    assert_eq!(login.user(), owner);
    assert!(w.users[&owner].has_password);
}

/// Several claim it: none of them is meant, so the address goes to a fresh account.
#[test]
fn of_several_claims_none_is_handed_over() {
    let (mut w, account, _, ada) = squatted();
    let other = w.user("other").claims("ada@campus.example").done();
    let login = comes(&mut w, &ada);
    assert!(![account, other].contains(&login.user()));
}

#[test]
fn what_a_squatters_identity_gave_goes_with_it() {
    let (mut w, account, theirs, ada) = squatted();
    let number = domain::AttributeName::parse("employee").unwrap();
    let provider = theirs.0.key.provider.clone();
    let from_theirs = domain::Provenance::Provider { provider, vouched: false, identity: Some(Box::new(theirs.0.key.clone())) };
    w.change(account, |user| {
        let planted = domain::Attribute { values: vec!["7".into()], provenance: from_theirs };
        user.attributes.insert(number.clone(), planted);
    });
    comes(&mut w, &ada);
    assert_eq!(w.owner_of(&theirs), None);
    assert!(w.users[&account].attributes.is_empty(), "nothing finds the account for the squatter any more");
}

#[test]
fn a_closed_claim_is_not_handed_over_and_locks_nobody_out() {
    let (mut w, account, _, ada) = squatted();
    w.disable(account);
    let login = comes(&mut w, &ada);
    assert_ne!(login.user(), account, "a fresh account has the address");
}

#[test]
fn an_assurance_that_counts_no_more_keeps_no_identity() {
    let (mut w, account, theirs, ada) = squatted();
    let once = AddressProof::TrustedProvider { provider: theirs.0.key.provider.clone(), at: w.now };
    w.identities.get_mut(&theirs.0.key).unwrap().assured = Some(once);
    let login = comes(&mut w, &ada);
    assert_eq!((login.user(), w.owner_of(&theirs)), (account, None), "its provider isn't trusted any more");
}

/// Nothing in the flow takes a word alone, so nothing would ever hand the account over: the word outranks the claim instead.
#[test]
fn a_flow_or_rule_that_takes_no_word_alone_gives_the_address_to_a_fresh_account() {
    let demands_a_password = |w: &mut World| {
        let mut rule = RuleSet::default().rules().next().unwrap().clone();
        rule.proofs = [ProofKind::Password].into();
        w.policy.rules = std::sync::Arc::new(RuleSet::compile(vec![rule]).unwrap());
    };
    let changes = [
        |w: &mut World| w.campus_uses("first-broker-login"),
        |w: &mut World| w.campus_uses("keycloak-first-broker-login"),
        // Its rule links nothing alone.
        |w: &mut World| w.campus_uses("first-broker-login-by-rule"),
        demands_a_password,
    ];
    for (number, change) in changes.iter().enumerate() {
        let (mut w, account, theirs, ada) = squatted();
        w.policy.sends_mail = false;
        w.change(account, |user| user.has_password = number % 2 == 0);
        change(&mut w);
        let login = comes(&mut w, &ada);
        assert_ne!(login.user(), account, "{number}");
        assert!(w.users[&login.user()].has_proved(&crate::world::address("ada@campus.example")));
        assert_eq!((w.owner_of(&theirs), w.users[&account].email.as_ref()), (Some(account), None), "the claim is released");
    }
}

/// Whatever the squatter tied to the account goes with the hand-over, so it is in nobody's way.
#[test]
fn a_squatters_identity_of_the_same_provider_stops_nobody() {
    for policy in [ExistingLink::Deny, ExistingLink::Ask, ExistingLink::Replace, ExistingLink::Add] {
        let (mut w, account, _, ada) = squatted();
        let theirs = someone("campus", "squatter").with("mallory@campus.example", Vouched::No);
        w.link(&theirs, account);
        w.provider("campus").on_existing_link = policy;
        w.provider("campus").most_identities = std::num::NonZeroU32::new(1);
        let login = comes(&mut w, &ada);
        assert_eq!((login.user(), w.owner_of(&ada), w.owner_of(&theirs)), (account, Some(account), None), "{policy:?}");
        assert!(w.outbox.iter().all(|notice| !format!("{notice:?}").contains("mallory")), "the squatter's name is nobody's news");
    }
}

/// An identity that has shown that the address is its holder's stays, and counts.
#[test]
fn an_identity_that_stays_at_a_hand_over_counts_as_ever() {
    let (mut w, account, _, ada) = squatted();
    let before = someone("campus", "before").vouched("ada@campus.example");
    w.link(&before, account);
    w.identities.get_mut(&before.0.key).unwrap().assured =
        Some(AddressProof::TrustedProvider { provider: before.0.key.provider.clone(), at: w.now });
    w.provider("campus").on_existing_link = ExistingLink::Deny;
    let login = comes(&mut w, &ada);
    assert_eq!((login.denial(), w.owner_of(&ada)), (DenialCode::ProviderAlreadyLinked, None));
}
