//! What the commands take that draw, compare and import flows.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Args)]
pub(crate) struct ImportOptions {
    /// The realm, as Keycloak exports it
    #[arg(value_name = "REALM.JSON")]
    pub(crate) file: PathBuf,
    /// Write one file per flow into this folder; what is there already is never overwritten
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Only the flow with this alias
    #[arg(long, value_name = "FLOW")]
    pub(crate) alias: Option<String>,
    /// How the report is written
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) format: OutputFormat,
}

/// How a flow is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Picture {
    /// A tree of text
    Tree,
    /// A Mermaid flowchart
    Mermaid,
    /// A picture
    Svg,
}

#[derive(Args)]
pub(crate) struct GraphOptions {
    /// The name of a flow that comes with Braid, or a file
    #[arg(value_name = "FLOW")]
    pub(crate) flow: String,
    /// How it is drawn
    #[arg(long, value_enum, default_value_t = Picture::Tree)]
    pub(crate) format: Picture,
}

#[derive(Args)]
pub(crate) struct DiffOptions {
    /// The flow as it was: a file, `NAME@REVISION` for a revision that a realm had, or a name: with `--config` what serves in the realm,
    /// else the flow that comes with Braid
    #[arg(value_name = "BEFORE")]
    pub(crate) before: String,
    /// The flow as it is to be, named in the same ways
    #[arg(value_name = "AFTER")]
    pub(crate) after: String,
    /// The configuration of the realm [default: braid.yaml, where a revision is named]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The realm; of a configuration with only one, that one
    #[arg(long)]
    pub(crate) realm: Option<String>,
}
