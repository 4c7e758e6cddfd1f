//! Braid's chores, for people who work on it: `cargo xtask test` sets up what the tests need and runs them all.

mod postgres;
mod report;
mod setup;
mod shell;
mod suite;
mod tidy;

use clap::{Parser, Subcommand};
use std::process::{Command, ExitCode};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Braid's chores")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Set up what is missing, run all tests, and say how many passed
    Test {
        /// Run one part only (may be given several times)
        #[arg(long, value_enum)]
        only: Vec<suite::Part>,
    },
    /// Install what the tests need and this machine lacks
    Setup,
    /// Check the shape of the house: layers, module docs, file sizes, the threat model's tests
    Tidy,
    /// Run a command with `BRAID_TEST_POSTGRES` set to a throw-away PostgreSQL
    WithPostgres {
        /// The command and its arguments
        #[arg(trailing_var_arg = true, required = true)]
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().chore {
        // Its closing line is the last one, so it has no message here.
        Chore::Test { only } => return if suite::test(&only) { ExitCode::SUCCESS } else { ExitCode::FAILURE },
        Chore::Setup => setup::prepare(&suite::Part::ALL),
        Chore::Tidy => tidy::run(),
        Chore::WithPostgres { command } => with_postgres(&command),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn with_postgres(command: &[String]) -> Result<(), String> {
    let (program, arguments) = command.split_first().ok_or("no command was given")?;
    setup::prepare(&[suite::Part::Rust])?;
    let cluster = postgres::Cluster::start()?;
    shell::run(Command::new(program).args(arguments).env(postgres::VARIABLE, cluster.url()))
}
