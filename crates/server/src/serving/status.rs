//! How the last reload went, as the health page and the log tell it.

use super::ReloadError;
use crate::config::{Place, Problem};
use domain::{RealmId, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

/// How things stand.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    /// When what serves was taken.
    pub(crate) taken_at: Timestamp,
    /// How often something was taken since the start.
    pub(crate) taken: u64,
    /// Why the files as they are now don't serve. None: they do.
    pub(crate) files: Option<Refusal>,
    /// Why what the database says now of these realms doesn't serve.
    pub(crate) database: BTreeMap<RealmId, Refusal>,
    /// What was changed in the configuration and waits for a restart.
    pub(crate) waits_for_a_restart: Vec<&'static str>,
}

/// Something newer that isn't used.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) at: Timestamp,
    pub(crate) problems: Vec<Told>,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Told {
    /// The file, or what else it is about.
    pub(crate) file: String,
    pub(crate) line: Option<usize>,
    pub(crate) column: Option<usize>,
    pub(crate) reason: String,
    pub(crate) remedy: Option<String>,
}

impl Status {
    /// At the start.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { taken_at: now, taken: 0, files: None, database: BTreeMap::new(), waits_for_a_restart: Vec::new() }
    }
}

impl Refusal {
    pub(crate) fn new(error: &ReloadError, at: Timestamp) -> Self {
        let problems = match error {
            ReloadError::Config(error) => error.problems.iter().map(told).collect(),
            error => vec![Told { file: String::new(), line: None, column: None, reason: chain(error), remedy: None }],
        };
        Self { at, problems }
    }

    /// One line of the log for each problem.
    pub(super) fn log(&self, what: &str) {
        for Told { file, line, column, reason, remedy } in &self.problems {
            tracing::error!(file, line, column, remedy, "{what} can't be used, so the last good one keeps serving: {reason}");
        }
    }
}

fn told(problem: &Problem) -> Told {
    let (line, column) = match &problem.place {
        Place::In { span, .. } => (Some(span.line), Some(span.column)),
        Place::File(_) | Place::Variable(_) => (None, None),
    };
    let file = match &problem.place {
        Place::In { file, .. } => file.clone(),
        place => place.to_string(),
    };
    Told { file, line, column, reason: problem.reason.clone(), remedy: Some(problem.remedy.clone()) }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
