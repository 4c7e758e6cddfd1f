//! Which execution of one flow is which of another.

use flow_runtime::ExecutionId;
use flow_runtime::reader::{Outline, OutlineExecution, OutlineLevel, OutlineNode};
use std::collections::BTreeMap;

/// An execution and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Placed<'o> {
    pub(super) execution: &'o OutlineExecution,
    /// The sub-flow that it stands in. None: the flow itself.
    pub(super) parent: Option<&'o OutlineExecution>,
}

impl Placed<'_> {
    /// The number of the sub-flow that it stands in; 0 is the flow itself.
    pub(super) fn parent_id(&self) -> ExecutionId {
        self.parent.map_or(ExecutionId(0), |parent| parent.id)
    }
}

/// Every execution of a flow, in the order of the file.
pub(super) fn all(outline: &Outline) -> Vec<Placed<'_>> {
    let mut placed = Vec::new();
    collect(&outline.level, None, &mut placed);
    placed
}

fn collect<'o>(level: &'o OutlineLevel, parent: Option<&'o OutlineExecution>, placed: &mut Vec<Placed<'o>>) {
    for execution in &level.executions {
        placed.push(Placed { execution, parent });
        if let OutlineNode::SubFlow { level, .. } = &execution.node {
            collect(level, Some(execution), placed);
        }
    }
}

/// Which execution became which, by number. What isn't in it was added or removed.
pub(super) type Pairs = BTreeMap<ExecutionId, ExecutionId>;

/// Pairs executions: the most alike first, each at most once.
pub(super) fn pairs(old: &[Placed<'_>], new: &[Placed<'_>]) -> Pairs {
    let mut pairs = Pairs::from([(ExecutionId(0), ExecutionId(0))]);
    let same_parent = |pairs: &Pairs, old: &Placed<'_>, new: &Placed<'_>| pairs.get(&old.parent_id()) == Some(&new.parent_id());
    // Parents stand before what is in them, so each round finds the parents of what comes later in it.
    pair(old, new, &mut pairs, &|pairs, old, new| same_name(old, new) && same_settings(old, new) && same_parent(pairs, old, new));
    pair(old, new, &mut pairs, &|pairs, old, new| same_name(old, new) && same_parent(pairs, old, new));
    pair(old, new, &mut pairs, &|_, old, new| same_name(old, new) && same_settings(old, new));
    pair(old, new, &mut pairs, &|_, old, new| same_name(old, new));
    pair(old, new, &mut pairs, &|pairs, old, new| same_content(old, new) && same_parent(pairs, old, new));
    pair(old, new, &mut pairs, &|pairs, old, new| same_name(old, new) && same_parent(pairs, old, new));
    pairs
}

type Alike<'a> = &'a dyn Fn(&Pairs, &Placed<'_>, &Placed<'_>) -> bool;

fn pair(old: &[Placed<'_>], new: &[Placed<'_>], pairs: &mut Pairs, alike: Alike<'_>) {
    for before in old {
        if pairs.contains_key(&before.execution.id) {
            continue;
        }
        let free = |after: &&Placed<'_>| !pairs.values().any(|taken| *taken == after.execution.id);
        let found = new.iter().filter(free).find(|after| alike(pairs, before, after));
        if let Some(after) = found.map(|after| after.execution.id) {
            pairs.insert(before.execution.id, after);
        }
    }
}

fn same_name(old: &Placed<'_>, new: &Placed<'_>) -> bool {
    let is_flow = |placed: &Placed<'_>| matches!(placed.execution.node, OutlineNode::SubFlow { .. });
    is_flow(old) == is_flow(new) && old.execution.name() == new.execution.name()
}

fn same_settings(old: &Placed<'_>, new: &Placed<'_>) -> bool {
    match (&old.execution.node, &new.execution.node) {
        (OutlineNode::Authenticator { config: old, .. }, OutlineNode::Authenticator { config: new, .. }) => old == new,
        (OutlineNode::SubFlow { .. }, OutlineNode::SubFlow { .. }) => true,
        _ => false,
    }
}

/// A sub-flow with another name that has the same in it.
fn same_content(old: &Placed<'_>, new: &Placed<'_>) -> bool {
    match (&old.execution.node, &new.execution.node) {
        (OutlineNode::SubFlow { level: old, .. }, OutlineNode::SubFlow { level: new, .. }) => {
            let names = |level: &OutlineLevel| level.executions.iter().map(|one| one.name().to_owned()).collect::<Vec<_>>();
            names(old) == names(new)
        }
        _ => false,
    }
}
