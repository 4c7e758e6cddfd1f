//! `braid link`: why identities belong to accounts.

mod decisions;
mod explain;
mod rules;
mod why;
mod words;

pub(crate) use decisions::accounts;
pub(crate) use words::proof;

use crate::arguments::LinkCommand;
use crate::failure::Failure;

/// What the command says.
pub(crate) async fn run(command: LinkCommand) -> Result<(), Failure> {
    match command {
        LinkCommand::Explain(asked) => explain::run(&asked).await,
        LinkCommand::Why(asked) => why::run(&asked).await,
        LinkCommand::Rules { command } => rules::run(command).await,
    }
}
