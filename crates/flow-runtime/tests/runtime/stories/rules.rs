//! Linking rules at work: authentik's matching modes and Supabase's table as rules and flows, and what a rule asks for.

mod authentik;
mod supabase;

use crate::world::{Login, Person, World, someone};
use domain::{Attribute, AttributeName, ProofKind, Provenance, RuleName, UserId};
use flow_runtime::event::action;
use flow_runtime::linking::{AccountField, Claim, FindBy, LinkingRule, Matching, RequireVerified, RuleSet};
use flow_runtime::{DenialCode, Page};
use std::sync::Arc;

const BY_RULE: &str = "flow: by-rule\nexecutions:\n  - link-by-rule: { requirement: alternative }\n  - create-user-if-unique: { requirement: alternative }\n  - flow: the account exists\n    requirement: alternative\n    executions:\n      - confirm-link: { reveals: account }\n      - flow: prove ownership\n        executions:\n          - verify-by-email: { requirement: alternative }\n          - reauthenticate: { requirement: alternative }\n";

/// A world whose providers all ask these rules.
fn ruled(rules: Vec<LinkingRule>) -> World {
    let mut w = World::new();
    w.flow(BY_RULE);
    for provider in ["campus", "social", "other"] {
        w.provider(provider).first_login_flow = crate::world::flow_name("by-rule");
    }
    w.policy.rules = Arc::new(RuleSet::compile(rules).unwrap());
    w
}

fn rule(name: &str, priority: u32, claim: Claim, account: AccountField) -> LinkingRule {
    let matching = Matching::Exact(FindBy { claim, account });
    LinkingRule::new(RuleName::parse(name).unwrap(), priority, matching)
}

fn by_address() -> LinkingRule {
    LinkingRule { auto_link: true, ..rule("by-address", 1, Claim::Email, AccountField::Email) }
}

fn employee() -> AttributeName {
    AttributeName::parse("employee").unwrap()
}

fn by_employee() -> LinkingRule {
    let (claim, account) = (Claim::Attribute(employee()), AccountField::Attribute(employee()));
    LinkingRule { auto_link: true, ..rule("by-employee", 2, claim, account) }
}

fn employed(person: Person, number: &str) -> Person {
    let mut person = person;
    person.0.attributes.insert(employee(), vec![number.to_owned()]);
    person
}

fn employ(w: &mut World, user: UserId, number: &str) {
    let own = Attribute { values: vec![number.to_owned()], provenance: Provenance::Administrator };
    w.change(user, |user| _ = user.attributes.insert(employee(), own));
}

fn comes(w: &mut World, person: &Person) -> Login {
    let mut login = w.login();
    login.comes_as(w, person);
    login
}

/// The rule that decided, as the stored tree of reasons says it.
fn decided(w: &World) -> Option<String> {
    w.reasons.as_ref().unwrap().decided.as_ref().map(ToString::to_string)
}

#[test]
fn a_value_that_the_provider_hands_out_links_without_a_question() {
    let mut w = ruled(vec![by_employee()]);
    w.provider("campus").hands_out.insert(employee());
    let ada = w.user("ada").done();
    employ(&mut w, ada, "7");
    let login = comes(&mut w, &employed(someone("campus", "1"), "7"));
    assert_eq!(login.user(), ada);
    let link = &w.identities[&someone("campus", "1").0.key];
    assert_eq!((link.proof.kind, link.proof.rule().map(RuleName::as_str)), (ProofKind::TrustedAssertion, Some("by-employee")));
    assert_eq!(decided(&w).as_deref(), Some("by-employee"));
}

