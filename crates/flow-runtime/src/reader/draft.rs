//! A document whose words are understood but whose tree isn't compiled yet. `None` stands for what was reported already.

use super::diagnostic::Span;
use crate::Requirement;
use crate::definition::condition::Condition;
use crate::definition::config::Value;
use crate::definition::declaration::Kind;
use crate::definition::fact::About;
use crate::definition::waiver::{Assumption, Property};
use crate::flow_test::FlowTest;
use domain::FlowName;
use std::collections::{BTreeMap, BTreeSet};

/// A whole document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) name: Option<FlowName>,
    pub(super) description: Option<String>,
    pub(super) level: Level,
    pub(super) tests: Vec<FlowTest>,
    /// The place of its name.
    pub(super) span: Span,
    pub(super) waivers: Vec<Waiver>,
    pub(super) assumes: BTreeSet<Assumption>,
}

/// A waiver, as it is written.
#[derive(Debug)]
pub(super) struct Waiver {
    pub(super) property: Property,
    /// The way to an execution.
    pub(super) at: (String, Span),
    /// The flow that it was given to.
    pub(super) flow: (String, Span),
    pub(super) reason: String,
}

/// The executions at one level.
#[derive(Debug)]
pub(super) struct Level {
    /// Where the level begins: its `executions` key.
    pub(super) span: Span,
    pub(super) executions: Vec<Execution>,
    pub(super) succeeds_when_empty: bool,
    /// Where it says what happens when it is empty.
    pub(super) on_empty: Option<Span>,
}

/// One execution.
#[derive(Debug)]
pub(super) struct Execution {
    /// Its name's place.
    pub(super) span: Span,
    pub(super) requirement: Option<Requirement>,
    pub(super) node: Option<Node>,
}

/// What an execution runs.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "a draft lives only while its file is read")]
pub(super) enum Node {
    Authenticator(Authenticator),
    SubFlow(SubFlow),
}

/// An authenticator with the values of its keys, defaults filled in.
pub(super) struct Authenticator {
    pub(super) kind: &'static Kind,
    pub(super) config: BTreeMap<&'static str, Value>,
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.kind.declaration.name, self.config)
    }
}

/// A sub-flow.
#[derive(Debug)]
pub(super) struct SubFlow {
    pub(super) name: Option<String>,
    pub(super) when: Option<When>,
    pub(super) level: Level,
}

/// The condition of a sub-flow.
#[derive(Debug)]
pub(super) struct When {
    pub(super) condition: Option<Condition>,
    /// Where it stands.
    pub(super) span: Span,
    /// What it asks for, each with its place.
    pub(super) asks: Vec<Asked>,
}

/// Something that a condition asks for.
#[derive(Debug)]
pub(super) struct Asked {
    /// What it is called.
    pub(super) name: String,
    /// Whom or what it is about.
    pub(super) about: About,
    pub(super) span: Span,
}

impl Execution {
    /// Whether it is known to be switched off.
    pub(super) fn is_disabled(&self) -> bool {
        self.requirement == Some(Requirement::Disabled)
    }

    /// Whether its level must have it.
    pub(super) fn is_required(&self) -> bool {
        let conditional = matches!(&self.node, Some(Node::SubFlow(SubFlow { when: Some(_), .. })));
        self.requirement == Some(Requirement::Required) || conditional && !self.is_disabled()
    }

    /// What it is called, if that is known.
    pub(super) fn name(&self) -> Option<&str> {
        match self.node.as_ref()? {
            Node::Authenticator(authenticator) => Some(authenticator.kind.declaration.name),
            Node::SubFlow(sub_flow) => sub_flow.name.as_deref(),
        }
    }
}
