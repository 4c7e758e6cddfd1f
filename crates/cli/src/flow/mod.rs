//! `braid flow`: work on flow files without a running Braid.

mod check;
mod explain;
mod files;
mod report;

use crate::arguments::FlowCommand;
use std::process::ExitCode;

/// Runs a command on flow files.
pub(crate) fn run(command: &FlowCommand) -> ExitCode {
    match command {
        FlowCommand::Check(options) => check::check(options),
        FlowCommand::ExplainCode(options) => explain::explain_code(options),
        FlowCommand::Docs(options) => explain::docs(options),
        FlowCommand::Schema => explain::schema(),
    }
}