#[test]
fn a_value_that_nobody_hands_out_only_finds_the_account() {
    let mut w = ruled(vec![by_employee()]);
    let ada = w.user("ada").password("correct horse").done();
    employ(&mut w, ada, "7");
    let person = employed(someone("social", "1"), "7");
    let mut login = comes(&mut w, &person);
    assert!(matches!(login.page(&w), Page::AccountExists { .. }));
    login.presses(&mut w, action::CONTINUE);
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!((login.user(), w.identities[&person.0.key].proof.kind), (ada, ProofKind::Password));
    assert_eq!(w.identities[&person.0.key].proof.rule().map(RuleName::as_str), Some("by-employee"));
}

/// Mallory says at a provider that hands nothing out that she is number 7, and is kept as that.
fn planted(w: &mut World) -> UserId {
    comes(w, &employed(someone("social", "mallory").vouched("mallory@evil.org"), "7")).user()
}

#[test]
fn a_planted_value_neither_traps_nor_confuses_whoever_has_it_for_sure() {
    let mut w = ruled(vec![by_employee()]);
    w.provider("campus").hands_out.insert(employee());
    let mallory = planted(&mut w);
    let ada = employed(someone("campus", "1").vouched("ada@campus.example"), "7");
    let own = comes(&mut w, &ada).user();
    assert_ne!(own, mallory, "she isn't asked to prove an account that isn't hers");
    assert_eq!(decided(&w), None);
    let other = comes(&mut w, &employed(someone("campus", "2"), "7")).user();
    assert_eq!((other, decided(&w).as_deref()), (own, Some("by-employee")), "nor is it ambiguous from then on");
    let passed = &w.reasons.as_ref().unwrap().considered[0].passed;
    assert_eq!(passed.iter().map(|passed| passed.account).collect::<Vec<_>>(), [mallory], "the reasons tell of it");
}

#[test]
fn several_accounts_end_the_login_and_link_nothing() {
    let mut w = ruled(vec![by_employee()]);
    for name in ["ada", "ben"] {
        let user = w.user(name).done();
        employ(&mut w, user, "7");
    }
    let login = comes(&mut w, &employed(someone("campus", "1"), "7"));
    assert_eq!((login.denial(), w.identities.len()), (DenialCode::Ambiguous, 0));
    assert_eq!(decided(&w).as_deref(), Some("by-employee"));
}

#[test]
fn a_rule_can_ask_for_more_than_the_flow_would() {
    let mut w = ruled(vec![LinkingRule { auto_link: false, proofs: [ProofKind::Password].into(), ..by_address() }]);
    w.flow(
        &BY_RULE
            .replace("by-rule\n", "trusting\n")
            .replace("link-by-rule:", "detect-existing-user:")
            .replace("  - create-user", "  - auto-set-existing-user: { requirement: alternative }\n  - create-user"),
    );
    let ada = w.user("ada").password("correct horse").proved("ada@campus.example").done();
    let person = someone("campus", "1").vouched("ada@campus.example");
    let mut login = comes(&mut w, &person);
    login.presses(&mut w, action::CONTINUE);
    assert!(matches!(login.page(&w), Page::Reauthenticate { .. }), "the mailbox isn't enough: {:?}", login.page(&w));
    assert!(login.ways(&w).is_empty());
    login.sends(&mut w, action::CONTINUE, &[("password", "correct horse")]);
    assert_eq!((login.user(), w.identities[&person.0.key].proof.kind), (ada, ProofKind::Password));
}

#[test]
fn a_trusted_word_does_not_do_where_the_rule_wants_the_password() {
    let mut w = ruled(vec![LinkingRule { auto_link: false, proofs: [ProofKind::Password].into(), ..by_address() }]);
    w.campus_uses("first-broker-login-auto-link");
    w.user("ada").password("correct horse").proved("ada@campus.example").done();
    let person = someone("campus", "1").vouched("ada@campus.example");
    let login = comes(&mut w, &person);
    assert!(matches!(login.page(&w), Page::AccountExists { .. }));
    assert_eq!(w.owner_of(&person), None);
}

