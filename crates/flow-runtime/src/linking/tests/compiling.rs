//! What is wrong with rules is said at once, and the index knows which rules an identity meets.

use super::*;
use crate::linking::{OnMatch, RuleField};
use domain::ProofKind;

fn problems(rules: Vec<LinkingRule>) -> Vec<(String, RuleField)> {
    let problems = RuleSet::compile(rules).map(|_| ()).unwrap_err();
    problems.into_iter().map(|problem| (problem.rule.to_string(), problem.field)).collect()
}

fn problem(rule: LinkingRule) -> RuleField {
    let found = problems(vec![rule]);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].1
}

#[test]
fn equal_priorities_and_equal_names_are_errors() {
    let by_email = || exact(Claim::Email, AccountField::Email);
    let found = problems(vec![rule("a", 1, by_email()), rule("b", 1, by_email()), rule("a", 2, by_email())]);
    assert_eq!(found, [("b".into(), RuleField::Priority), ("a".into(), RuleField::Name)]);
}

#[test]
fn every_problem_is_found_in_one_run() {
    let regex = |pattern: &str| {
        let account = AccountField::Attribute(attribute("login"));
        Matching::Regex { claim: Claim::Email, pattern: pattern.into(), account }
    };
    let custom = |expression: &str| Matching::Custom { expression: expression.into(), find_by: FindBy::default() };
    let found = problems(vec![
        rule("a", 1, regex("(")),
        rule("b", 2, regex("no group")),
        rule("c", 3, Matching::Domain(["no domain".to_owned()].into())),
        rule("d", 4, Matching::Domain([].into())),
        rule("e", 5, custom("identity.email ==")),
        rule("f", 6, exact(Claim::Username, AccountField::Email)),
        rule("g", 7, regex(&format!("(?<value>{})", "a".repeat(500)))),
        rule("h", 8, regex("(?<value>a)){1}(?:(b)")),
    ]);
    let fields: Vec<_> = found.iter().map(|(rule, field)| (rule.as_str(), *field)).collect();
    let pattern = RuleField::Pattern;
    let expected =
        [("a", pattern), ("b", pattern), ("c", RuleField::Domains), ("d", RuleField::Domains), ("e", RuleField::Expression)];
    assert_eq!(fields[..5], expected);
    assert_eq!(fields[5..], [("f", RuleField::RequireVerified), ("g", pattern), ("h", pattern)]);
}

#[test]
fn a_problem_of_an_expression_has_its_place() {
    let matching = Matching::Custom { expression: "identity.email == account.emial".into(), find_by: FindBy::default() };
    let problems = RuleSet::compile(vec![rule("r", 1, matching)]).map(|_| ()).unwrap_err();
    assert_eq!(problems[0].at, Some(26));
    let said = problems[0].to_string();
    assert_eq!(said, "the linking rule r: `account` has no `emial`; see the section on expressions in docs/flows.md");
}

#[test]
fn a_rule_that_cannot_do_what_it_says_is_a_mistake() {
    let email = rule("r", 1, exact(Claim::Email, AccountField::Email));
    let auto = LinkingRule { auto_link: true, ..email.clone() };
    assert_eq!(problem(LinkingRule { on_match: OnMatch::Deny, ..auto.clone() }), RuleField::AutoLink);
    assert_eq!(problem(LinkingRule { proofs: [ProofKind::Password].into(), ..auto }), RuleField::AutoLink);
    assert_eq!(problem(LinkingRule { proofs: [ProofKind::Created].into(), ..email.clone() }), RuleField::Proofs);
    assert_eq!(problem(LinkingRule { never: [(attribute("group"), [].into())].into(), ..email.clone() }), RuleField::Never);
    assert_eq!(problem(LinkingRule { only: [(attribute("group"), [].into())].into(), ..email }), RuleField::Only);
}

#[test]
fn a_thousand_rules_for_others_are_not_looked_at() {
    let mut many = vec![finding("mine", exact(Claim::Email, AccountField::Email))];
    for number in 0..999_u32 {
        let base = rule(&format!("r{number}"), number + 10, exact(Claim::Email, AccountField::Email));
        many.push(match number % 3 {
            0 => LinkingRule { providers: [alias(&format!("p{number}"))].into(), ..base },
            1 => LinkingRule { matching: Matching::Domain([format!("d{number}.org")].into()), ..base },
            _ => LinkingRule { authorities: [format!("https://{number}.example")].into(), ..base },
        });
    }
    let judgement = judged(&rules(many), &with_email("campus", "vic@x.org", Vouched::Yes), &[]);
    let considered: Vec<_> = judgement.reasons.considered.iter().map(|considered| considered.rule.to_string()).collect();
    assert_eq!((considered, judgement.reasons.elsewhere), (vec!["mine".to_owned()], 999));
}

#[test]
fn what_one_identity_can_meet_is_bounded() {
    let many = |count: u32| (0..count).map(|n| rule(&format!("r{n}"), n, exact(Claim::Email, AccountField::Email))).collect();
    assert!(RuleSet::compile(many(64)).is_ok());
    assert_eq!(problems(many(65)), [("r64".into(), RuleField::Providers)]);
    let wide = LinkingRule {
        providers: (0..100).map(|n| alias(&format!("p{n}"))).collect(),
        authorities: (0..100).map(|n| format!("https://{n}.example")).collect(),
        ..rule("wide", 1, exact(Claim::Email, AccountField::Email))
    };
    assert_eq!(problem(wide), RuleField::Match);
}

#[test]
fn no_rules_find_nobody_and_the_default_finds_by_the_address() {
    let vic = with_email("campus", "vic@x.org", Vouched::No);
    let owner = [account(1).proved("vic@x.org")];
    assert!(matches!(judged(&rules(vec![]), &vic, &owner).verdict, LinkingVerdict::Nobody));
    let by_default = judged(&policy(RuleSet::default()), &vic, &owner);
    assert_eq!((one(&by_default), by_default.reasons.decided), (Some((id(1), false)), Some(name("address"))));
}

#[test]
fn what_is_sought_is_the_address_and_what_rules_want_once() {
    let by_login = |text: &str, priority| {
        rule(text, priority, exact(Claim::Attribute(attribute("upn")), AccountField::Attribute(attribute("login"))))
    };
    let policy = rules(vec![by_login("a", 1), by_login("b", 2), rule("c", 3, exact(Claim::Username, AccountField::Username))]);
    let mut vic = with_attribute("campus", "upn", &["vic@corp"]);
    vic.email = with_email("campus", "vic@x.org", Vouched::Yes).email;
    vic.username = Some("Vic".into());
    let profile = profile(&vic);
    let sought = Case { policy: &policy, identity: &vic, profile: &profile, flow: None }.sought();
    assert_eq!(sought.emails, [address("vic@x.org")]);
    assert_eq!(sought.usernames, [Username::parse("vic").unwrap()]);
    assert_eq!(sought.attributes, [(attribute("login"), "vic@corp".to_owned())]);
    assert_eq!(sought.wanted, Some(Username::parse("vic").unwrap()));
}
