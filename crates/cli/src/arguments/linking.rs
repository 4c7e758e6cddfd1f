//! `braid link`.

use super::{Hand, InRealm, Of};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum LinkCommand {
    /// Say what would come of a login with these claims, without writing anything
    Explain(Explained),
    /// Say why identities belong to an account
    Why(Why),
    /// Keep linking rules in the database
    Rules {
        #[command(subcommand)]
        command: RuleCommand,
    },
}

#[derive(Args)]
pub(crate) struct Explained {
    #[command(flatten)]
    pub(crate) realm: InRealm,
    /// The provider that asserts the claims
    #[arg(long)]
    pub(crate) provider: String,
    /// A file with the claims: a JSON object as in an ID token's payload
    #[arg(long, value_name = "FILE")]
    pub(crate) claims: PathBuf,
    /// The authority behind the provider, instead of the one in the claims
    #[arg(long)]
    pub(crate) authority: Option<String>,
    /// Write it as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Why {
    #[command(flatten)]
    pub(crate) of: Of,
    /// One identity only, as `braid identity list` calls it
    #[arg(value_name = "IDENTITY_ID")]
    pub(crate) identity: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum RuleCommand {
    /// Show the rules that are in the database
    List {
        #[command(flatten)]
        realm: InRealm,
    },
    /// Check a rule and put it into the database, in place of one with its name
    Add {
        #[command(flatten)]
        realm: InRealm,
        /// A file with the rule: YAML as one of `linking-rules` in the configuration
        file: PathBuf,
        #[command(flatten)]
        hand: Hand,
    },
    /// Take a rule out of the database
    Remove {
        #[command(flatten)]
        realm: InRealm,
        /// Its name
        name: String,
        #[command(flatten)]
        hand: Hand,
    },
}
