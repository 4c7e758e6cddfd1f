//! Finds what comes next in a tree of executions, from how its parts have ended.

use crate::definition::condition::ConditionFault;
use crate::definition::{Execution, ExecutionId, Level, Node};
use crate::policy::RealmPolicy;
use crate::session::{Ended, Frame};

/// What a level comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walk {
    /// This execution is next.
    Run(ExecutionId),
    /// This condition was reached and came to this; it is to be kept before walking on.
    Decided(ExecutionId, bool),
    /// The level has ended.
    Ended(Ended),
    /// A sub-flow whose condition doesn't hold.
    NotThere,
}

/// Where a level stands.
pub(super) fn walk(level: &Level, frame: &Frame, policy: &RealmPolicy) -> Result<Walk, ConditionFault> {
    if level.enabled().any(Execution::is_required) {
        all_required(level, frame, policy)
    } else {
        alternatives(level, frame, policy)
    }
}

fn all_required(level: &Level, frame: &Frame, policy: &RealmPolicy) -> Result<Walk, ConditionFault> {
    let mut ran = false;
    for execution in level.enabled().filter(|execution| execution.is_required()) {
        match stand(execution, frame, policy)? {
            Walk::NotThere => {}
            Walk::Ended(Ended::Succeeded) => ran = true,
            other => return Ok(other),
        }
    }
    Ok(Walk::Ended(if ran { Ended::Succeeded } else { empty(level) }))
}

/// One that has succeeded is enough, wherever it stands: the person may have chosen it over those before it.
fn alternatives(level: &Level, frame: &Frame, policy: &RealmPolicy) -> Result<Walk, ConditionFault> {
    if level.enabled().any(|execution| has_succeeded(execution, frame, policy)) {
        return Ok(Walk::Ended(Ended::Succeeded));
    }
    let chosen = |execution: &&Execution| frame.chosen.is_some_and(|chosen| execution.contains(chosen));
    let first = level.enabled().find(chosen);
    let others = level.enabled().filter(|execution| first.is_none_or(|first| first.id != execution.id));
    let mut exhausted = false;
    let mut tried = false;
    for execution in first.into_iter().chain(others) {
        match stand(execution, frame, policy)? {
            Walk::NotThere => {}
            Walk::Ended(Ended::Attempted) => tried = true,
            Walk::Ended(Ended::Exhausted) => (tried, exhausted) = (true, true),
            other => return Ok(other),
        }
    }
    Ok(Walk::Ended(match (tried, exhausted) {
        (false, _) => empty(level),
        (true, true) => Ended::Exhausted,
        (true, false) => Ended::Attempted,
    }))
}

/// Whether something in it ran, and that was enough. What succeeds because it is empty has its turn like all others.
fn has_succeeded(execution: &Execution, frame: &Frame, policy: &RealmPolicy) -> bool {
    let ran = |(id, ended): (&ExecutionId, &Ended)| *ended == Ended::Succeeded && execution.contains(*id);
    frame.ended.iter().any(ran) && stand(execution, frame, policy) == Ok(Walk::Ended(Ended::Succeeded))
}

/// Whether the success of this level rests on that execution. What somebody did on a way that they left doesn't count.
pub(super) fn rests_on(level: &Level, id: ExecutionId, frame: &Frame, policy: &RealmPolicy) -> bool {
    let has_required = level.enabled().any(Execution::is_required);
    level.enabled().filter(|execution| execution.is_required() || !has_required).any(|execution| {
        has_succeeded(execution, frame, policy)
            && match &execution.node {
                Node::Authenticator(_) => execution.id == id,
                Node::SubFlow { level, .. } => rests_on(level, id, frame, policy),
            }
    })
}

fn empty(level: &Level) -> Ended {
    if level.succeeds_when_empty { Ended::Succeeded } else { Ended::Attempted }
}

fn stand(execution: &Execution, frame: &Frame, policy: &RealmPolicy) -> Result<Walk, ConditionFault> {
    match &execution.node {
        Node::Authenticator(_) => Ok(frame.ended.get(&execution.id).map_or(Walk::Run(execution.id), |ended| Walk::Ended(*ended))),
        Node::SubFlow { when: None, level, .. } => walk(level, frame, policy),
        Node::SubFlow { when: Some(condition), level, .. } => match frame.conditions.get(&execution.id) {
            None => Ok(Walk::Decided(execution.id, condition.holds(policy, frame)?)),
            Some(true) => walk(level, frame, policy),
            Some(false) => Ok(Walk::NotThere),
        },
    }
}
