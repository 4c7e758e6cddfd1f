//! What a realm knows of its flows' revisions besides those that new logins begin with.

use crate::definition::{Flow, Revision};
use domain::FlowName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A flow in one of its revisions: what a login began with, and goes on with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pinned {
    /// The flow.
    pub flow: FlowName,
    /// Which of its revisions.
    pub revision: Revision,
}

/// Revisions that logins go on with although no new one begins with them, and revisions that no login may go on with.
#[derive(Debug, Clone, Default)]
pub struct Revisions {
    earlier: BTreeMap<Revision, Arc<Flow>>,
    revoked: BTreeSet<Revision>,
}

impl Revisions {
    /// Keeps a flow for the logins that began with it.
    pub fn keep(&mut self, flow: Arc<Flow>) {
        self.earlier.insert(flow.revision.clone(), flow);
    }

    /// From now on no login begins or goes on with this revision.
    pub fn revoke(&mut self, revision: Revision) {
        self.revoked.insert(revision);
    }

    /// A flow that was kept.
    pub fn earlier(&self, name: &FlowName, revision: &Revision) -> Option<&Arc<Flow>> {
        self.earlier.get(revision).filter(|flow| flow.name == *name)
    }

    /// All flows that were kept.
    pub fn all_earlier(&self) -> impl Iterator<Item = &Arc<Flow>> {
        self.earlier.values()
    }

    /// Whether it was revoked.
    pub fn is_revoked(&self, revision: &Revision) -> bool {
        self.revoked.contains(revision)
    }
}
