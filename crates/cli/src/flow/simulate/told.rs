//! What a simulation came to, in lines. Passwords, tokens and codes are in none of them.

use flow_runtime::flow_test::{Moment, Play, Stop, deeds, notice, write};
use flow_runtime::reader::{OutlineLevel, OutlineNode, Read};
use flow_runtime::{Decision, ExecutionId, Requirement};
use std::collections::BTreeSet;

/// One thing that happened, what was decided then, and what would be written and sent.
pub(super) fn moment(moment: &Moment, play: &Play) -> Vec<String> {
    let mut lines = vec![moment.happened.clone()];
    lines.extend(moment.decisions.iter().flat_map(|decision| decided(decision, play)));
    let writes = moment.writes.iter().map(|change| write(change, &|user| play.called(user)));
    let sent = moment.notices.iter().map(notice);
    for (head, told) in [("would be written", writes.collect::<Vec<_>>()), ("would be sent", sent.collect())] {
        if !told.is_empty() {
            lines.push(format!("    {head}:"));
            lines.extend(told.into_iter().map(|line| format!("      - {line}")));
        }
    }
    lines.push(format!("  → {}", moment.shows));
    lines
}

/// A decision, with why.
fn decided(decision: &Decision, play: &Play) -> Vec<String> {
    let mut lines = crate::flow::story::lines(decision);
    let people: Vec<(String, String)> = play.world.users.keys().map(|user| (user.to_string(), play.called(*user))).collect();
    for line in &mut lines {
        for (id, name) in &people {
            *line = line.replace(id, name);
        }
    }
    lines
}

/// Why it doesn't go on.
pub(super) fn stop(stop: &Stop) -> Vec<String> {
    let place = stop.span.map_or_else(String::new, |span| format!(" (line {} of the answers)", span.line));
    vec![format!("this can't happen{place}: {}", stop.expected), format!("  it shows {}", stop.shown)]
}

/// What is left to do, and what wasn't reached.
pub(super) fn end(play: &Play, read: &Read) -> Vec<String> {
    let mut lines = Vec::new();
    let deeds = play.view().map(|view| deeds(&view)).unwrap_or_default();
    if !deeds.is_empty() {
        lines.push("what can be done here, as steps of an answer file:".to_owned());
        lines.extend(deeds.into_iter().map(|deed| format!("  - {deed}")));
    }
    let reached = play.decisions().filter(|decision| decision.flow == read.flow.name).map(|decision| decision.execution);
    let mut missed = Vec::new();
    never(&read.outline.level, &reached.collect(), &mut missed);
    if !missed.is_empty() {
        lines.push(format!("not reached in `{}`: {}", read.flow.name, missed.join(", ")));
    }
    lines.push("nothing was written or sent".to_owned());
    lines
}

fn never(level: &OutlineLevel, reached: &BTreeSet<ExecutionId>, missed: &mut Vec<String>) {
    for execution in level.executions.iter().filter(|execution| execution.requirement != Requirement::Disabled) {
        match &execution.node {
            OutlineNode::SubFlow { level, .. } => never(level, reached, missed),
            OutlineNode::Authenticator { .. } if reached.contains(&execution.id) => {}
            OutlineNode::Authenticator { .. } => missed.push(format!("`{}` on line {}", execution.name(), execution.line)),
        }
    }
}
