//! What the commands take that check and explain flows.

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
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub(crate) format: CheckFormat,
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
