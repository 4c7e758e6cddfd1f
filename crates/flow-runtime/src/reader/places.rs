//! Where in the document each execution stands, for whatever speaks of executions later.

use super::diagnostic::Span;
use super::draft::{Document, Level, Node};
use crate::ExecutionId;

/// The places of a flow's executions, in order.
#[derive(Debug, Clone, Default)]
pub struct Places(Vec<Place>);

/// Where one execution stands.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its number, the same as in the compiled flow. 0 is the flow itself.
    pub id: ExecutionId,
    /// The names on the way there, its own last.
    pub path: Vec<String>,
    /// Its name's place.
    pub span: Span,
    /// Whether it, or what it stands in, is disabled.
    pub disabled: bool,
}

impl Places {
    /// Where an execution stands.
    pub fn of(&self, id: ExecutionId) -> Option<&Place> {
        self.0.iter().find(|place| place.id == id)
    }

    /// The executions to which a path leads. It may leave out the first names.
    pub(super) fn at(&self, path: &[&str]) -> Vec<&Place> {
        self.0.iter().filter(|place| ends(place, path)).collect()
    }

    /// The last names of all paths.
    pub(super) fn names(&self) -> Vec<&str> {
        self.0.iter().filter_map(|place| place.path.last().map(String::as_str)).collect()
    }
}

fn ends(place: &Place, path: &[&str]) -> bool {
    let Some(skipped) = place.path.len().checked_sub(path.len()) else { return false };
    place.path.iter().skip(skipped).zip(path).all(|(own, wanted)| own == wanted)
}

/// The places of a document's executions. Numbers are given as in the compiled flow.
pub(super) fn of(document: &Document) -> Places {
    let name = document.name.iter().map(ToString::to_string).collect();
    let itself = Place { id: ExecutionId(0), path: name, span: document.span, disabled: false };
    let mut places = Places(vec![itself]);
    level(&document.level, &[], false, &mut places.0);
    places
}

fn level(level_: &Level, path: &[String], disabled: bool, places: &mut Vec<Place>) {
    for execution in &level_.executions {
        let Ok(number) = u16::try_from(places.len()) else { return };
        let path = [path, &[execution.name().unwrap_or_default().to_owned()]].concat();
        let disabled = disabled || execution.is_disabled();
        places.push(Place { id: ExecutionId(number), path: path.clone(), span: execution.span, disabled });
        if let Some(Node::SubFlow(sub_flow)) = &execution.node {
            level(&sub_flow.level, &path, disabled, places);
        }
    }
}
