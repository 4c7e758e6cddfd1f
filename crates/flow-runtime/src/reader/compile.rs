//! From a draft without problems to a flow that runs.

use super::draft::{self, Document};
use super::revision;
use crate::definition::config::Config;
use crate::definition::waiver::Waiver;
use crate::flow_test::FlowTest;
use crate::{Execution, Flow, Level, Node};

/// The flow with these waivers, its description and its tests, unless something in the draft is missing.
pub(super) fn document(document: Document, waivers: Vec<Waiver>) -> Option<(Flow, Option<String>, Vec<FlowTest>)> {
    let name = document.name?;
    let revision = revision::of(&name, &document.level, (&waivers, &document.assumes));
    let flow = Flow::new(name, revision, level(document.level)?)?;
    Some((flow.with(waivers, document.assumes), document.description, document.tests))
}

fn level(level: draft::Level) -> Option<Level> {
    let executions = level.executions.into_iter().map(execution).collect::<Option<_>>()?;
    Some(Level { executions, succeeds_when_empty: level.succeeds_when_empty })
}

fn execution(execution: draft::Execution) -> Option<Execution> {
    let node = match execution.node? {
        draft::Node::Authenticator(authenticator) => {
            Node::Authenticator((authenticator.kind.build)(&Config::new(authenticator.config)))
        }
        draft::Node::SubFlow(sub_flow) => {
            let when = match sub_flow.when {
                None => None,
                Some(when) => Some(when.condition?),
            };
            Node::SubFlow { name: sub_flow.name?, when, level: level(sub_flow.level)? }
        }
    };
    Some(Execution::new(execution.requirement?, node))
}
