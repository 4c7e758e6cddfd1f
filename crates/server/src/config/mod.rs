//! Reads `braid.yaml` and makes [`Settings`] of it, or says everything that is wrong with it.
//!
//! The text is read once into a tree that knows where each part stands, and lowered by hand, so that one run finds as many
//! problems as possible, each with line, column, reason and remedy. `docs/configuration.md` has the whole format.

mod bounded;
mod client;
mod fields;
mod flows;
mod keyring;
mod mail;
mod origin;
mod policy;
mod problem;
mod provider;
mod realm;
mod rules;
mod seen;
mod source;
mod stored;
mod surroundings;
mod top;
mod tree;

#[cfg(test)]
mod tests;

pub(crate) use flows::play;
pub use flows::{Documents, FlowSource};
pub use problem::{ConfigError, Place, Problem, Severity, Span};
pub use seen::Seen;
pub use source::{Loaded, Source};
pub use stored::check_rule;
pub(crate) use stored::with_stored;

use crate::settings::Settings;
use fields::Fields;
pub(crate) use problem::Problems;
use seen::Notes;
use std::path::Path;
use surroundings::Surroundings;

/// Reads a configuration file. Relative paths in it start from its folder. The environment may override what stands at the
/// top: `BRAID_DATABASE` and `BRAID_LISTEN`.
pub fn load(path: &Path) -> Result<Settings, ConfigError> {
    look(path).settings
}

/// The same, together with what it was read from.
fn look(path: &Path) -> Loaded {
    let folder = path.parent().unwrap_or_else(|| Path::new("")).to_path_buf();
    let file = path.display().to_string();
    let around = Surroundings { folder, variable: &surroundings::variable, notes: Notes::default() };
    let settings = match around.read_text(path) {
        Ok(text) => read(&text, &file, &around),
        Err(reason) => {
            let mut problems = Problems::new(&file, "");
            let remedy = "name the file with `--config`; docs/configuration.md has one to start from";
            problems.elsewhere(surroundings::place_of(path), format!("the configuration can't be read: {reason}"), remedy);
            Err(problems.into_error())
        }
    };
    Loaded { settings, seen: around.notes.into_seen() }
}

/// Reads the text of a configuration.
fn read(text: &str, file: &str, around: &Surroundings<'_>) -> Result<Settings, ConfigError> {
    let mut problems = Problems::new(file, text);
    let settings = tree::parse(text, &mut problems)
        .map(|root| Fields::of(root, "the configuration", &mut problems))
        .and_then(|root| top::settings(root, around, &mut problems));
    match settings {
        Some(settings) if problems.has_no_error() => Ok(Settings { warnings: problems.into_warnings(), ..settings }),
        _ => Err(problems.into_error()),
    }
}
