//! What never happens in a flow.

use super::verdict::Finding;
use crate::Flow;
use crate::definition::waiver::Property;
use crate::definition::{Execution, ExecutionId, Level, Node};
use std::collections::{BTreeMap, BTreeSet};

type Outcomes = BTreeMap<ExecutionId, BTreeSet<&'static str>>;

/// The executions that never have a turn, though they aren't disabled; of a sub-flow only itself.
pub(super) fn unreached(flow: &Flow, outcomes: &Outcomes) -> Vec<Finding> {
    let mut findings = Vec::new();
    level(flow, &flow.level, outcomes, &mut findings);
    findings
}

fn level(flow: &Flow, level_: &Level, outcomes: &Outcomes, findings: &mut Vec<Finding>) {
    let mut always: Option<&Execution> = None;
    for execution in level_.enabled().filter(|execution| flow.program().runs(execution.id).is_some()) {
        if is_reached(execution, outcomes) {
            if let Node::SubFlow { level: inner, .. } = &execution.node {
                level(flow, inner, outcomes, findings);
            } else if always_succeeds(execution, outcomes) {
                always = Some(execution);
            }
            continue;
        }
        let name = execution.name();
        let message = match always {
            Some(before) if !execution.is_required() => {
                format!("the alternative `{name}` is never tried, because `{}` before it always succeeds", before.name())
            }
            _ => format!("`{name}` never has a turn"),
        };
        findings.push(Finding::without_story(flow, Property::P6, execution.id, message));
    }
}

fn is_reached(execution: &Execution, outcomes: &Outcomes) -> bool {
    match &execution.node {
        Node::Authenticator(_) => outcomes.contains_key(&execution.id),
        Node::SubFlow { level, .. } => {
            level.enabled().next().is_none() || level.enabled().any(|inner| is_reached(inner, outcomes))
        }
    }
}

fn always_succeeds(execution: &Execution, outcomes: &Outcomes) -> bool {
    outcomes.get(&execution.id).is_some_and(|ended| ended.iter().all(|outcome| *outcome == "succeeded"))
}
