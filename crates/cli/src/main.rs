//! The binary `braid`: what it is asked on the command line, and what comes of it.
//!
//! It exits with 0 if all is well, with 1 if there was a problem, and with 2 if the command line makes no sense.

mod admin;
mod arguments;
mod demo;
mod failure;
mod flow;
mod identity;
mod keyring;
mod link;
mod log;
mod realm;
mod serve;
mod shutdown;
mod text;
mod user;

use arguments::{AdminCommand, Arguments, Command, ConfigCommand, FlowCommand, KeyringCommand};
use clap::Parser as _;
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Arguments { log, command } = Arguments::parse();
    if let Command::Flow { command } = &command
        && !matches!(command, FlowCommand::Revisions(_) | FlowCommand::Simulate(_) | FlowCommand::Explain(_))
    {
        return flow::run(command);
    }
    let default_level = if matches!(command, Command::Demo(_)) { log::Level::Warn } else { log::Level::Info };
    log::start(&log, default_level);
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprint!("{}", failure.render());
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::new("the runtime can't be started", "check the limits of this machine").because(&error))?;
    runtime.block_on(async {
        match command {
            Command::Demo(options) => demo::run(options).await,
            Command::Serve { config } => serve::serve(&config).await,
            Command::Migrate { config } => serve::migrate(&config).await,
            Command::Config { command: ConfigCommand::Check { config } } => serve::check(&config),
            Command::Admin { command: AdminCommand::Bootstrap(options) } => admin::bootstrap(options).await,
            Command::Identity { command } => identity::run(command).await,
            Command::User { command } => user::run(command).await,
            Command::Link { command } => link::run(command).await,
            Command::Keyring { command: KeyringCommand::New { id, out } } => keyring::new(id, out.as_deref()),
            Command::Flow { command: FlowCommand::Revisions(command) } => flow::revisions::run(command).await,
            Command::Flow { command: FlowCommand::Simulate(options) } => flow::simulate::run(&options).await,
            Command::Flow { command: FlowCommand::Explain(options) } => flow::story::run(&options).await,
            Command::Flow { .. } => Ok(()),
        }
    })
}
