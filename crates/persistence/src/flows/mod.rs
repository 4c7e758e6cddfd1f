//! Revisions of flows: every one that was ever applied, which of them were revoked or rolled back, by whom and why. What a document says
//! is read elsewhere: here it is a revision and a text.

mod acts;
mod edition;

pub(crate) use edition::{is_past, is_past_expr, move_on};

use crate::column::{id, time};
use crate::entity::{flow_heads, flow_history, flow_revisions, flow_rollbacks};
use crate::{Store, StoreError};
use domain::{FlowName, RealmId, Timestamp};
use flow_runtime::Revision;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const TABLE: &str = "flow_revisions";

/// A flow as the files have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowToApply {
    /// Its name.
    pub name: FlowName,
    /// Its content hash.
    pub revision: Revision,
    /// Its text.
    pub document: String,
    /// Where it comes from: a file, or the version of Braid that it came with.
    pub origin: String,
}

/// A revision of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRevision {
    /// The flow's name.
    pub name: FlowName,
    /// Its content hash.
    pub revision: Revision,
    /// Its text, as it was when the revision was first applied.
    pub document: String,
    /// Where it came from then.
    pub origin: String,
    /// Who revoked it and why, if somebody did.
    pub revoked: Option<String>,
    /// When it was first applied.
    pub created_at: Timestamp,
}

/// What was done with a flow once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowAct {
    /// With which revision.
    pub revision: Revision,
    /// What.
    pub act: String,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What the database says about a realm's flows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlowState {
    /// Moves with every change of this, and of the realm's stored rules.
    pub edition: i64,
    /// Revisions that no login may run.
    pub revoked: BTreeSet<Revision>,
    /// Where the files say the first revision, the second one is served.
    pub rollbacks: BTreeMap<Revision, Revision>,
}

impl Store {
    /// What the database says about a realm's flows. Rules that are read after it are at least as new as its edition.
    pub async fn flow_state(&self, realm: &RealmId) -> Result<FlowState, StoreError> {
        let edition = self.edition(realm).await?;
        let revoked = flow_revisions::Entity::find()
            .select_only()
            .column(flow_revisions::Column::Revision)
            .filter(flow_revisions::Column::Realm.eq(realm.as_str()))
            .filter(flow_revisions::Column::Revoked.is_not_null())
            .into_tuple::<String>()
            .all(&self.reader)
            .await?;
        let rollbacks = flow_rollbacks::Entity::find().filter(flow_rollbacks::Column::Realm.eq(realm.as_str()));
        let rollbacks = rollbacks.all(&self.reader).await?.into_iter();
        Ok(FlowState {
            edition,
            revoked: revoked.into_iter().map(Revision).collect(),
            rollbacks: rollbacks.map(|row| (Revision(row.over), Revision(row.serves))).collect(),
        })
    }

    /// A revision of the realm's, whichever flow it is of.
    pub async fn flow_revision(&self, realm: &RealmId, revision: &Revision) -> Result<Option<StoredRevision>, StoreError> {
        let found = flow_revisions::Entity::find_by_id((realm.to_string(), revision.0.clone())).one(&self.reader).await?;
        found.map(stored).transpose()
    }

    /// All revisions of a flow, oldest first.
    pub async fn flow_revisions(&self, realm: &RealmId, name: &FlowName) -> Result<Vec<StoredRevision>, StoreError> {
        let rows = flow_revisions::Entity::find()
            .filter(flow_revisions::Column::Realm.eq(realm.as_str()))
            .filter(flow_revisions::Column::Name.eq(name.as_str()))
            .order_by_asc(flow_revisions::Column::CreatedAt)
            .order_by_asc(flow_revisions::Column::Revision)
            .all(&self.reader)
            .await?;
        rows.into_iter().map(stored).collect()
    }

    /// What was done with a flow, oldest first.
    pub async fn flow_history(&self, realm: &RealmId, name: &FlowName) -> Result<Vec<FlowAct>, StoreError> {
        let rows = flow_history::Entity::find()
            .filter(flow_history::Column::Realm.eq(realm.as_str()))
            .filter(flow_history::Column::Name.eq(name.as_str()))
            .order_by_asc(flow_history::Column::At)
            .order_by_asc(flow_history::Column::Id)
            .all(&self.reader)
            .await?;
        let act = |row: flow_history::Model| FlowAct {
            revision: Revision(row.revision),
            act: row.act,
            by: row.by,
            reason: row.reason,
            at: time(row.at),
        };
        Ok(rows.into_iter().map(act).collect())
    }

    /// What was last applied from the files, by flow.
    pub async fn flow_heads(&self, realm: &RealmId) -> Result<BTreeMap<FlowName, Revision>, StoreError> {
        let rows = flow_heads::Entity::find().filter(flow_heads::Column::Realm.eq(realm.as_str())).all(&self.reader).await?;
        rows.into_iter().map(|row| Ok((id("flow_heads", row.name)?, Revision(row.revision)))).collect()
    }
}

fn stored(row: flow_revisions::Model) -> Result<StoredRevision, StoreError> {
    Ok(StoredRevision {
        name: id(TABLE, row.name)?,
        revision: Revision(row.revision),
        document: row.document,
        origin: row.origin,
        revoked: row.revoked,
        created_at: time(row.created_at),
    })
}
