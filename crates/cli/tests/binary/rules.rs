//! `braid link rules`.

use crate::place::Place;

const WHY: [&str; 4] = ["--realm", "main", "--reason", "a new rule of the house"];
const RULE: &str = "name: by-address\npriority: 10\nmatch: { exact: { claim: email, account: email } }\nauto-link: true\n";

#[test]
fn rules_are_checked_kept_shown_and_removed() {
    let (place, _) = Place::with_crowd(1);
    place.write("rule.yaml", RULE);
    let add = [&["link", "rules", "add", "rule.yaml"], &WHY[..]].concat();
    let added = place.braid(&add);
    assert_eq!(added.code, 0, "{}", added.err);
    let list = ["link", "rules", "list", "--realm", "main"];
    assert!(place.braid(&list).out.contains("priority: 10\n"), "{}", place.braid(&list).out);

    place.write("other.yaml", &RULE.replace("by-address", "other"));
    let same_priority = place.braid(&[&["link", "rules", "add", "other.yaml"], &WHY[..]].concat());
    assert_eq!(same_priority.code, 1);
    assert!(same_priority.err.contains("other.yaml:") && same_priority.err.contains("priority"), "{}", same_priority.err);
    assert!(!place.braid(&list).out.contains("name: other"));

    let remove = |name: &str| place.braid(&[&["link", "rules", "remove", name], &WHY[..]].concat());
    assert_eq!(remove("by-address").code, 0);
    let again = remove("by-address");
    assert_eq!(again.code, 1);
    assert!(again.err.contains("braid link rules list"), "{}", again.err);
    assert!(place.braid(&list).out.contains("no linking rules"));
}

/// A first login that is safe while no rule links alone: whoever is linked by a rule is asked for no second factor.
const RASH: &str = "flow: rash\nexecutions:\n  - link-by-rule: { requirement: alternative }\n  - create-user-if-unique: { requirement: alternative }\n  \
    - flow: the account exists\n    requirement: alternative\n    executions:\n      - confirm-link: { reveals: account }\n      \
    - reauthenticate: { by: password }\n      - flow: second factor\n        when: user.second-factor-configured\n        executions:\n          - one-time-code\n";

#[test]
fn a_rule_that_makes_a_flow_unsafe_is_refused_and_the_story_told() {
    let (place, _) = Place::with_crowd(1);
    std::fs::create_dir(place.path("flows")).unwrap();
    place.write("flows/rash.yaml", RASH);
    let config = place.read("braid.yaml").replace("first-login-flow: first-broker-login-auto-link", "first-login-flow: rash");
    place.write("braid.yaml", &format!("flows: flows\n{config}"));
    place.write("rule.yaml", RULE);
    let add = [&["link", "rules", "add", "rule.yaml"], &WHY[..]].concat();
    let refused = place.braid(&add);
    assert_eq!(refused.code, 1, "{}", refused.out);
    for said in ["rash.yaml:3", "second factor"] {
        assert!(refused.err.contains(said), "{said}: {}", refused.err);
    }
    assert!(place.braid(&["link", "rules", "list", "--realm", "main"]).out.contains("no linking rules"), "nothing was written");

    place.write("rule.yaml", &RULE.replace("auto-link: true", "auto-link: false"));
    assert_eq!(place.braid(&add).code, 0, "the same rule, which finds and links nobody alone, is fine");
}
