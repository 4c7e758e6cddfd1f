//! What expressions mean, what they can't say, and that they always end.

use super::super::tests::{account, attribute, identity, policy, profile, with_email};
use super::super::{Case, RuleSet};
use super::{Expression, Undecided, Use};
use crate::ask::Candidate;
use domain::{BrokeredIdentity, Vouched};
use proptest::prelude::*;

fn vic() -> (BrokeredIdentity, Candidate) {
    let mut vic = with_email("campus", "vic@x.org", Vouched::Yes);
    vic.attributes.insert(attribute("groups"), vec!["staff".into(), "law".into()]);
    vic.attributes.insert(attribute("home-org"), vec!["x.org".into()]);
    (vic, account(1).proved("vic@x.org").called("vic").has("groups", "law"))
}

fn evaluated(text: &str, (identity, account): &(BrokeredIdentity, Candidate)) -> Result<bool, Undecided> {
    let (policy, profile) = (policy(RuleSet::default()), profile(identity));
    let case = Case { policy: &policy, identity, profile: &profile, flow: None };
    Expression::parse(text, Use::Rule).unwrap_or_else(|error| panic!("{text}: {error:?}")).holds(&case, account)
}

#[test]
fn what_expressions_mean() {
    for (text, holds) in [
        ("true", true),
        ("identity.email == account.email", true),
        ("identity.provider != 'campus'", false),
        ("identity.provider == \"campus\" && account.username == 'vic'", true),
        ("false && true || true", true),
        ("false && (true || true)", false),
        ("!false && !!true", true),
        ("'law' in claims.groups", true),
        ("'art' in claims.groups", false),
        ("identity.domain in ['y.org', 'x.org']", true),
        ("identity.domain in claims['home-org']", true),
        ("identity.email.endsWith('@x.org') && identity.email.startsWith('vic')", true),
        ("identity.email.contains('evil')", false),
        ("claims.groups.exists(g, g in account.attributes.groups)", true),
        ("claims.groups.all(g, g in account.attributes.groups)", false),
        ("claims.absent.all(g, g == 'x') && !claims.absent.exists(g, true)", true),
        ("claims.groups.exists(g, account.attributes.groups.exists(h, g == h))", true),
        ("size(claims.groups) == 2 && size(account.username) == 3 && size(claims.absent) != 1", true),
        ("identity.email_vouched && identity.email_trusted && account.email_proved && account.open", true),
        ("account.has_password == account.email_proved", true),
        ("has(identity.username) || has(account.username)", true),
        ("'it\\'s' == \"it's\"", true),
    ] {
        assert_eq!(evaluated(text, &vic()), Ok(holds), "{text}");
    }
}

#[test]
fn what_is_not_there_is_an_error_and_never_false() {
    for text in [
        "identity.username == 'vic'",
        "!(identity.username == 'vic')",
        "identity.authority in ['a']",
        "true && identity.given_name == ''",
    ] {
        assert_eq!(evaluated(text, &vic()), Err(Undecided::Absent), "{text}");
    }
    assert_eq!(evaluated("identity.username == account.username", &(identity("campus"), account(1))), Err(Undecided::Absent));
    assert_eq!(evaluated("has(identity.username) && identity.username == 'vic'", &vic()), Ok(false));
    assert_eq!(evaluated("identity.username == 'vic' && false", &vic()), Ok(false), "what decides outweighs an error");
    assert_eq!(evaluated("identity.username == 'vic' || true", &vic()), Ok(true), "what decides outweighs an error");
}

#[test]
fn what_expressions_cannot_say_is_refused_at_its_place() {
    for (text, at) in [
        ("", 0),
        ("identity.email", 0),
        ("identity.emial == 'x'", 9),
        ("user.email == 'x'", 0),
        ("1 == 'x'", 2),
        ("claims.groups == claims.groups", 14),
        ("true == false == true", 14),
        ("['a'].exists(x, true)", 6),
        ("identity.email.matches('x')", 15),
        ("{'a': 1}", 0),
        ("claims.groups.map(x, x)", 14),
        ("true true", 5),
        ("true &&", 7),
        ("(true", 5),
        ("'open", 0),
        ("'\\n' == ''", 1),
        ("has('x')", 4),
        ("identity == account", 9),
        ("x in claims.groups", 0),
        ("claims.groups.exists(g, true) && g == 'x'", 33),
        ("size(1) == 1", 5),
        ("9999999 == 1", 0),
    ] {
        assert_eq!(Expression::parse(text, Use::Rule).map(|_| ()).map_err(|error| error.at), Err(at), "{text}");
    }
}

#[test]
fn length_depth_and_steps_are_bounded() {
    let nested = |depth: usize| format!("{}true{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Expression::parse(&nested(31), Use::Rule).is_ok());
    assert!(Expression::parse(&nested(32), Use::Rule).is_err());
    assert!(Expression::parse(&nested(900), Use::Rule).is_err());
    assert!(Expression::parse(&format!("{}true", "!".repeat(1_900)), Use::Rule).is_ok());
    assert!(Expression::parse(&format!("true{}", " ".repeat(2_000)), Use::Rule).is_err());
    let mut many = vic();
    many.0.attributes.insert(attribute("groups"), (0..64).map(|n| n.to_string()).collect());
    let deep = "claims.groups.all(a, claims.groups.all(b, claims.groups.all(c, a != 'x')))";
    assert_eq!(evaluated(deep, &many), Err(Undecided::TooLong));
    assert_eq!(evaluated("claims.groups.all(a, claims.groups.all(b, a != 'x'))", &many), Ok(true));
}

fn words() -> impl Strategy<Value = String> {
    let words = [
        "identity",
        "account",
        "claims",
        ".",
        "email",
        "groups",
        "attributes",
        "==",
        "!=",
        "!",
        "&&",
        "||",
        "(",
        ")",
        "[",
        "]",
        ",",
        "'x'",
        "\"",
        "in",
        "size",
        "has",
        "exists",
        "all",
        "g",
        "true",
        "false",
        "7",
        "startsWith",
        "\\",
        "é",
        "username",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..40).prop_map(|words| words.join(" "))
}

fn truths() -> impl Strategy<Value = String> {
    let leaves = [
        "true",
        "identity.email == account.email",
        "'law' in claims.groups",
        "has(account.username)",
        "account.given_name == 'x'",
    ];
    prop::sample::select(leaves.to_vec()).prop_map(str::to_owned).prop_recursive(5, 40, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            two.clone().prop_map(|(a, b)| format!("({a} && {b})")),
            two.prop_map(|(a, b)| format!("({a} || {b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            inner.prop_map(|a| format!("claims.groups.exists(g, {a})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_reader_panic(text in prop_oneof![words(), any::<String>()]) {
        if let Err(error) = Expression::parse(&text, Use::Rule) {
            prop_assert!(error.at <= text.len(), "{error:?}");
        }
    }

    #[test]
    fn every_expression_has_one_answer(text in truths()) {
        if Expression::parse(&text, Use::Rule).is_ok() {
            let first = evaluated(&text, &vic());
            prop_assert_eq!(evaluated(&text, &vic()), first);
            let negated = format!("!({text})");
            if Expression::parse(&negated, Use::Rule).is_ok() {
                prop_assert_eq!(evaluated(&negated, &vic()), first.map(|held| !held));
            }
        }
    }
}
