//! From a draft without problems to a flow that runs.

use super::draft::{self, Document};
use super::revision;
use crate::definition::config::Config;
use crate::{Execution, ExecutionId, Flow, Level, Node};

/// The flow and its description, unless something in the draft is missing.
pub(super) fn document(document: Document) -> Option<(Flow, Option<String>)> {
    let name = document.name?;
    let revision = revision::of(&name, &document.level);
    let level = Numbering(0).level(document.level)?;
    Some((Flow { name, revision, level }, document.description))
}

/// The last number that was given out.
struct Numbering(u16);

impl Numbering {
    fn level(&mut self, level: draft::Level) -> Option<Level> {
        let succeeds_when_empty = level.succeeds_when_empty;
        let executions = level.executions.into_iter().map(|execution| self.execution(execution)).collect::<Option<_>>()?;
        Some(Level { executions, succeeds_when_empty })
    }

    fn execution(&mut self, execution: draft::Execution) -> Option<Execution> {
        self.0 = self.0.checked_add(1)?;
        let id = ExecutionId(self.0);
        let node = match execution.node? {
            draft::Node::Authenticator(authenticator) => {
                Node::Authenticator((authenticator.kind.build)(&Config::new(authenticator.config)))
            }
            draft::Node::SubFlow(sub_flow) => {
                let when = match sub_flow.when {
                    None => None,
                    Some(when) => Some(when.condition?),
                };
                Node::SubFlow { name: sub_flow.name?, when, level: self.level(sub_flow.level)? }
            }
        };
        Some(Execution { id, requirement: execution.requirement?, node })
    }
}
