//! The one place where realms are judged that were just made, before they serve: at the start, at a reload, and when what the database
//! says was changed.

use super::proved::proved;
use super::{Configured, ReloadError};
use crate::config::{ConfigError, Documents, Problem};
use crate::realm::Realm;
use std::sync::Arc;

/// Why realms are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion<'a> {
    /// The start, or a reload of the files; why, for the log and the history of flows.
    Files(&'a str),
    /// What the database says was changed. A revision that was revoked there runs nowhere from now on, and is in nobody's way.
    Database,
    /// Somebody works beside the nodes that serve. Nobody will sign in here.
    Work,
    /// Somebody looks at what the nodes that serve have. Nothing is written here.
    Reading,
}

/// Judges realms that are about to serve. A flow that may not serve keeps all of them from it.
pub(crate) async fn judge(configured: &Configured, realms: &[Arc<Realm>], occasion: Occasion<'_>) -> Result<(), ReloadError> {
    if matches!(occasion, Occasion::Work | Occasion::Reading) {
        return Ok(());
    }
    let of_files = matches!(occasion, Occasion::Files(_));
    let (documents, realms) = (Arc::clone(&configured.documents), realms.to_vec());
    let problems = tokio::task::spawn_blocking(move || {
        let mut problems = Vec::new();
        if of_files {
            problems.extend(realms.iter().flat_map(|realm| revoked(&documents, realm)));
        }
        problems.extend(realms.iter().flat_map(|realm| proved(&documents, &realm.policy)));
        problems
    })
    .await?;
    if problems.is_empty() { Ok(()) } else { Err(ConfigError { problems }.into()) }
}

/// The files say a revision that was revoked, and nothing was rolled back to instead.
fn revoked(documents: &Documents, realm: &Realm) -> Vec<Problem> {
    let current = realm.policy.flows.iter().filter(|(_, flow)| realm.policy.revisions.is_revoked(&flow.revision));
    let problem = |(name, flow): (_, &Arc<flow_runtime::Flow>)| {
        let origin = documents.get(name).map_or_else(String::new, |source| source.origin.clone());
        let revision = &flow.revision.0;
        let reason = format!("the flow “{name}” is in a revision that was revoked ({revision})");
        let remedy = format!("change the flow, or allow it again: `braid flow revoke {name} {revision} --lift`");
        Problem::of_file(origin, reason, remedy)
    };
    current.map(problem).collect()
}
