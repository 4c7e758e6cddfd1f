//! Files that are broken, or made to do harm.

use super::{Realm, enters, import, runs, translated};
use serde_json::json;

fn refused(text: &str) -> String {
    Realm::read(text.as_bytes()).expect_err("it must be refused")
}

#[test]
fn what_is_no_realm_is_refused_with_the_reason() {
    for (text, part) in [
        ("", "isn't JSON"),
        ("{\"authenticationFlows\": [", "isn't JSON"),
        ("[{}]", "this is a list"),
        ("{}", "there are no flows"),
        ("{\"realm\": \"r\", \"authenticationFlows\": []}", "there are no flows"),
        ("{\"authenticationFlows\": {}}", "isn't a realm"),
        ("{\"authenticationFlows\": [{\"alias\": 1}]}", "isn't a realm"),
        ("{\"authenticationFlows\": [{\"topLevel\": true}]}", "missing field `alias`"),
        ("{\"authenticationFlows\": [], \"authenticationFlows\": []}", "duplicate field"),
        ("\u{0}", "isn't JSON"),
    ] {
        assert!(refused(text).contains(part), "{text:?}: {}", refused(text));
    }
    assert!(Realm::read(b"{\"realm\": \"\xff\"}").is_err());
}

#[test]
fn a_requirement_that_is_none_is_refused() {
    let flow = json!({ "alias": "a", "topLevel": true, "authenticationExecutions": [runs("auth-cookie", "OPTIONAL", 1)] });
    let problem = refused(&json!({ "authenticationFlows": [flow] }).to_string());
    assert!(problem.contains("OPTIONAL"), "{problem}");
}

#[test]
fn what_is_too_deep_is_refused_before_it_is_read() {
    let deep = format!("{{\"authenticationFlows\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(refused(&deep).contains("isn't a realm"));
    let ignored = format!("{{\"x\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(refused(&ignored).contains("there are no flows"), "what isn't about flows is read over, however deep it is");
}

#[test]
fn flows_that_contain_themselves_are_refused() {
    for (first, second, top) in [("a", "a", true), ("b", "a", true), ("b", "a", false)] {
        let flows = json!([
            { "alias": "a", "topLevel": top, "authenticationExecutions": [enters(first, "REQUIRED", 1)] },
            { "alias": "b", "authenticationExecutions": [enters(second, "REQUIRED", 1)] }
        ]);
        let problem = refused(&json!({ "authenticationFlows": flows }).to_string());
        assert!(problem.contains("contains itself"), "{problem}");
    }
}

#[test]
fn flows_that_double_at_each_level_are_refused_at_once() {
    let doubled = |number: usize| {
        let next = format!("f{}", number + 1);
        json!({ "alias": format!("f{number}"), "topLevel": number == 0, "authenticationExecutions": [enters(&next, "REQUIRED", 1), enters(&next, "REQUIRED", 2)] })
    };
    let mut flows: Vec<_> = (0..64).map(doubled).collect();
    flows.push(json!({ "alias": "f64", "authenticationExecutions": [] }));
    assert!(refused(&json!({ "authenticationFlows": flows }).to_string()).contains("more than 500 executions"));
}

#[test]
fn more_flows_than_a_realm_has_are_refused() {
    let flows: Vec<_> = (0..1001).map(|n| json!({ "alias": n.to_string(), "authenticationExecutions": [] })).collect();
    assert!(refused(&json!({ "authenticationFlows": flows }).to_string()).contains("more than 1000 flows"));
}

#[test]
fn what_is_there_twice_or_not_at_all_is_refused() {
    let flow = |id: &str, alias: &str| json!({ "id": id, "alias": alias, "topLevel": true, "authenticationExecutions": [] });
    let problem = |flows: serde_json::Value| refused(&json!({ "authenticationFlows": flows }).to_string());
    assert!(problem(json!([flow("1", "a"), flow("2", "a")])).contains("two flows have the alias “a”"));
    assert!(problem(json!([flow("1", "a"), flow("1", "b")])).contains("two flows have the id “1”"));
    let gap = json!([{ "alias": "a", "topLevel": true, "authenticationExecutions": [enters("gone", "REQUIRED", 1)] }]);
    assert!(problem(gap).contains("“gone”, which isn't in the file"));
    let neither = json!([{ "alias": "a", "topLevel": true, "authenticationExecutions": [{ "requirement": "REQUIRED" }] }]);
    assert!(problem(neither).contains("neither `authenticator` nor `flowAlias`"));
    let configs = json!({ "authenticationFlows": [flow("1", "a")], "authenticatorConfig": [{ "alias": "c" }, { "alias": "c" }] });
    assert!(refused(&configs.to_string()).contains("two configurations have the alias “c”"));
}

/// Nothing in a name can leave its place: in the file, or on the terminal.
#[test]
fn names_cannot_say_anything_in_the_files_or_in_the_report() {
    let evil = "x\n  - cookie\u{1b}[2J\u{202e}\"\\ # }";
    let flows = json!([
        { "alias": evil, "description": evil, "topLevel": true, "authenticationExecutions":
            [runs("auth-username-password-form", "ALTERNATIVE", 1), runs(evil, "ALTERNATIVE", 2), enters("sub\n- cookie", "ALTERNATIVE", 3)] },
        { "alias": "sub\n- cookie", "authenticationExecutions": [runs("auth-username-password-form", "REQUIRED", 1)] }
    ]);
    let it = import(&json!({ "realm": evil, "authenticationFlows": flows }).to_string());
    let (name, text) = it.files.iter().next().unwrap();
    let tree = it.tree(name);
    assert!(!tree.contains("cookie\n") && tree.contains("[sub - cookie]"), "{text}");
    for text in [text, &it.report.text(Some("flows"))] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
    }
}

#[test]
fn one_flow_can_be_asked_for() {
    let realm = Realm::read(super::STOCK.as_bytes()).unwrap();
    let (report, files) = translated(&realm, Some("browser")).unwrap();
    assert_eq!((report.flows.len(), files.len()), (1, 1));
    assert!(translated(&realm, Some("nothing")).unwrap_err().contains("no flow “nothing”"));
}
