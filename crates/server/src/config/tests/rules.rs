//! Linking rules, of the file and of the database.

use super::*;
use crate::config::{check_rule, with_stored};
use crate::settings::RealmSettings;
use domain::{AttributeName, ProofKind, RuleName, Timestamp};
use flow_runtime::linking::{AccountField, Claim, FindBy, LinkingRule, Matching, OnMatch, OnMissing, OnSeveral, RequireVerified};
use persistence::StoredRule;

/// Lines 5 to 8: a realm with two providers. Rules begin on line 9.
const PROVIDERS: &str = "    origin: https://x.example
    providers:
      - { alias: campus, issuer: https://c.example, client-id: b, claims: { attributes: { employee-id: number } } }
      - { alias: hub, issuer: https://h.example, client-id: b, authority-claim: idp }
";

fn rules(lines: &str) -> String {
    realm(&format!("{PROVIDERS}    linking-rules:\n{lines}\n"))
}

/// A rule on line 10, which matches by address unless the keys say otherwise.
fn rule(keys: &str) -> String {
    rules(&format!("      - {{ name: a, priority: 1, {keys} }}"))
}

fn realm_with(text: &str) -> RealmSettings {
    let mut settings = read_in(&folder(), text, &[])
        .unwrap_or_else(|error| panic!("{}", error.problems.iter().map(Problem::render).collect::<String>()));
    settings.realms.remove(0)
}

fn read_rule(keys: &str) -> LinkingRule {
    realm_with(&rule(keys)).linking_rules.unwrap().remove(0)
}

const BY_ADDRESS: &str = "match: { exact: { claim: email, account: email } }";

#[test]
fn a_realm_without_the_key_has_the_rule_that_comes_with_braid() {
    let settings = realm_with(&realm(PROVIDERS));
    assert_eq!(settings.linking_rules, None);
    let names: Vec<_> = settings.policy.rules.rules().map(|rule| rule.name.to_string()).collect();
    assert_eq!(names, ["address"]);
    let none = realm_with(&realm(&format!("{PROVIDERS}    linking-rules: []\n")));
    assert_eq!((none.linking_rules, none.policy.rules.rules().len()), (Some(vec![]), 0), "and an empty list finds nobody");
}

#[test]
fn each_way_to_find_an_account_is_read() {
    let by_id = FindBy { claim: Claim::Attribute(AttributeName::parse("employee-id").unwrap()), account: AccountField::Username };
    for (text, matching) in [
        ("exact: { claim: employee-id, account: username }", Matching::Exact(by_id)),
        (
            "exact: { claim: subject, account: username }",
            Matching::Exact(FindBy { claim: Claim::Subject, account: AccountField::Username }),
        ),
        ("domain: [Campus.example]", Matching::Domain(["campus.example".to_owned()].into())),
        (
            "regex: { claim: username, pattern: '(?<value>[a-z]+)-ext', account: username }",
            Matching::Regex { claim: Claim::Username, pattern: "(?<value>[a-z]+)-ext".into(), account: AccountField::Username },
        ),
    ] {
        assert_eq!(read_rule(&format!("match: {{ {text} }}")).matching, matching, "{text}");
    }
}

#[test]
fn all_that_a_rule_may_say_is_read_and_the_rest_is_a_default() {
    let bare = read_rule(BY_ADDRESS);
    assert_eq!(bare, LinkingRule::new(bare.name.clone(), 1, Matching::Exact(FindBy::default())));
    let full = read_rule(&format!(
        "{BY_ADDRESS}, providers: [hub], authorities: ['https://idp.example'], auto-link: false, require-verified: {{ upstream: false }}, \
         proofs: [password, mailbox], never: {{ groups: [admins, root] }}, only: {{ team: blue }}, on-match: deny, on-missing: deny, on-several: skip"
    ));
    assert_eq!(full.providers.iter().map(domain::ProviderAlias::as_str).collect::<Vec<_>>(), ["hub"]);
    assert_eq!(full.authorities, ["https://idp.example".to_owned()].into());
    assert_eq!(full.require_verified, RequireVerified { upstream: false, local: true });
    assert_eq!(full.proofs, [ProofKind::Password, ProofKind::Mailbox].into());
    let group =
        |name: &str, values: &[&str]| (AttributeName::parse(name).unwrap(), values.iter().map(ToString::to_string).collect());
    assert_eq!(full.never, [group("groups", &["admins", "root"])].into());
    assert_eq!(full.only, [group("team", &["blue"])].into());
    assert_eq!((full.on_match, full.on_missing, full.on_several), (OnMatch::Deny, OnMissing::Deny, OnSeveral::Skip));
    assert!(read_rule(&format!("{BY_ADDRESS}, auto-link: true")).auto_link);
    let both = |flag| read_rule(&format!("{BY_ADDRESS}, require-verified: {flag}")).require_verified;
    assert_eq!((both(false), both(true)), (RequireVerified { upstream: false, local: false }, RequireVerified::default()));
}

#[test]
fn a_broken_rule_is_said_with_its_place_and_remedy() {
    check(broken![
        rules("      - { priority: 1, match: { domain: [c.example] } }"), "braid.yaml:10:9", "`name` is missing", "name:";
        rules("      - { name: A, priority: 1, match: { domain: [c.example] } }"), "braid.yaml:10:17", "not a valid rule name", "short name";
        rules("      - { name: a, match: { domain: [c.example] } }"), "braid.yaml:10:9", "`priority` is missing", "priority:";
        rules("      - { name: a, priority: soon, match: { domain: [c.example] } }"), "braid.yaml:10:30", "whole number", "digits";
        rules("      - { name: a, priority: 1 }"), "braid.yaml:10:9", "`match` is missing", "exact";
        rules("      by: a"), "braid.yaml:10:7", "`linking-rules` is a list, not a mapping", "- ";
        rule("match: email"), "braid.yaml:10:40", "a mapping, not a text", "`exact`, `domain`";
        rule("match: { }"), "braid.yaml:10:40", "in one way", "`exact`";
        rule("match: { exact: { claim: email, account: email }, domain: [c.example] }"), "braid.yaml:10:40", "in one way", "`exact`";
        rule("match: { fuzzy: x }"), "braid.yaml:10:42", "no way “fuzzy”", "`exact`";
        rule("match: { exact: { claim: email } }"), "braid.yaml:10:49", "`account` is missing", "account: email";
        rule("match: { exact: { claim: Email, account: email } }"), "braid.yaml:10:58", "not a valid attribute name", "short name";
        rule("match: { exact: { claim: department, account: employee-id }, }"), "braid.yaml:10:58", "feeds “department”", "attributes";
        rule("providers: [hub], match: { exact: { claim: employee-id, account: employee-id } }"), "braid.yaml:10:76", "feeds “employee-id”", "attributes";
        rule("match: { domain: ['@c'] }"), "braid.yaml:10:51", "not a domain", "after the “@”";
        rule("match: { domain: [] }"), "braid.yaml:10:50", "no domain is listed", "at least one";
        rule("match: { regex: { claim: username, pattern: '(', account: username } }"), "braid.yaml:10:77", "", "";
        rule("match: { regex: { claim: username, account: username } }"), "braid.yaml:10:42", "`pattern` is missing", "pattern:";
        rule("match: { custom: { } }"), "braid.yaml:10:42", "`expression` is missing", "expression:";
        rule(&format!("{BY_ADDRESS}, providers: [campsu]")), "braid.yaml:10:97", "no provider “campsu”", "did you mean `campus`?";
        rule(&format!("{BY_ADDRESS}, providers: [campus], authorities: [x]")), "braid.yaml:10:119", "tells authorities", "authority-claim";
        rule(&format!("{BY_ADDRESS}, auto-link: maybe")), "braid.yaml:10:96", "not true or false", "without quotes";
        rule(&format!("{BY_ADDRESS}, proofs: [created]")), "braid.yaml:10:94", "`proofs` has an unknown word", "`password`";
        rule(&format!("{BY_ADDRESS}, never: {{ groups: [] }}")), "braid.yaml:10:92", "has no values", "at least one";
        rule(&format!("{BY_ADDRESS}, never: [admins]")), "braid.yaml:10:92", "is a mapping, not a list", "key: value";
        rule(&format!("{BY_ADDRESS}, on-missing: pass")), "braid.yaml:10:97", "unknown word", "`skip` and `deny`";
        rule(&format!("{BY_ADDRESS}, autolink: true")), "braid.yaml:10:85", "no key `autolink`", "did you mean `auto-link`?";
        rule(&format!("{BY_ADDRESS}, auto-link: true, on-match: deny")), "braid.yaml:10:96", "links nothing", "drop";
        rules(&format!("      - {{ name: a, priority: 1, {BY_ADDRESS} }}\n      - {{ name: a, priority: 2, {BY_ADDRESS} }}")), "braid.yaml:11:17", "on line 10 already", "another name";
        rules(&format!("      - {{ name: a, priority: 1, {BY_ADDRESS} }}\n      - {{ name: b, priority: 1, {BY_ADDRESS} }}")), "braid.yaml:11:30", "the rule a has the priority 1 too", "of its own";
    ]);
}

#[test]
fn one_run_finds_the_problems_of_all_rules() {
    let text = rules(
        "      - { name: a, priority: 1, providers: [x], match: { domain: [c.example] } }\n      - { name: b, priority: 1, match: { domain: ['@'] } }\n      - { name: c, priority: 1, match: { domain: [] }, nonsense: 1 }",
    );
    let lines: Vec<String> = problems(&text).iter().map(|problem| problem.place.to_string()).collect();
    let lines: Vec<&str> = lines.iter().map(|place| place.split(':').nth(1).unwrap()).collect();
    assert_eq!(lines, ["10", "11", "12", "12", "12"]);
}

#[test]
fn a_problem_inside_an_expression_is_pointed_at() {
    for (written, column) in [("true && §", 33), ("'true && §'", 34)] {
        let text = rules(&format!(
            "      - name: a\n        priority: 1\n        match:\n          custom:\n            expression: {written}"
        ));
        let found = problems(&text);
        let Place::In { span, .. } = &found[0].place else { panic!("{found:?}") };
        assert_eq!((span.line, span.column), (14, column), "{}", found[0].render());
    }
}

fn stored(name: &str, document: &str) -> StoredRule {
    let at = Timestamp::from_seconds(0);
    StoredRule { name: RuleName::parse(name).unwrap(), document: document.into(), created_at: at, updated_at: at }
}

#[test]
fn rules_of_the_file_and_of_the_database_serve_together() {
    let settings = realm_with(&rule(BY_ADDRESS));
    let by_domain = stored("b", "name: b\npriority: 5\nproviders: [campus]\nmatch: { domain: [c.example] }\n");
    let as_json = stored("c", r#"{"name": "c", "priority": 3, "match": {"exact": {"claim": "email", "account": "email"}}}"#);
    let set = with_stored(&settings, &[by_domain.clone(), as_json]).unwrap();
    assert_eq!(set.rules().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["a", "c", "b"]);

    let bare = with_stored(&realm_with(&realm(PROVIDERS)), &[by_domain]).unwrap();
    assert_eq!(bare.rules().len(), 1, "a rule of one's own stands for the one that comes with Braid");
}

#[test]
fn what_file_and_database_disagree_about_names_both() {
    let settings = realm_with(&rule(BY_ADDRESS));
    for (document, place, reason) in [
        (
            "name: b\npriority: 1\nmatch: { domain: [c.example] }",
            ":2:11",
            "the rule “a” in the configuration has the priority 1 too",
        ),
        ("name: a\npriority: 2\nmatch: { domain: [c.example] }", ":1:7", "a rule “a” in the configuration already"),
        ("name: b\npriority: 2\nproviders: [gone]\nmatch: { domain: [c.example] }", ":3:13", "no provider “gone”"),
        ("name: b\npriority: [", "", "not valid YAML"),
        ("name: other\npriority: 2\nmatch: { domain: [c.example] }", ":1:7", "another name than the one"),
    ] {
        let name = if document.starts_with("name: a") { "a" } else { "b" };
        let error = with_stored(&settings, &[stored(name, document)]).unwrap_err();
        let told = error.problems[0].render();
        assert!(
            told.contains(reason) && told.contains(&format!("linking rule {name} in the database of the realm main{place}")),
            "{told}"
        );
    }
    let twins = ["b", "c"].map(|name| stored(name, &format!("name: {name}\npriority: 7\nmatch: {{ domain: [c.example] }}")));
    let told = with_stored(&settings, &twins).unwrap_err().problems[0].render();
    assert!(told.contains("the rule “b” in the database has the priority 7 too"), "{told}");
}

#[test]
fn a_rule_can_be_checked_before_it_is_kept() {
    let settings = realm_with(&rule(BY_ADDRESS));
    let others = [stored("b", "name: b\npriority: 5\nmatch: { domain: [c.example] }")];
    let check = |text: &str| check_rule(text, "new.yaml", &settings, &others);
    assert_eq!(
        check("name: b\npriority: 5\nmatch: { domain: [d.example] }").unwrap().name.as_str(),
        "b",
        "it takes the place of another"
    );
    for (text, reason) in [
        ("name: d\npriority: 5\nmatch: { domain: [d.example] }", "“b” in the database"),
        ("name: d\npriority: 6\nmatch: { regex: { claim: email, pattern: '(', account: email } }", ""),
        ("name: d\npriority: 6\nmatch: { domain: [d.example] }\nmatch: {}", "twice"),
        ("[]", "a linking rule is a mapping"),
        ("", "a linking rule is a mapping"),
    ] {
        let error = check(text).unwrap_err();
        assert!(error.problems[0].reason.contains(reason), "{}", error.problems[0].render());
        assert!(error.problems[0].place.to_string().starts_with("new.yaml:"));
    }
}

#[tokio::test]
async fn a_stored_rule_serves_from_the_next_start_and_one_that_clashes_stops_it() {
    let folder = folder();
    let settings = || read_in(&folder, &rule(BY_ADDRESS), &[]).unwrap();
    let first = settings();
    let store = persistence::Store::open(first.database.reveal(), first.keyring).await.unwrap();
    store.migrate().await.unwrap();
    let (realm, name) = (first.realms[0].policy.realm.clone(), RuleName::parse("b").unwrap());
    let hand = persistence::ByHand { by: "ops".into(), reason: "a test".into() };
    let put = async |priority: u32| {
        let document = format!("name: b\npriority: {priority}\nmatch: {{ domain: [c.example] }}\n");
        store.put_linking_rule(&realm, (&name, priority), &document, &hand, Timestamp::from_seconds(0)).await.unwrap();
    };
    put(2).await;
    crate::Braid::open(settings()).await.unwrap();
    put(1).await;
    let Err(crate::StartError::Serving(crate::ReloadError::Realm(_, error))) = crate::Braid::open(settings()).await else {
        panic!("it started")
    };
    let told = error.to_string();
    for part in
        ["linking rule b in the database of the realm main:2:11", "the rule “a” in the configuration has the priority 1 too"]
    {
        assert!(told.contains(part), "{told}");
    }
}
