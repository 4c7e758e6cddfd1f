//! What a document that is fine means.

use super::super::{SHIPPED, shipped};
use super::fine;
use crate::definition::condition::{Condition, NamedFact};
use crate::{Level, Node, Requirement};
use domain::ProviderAlias;

fn outline(level: &Level) -> Vec<String> {
    let mut lines = Vec::new();
    for execution in &level.executions {
        lines.push(format!("{} {} {:?}", execution.id, execution.name(), execution.requirement));
        if let Node::SubFlow { level, .. } = &execution.node {
            lines.extend(outline(level).into_iter().map(|line| format!("  {line}")));
        }
    }
    lines
}

#[test]
fn the_shipped_flows_are_read_without_a_word() {
    for shipped in SHIPPED {
        let read = fine(shipped.text);
        assert!(read.warnings.is_empty(), "{}: {:?}", shipped.file, read.warnings);
        assert_eq!(format!("{}.yaml", read.flow.name), shipped.file);
        assert!(read.description.is_some_and(|description| description.ends_with('.')));
        assert!(shipped.text.starts_with("# "), "{} says nothing about itself", shipped.file);
    }
    assert_eq!(shipped().unwrap().len(), SHIPPED.len());
}

#[test]
fn executions_are_numbered_in_the_order_of_the_file() {
    let flow = fine(SHIPPED.iter().find(|shipped| shipped.file == "first-broker-login.yaml").unwrap().text).flow;
    let expected = [
        "1 review-profile Required",
        "2 create or link Required",
        "  3 create-user-if-unique Alternative",
        "  4 handle existing account Alternative",
        "    5 confirm-link Required",
        "    6 prove ownership Required",
        "      7 verify-by-email Alternative",
        "      8 reauthenticate Alternative",
        "      9 reauthenticate Alternative",
        "    10 second factor Required",
        "      11 one-time-code Required",
    ];
    assert_eq!(outline(&flow.level), expected);
}

#[test]
fn disabled_executions_keep_their_numbers() {
    let flow = fine("flow: example\nexecutions: [cookie: { requirement: disabled }, provider]").flow;
    assert_eq!(outline(&flow.level), ["1 cookie Disabled", "2 provider Required"]);
    assert_eq!(flow.authenticators().map(|(id, _)| id.0).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_name_alone_means_required_with_all_defaults() {
    let short = fine("flow: example\nexecutions: [review-profile]").flow;
    let long = fine("flow: example\nexecutions: [review-profile: { requirement: required, update: missing }]").flow;
    assert_eq!(short.revision, long.revision);
    let nothing_inside = fine("flow: example\nexecutions:\n  - review-profile:\n").flow;
    assert_eq!(short.revision, nothing_inside.revision);
}

#[test]
fn conditions_are_trees_of_facts() {
    let text = "
flow: example
executions:
  - flow: inner
    when: { any: [{ not: identity.has-address }, { all: [identity.address-trusted, { provider: campus }] }] }
    executions: [review-profile]
";
    let flow = fine(text).flow;
    let Node::SubFlow { when: Some(when), .. } = &flow.level.executions[0].node else { panic!("no condition") };
    let expected = Condition::Any(vec![
        Condition::Not(Box::new(Condition::Named(NamedFact::IdentityHasAddress))),
        Condition::All(vec![
            Condition::Named(NamedFact::IdentityAddressTrusted),
            Condition::Provider(ProviderAlias::parse("campus").unwrap()),
        ]),
    ]);
    assert_eq!(*when, expected);
    assert_eq!(flow.level.executions[0].requirement, Requirement::Required);
}

#[test]
fn a_sub_flow_with_a_condition_may_be_disabled() {
    let text = "flow: example\nexecutions:\n  - flow: a\n    when: identity.has-address\n    requirement: disabled\n    executions: [cookie]\n  - provider: { requirement: alternative }\n";
    assert_eq!(outline(&fine(text).flow.level), ["1 a Disabled", "  2 cookie Required", "3 provider Alternative"]);
}

#[test]
fn an_empty_level_may_succeed_if_it_says_so() {
    let flow = fine("flow: example\non-empty: succeed\nexecutions: []").flow;
    assert!(flow.level.succeeds_when_empty && flow.level.executions.is_empty());
    let one =
        "flow: example\nexecutions:\n  - flow: a\n    on-empty: succeed\n    executions: [cookie: { requirement: disabled }]\n";
    assert!(fine(one).warnings.is_empty());
}

#[test]
fn a_warning_does_not_stop_a_flow() {
    let read = fine("flow: example\nexecutions: [cookie: { requirement: disabled }]");
    assert_eq!(read.warnings.iter().map(|warning| warning.code.id).collect::<Vec<_>>(), ["BF0052"]);
}
