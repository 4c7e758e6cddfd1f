//! Compiled flows: trees of executions, numbered in the order in which they stand in the file.

pub mod condition;
pub mod config;
pub mod declaration;
mod words;

use crate::authenticator::Authenticator;
use condition::Condition;
use domain::FlowName;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

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
    /// What it runs.
    pub level: Level,
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
    /// Finds an authenticator by its number.
    pub fn authenticator(&self, id: ExecutionId) -> Option<&Arc<dyn Authenticator>> {
        self.authenticators().find(|(found, _)| *found == id).map(|(_, authenticator)| authenticator)
    }

    /// All authenticators that aren't disabled, in order.
    pub fn authenticators(&self) -> impl Iterator<Item = (ExecutionId, &Arc<dyn Authenticator>)> {
        self.level.nodes().into_iter().filter_map(|execution| match &execution.node {
            Node::Authenticator(authenticator) => Some((execution.id, authenticator)),
            Node::SubFlow { .. } => None,
        })
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

    /// The executions at this level that aren't disabled.
    pub fn enabled(&self) -> impl Iterator<Item = &Execution> {
        self.executions.iter().filter(|execution| execution.requirement != Requirement::Disabled)
    }
}

impl Execution {
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
