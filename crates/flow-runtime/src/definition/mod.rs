//! Compiled flows: trees of executions, numbered in the order in which they stand in the file.

pub mod condition;
pub mod config;
pub mod declaration;
pub mod fact;
pub(crate) mod program;
pub mod waiver;
pub mod weighed;
mod words;

use crate::authenticator::Authenticator;
use condition::Condition;
use domain::FlowName;
use program::Program;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use waiver::{Assumption, Permit, Property, Waiver};

/// The content hash of a flow document. Two documents with the same revision are the same flow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub String);

/// A node's number in its flow: 0 is the flow itself, then in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExecutionId(pub u16);

impl std::fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// One flow, ready to run.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Its name.
    pub name: FlowName,
    /// Its content hash.
    pub revision: Revision,
    /// What it runs. It doesn't change: the program was made of it.
    pub level: Arc<Level>,
    /// Where its author accepts that a property is broken.
    pub waivers: Arc<[Waiver]>,
    /// What it takes for granted.
    pub assumes: BTreeSet<Assumption>,
    program: Arc<Program>,
}

/// The executions at one level of a flow.
#[derive(Debug, Clone)]
pub struct Level {
    /// In the order of the file.
    pub executions: Vec<Execution>,
    /// Whether a level where nothing is left to run succeeds (`on-empty: succeed`); otherwise it fails.
    pub succeeds_when_empty: bool,
}

/// What one execution means for its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// It must succeed.
    Required,
    /// It is enough if it succeeds.
    Alternative,
    /// It isn't there.
    Disabled,
}

/// A node of a flow.
#[derive(Debug, Clone)]
pub struct Execution {
    /// Its number.
    pub id: ExecutionId,
    /// What it means for its level.
    pub requirement: Requirement,
    /// What it runs.
    pub node: Node,
}

/// What a node runs.
#[derive(Debug, Clone)]
pub enum Node {
    /// One authenticator with its configuration.
    Authenticator(Arc<dyn Authenticator>),
    /// More executions.
    SubFlow {
        /// The sub-flow's name, for people.
        name: String,
        /// When it is there. With a condition the sub-flow counts as required if it holds.
        when: Option<Condition>,
        /// Its executions.
        level: Level,
    },
}

impl Flow {
    /// Makes a flow, and gives its executions their numbers. None: there are more than a flow may have.
    pub fn new(name: FlowName, revision: Revision, mut level: Level) -> Option<Self> {
        level.number(&mut 0)?;
        let program = Arc::new(Program::of(&level));
        Some(Self { name, revision, level: Arc::new(level), waivers: Arc::default(), assumes: BTreeSet::new(), program })
    }

    /// The same flow with waivers, and with what it takes for granted. They are part of what its revision stands for.
    #[must_use]
    pub fn with(self, waivers: Vec<Waiver>, assumes: BTreeSet<Assumption>) -> Self {
        Self { waivers: waivers.into(), assumes, ..self }
    }

    /// Whether its author accepts that this execution links an identity without a proof.
    pub(crate) fn permit(&self, execution: ExecutionId) -> Option<Permit> {
        self.waives(Property::P1, execution).then_some(Permit(()))
    }

    /// Whether its author accepts that this property is broken at this place.
    pub(crate) fn waives(&self, property: Property, at: ExecutionId) -> bool {
        self.waivers.iter().any(|waiver| waiver.property == property && waiver.at == at)
    }

    /// The names on the way to an execution, or the flow's own. None: nothing has that number.
    pub fn path(&self, id: ExecutionId) -> Option<String> {
        if id == Program::START {
            return Some(self.name.to_string());
        }
        let names: Vec<&str> = self.level.way_to(id)?;
        Some(names.join(" / "))
    }

    /// Finds an authenticator by its number.
    pub fn authenticator(&self, id: ExecutionId) -> Option<&Arc<dyn Authenticator>> {
        self.program.authenticator(id)
    }

    /// All authenticators that may run, in order.
    pub fn authenticators(&self) -> impl Iterator<Item = (ExecutionId, &Arc<dyn Authenticator>)> {
        self.program.authenticators()
    }

    /// The name of a sub-flow that may run.
    pub fn sub_flow(&self, id: ExecutionId) -> Option<&str> {
        self.program.sub_flow(id)
    }

    /// What steps go by.
    pub(crate) fn program(&self) -> &Program {
        &self.program
    }
}

impl Level {
    /// Every execution at this level and below it that isn't disabled, in order.
    pub fn nodes(&self) -> Vec<&Execution> {
        let mut nodes = Vec::new();
        for execution in self.enabled() {
            nodes.push(execution);
            if let Node::SubFlow { level, .. } = &execution.node {
                nodes.extend(level.nodes());
            }
        }
        nodes
    }

    /// The names of what contains the execution, and its own.
    fn way_to(&self, id: ExecutionId) -> Option<Vec<&str>> {
        let found = self.executions.iter().find(|execution| execution.contains(id))?;
        let mut names = vec![found.name()];
        if let Node::SubFlow { level, .. } = &found.node
            && found.id != id
        {
            names.extend(level.way_to(id)?);
        }
        Some(names)
    }

    /// The executions at this level that are ever run: alternatives aren't, beside something required.
    fn counts(execution: &Execution, any_required: bool) -> bool {
        execution.requirement != Requirement::Disabled && (execution.is_required() || !any_required)
    }

    fn number(&mut self, last: &mut u16) -> Option<()> {
        for execution in &mut self.executions {
            *last = last.checked_add(1)?;
            execution.id = ExecutionId(*last);
            if let Node::SubFlow { level, .. } = &mut execution.node {
                level.number(last)?;
            }
        }
        Some(())
    }

    /// The executions at this level that aren't disabled.
    pub fn enabled(&self) -> impl Iterator<Item = &Execution> {
        self.executions.iter().filter(|execution| execution.requirement != Requirement::Disabled)
    }
}

impl Execution {
    /// Makes one. It gets its number when a flow is made of it.
    pub fn new(requirement: Requirement, node: Node) -> Self {
        Self { id: ExecutionId(0), requirement, node }
    }

    /// What the execution is called in records and logs.
    pub fn name(&self) -> &str {
        match &self.node {
            Node::Authenticator(authenticator) => authenticator.declaration().name,
            Node::SubFlow { name, .. } => name,
        }
    }

    /// Whether this is, or has in it, the execution with that number.
    pub fn contains(&self, id: ExecutionId) -> bool {
        self.id == id
            || match &self.node {
                Node::Authenticator(_) => false,
                Node::SubFlow { level, .. } => level.enabled().any(|inner| inner.contains(id)),
            }
    }

    /// Whether its level must have it: required, or a sub-flow with a condition (which is decided when it is reached).
    pub fn is_required(&self) -> bool {
        let conditional = matches!(&self.node, Node::SubFlow { when: Some(_), .. });
        self.requirement == Requirement::Required || conditional && self.requirement != Requirement::Disabled
    }
}
