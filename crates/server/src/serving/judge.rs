//! The one place where realms are judged that were just made, before they serve: at the start, at a reload, and when what the database
//! says was changed.

use super::Configured;
use crate::config::{ConfigError, Problem};
use crate::realm::Realm;
use std::sync::Arc;

/// What was changed, so that something is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changed {
    /// The files, or nothing yet: it is the start.
    Files,
    /// What the database says. A revision that was revoked there runs nowhere from now on, and is in nobody's way.
    Database,
}

/// Judges realms that are about to serve. A flow that may not serve keeps all of them from it.
pub(crate) fn judge(configured: &Configured, realms: &[Arc<Realm>], changed: Changed) -> Result<(), ConfigError> {
    let mut problems: Vec<Problem> = Vec::new();
    if changed == Changed::Files {
        problems.extend(realms.iter().flat_map(|realm| revoked(configured, realm)));
    }
    if problems.is_empty() { Ok(()) } else { Err(ConfigError { problems }) }
}

/// The files say a revision that was revoked, and nothing was rolled back to instead.
fn revoked(configured: &Configured, realm: &Realm) -> Vec<Problem> {
    let current = realm.policy.flows.iter().filter(|(_, flow)| realm.policy.revisions.is_revoked(&flow.revision));
    let problem = |(name, flow): (_, &Arc<flow_runtime::Flow>)| {
        let origin = configured.documents.get(name).map_or_else(String::new, |source| source.origin.clone());
        let revision = &flow.revision.0;
        let reason = format!("the flow “{name}” is in a revision that was revoked ({revision})");
        let remedy = format!("change the flow, or allow it again: `braid flow revoke {name} {revision} --lift`");
        Problem::of_file(origin, reason, remedy)
    };
    current.map(problem).collect()
}
