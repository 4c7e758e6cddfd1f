//! `braid flow`: work on flow files without a running Braid.

mod check;
mod diff;
mod explain;
mod files;
mod graph;
mod import;
mod place;
mod report;
pub(crate) mod revisions;
pub(crate) mod simulate;
mod source;
pub(crate) mod story;
mod test;

use crate::arguments::FlowCommand;
use std::process::ExitCode;

/// Runs a command on flow files.
pub(crate) fn run(command: &FlowCommand) -> ExitCode {
    match command {
        FlowCommand::Check(options) => check::check(options),
        // It needs the database: see `revisions`.
        FlowCommand::Revisions(_) | FlowCommand::Simulate(_) | FlowCommand::Explain(_) => ExitCode::SUCCESS,
        FlowCommand::ExplainCode(options) => explain::explain_code(options),
        FlowCommand::Docs(options) => explain::docs(options),
        FlowCommand::Schema => explain::schema(),
        FlowCommand::Test(options) => test::test(options),
        FlowCommand::Graph(options) => graph::run(options),
        FlowCommand::Diff(options) => diff::run(options),
        FlowCommand::ImportKeycloak(options) => import::run(options),
    }
}
