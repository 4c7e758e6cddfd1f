//! Exports that were made by hand from Keycloak's documented format, and what becomes of them.

#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    clippy::needless_pass_by_value,
    reason = "a few lines of text, written once"
)]

mod conditions;
mod edited;
mod hostile;
mod stock;

use super::realm::Realm;
use super::report::{Difference, Effect, FlowReport, Outcome, Report};
use super::{Files, translated};
use flow_runtime::reader::{self, Outline, OutlineExecution, OutlineLevel, OutlineNode};
use serde_json::{Value, json};

/// A realm with all flows that Keycloak ships.
const STOCK: &str = include_str!("../../../../tests/keycloak/stock.json");

struct Imported {
    report: Report,
    files: Files,
}

fn import(text: &str) -> Imported {
    let (report, files) = translated(&Realm::read(text.as_bytes()).unwrap(), None).unwrap();
    Imported { report, files }
}

/// A realm whose only flow serves first logins, and the sub-flows that it has.
fn first_logins(executions: Value, sub_flows: Value) -> Imported {
    with_flow("firstBrokerLoginFlow", executions, sub_flows, json!([]))
}

fn with_flow(bound_to: &str, executions: Value, sub_flows: Value, config: Value) -> Imported {
    let mut flows =
        vec![json!({ "alias": "own", "providerId": "basic-flow", "topLevel": true, "authenticationExecutions": executions })];
    for (alias, executions) in sub_flows.as_object().unwrap() {
        flows.push(
            json!({ "alias": alias, "providerId": "basic-flow", "topLevel": false, "authenticationExecutions": executions }),
        );
    }
    let realm = json!({ "realm": "r", bound_to: "own", "authenticationFlows": flows, "authenticatorConfig": config });
    import(&realm.to_string())
}

/// An execution of an authenticator.
fn runs(authenticator: &str, requirement: &str, priority: i64) -> Value {
    json!({ "authenticator": authenticator, "authenticatorFlow": false, "requirement": requirement, "priority": priority })
}

/// An execution of a sub-flow.
fn enters(flow: &str, requirement: &str, priority: i64) -> Value {
    json!({ "flowAlias": flow, "authenticatorFlow": true, "requirement": requirement, "priority": priority })
}

impl Imported {
    fn flow(&self, alias: &str) -> &FlowReport {
        self.report.flows.iter().find(|flow| flow.alias == alias).unwrap()
    }

    /// The executions of a flow as Braid reads its file, one per line, indented.
    fn tree(&self, name: &str) -> String {
        let text = &self.files[name];
        let read = reader::read(text, name).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"));
        tree(&read.outline)
    }

    fn differences(&self, alias: &str, effect: Effect) -> Vec<&Difference> {
        self.flow(alias).differences.iter().filter(|difference| difference.effect == effect).collect()
    }

    /// Whether the report of the flow `own` says this of an execution, in whatever words.
    fn says(&self, effect: Effect, execution: &str, part: &str) -> bool {
        self.differences("own", effect).iter().any(|it| {
            it.execution == execution && (it.keycloak.contains(part) || it.braid.contains(part) || it.remedy.contains(part))
        })
    }
}

fn tree(outline: &Outline) -> String {
    let mut text = String::new();
    draw(&outline.level, 0, &mut text);
    text
}

fn draw(level: &OutlineLevel, depth: usize, text: &mut String) {
    for execution in &level.executions {
        let OutlineExecution { requirement, node, .. } = execution;
        let indent = "  ".repeat(depth);
        match node {
            OutlineNode::Authenticator { declaration, config } => {
                let config: String = config.iter().map(|setting| format!(" {}={}", setting.key, setting.value)).collect();
                text.push_str(&format!("{indent}{requirement:?} {}{config}\n", declaration.name));
            }
            OutlineNode::SubFlow { name, when, level } => {
                let when = when.as_ref().map(|when| format!(" when {when}")).unwrap_or_default();
                text.push_str(&format!("{indent}{requirement:?} [{name}]{when}\n"));
                draw(level, depth + 1, text);
            }
        }
    }
}
