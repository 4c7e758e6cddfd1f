//! What stands after an execution that always ends its level, or the login, without asking anybody.

use crate::Requirement;
use crate::definition::declaration::Outcome;
use crate::reader::code;
use crate::reader::diagnostic::Problems;
use crate::reader::draft::{Execution, Level, Node};
use crate::reader::suggest::quoted;

/// Reports what is never reached at this level and below it.
pub(super) fn level(level: &Level, problems: &mut Problems) {
    let enabled = || level.executions.iter().filter(|execution| !execution.is_disabled());
    let alternatives = enabled().all(|execution| execution.requirement == Some(Requirement::Alternative));
    let is_last = |execution: &&Execution| match end(execution) {
        End::Denied => !is_conditional(execution),
        End::Settled => alternatives,
        End::Open => false,
    };
    // Somebody who waits at one alternative may choose any other.
    let waits = |execution: &Execution| alternatives && may_wait(execution);
    if let Some(last) = enabled().take_while(|execution| is_last(execution) || !waits(execution)).find(is_last) {
        for execution in enabled().filter(|execution| execution.span.offset > last.span.offset) {
            let name = |execution: &Execution| execution.name().map_or_else(|| "this execution".to_owned(), quoted);
            let ends = if end(last) == End::Denied { "always ends the login" } else { "always succeeds" };
            problems
                .report(&code::NEVER_REACHED, execution.span, format!("{} is never reached", name(execution)))
                .label(format!("{} on line {} {ends}", name(last), last.span.line))
                .help("put it before that one, or delete it");
        }
    }
    for execution in enabled() {
        if let Some(Node::SubFlow(sub_flow)) = &execution.node {
            self::level(&sub_flow.level, problems);
        }
    }
}

/// How an execution may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It always denies.
    Denied,
    /// It always succeeds or denies, and asks nobody.
    Settled,
    /// All else.
    Open,
}

/// Whether it may ask somebody. What couldn't be read might.
fn may_wait(execution: &Execution) -> bool {
    match &execution.node {
        Some(Node::Authenticator(authenticator)) => {
            authenticator.kind.declaration.outcomes.iter().any(|outcome| matches!(outcome, Outcome::Challenged | Outcome::Retry))
        }
        Some(Node::SubFlow(sub_flow)) => sub_flow.level.executions.iter().any(may_wait),
        None => true,
    }
}

fn is_conditional(execution: &Execution) -> bool {
    matches!(&execution.node, Some(Node::SubFlow(sub_flow)) if sub_flow.when.is_some())
}

fn end(execution: &Execution) -> End {
    match &execution.node {
        Some(Node::Authenticator(authenticator)) => match authenticator.kind.declaration.outcomes {
            [Outcome::Denied] => End::Denied,
            outcomes if outcomes.iter().all(|outcome| matches!(outcome, Outcome::Succeeded | Outcome::Denied)) => End::Settled,
            _ => End::Open,
        },
        Some(Node::SubFlow(sub_flow)) => end_of_level(&sub_flow.level),
        None => End::Open,
    }
}

/// A level settles if its first step does, or if it has none and may be empty.
fn end_of_level(level: &Level) -> End {
    let mut enabled = level.executions.iter().filter(|execution| !execution.is_disabled());
    match enabled.next() {
        None if level.succeeds_when_empty => End::Settled,
        None => End::Open,
        Some(first) if is_conditional(first) => End::Open,
        Some(first) => match (end(first), first.requirement) {
            (End::Denied, _) => End::Denied,
            (End::Settled, Some(Requirement::Alternative)) => End::Settled,
            (End::Settled, _) if enabled.all(|other| end(other) != End::Open && !is_conditional(other)) => End::Settled,
            _ => End::Open,
        },
    }
}
