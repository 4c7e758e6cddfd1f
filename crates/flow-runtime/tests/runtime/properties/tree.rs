//! Trees of executions, as plain data that proptest makes and shrinks.

use super::scripted::{Deed, Plan, Scripted};
use flow_runtime::authenticator::Authenticator;
use flow_runtime::definition::condition::Condition;
use flow_runtime::{Execution, Flow, Level, Node, Requirement, Revision};
use proptest::prelude::*;
use std::sync::Arc;

#[derive(Debug, Clone)]
pub(super) enum Branch<L> {
    Leaf(Requirement, L),
    /// A sub-flow, perhaps with a condition that comes to this.
    Sub(Requirement, Option<bool>, Vec<Branch<L>>),
}

pub(super) type Tree = Vec<Branch<Plan>>;

impl<L> Branch<L> {
    pub(super) fn requirement(&self) -> Requirement {
        match self {
            Self::Leaf(requirement, _) | Self::Sub(requirement, ..) => *requirement,
        }
    }

    pub(super) fn set(&mut self, wanted: Requirement) {
        match self {
            Self::Leaf(requirement, _) | Self::Sub(requirement, ..) => *requirement = wanted,
        }
    }

    pub(super) fn is_required(&self) -> bool {
        let conditional = matches!(self, Self::Sub(_, Some(_), _));
        self.requirement() == Requirement::Required || conditional && self.requirement() != Requirement::Disabled
    }
}

/// Plans whose author may be anybody.
pub(super) fn any_plan() -> impl Strategy<Value = Plan> {
    let deed = prop_oneof![
        4 => Just(Deed::Succeed),
        2 => Just(Deed::DoesntApply),
        1 => Just(Deed::GivesUp),
        1 => Just(Deed::Denies),
    ];
    (any::<bool>(), any::<bool>(), deed).prop_map(|(asks, shows, deed)| Plan { asks, shows, deed })
}

/// Plans that end no login.
pub(super) fn mild_plan() -> impl Strategy<Value = Plan> {
    any_plan().prop_map(|plan| Plan { deed: if plan.deed == Deed::Denies { Deed::DoesntApply } else { plan.deed }, ..plan })
}

pub(super) fn tree<L: std::fmt::Debug + Clone + 'static>(
    leaf: impl Strategy<Value = L> + 'static,
) -> impl Strategy<Value = Vec<Branch<L>>> {
    let leaf = leaf.prop_map(|leaf| Branch::Leaf(Requirement::Required, leaf));
    let branch = leaf.prop_recursive(3, 10, 4, |inner| {
        (level(inner), prop::option::weighted(0.2, any::<bool>()))
            .prop_map(|(level, when)| Branch::Sub(Requirement::Required, when, level))
    });
    level(branch)
}

/// One level: mostly all required or all alternatives, as the reader wants it, with some disabled.
fn level<L: std::fmt::Debug + Clone + 'static>(
    branch: impl Strategy<Value = Branch<L>>,
) -> impl Strategy<Value = Vec<Branch<L>>> {
    let disabled = prop::bool::weighted(0.1);
    (any::<bool>(), prop::collection::vec((branch, disabled), 1..4)).prop_map(|(alternatives, mut branches)| {
        for (branch, disabled) in &mut branches {
            branch.set(match (*disabled, alternatives) {
                (true, _) => Requirement::Disabled,
                (false, true) => Requirement::Alternative,
                (false, false) => Requirement::Required,
            });
        }
        branches.into_iter().map(|(branch, _)| branch).collect()
    })
}

/// Whether somebody who passes every page can succeed: the meaning of the requirements, said as briefly as possible.
pub(super) fn can_succeed(level: &Tree) -> bool {
    let enabled = || level.iter().filter(|branch| branch.requirement() != Requirement::Disabled);
    let passes = |branch: &Branch<Plan>| match branch {
        Branch::Leaf(_, plan) => plan.deed == Deed::Succeed,
        Branch::Sub(_, _, level) => can_succeed(level),
    };
    if enabled().any(Branch::is_required) {
        let mut there =
            enabled().filter(|branch| branch.is_required() && !matches!(branch, Branch::Sub(_, Some(false), _))).peekable();
        there.peek().is_some() && there.all(passes)
    } else {
        enabled().any(passes)
    }
}

/// The same tree with one alternative fewer, for each alternative that it has.
pub(super) fn without_one_alternative(level: &Tree) -> Vec<Tree> {
    let mut trees = Vec::new();
    for (place, branch) in level.iter().enumerate() {
        let mut put = |branch: Branch<Plan>| {
            let mut changed = level.clone();
            changed[place] = branch;
            trees.push(changed);
        };
        if branch.requirement() == Requirement::Alternative && !branch.is_required() {
            let mut disabled = branch.clone();
            disabled.set(Requirement::Disabled);
            put(disabled);
        }
        if let Branch::Sub(requirement, when, inner) = branch {
            for inner in without_one_alternative(inner) {
                put(Branch::Sub(*requirement, *when, inner));
            }
        }
    }
    trees
}

/// The same tree inside one more required sub-flow, at a level that is chosen by `place`.
pub(super) fn wrapped(level: &Tree, place: usize) -> Tree {
    let subs: Vec<usize> = (0..level.len()).filter(|at| matches!(level[*at], Branch::Sub(..))).collect();
    match subs.get(place % (subs.len() + 1)) {
        None => vec![Branch::Sub(Requirement::Required, None, level.clone())],
        Some(at) => {
            let mut changed = level.clone();
            if let Branch::Sub(_, _, inner) = &mut changed[*at] {
                *inner = wrapped(inner, place / (subs.len() + 1));
            }
            changed
        }
    }
}

/// Compiles a tree; leaves are numbered by themselves, so that wrapping changes no number that a test looks at.
pub(super) fn compile<L: Clone>(name: &str, tree: &[Branch<L>], make: Make<'_, L>) -> Arc<Flow> {
    with_empty(name, tree, false, make)
}

/// The same; levels where nothing is left to run succeed, or don't.
pub(super) fn with_empty<L: Clone>(name: &str, tree: &[Branch<L>], on_empty: bool, make: Make<'_, L>) -> Arc<Flow> {
    let level = level_of(tree, on_empty, &mut 0, make);
    Arc::new(Flow::new(crate::world::flow_name(name), Revision("1".into()), level).unwrap())
}

pub(super) fn scripted(tree: &Tree) -> Arc<Flow> {
    compile("browser", tree, &|number, plan| Arc::new(Scripted { number, plan: *plan }))
}

type Make<'a, L> = &'a dyn Fn(u8, &L) -> Arc<dyn Authenticator>;

fn level_of<L: Clone>(tree: &[Branch<L>], on_empty: bool, leaves: &mut u8, make: Make<'_, L>) -> Level {
    let executions = tree.iter().map(|branch| execution(branch, on_empty, leaves, make)).collect();
    Level { executions, succeeds_when_empty: on_empty }
}

fn execution<L: Clone>(branch: &Branch<L>, on_empty: bool, leaves: &mut u8, make: Make<'_, L>) -> Execution {
    let node = match branch {
        Branch::Leaf(_, leaf) => {
            *leaves += 1;
            Node::Authenticator(make(*leaves, leaf))
        }
        Branch::Sub(_, when, inner) => {
            let when = when.map(|holds| if holds { Condition::All(Vec::new()) } else { Condition::Any(Vec::new()) });
            Node::SubFlow { name: "sub-flow".to_owned(), when, level: level_of(inner, on_empty, leaves, make) }
        }
    };
    Execution::new(branch.requirement(), node)
}
