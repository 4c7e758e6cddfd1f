//! What the commands take that check and explain flows.

use super::InRealm;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How what was found is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people
    Human,
    /// One JSON document, for editors and other programs; docs/flows.md describes it
    Json,
}

#[derive(Args)]
pub(crate) struct CheckOptions {
    /// Flow files, and folders: of a folder, every file that ends with `.yaml` or `.yml`
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How what was found is written
    #[arg(long = "format", id = "check-format", value_enum, default_value_t = CheckFormat::Human)]
    pub(crate) format: CheckFormat,
    /// Prove them for the realms of this configuration, as they have them bound; else for the worst realm that there could be
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct ExplainCodeOptions {
    /// The code, like BF0012; without one, all codes are listed
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

#[derive(Args)]
pub(crate) struct DocsOptions {
    /// The authenticator; without one, all are listed
    #[arg(value_name = "AUTHENTICATOR")]
    pub(crate) authenticator: Option<String>,
    /// Write what all authenticators declare as one JSON document
    #[arg(long, conflicts_with = "authenticator")]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct TestOptions {
    /// Flow files, and folders: of a folder, every file that ends with `.yaml` or `.yml`
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Say which executions never ran, and which outcomes never came
    #[arg(long)]
    pub(crate) coverage: bool,
    /// Write a report for build servers into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// How what was found is written
    #[arg(long = "format", id = "test-format", value_enum, default_value_t = CheckFormat::Human)]
    pub(crate) format: CheckFormat,
}

#[derive(Args)]
pub(crate) struct SimulateOptions {
    /// The flow: a file, or the name of one that comes with Braid
    #[arg(value_name = "FLOW")]
    pub(crate) flow: String,
    /// Who comes from a provider: a file with claims, a JSON object as in an ID token's payload
    #[arg(long, value_name = "FILE")]
    pub(crate) identity: Option<PathBuf>,
    /// The provider that asserts the claims
    #[arg(long, value_name = "ALIAS", default_value = "provider")]
    pub(crate) provider: String,
    /// What is there before: a file as `given:` of a test in a flow, with accounts and providers
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    pub(crate) given: Option<PathBuf>,
    /// What happens then: a file with a list of steps, as in a test
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// An account of the realm that is there too, beside those that the identity finds: its subject
    #[arg(long = "user", value_name = "SUBJECT", requires = "config")]
    pub(crate) users: Vec<String>,
    /// Take providers, rules and accounts of a realm as they are now. Nothing is written or sent
    #[arg(long, value_name = "FILE", requires = "realm")]
    pub(crate) config: Option<PathBuf>,
    /// The realm
    #[arg(long, requires = "config")]
    pub(crate) realm: Option<String>,
}

#[derive(Args)]
pub(crate) struct ExplainOptions {
    #[command(flatten)]
    pub(crate) realm: InRealm,
    /// The login: the reference on its pages and in the log, its session key, or a subject for the newest login of that account
    #[arg(value_name = "LOGIN", allow_hyphen_values = true)]
    pub(crate) login: String,
}
