//! What stands in a document and changes nothing: conditions that always come to the same, and `on-empty` where nothing is ever empty.

use crate::definition::condition::{Condition, NamedFact};
use crate::reader::code;
use crate::reader::diagnostic::Problems;
use crate::reader::draft::{Execution, Level, Node, SubFlow, When};
use std::iter;

/// With more different facts than this, a condition isn't tried out.
const MOST_ATOMS: usize = 10;

/// Reports what is idle at this level and below it.
pub(super) fn level(level: &Level, problems: &mut Problems) {
    if let Some(span) = level.on_empty
        && level.executions.iter().any(is_always_there)
    {
        problems
            .report(&code::IDLE_ON_EMPTY, span, "`on-empty` changes nothing here")
            .label("there is always something to run at this level")
            .help("delete it; it doesn't mean that the level succeeds if what runs in it fails");
    }
    for execution in level.executions.iter().filter(|execution| !execution.is_disabled()) {
        if let Some(Node::SubFlow(sub_flow)) = &execution.node {
            if let Some(when) = &sub_flow.when {
                condition(when, problems);
            }
            self::level(&sub_flow.level, problems);
        }
    }
}

/// Whether this keeps its level from ever being empty. What couldn't be read might not.
fn is_always_there(execution: &Execution) -> bool {
    match &execution.node {
        _ if execution.is_disabled() || execution.requirement.is_none() => false,
        Some(Node::Authenticator(_)) => true,
        Some(Node::SubFlow(SubFlow { when, .. })) => when.is_none(),
        None => false,
    }
}

fn condition(when: &When, problems: &mut Problems) {
    let Some(condition) = &when.condition else { return };
    let (message, help) = match constant(condition) {
        None => return,
        Some(true) => ("this condition always holds", "delete it: then the sub-flow is always there"),
        Some(false) => (
            "this condition never holds, so the sub-flow is never there",
            "correct it, or disable the sub-flow until it is needed",
        ),
    };
    problems.report(&code::CONSTANT_CONDITION, when.span, message).label("always the same").help(help);
}

/// What the condition comes to, if that is always the same. It is tried out on every login that there can be.
fn constant(condition: &Condition) -> Option<bool> {
    let mut atoms = Vec::new();
    collect(condition, &mut atoms);
    if atoms.len() > MOST_ATOMS {
        return None;
    }
    let mut logins = (0_u32..1 << atoms.len()).filter(|login| is_possible(&atoms, *login));
    let first = holds(condition, &atoms, logins.next()?);
    logins.all(|login| holds(condition, &atoms, login) == first).then_some(first)
}

/// The parts of a condition that aren't made of others, each once.
fn collect<'c>(condition: &'c Condition, atoms: &mut Vec<&'c Condition>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| collect(part, atoms)),
        Condition::Not(part) => collect(part, atoms),
        atom if !atoms.contains(&atom) => atoms.push(atom),
        _ => {}
    }
}

fn is_true(atoms: &[&Condition], login: u32, wanted: impl Fn(&Condition) -> bool) -> usize {
    let bits = iter::successors(Some(login), |bits| Some(bits >> 1));
    atoms.iter().zip(bits).filter(|(atom, bits)| bits & 1 == 1 && wanted(atom)).count()
}

/// One identity comes from one provider, and an address that is trusted is there.
fn is_possible(atoms: &[&Condition], login: u32) -> bool {
    let named = |fact| move |atom: &Condition| *atom == Condition::Named(fact);
    let has_address = atoms.iter().any(|atom| named(NamedFact::IdentityHasAddress)(atom));
    let trusts = is_true(atoms, login, named(NamedFact::IdentityAddressTrusted)) > 0;
    let has = is_true(atoms, login, named(NamedFact::IdentityHasAddress)) > 0;
    is_true(atoms, login, |atom| matches!(atom, Condition::Provider(_))) <= 1 && (has || !trusts || !has_address)
}

fn holds(condition: &Condition, atoms: &[&Condition], login: u32) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|part| holds(part, atoms, login)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, atoms, login)),
        Condition::Not(part) => !holds(part, atoms, login),
        atom => is_true(atoms, login, |other| other == atom) > 0,
    }
}
