//! One of the two flows: a file, a flow that comes with Braid, or what a realm has or had.

use crate::arguments::{ConfigFile, DiffOptions, InRealm};
use crate::failure::Failure;
use crate::flow::place::{Place, named};
use crate::flow::source;
use crate::realm::For;
use flow_runtime::reader::Read;
use server::config;
use std::path::{Path, PathBuf};

/// Reads it. The problem is text for a terminal.
pub(super) fn read(meant: &str, options: &DiffOptions) -> Result<Read, String> {
    let (name, revision) = named(meant);
    let of_a_realm = revision.is_some() || options.config.is_some() && !meant.contains(['/', '.']);
    if Path::new(meant).is_file() || !of_a_realm {
        return source::flow(meant);
    }
    in_a_realm(name, revision, options).map_err(|failure| failure.render())
}

fn in_a_realm(name: &str, revision: Option<&str>, options: &DiffOptions) -> Result<Read, Failure> {
    let path = options.config.clone().unwrap_or_else(|| PathBuf::from("braid.yaml"));
    let realm = match &options.realm {
        Some(realm) => realm.clone(),
        None => only_realm(&path)?,
    };
    let of = InRealm { config: ConfigFile { path }, realm };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::caused(&error, "check the limits of this machine"))?;
    let place = runtime.block_on(Place::open(&of, name, For::Reading))?;
    let found = place.meant(revision)?;
    source::document(&found.document, &found.origin).map_err(|problems| {
        let reason =
            format!("this version of Braid can't use the revision {} of “{}”:\n{problems}", found.revision.0, place.name);
        Failure::new(reason, format!("print it with `braid flow show {}@{}`", place.name, found.revision.0))
    })
}

/// The realm of a configuration that has only one.
fn only_realm(path: &Path) -> Result<String, Failure> {
    let settings = config::load(path)?;
    let known: Vec<&str> = settings.realms.iter().map(|realm| realm.policy.realm.as_str()).collect();
    if let [only] = known.as_slice() {
        return Ok((*only).to_owned());
    }
    let reason = format!("{} has several realms", path.display());
    Err(Failure::new(reason, format!("choose one with `--realm`: {}", known.join(", "))))
}