#[test]
fn a_closed_account_is_found_and_refused() {
    let mut w = ruled(vec![by_address()]);
    w.user("ada").proved("ada@campus.example").disabled().done();
    let login = comes(&mut w, &someone("campus", "1").vouched("ada@campus.example"));
    assert_eq!((login.denial(), w.users.len()), (DenialCode::AccountDisabled, 1));
}

#[test]
fn where_rules_find_nobody_an_owned_address_stays_its_owners() {
    let mut w = ruled(vec![]);
    let owner = w.user("ada").proved("ada@campus.example").done();
    let login = comes(&mut w, &someone("campus", "1").vouched("ada@campus.example"));
    assert_ne!(login.user(), owner);
    assert!(!w.users[&login.user()].email.as_ref().unwrap().is_proved(), "the new account only claims it");
    assert!(w.users[&owner].email.as_ref().unwrap().is_proved());
}

#[test]
fn ph_49_an_authority_that_is_not_let_in_begins_nothing() {
    let mut w = World::new();
    w.provider("campus").only_listed_authorities = true;
    w.provider("campus").authorities.insert("https://idp.campus.example".into(), domain::Assurance::Nobody);
    for (authority, lets_in) in [(Some("https://idp.campus.example"), true), (Some("https://evil.example"), false), (None, false)]
    {
        let mut person = someone("campus", "1");
        person.0.key.authority = authority.map(str::to_owned);
        let mut login = w.login();
        login.comes_as(&mut w, &person.vouched("ada@campus.example"));
        if lets_in {
            login.user();
        } else {
            assert_eq!(login.denial(), DenialCode::AuthorityRefused, "{authority:?}");
        }
    }
}

#[test]
fn an_authority_that_was_let_in_before_signs_nobody_in_any_more() {
    let mut w = World::new();
    let mut ada = someone("campus", "1").vouched("ada@campus.example");
    ada.0.key.authority = Some("https://idp.campus.example".into());
    comes(&mut w, &ada).user();
    w.provider("campus").only_listed_authorities = true;
    assert_eq!(comes(&mut w, &ada).denial(), DenialCode::AuthorityRefused);
}

#[test]
fn a_link_only_provider_begins_no_login() {
    let mut w = World::new();
    let ada = someone("campus", "1").vouched("ada@campus.example");
    comes(&mut w, &ada).user();
    let mut away = w.login();
    away.takes(&mut w, "campus");
    w.provider("campus").link_only = true;
    let login = w.login();
    assert!(!login.ways(&w).contains(&"campus".to_owned()), "it is not offered");
    away.returns(&mut w, &ada);
    assert_eq!(away.denial(), DenialCode::LinkOnly, "a known identity of it signs nobody in");
    let hinted = w.login_with(None, |request| request.provider_hint = Some(crate::world::alias("campus")));
    assert!(matches!(hinted.page(&w), Page::Login { .. }), "a hint doesn't lead there");
}

fn behind(authority: &str, mut person: Person) -> Person {
    person.0.key.authority = Some(authority.to_owned());
    person
}

#[test]
fn ph_49_what_another_authority_gave_an_account_links_nobody_to_it() {
    let rule = LinkingRule { authorities: ["campus".to_owned()].into(), ..by_employee() };
    let mut w = ruled(vec![rule]);
    w.provider("campus").hands_out.insert(employee());
    let mallory = comes(&mut w, &behind("social", employed(someone("campus", "m"), "7"))).user();
    let vic = behind("campus", employed(someone("campus", "v"), "7"));
    assert_ne!(comes(&mut w, &vic).user(), mallory, "nor is vic asked to prove it");

    let mut w = ruled(vec![LinkingRule { authorities: ["campus".to_owned()].into(), ..by_employee() }]);
    w.provider("campus").hands_out.insert(employee());
    let own = comes(&mut w, &behind("campus", employed(someone("campus", "a"), "7"))).user();
    let second = behind("campus", employed(someone("campus", "b"), "7"));
    assert_eq!(comes(&mut w, &second).user(), own, "what the same authority gave does");
}
