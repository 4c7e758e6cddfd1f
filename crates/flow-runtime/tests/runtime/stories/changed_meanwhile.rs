//! What was so when a proof was given, and isn't any more when it would link: rules, trust, and the identity that gave the proof.

use crate::world::{Login, Person, World, someone};
use domain::{Assurance, ProofKind, UserId};
use flow_runtime::event::action;
use flow_runtime::linking::{LinkingRule, OnMatch, RuleSet};
use flow_runtime::{DenialCode, Page};
use std::sync::Arc;

/// A page that waits after every proof: a review that is left by pressing on.
const RESTS_AFTER: &str = "flow: rests\nexecutions:\n  - flow: create or link\n    executions:\n      - create-user-if-unique: { requirement: alternative }\n      - flow: existing\n        requirement: alternative\n        executions:\n          - flow: prove\n            executions:\n              - auto-set-existing-user: { requirement: alternative }\n              - verify-by-email: { requirement: alternative }\n              - reauthenticate: { requirement: alternative }\n              - reauthenticate: { requirement: alternative, by: linked-provider }\n          - confirm-link\n";

fn changed(w: &mut World, change: impl FnOnce(LinkingRule) -> Option<LinkingRule>) {
    let rule = RuleSet::default().rules().next().unwrap().clone();
    w.policy.rules = Arc::new(RuleSet::compile(change(rule).into_iter().collect()).unwrap());
}

/// Ada's account, and her at the page after the proof of her new identity.
fn resting(provider: &str, prove: impl FnOnce(&mut World, &mut Login)) -> (World, Login, UserId, Person) {
    let mut w = World::new();
    w.flow(RESTS_AFTER);
    w.provider("other").proves_fresh_login = true;
    w.provider(provider).first_login_flow = crate::world::flow_name("rests");
    let ada = w.user("ada").password("correct horse").proved("ada@campus.example").done();
    w.link(&someone("other", "old"), ada);
    let new = someone(provider, "new").vouched("ada@campus.example");
    let mut login = w.login();
    login.comes_as(&mut w, &new);
    prove(&mut w, &mut login);
    assert!(matches!(login.page(&w), Page::AccountExists { .. }), "{:?}", login.page(&w));
    (w, login, ada, new)
}

fn by_password(w: &mut World, login: &mut Login) {
    login.takes(w, "password");
    login.sends(w, action::CONTINUE, &[("password", "correct horse")]);
}

fn at_the_other(w: &mut World, login: &mut Login) {
    login.takes(w, "at other");
    let back = someone("other", "old").authenticated_at(w.now);
    login.returns(w, &back);
}

#[test]
fn whoever_rests_after_a_proof_is_linked_where_nothing_has_changed() {
    for (provider, prove) in
        [("social", by_password as fn(&mut World, &mut Login)), ("social", at_the_other), ("campus", |_, _| {})]
    {
        let (mut w, mut login, ada, new) = resting(provider, prove);
        changed(&mut w, Some);
        login.presses(&mut w, action::CONTINUE);
        assert_eq!((login.user(), w.owner_of(&new)), (ada, Some(ada)));
    }
}

#[test]
fn a_rule_that_wants_another_proof_meanwhile_gets_it() {
    let (mut w, mut login, ada, new) = resting("social", by_password);
    changed(&mut w, |rule| Some(LinkingRule { proofs: [ProofKind::Mailbox].into(), ..rule }));
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(w.owner_of(&new), None);
    assert!(matches!(login.page(&w), Page::CheckMail { .. }), "{:?}", login.page(&w));
    login.presses_mail(&mut w, "ada@campus.example");
    login.presses(&mut w, action::CONTINUE);
    assert_eq!((w.owner_of(&new), w.identities[&new.0.key].proof.kind), (Some(ada), ProofKind::Mailbox));
}

