//! `braid flow test` and `braid flow simulate`.

use crate::place::Place;
use serde_json::json;
use std::path::Path;

#[test]
fn the_tests_of_the_shipped_flows_are_played() {
    let place = Place::new();
    let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows");
    let ended = place.braid(&["flow", "test", flows.to_str().unwrap(), "--coverage", "--junit", "tests.xml"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains(", 0 red") && !ended.out.contains("RED"), "{}", ended.out);
    assert!(place.read("tests.xml").contains("<testsuite name=\"first-broker-login\" "), "{}", place.read("tests.xml"));
}

#[test]
fn a_flow_is_tried_on_invented_people() {
    let place = Place::new();
    place.write("claims.json", &json!({"sub": "7", "email": "ada@example.org", "email_verified": true}).to_string());
    place.write("given.yaml", "accounts: { ada: { email: ada@example.org, password: only-ada-knows } }\n");
    let first = ["flow", "simulate", "first-broker-login", "--identity", "claims.json", "--given", "given.yaml"];
    let page = place.braid(&first);
    assert_eq!(page.code, 0, "{}", page.err);
    for part in [
        "first-broker-login > create-user-if-unique: attempted",
        "first-broker-login > confirm-link: challenged",
        "→ the page `account-exists`",
        "  - presses: continue",
        "not reached in `first-broker-login`: `verify-by-email` on line ",
        "nothing was written or sent",
    ] {
        assert!(page.out.contains(part), "{part}\n{}", page.out);
    }
    place.write("answers.yaml", "- presses: continue\n- chooses: password\n- fills-in: { password: only-ada-knows }\n");
    let linked = place.braid(&[&first[..], &["--answers", "answers.yaml"]].concat());
    for part in ["would be written:", "is tied to `ada`: the account's password was given", "→ signed in as `ada`"] {
        assert!(linked.out.contains(part), "{part}\n{}", linked.out);
    }
    assert!(!linked.out.contains("only-ada-knows"), "{}", linked.out);

    place.write("answers.yaml", "- presses: continue\n- pushes: continue\n");
    let refused = place.braid(&[&first[..], &["--answers", "answers.yaml"]].concat());
    assert!(refused.code == 1 && refused.err.contains("BF0070") && refused.err.contains("answers.yaml:2:3"), "{}", refused.err);
}

#[test]
fn a_flow_is_tried_on_a_realms_own_people_and_nothing_is_written() {
    let (place, crowd) = Place::with_crowd(20);
    let (owner, address) = (crowd.person(5).user.subject, crowd.address(5));
    let identities = || place.braid(&["identity", "list", &owner.to_string(), "--json", "--realm", "main"]).out;
    let before = identities();
    place.write("claims.json", &json!({"sub": "new-1", "email": address.as_str(), "email_verified": true}).to_string());
    let realm = ["--config", "braid.yaml", "--realm", "main", "--provider", "campus", "--identity", "claims.json"];
    let alone = place.braid(&[&["flow", "simulate", "first-broker-login-auto-link"][..], &realm].concat());
    assert_eq!(alone.code, 0, "{}", alone.err);
    assert!(alone.out.contains("→ signed in as "), "{}", alone.out);
    let asks = place.braid(&[&["flow", "simulate", "first-broker-login"][..], &realm].concat());
    assert!(asks.out.contains("→ the page `account-exists`"), "another flow than the one that serves:\n{}", asks.out);
    assert_eq!(identities(), before, "nothing was tied");
}
