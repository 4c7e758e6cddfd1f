//! What the command line says.

mod accounts;
mod drawing;
mod flows;
mod linking;
mod revisions;

pub(crate) use accounts::{Hand, IdentityCommand, Named, NewTie, Of, UserCommand};
pub(crate) use drawing::{DiffOptions, GraphOptions, ImportOptions, OutputFormat, Picture};
pub(crate) use flows::{
    CheckFormat, CheckOptions, DocsOptions, ExplainCodeOptions, ExplainOptions, SimulateOptions, TestOptions,
};
pub(crate) use linking::{Explained, LinkCommand, RuleCommand, Why};
pub(crate) use revisions::{History, RevisionCommand, Revoke, Rollback, Show};

use crate::demo::DemoOptions;
use crate::log::LogOptions;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// An identity broker: people sign in through outside identity providers, applications get one account.
#[derive(Parser)]
#[command(name = "braid", about, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) log: LogOptions,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start everything on this machine, with no set-up, and print a tour
    Demo(DemoOptions),
    /// Serve what a configuration says
    Serve {
        #[command(flatten)]
        config: ConfigFile,
    },
    /// Bring the database's schema up to date
    Migrate {
        #[command(flatten)]
        config: ConfigFile,
    },
    /// Look at a configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Work on flow files
    Flow {
        #[command(subcommand)]
        command: FlowCommand,
    },
    /// Make the first account
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// See and change what is tied to an account
    Identity {
        #[command(subcommand)]
        command: IdentityCommand,
    },
    /// Close, open, lock, delete and describe accounts
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Ask why identities belong to accounts, and keep the rules for it
    Link {
        #[command(subcommand)]
        command: LinkCommand,
    },
    /// Make keys that seal the database
    Keyring {
        #[command(subcommand)]
        command: KeyringCommand,
    },
}

#[derive(Args)]
pub(crate) struct ConfigFile {
    /// The configuration
    #[arg(long = "config", value_name = "FILE", default_value = "braid.yaml")]
    pub(crate) path: PathBuf,
}

#[derive(Args)]
pub(crate) struct InRealm {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    /// The realm
    #[arg(long)]
    pub(crate) realm: String,
}

#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say everything that is wrong with a configuration, and change nothing
    Check {
        #[command(flatten)]
        config: ConfigFile,
    },
}

#[derive(Subcommand)]
pub(crate) enum FlowCommand {
    /// Say everything that is wrong with flow files
    Check(CheckOptions),
    /// Explain a code of `flow check`, with an example of how it is done wrong and right
    ExplainCode(ExplainCodeOptions),
    /// Say what an authenticator does, needs and takes
    Docs(DocsOptions),
    /// Print the JSON Schema of flow files, for editors
    Schema,
    #[command(flatten)]
    Revisions(RevisionCommand),
    /// Play the tests that stand in flow files
    Test(TestOptions),
    /// Try a flow on somebody, and say what it would do and why; nothing is written or sent
    Simulate(SimulateOptions),
    /// Tell what was decided in a login, and why
    Explain(ExplainOptions),
    /// Draw a flow
    Graph(GraphOptions),
    /// Say what is different between two flows, and what changes for people
    Diff(DiffOptions),
    /// Make flows of those in a realm that Keycloak exported, and say what is different
    ImportKeycloak(ImportOptions),
}

#[derive(Subcommand)]
pub(crate) enum AdminCommand {
    /// Make an account with a password
    Bootstrap(BootstrapOptions),
}

#[derive(Args)]
pub(crate) struct BootstrapOptions {
    #[command(flatten)]
    pub(crate) realm: InRealm,
    /// The name that the account signs in with
    #[arg(long)]
    pub(crate) username: String,
    /// The account's address; that you enter it counts as its proof
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// Read the password from the first line of standard input, instead of making one and printing it
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Subcommand)]
pub(crate) enum KeyringCommand {
    /// Make a key, and say how the configuration names it
    New {
        /// The key's id [default: a random one]
        #[arg(long)]
        id: Option<String>,
        /// Write the key into a new file that only you can read, instead of printing it
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    /// One id in 64 begins with a hyphen.
    #[test]
    fn an_id_may_begin_like_an_option() {
        for id in ["-vi_qtgiwXa8WpCjYJD5zw", "--qtgiwXa8WpCjYJD5zw", "-hi_qtgiwXa8WpCjYJD5zw"] {
            let parsed = Arguments::try_parse_from(["braid", "identity", "unlink", "ada", id, "--realm=main", "--reason=left"]);
            assert!(parsed.is_ok(), "{id}: {:?}", parsed.err());
        }
    }
}
