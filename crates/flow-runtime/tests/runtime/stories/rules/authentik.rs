//! authentik's matching modes, each as a rule: a candidate is never linked without a proof.

use super::*;
use domain::Vouched;
use flow_runtime::linking::{OnMatch, OnMissing};

/// Both sides unverified, as authentik compares them.
fn mode(claim: Claim, account: AccountField, on_match: OnMatch) -> Vec<LinkingRule> {
    let require_verified = RequireVerified { upstream: false, local: false };
    vec![LinkingRule { require_verified, on_match, on_missing: OnMissing::Deny, ..rule("mode", 1, claim, account) }]
}

fn email(on_match: OnMatch) -> Vec<LinkingRule> {
    mode(Claim::Email, AccountField::Email, on_match)
}

fn username(on_match: OnMatch) -> Vec<LinkingRule> {
    mode(Claim::Username, AccountField::Username, on_match)
}

#[test]
fn row_4_a_known_identity_goes_straight_in_whatever_the_mode() {
    for rules in [vec![], email(OnMatch::Deny), username(OnMatch::Deny)] {
        let mut w = ruled(rules);
        let ada = w.user("ada").proved("ada@x.org").done();
        let person = someone("social", "1").with("ada@x.org", Vouched::Silent).called("ada");
        w.link(&person, ada);
        assert_eq!(comes(&mut w, &person).user(), ada);
    }
}

#[test]
fn row_5_identifier_makes_an_account() {
    let mut w = ruled(vec![]);
    let ada = w.user("ada").proved("ada@x.org").done();
    let login = comes(&mut w, &someone("social", "1").with("ada@x.org", Vouched::Silent).called("ada"));
    assert_ne!(login.user(), ada);
    assert_eq!(decided(&w), None);
}

#[test]
fn row_6_a_missing_claim_denies() {
    for rules in [email(OnMatch::Offer), email(OnMatch::Deny)] {
        let mut w = ruled(rules);
        let login = comes(&mut w, &someone("social", "1").called("ada"));
        assert_eq!(login.denial(), DenialCode::RefusedByRule);
        assert_eq!(decided(&w).as_deref(), Some("mode"));
    }
    for rules in [username(OnMatch::Offer), username(OnMatch::Deny)] {
        let login = comes(&mut ruled(rules), &someone("social", "1").with("ada@x.org", Vouched::Yes));
        assert_eq!(login.denial(), DenialCode::RefusedByRule);
    }
}

#[test]
fn rows_7_and_9_nobody_there_makes_an_account() {
    for rules in [email(OnMatch::Offer), email(OnMatch::Deny), username(OnMatch::Offer), username(OnMatch::Deny)] {
        let mut w = ruled(rules);
        let login = comes(&mut w, &someone("social", "1").with("ada@x.org", Vouched::Silent).called("ada"));
        assert!(w.users.contains_key(&login.user()));
        assert_eq!((w.users.len(), decided(&w)), (1, None));
    }
}

/// authentik saves the connection at once. Here the account is found, and then proved.
#[test]
fn row_8_a_candidate_is_linked_only_once_it_is_proved() {
    for rules in [email(OnMatch::Offer), username(OnMatch::Offer)] {
        let mut w = ruled(rules);
        let ada = w.user("ada").password("correct horse").proved("ada@x.org").done();
        let person = someone("social", "1").with("ada@x.org", Vouched::Silent).called("ada");
        let mut login = comes(&mut w, &person);
        assert!(matches!(login.page(&w), Page::AccountExists { .. }));
        assert_eq!((w.owner_of(&person), decided(&w).as_deref()), (None, Some("mode")));
        login.presses(&mut w, action::CONTINUE);
        login.takes(&mut w, "password");
        login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
        assert_eq!((login.user(), w.owner_of(&person)), (ada, Some(ada)));
    }
}

#[test]
fn row_10_a_candidate_denies_where_the_mode_says_so() {
    for rules in [email(OnMatch::Deny), username(OnMatch::Deny)] {
        let mut w = ruled(rules);
        w.user("ada").proved("ada@x.org").done();
        let person = someone("social", "1").with("ada@x.org", Vouched::Silent).called("ada");
        let login = comes(&mut w, &person);
        assert_eq!((login.denial(), w.owner_of(&person), w.users.len()), (DenialCode::RefusedByRule, None, 1));
        assert_eq!(decided(&w).as_deref(), Some("mode"));
    }
}

#[test]
fn row_11_a_flow_that_makes_no_accounts_says_so() {
    let mut w = ruled(vec![]);
    w.flow("flow: members-only\nexecutions:\n  - link-by-rule\n");
    w.provider("social").first_login_flow = crate::world::flow_name("members-only");
    let login = comes(&mut w, &someone("social", "1").with("ada@x.org", Vouched::Silent));
    assert_eq!(login.denial(), DenialCode::NoAccount);
}

#[test]
fn who_comes_with_somebodys_username_doesn_t_learn_that_the_account_exists() {
    let mut w = ruled(username(OnMatch::Offer));
    w.user("ada").password("secret").done();
    let login = comes(&mut w, &someone("social", "s1").vouched("eve@mail.example").called("ada"));
    assert!(matches!(login.page(&w), Page::AccountExists { reveals: false, .. }), "{:?}", login.page(&w));
}
