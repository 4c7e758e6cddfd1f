//! `braid flow history`, `show`, `rollback` and `revoke`: revisions of flows in a realm.

use super::{Hand, InRealm};
use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(crate) enum RevisionCommand {
    /// Say which revisions of a flow were applied, rolled back and revoked, by whom and why
    History(History),
    /// Print a flow as it was in a revision
    Show(Show),
    /// Serve an earlier revision of a flow instead of what the files say now
    Rollback(Rollback),
    /// End all logins that run a revision of a flow, and let none begin with it
    Revoke(Revoke),
}

#[derive(Args)]
pub(crate) struct History {
    #[command(flatten)]
    pub(crate) realm: InRealm,
    /// The flow
    pub(crate) name: String,
}

#[derive(Args)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) realm: InRealm,
    /// The flow; with `@` and the beginning of a revision, as it was then
    #[arg(value_name = "NAME[@REVISION]")]
    pub(crate) flow: String,
}

#[derive(Args)]
pub(crate) struct Rollback {
    #[command(flatten)]
    pub(crate) realm: InRealm,
    /// The flow
    pub(crate) name: String,
    /// The beginning of the revision to serve
    #[arg(allow_hyphen_values = true, required_unless_present = "release", conflicts_with = "release")]
    pub(crate) revision: Option<String>,
    /// Serve what the files say again
    #[arg(long)]
    pub(crate) release: bool,
    #[command(flatten)]
    pub(crate) hand: Hand,
}

#[derive(Args)]
pub(crate) struct Revoke {
    #[command(flatten)]
    pub(crate) realm: InRealm,
    /// The flow
    pub(crate) name: String,
    /// The beginning of the revision [default: all but the one that serves]
    #[arg(allow_hyphen_values = true, required_if_eq("lift", "true"))]
    pub(crate) revision: Option<String>,
    /// Allow it again
    #[arg(long)]
    pub(crate) lift: bool,
    #[command(flatten)]
    pub(crate) hand: Hand,
}
