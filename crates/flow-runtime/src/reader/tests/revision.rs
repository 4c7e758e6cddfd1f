//! The revision moves with what a flow does, and with nothing else.

use super::fine;

const PLAIN: &str = "
flow: example
executions:
  - create-user-if-unique
  - flow: inner
    requirement: required
    when: { all: [identity.has-address, { not: { provider: campus } }] }
    executions:
      - verify-by-email: { requirement: alternative, lifetime: 1h }
      - reauthenticate: { requirement: alternative }
";

fn revision(text: &str) -> String {
    fine(text).flow.revision.0
}

#[test]
fn layout_comments_and_spelling_keep_the_revision() {
    let written_otherwise = r#"
# A comment.
executions: [
  "create-user-if-unique": { requirement: required },
  { executions: [
      verify-by-email: { "lifetime": 60m, requirement: alternative },
      reauthenticate: { by: password, requirement: 'alternative' }, # the default, said
    ],
    when: { all: ["identity.has-address", not: { provider: campus }] },
    flow: inner },
]
description: Says more, does the same.
flow: example
"#;
    assert_eq!(revision(PLAIN), revision(written_otherwise));
    assert_eq!(revision(PLAIN), revision(&PLAIN.replace('\n', "\r\n")));
    assert_eq!(revision(PLAIN), revision(&format!("\u{feff}{PLAIN}")));
}

#[test]
fn every_change_of_content_moves_the_revision() {
    let changes = [
        ("flow: example", "flow: sample"),
        ("flow: inner", "flow: core"),
        ("requirement: required", "requirement: disabled"),
        ("create-user-if-unique", "detect-existing-user"),
        ("    executions:", "    on-empty: succeed\n    executions:"),
        ("flow: example", "flow: example\non-empty: succeed"),
        ("all:", "any:"),
        ("{ not: { provider: campus } }", "{ provider: campus }"),
        ("campus", "social"),
        ("identity.has-address", "identity.address-trusted"),
        ("    when: { all: [identity.has-address, { not: { provider: campus } }] }\n", ""),
        ("1h", "2h"),
        ("reauthenticate: { requirement: alternative }", "reauthenticate: { requirement: disabled }"),
        ("      - reauthenticate: { requirement: alternative }\n", ""),
    ];
    let mut seen = vec![revision(PLAIN)];
    for (from, to) in changes {
        let edited = PLAIN.replacen(from, to, 1);
        assert_ne!(edited, PLAIN, "{from}");
        let revision = revision(&edited);
        assert!(!seen.contains(&revision), "{from} -> {to}");
        seen.push(revision);
    }
}

#[test]
fn the_order_and_the_nesting_are_content() {
    let flat = "flow: example\nexecutions: [cookie, { flow: a, executions: [register] }, provider]";
    let swapped = "flow: example\nexecutions: [provider, { flow: a, executions: [register] }, cookie]";
    let nested = "flow: example\nexecutions: [cookie, { flow: a, executions: [register, provider] }]";
    let revisions = [revision(flat), revision(swapped), revision(nested)];
    assert!(revisions[0] != revisions[1] && revisions[1] != revisions[2] && revisions[0] != revisions[2]);
}

#[test]
fn a_revision_is_43_characters_of_base64url() {
    let revision = revision(PLAIN);
    assert_eq!(revision.len(), 43);
    assert!(revision.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
}
