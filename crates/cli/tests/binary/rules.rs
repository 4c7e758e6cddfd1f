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