/// A rule of another name that comes first.
fn with_a_rule_before(w: &mut World, before: impl FnOnce(LinkingRule) -> LinkingRule) {
    let rule = RuleSet::default().rules().next().unwrap().clone();
    let name = domain::RuleName::parse("stricter").unwrap();
    let before = before(LinkingRule { name, priority: 1, ..rule.clone() });
    w.policy.rules = Arc::new(RuleSet::compile(vec![before, LinkingRule { priority: 2, ..rule }]).unwrap());
}

#[test]
fn a_stricter_rule_that_comes_meanwhile_counts_for_whoever_rests() {
    let (mut w, mut login, ada, new) = resting("social", by_password);
    with_a_rule_before(&mut w, |rule| LinkingRule { proofs: [ProofKind::Mailbox].into(), ..rule });
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(w.owner_of(&new), None);
    assert!(matches!(login.page(&w), Page::CheckMail { .. }), "{:?}", login.page(&w));
    login.presses_mail(&mut w, "ada@campus.example");
    login.presses(&mut w, action::CONTINUE);
    assert_eq!((w.owner_of(&new), w.identities[&new.0.key].proof.kind), (Some(ada), ProofKind::Mailbox));

    let (mut w, mut login, _, new) = resting("social", by_password);
    with_a_rule_before(&mut w, |rule| LinkingRule { on_match: OnMatch::Deny, ..rule });
    login.presses(&mut w, action::CONTINUE);
    assert_eq!((login.denial(), w.owner_of(&new)), (DenialCode::RefusedByRule, None));
}

#[test]
fn a_rule_that_refuses_meanwhile_is_obeyed() {
    let (mut w, mut login, _, new) = resting("social", by_password);
    changed(&mut w, |rule| Some(LinkingRule { on_match: OnMatch::Deny, ..rule }));
    login.presses(&mut w, action::CONTINUE);
    assert_eq!((login.denial(), w.owner_of(&new)), (DenialCode::RefusedByRule, None));
}

#[test]
fn a_rule_that_is_gone_finds_nobody_any_more() {
    let (mut w, mut login, ada, new) = resting("social", by_password);
    changed(&mut w, |_| None);
    login.presses(&mut w, action::CONTINUE);
    assert_ne!(login.user(), ada);
    assert_eq!(w.owner_of(&new), Some(login.user()), "a new account, as for everybody under the rules as they are");
}

#[test]
fn a_word_that_is_not_taken_any_more_links_nothing() {
    let (mut w, mut login, _, new) = resting("campus", |_, _| {});
    w.provider("campus").trust_email = Assurance::Nobody;
    login.presses(&mut w, action::CONTINUE);
    assert_eq!(w.owner_of(&new), None);
    assert!(matches!(login.page(&w), Page::CheckMail { .. }), "she may prove it otherwise: {:?}", login.page(&w));
}

#[test]
fn a_proof_dies_with_the_identity_that_gave_it() {
    for change in [
        (|w: &mut World| w.identities.retain(|key, _| key.provider.as_str() != "other")) as fn(&mut World),
        |w| w.provider("other").enabled = false,
        |w| w.provider("other").only_listed_authorities = true,
    ] {
        let (mut w, mut login, _, new) = resting("social", at_the_other);
        change(&mut w);
        login.presses(&mut w, action::CONTINUE);
        assert_eq!(w.owner_of(&new), None);
        assert!(matches!(login.page(&w), Page::CheckMail { .. }), "{:?}", login.page(&w));
    }
}

/// Taken off between what is read and what is written: the account's version has moved, so it is read once more.
#[test]
fn an_identity_that_is_taken_off_while_its_proof_is_committed_proves_nothing() {
    let (mut w, mut login, ada, new) = resting("social", at_the_other);
    let event = login.form(action::CONTINUE, &[]);
    let mut overtaken = false;
    login.meets_while(&mut w, &event, &mut |w| {
        if !std::mem::replace(&mut overtaken, true) {
            w.identities.retain(|key, _| key.provider.as_str() != "other");
            w.change(ada, |_| {});
        }
    });
    assert!(overtaken);
    assert_eq!(w.owner_of(&new), None);
}
