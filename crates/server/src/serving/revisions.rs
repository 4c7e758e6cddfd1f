//! Revisions that logins began with: those that nobody needed here yet are read from the database.

use crate::adapters;
use crate::braid::Shared;
use crate::realm::Realm;
use domain::RealmId;
use flow_runtime::reader::read;
use flow_runtime::{AuthenticationSession, Flow, Pinned};
use persistence::{Store, StoreError};
use std::sync::Arc;

impl Shared {
    /// The realm with the revisions that a login began with, whichever node or process gave them out.
    pub(crate) async fn knowing(&self, realm: &Arc<Realm>, session: &AuthenticationSession) -> Result<Arc<Realm>, StoreError> {
        let pinned = session.frames.iter().map(|frame| Pinned { flow: frame.flow.clone(), revision: frame.revision.clone() });
        self.knowing_all(realm, pinned).await
    }

    /// The realm with these revisions, as far as there are such.
    pub(crate) async fn knowing_all(
        &self,
        realm: &Arc<Realm>,
        pinned: impl IntoIterator<Item = Pinned>,
    ) -> Result<Arc<Realm>, StoreError> {
        let unknown: Vec<Pinned> = pinned.into_iter().filter(|pinned| !realm.policy.knows(pinned)).collect();
        if unknown.is_empty() {
            return Ok(Arc::clone(realm));
        }
        let mut found = Vec::new();
        for pinned in &unknown {
            found.extend(stored_flow(&self.store, realm.id(), pinned).await?);
        }
        if found.is_empty() {
            return Ok(Arc::clone(realm));
        }
        let mut learned = Arc::clone(realm);
        let now = adapters::now();
        self.change(|serving| {
            if let Some(current) = serving.realms.iter_mut().find(|current| current.id() == realm.id()) {
                *current = Arc::new(current.with_earlier(found, now));
                learned = Arc::clone(current);
            }
        });
        Ok(learned)
    }
}

/// A flow as it was applied once, here or on another node. None: nobody ever did, or this version of Braid reads it as another one.
pub(crate) async fn stored_flow(store: &Store, realm: &RealmId, pinned: &Pinned) -> Result<Option<Arc<Flow>>, StoreError> {
    let Some(stored) = store.flow_revision(realm, &pinned.revision).await? else { return Ok(None) };
    let compiled = tokio::task::spawn_blocking(move || read(&stored.document, &stored.origin).map(|read| read.flow)).await;
    match compiled {
        Ok(Ok(flow)) if flow.revision == pinned.revision && flow.name == pinned.flow => Ok(Some(Arc::new(flow))),
        _ => {
            let (flow, revision) = (&pinned.flow, &pinned.revision.0);
            tracing::warn!(%realm, %flow, revision, "this version of Braid can't read a revision that is in the database");
            Ok(None)
        }
    }
}
