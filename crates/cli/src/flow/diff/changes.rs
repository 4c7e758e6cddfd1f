//! What was changed in a flow, in its author's words.

use super::matching::{Pairs, Placed, all, pairs};
use domain::text::is_visible;
use flow_runtime::reader::{Outline, OutlineExecution, OutlineNode, Setting};
use flow_runtime::{ExecutionId, Requirement};
use std::collections::BTreeSet;

/// One sentence for each change, in the order of the file.
pub(in crate::flow) fn changes(before: &Outline, after: &Outline) -> Vec<String> {
    let (old, new) = (all(before), all(after));
    let pairs = pairs(&old, &new);
    let mut lines = Vec::new();
    if before.name != after.name {
        lines.push(format!("the flow was called `{}`, and is called `{}`", before.name, after.name));
    }
    lines.extend(on_empty("the flow", before.level.succeeds_when_empty, after.level.succeeds_when_empty));
    for one in old.iter().filter(|one| !pairs.contains_key(&one.execution.id)) {
        lines.push(format!("{}: removed", place(one)));
    }
    let moved = out_of_order(&old, &new, &pairs);
    for one in &new {
        let before = pairs.iter().find(|(_, new)| **new == one.execution.id).map(|(old, _)| *old);
        match before.and_then(|id| old.iter().find(|placed| placed.execution.id == id)) {
            None => lines.push(format!("{}: added, {}", place(one), requirement(one.execution))),
            Some(before) => lines.extend(between(before, one, &pairs, &moved)),
        }
    }
    lines
}

fn between(before: &Placed<'_>, after: &Placed<'_>, pairs: &Pairs, moved: &BTreeSet<ExecutionId>) -> Vec<String> {
    let mut lines = Vec::new();
    let place = place(after);
    let (old, new) = (before.execution, after.execution);
    if pairs.get(&before.parent_id()) != Some(&after.parent_id()) {
        lines.push(format!("{place}: moved there from {}", parent(before)));
    } else if moved.contains(&new.id) {
        lines.push(format!("{place}: moved to another place in its level"));
    }
    if old.requirement != new.requirement {
        lines.push(format!("{place}: was {}, is {}", word(old.requirement), word(new.requirement)));
    }
    match (&old.node, &new.node) {
        (OutlineNode::Authenticator { config: old, .. }, OutlineNode::Authenticator { config: new, .. }) => {
            lines.extend(settings(&place, old, new));
        }
        (
            OutlineNode::SubFlow { name: old_name, when: old_when, level: old },
            OutlineNode::SubFlow { name: new_name, when: new_when, level: new },
        ) => {
            if old_name != new_name {
                lines.push(format!("{place}: was called “{}”", shown(old_name)));
            }
            if old_when != new_when {
                let in_words =
                    |when: &Option<String>| when.as_ref().map_or("always".to_owned(), |when| format!("if {}", shown(when)));
                lines.push(format!("{place}: ran {}, runs {}", in_words(old_when), in_words(new_when)));
            }
            lines.extend(on_empty(&place, old.succeeds_when_empty, new.succeeds_when_empty));
        }
        _ => {}
    }
    lines
}

fn settings(place: &str, old: &[Setting], new: &[Setting]) -> Vec<String> {
    let changed = new.iter().filter_map(|now| {
        let was = old.iter().find(|was| was.key == now.key && was.value != now.value)?;
        Some(format!("{place}: `{}` was `{}`, is `{}`", now.key, shown(&was.value), shown(&now.value)))
    });
    let added = new.iter().filter(|now| old.iter().all(|was| was.key != now.key));
    let gone = old.iter().filter(|was| new.iter().all(|now| now.key != was.key));
    changed
        .chain(added.map(|now| format!("{place}: `{}` is `{}`, and wasn't there", now.key, shown(&now.value))))
        .chain(gone.map(|was| format!("{place}: `{}` was `{}`, and isn't there", was.key, shown(&was.value))))
        .collect()
}

fn on_empty(place: &str, old: bool, new: bool) -> Option<String> {
    let word = |succeeds| if succeeds { "succeeds" } else { "fails" };
    (old != new).then(|| format!("{place}: where nothing is left to run, it {} now", word(new)))
}

/// The executions that changed places with others of their level: as few as explain the new order.
fn out_of_order(old: &[Placed<'_>], new: &[Placed<'_>], pairs: &Pairs) -> BTreeSet<ExecutionId> {
    let mut moved = BTreeSet::new();
    let parents: BTreeSet<ExecutionId> = old.iter().map(Placed::parent_id).collect();
    for parent in parents {
        let Some(now) = pairs.get(&parent) else { continue };
        let stayed: Vec<ExecutionId> = old
            .iter()
            .filter(|one| one.parent_id() == parent)
            .filter_map(|one| pairs.get(&one.execution.id))
            .filter(|id| new.iter().any(|one| one.execution.id == **id && one.parent_id() == *now))
            .copied()
            .collect();
        let kept = longest_rising(&stayed);
        moved.extend(stayed.into_iter().filter(|id| !kept.contains(id)));
    }
    moved
}

/// The longest part of a list that rises.
fn longest_rising(list: &[ExecutionId]) -> BTreeSet<ExecutionId> {
    let mut best: Vec<Vec<ExecutionId>> = Vec::new();
    for id in list {
        let before = best.iter().filter(|run| run.last().is_some_and(|last| last < id)).max_by_key(|run| run.len());
        let mut run = before.cloned().unwrap_or_default();
        run.push(*id);
        best.push(run);
    }
    best.into_iter().max_by_key(Vec::len).unwrap_or_default().into_iter().collect()
}

fn place(one: &Placed<'_>) -> String {
    match one.parent {
        None => name(one.execution),
        Some(_) => format!("{} in {}", name(one.execution), parent(one)),
    }
}

fn parent(one: &Placed<'_>) -> String {
    one.parent.map_or_else(|| "the top of the flow".to_owned(), name)
}

fn name(execution: &OutlineExecution) -> String {
    match &execution.node {
        OutlineNode::Authenticator { declaration, .. } => format!("`{}`", declaration.name),
        OutlineNode::SubFlow { name, .. } => format!("“{}”", shown(name)),
    }
}

fn requirement(execution: &OutlineExecution) -> String {
    match &execution.node {
        OutlineNode::SubFlow { when: Some(when), .. } => format!("if {}", shown(when)),
        _ => word(execution.requirement).to_owned(),
    }
}

fn word(requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::Required => "required",
        Requirement::Alternative => "alternative",
        Requirement::Disabled => "disabled",
    }
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| is_visible(*c)).collect()
}
