//! What is done with flows: applied, rolled back, released, revoked, allowed again. Each moves the realm's edition where nodes have to
//! know, and leaves one line of history and one record.

use super::{FlowToApply, move_on};
use crate::entity::{flow_heads, flow_history, flow_revisions, flow_rollbacks};
use crate::keyring::row_id;
use crate::store::transaction;
use crate::{ByHand, Store, StoreError, audit};
use domain::{AuditEvent, AuditKind, FlowName, RealmId, Timestamp};
use flow_runtime::Revision;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _};

impl Store {
    /// Keeps the flows as the files have them, and says which of them weren't like this when they were last applied.
    pub async fn apply_flows(
        &self,
        realm: &RealmId,
        flows: &[FlowToApply],
        hand: &ByHand,
        now: Timestamp,
    ) -> Result<Vec<FlowName>, StoreError> {
        let heads = self.flow_heads(realm).await?;
        let changed: Vec<&FlowToApply> = flows.iter().filter(|flow| heads.get(&flow.name) != Some(&flow.revision)).collect();
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        transaction!(self, |tx| {
            for flow in &changed {
                keep(tx, realm, flow, now).await?;
                let by = ByHand { by: flow.origin.clone(), reason: hand.reason.clone() };
                tell(tx, realm, ("applied", &flow.name, &flow.revision), &by, now).await?;
            }
            Ok(())
        })?;
        Ok(changed.into_iter().map(|flow| flow.name.clone()).collect())
    }

    /// From now on no login begins or goes on with this revision. False: the realm has no such revision, or it is revoked.
    pub async fn revoke_flow(
        &self,
        realm: &RealmId,
        (name, revision): (&FlowName, &Revision),
        hand: &ByHand,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let marked = mark(tx, realm, revision, Some(hand.words())).await?;
            if marked {
                move_on(tx, realm).await?;
                tell(tx, realm, ("revoked", name, revision), hand, now).await?;
            }
            Ok(marked)
        })
    }

    /// Takes a revocation back. False: there was none.
    pub async fn allow_flow(
        &self,
        realm: &RealmId,
        (name, revision): (&FlowName, &Revision),
        hand: &ByHand,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let marked = mark(tx, realm, revision, None).await?;
            if marked {
                move_on(tx, realm).await?;
                tell(tx, realm, ("allowed", name, revision), hand, now).await?;
            }
            Ok(marked)
        })
    }

    /// Wherever the files say `over` from now on, `serves` is served.
    pub async fn roll_back_flow(
        &self,
        realm: &RealmId,
        name: &FlowName,
        (over, serves): (&Revision, &Revision),
        hand: &ByHand,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            let row = flow_rollbacks::ActiveModel {
                realm: Set(realm.to_string()),
                over: Set(over.0.clone()),
                serves: Set(serves.0.clone()),
                name: Set(name.to_string()),
                created_at: Set(now.as_millis()),
            };
            let mut earlier = OnConflict::columns([flow_rollbacks::Column::Realm, flow_rollbacks::Column::Over]);
            earlier.update_columns([flow_rollbacks::Column::Serves, flow_rollbacks::Column::CreatedAt]);
            flow_rollbacks::Entity::insert(row).on_conflict(earlier).exec_without_returning(tx).await?;
            move_on(tx, realm).await?;
            tell(tx, realm, ("rolled back to", name, serves), hand, now).await
        })
    }

    /// Ends all roll-backs of a flow: what the files say is served again. False: there was none.
    pub async fn release_flow(
        &self,
        realm: &RealmId,
        name: &FlowName,
        over: &Revision,
        hand: &ByHand,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let ended = flow_rollbacks::Entity::delete_many()
                .filter(flow_rollbacks::Column::Realm.eq(realm.as_str()))
                .filter(flow_rollbacks::Column::Name.eq(name.as_str()))
                .exec(tx)
                .await?;
            if ended.rows_affected > 0 {
                move_on(tx, realm).await?;
                tell(tx, realm, ("released to", name, over), hand, now).await?;
            }
            Ok(ended.rows_affected > 0)
        })
    }
}

/// Keeps a revision, and that the files say it now.
async fn keep(tx: &DatabaseTransaction, realm: &RealmId, flow: &FlowToApply, now: Timestamp) -> Result<(), StoreError> {
    let row = flow_revisions::ActiveModel {
        realm: Set(realm.to_string()),
        revision: Set(flow.revision.0.clone()),
        name: Set(flow.name.to_string()),
        document: Set(flow.document.clone()),
        origin: Set(flow.origin.clone()),
        revoked: Set(None),
        created_at: Set(now.as_millis()),
    };
    flow_revisions::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
    let row = flow_heads::ActiveModel {
        realm: Set(realm.to_string()),
        name: Set(flow.name.to_string()),
        revision: Set(flow.revision.0.clone()),
    };
    let mut before = OnConflict::columns([flow_heads::Column::Realm, flow_heads::Column::Name]);
    before.update_column(flow_heads::Column::Revision);
    flow_heads::Entity::insert(row).on_conflict(before).exec_without_returning(tx).await?;
    Ok(())
}

/// Marks a revision as revoked, or takes the mark off. False: it isn't there, or is so already.
async fn mark(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    revision: &Revision,
    revoked: Option<String>,
) -> Result<bool, StoreError> {
    use flow_revisions::Column;
    let other = if revoked.is_some() { Column::Revoked.is_null() } else { Column::Revoked.is_not_null() };
    let marked = flow_revisions::Entity::update_many()
        .filter(Column::Realm.eq(realm.as_str()))
        .filter(Column::Revision.eq(revision.0.as_str()))
        .filter(other)
        .col_expr(Column::Revoked, Expr::value(revoked))
        .exec(tx)
        .await?;
    Ok(marked.rows_affected == 1)
}

/// One line of history, and one record.
async fn tell(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    (act, name, revision): (&str, &FlowName, &Revision),
    hand: &ByHand,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = flow_history::ActiveModel {
        realm: Set(realm.to_string()),
        id: Set(row_id()?),
        name: Set(name.to_string()),
        revision: Set(revision.0.clone()),
        act: Set(act.to_owned()),
        by: Set(hand.by.clone()),
        reason: Set(hand.reason.clone()),
        at: Set(now.as_millis()),
    };
    flow_history::Entity::insert(row).exec_without_returning(tx).await?;
    let detail = Some(format!("{act} {name} {} {}", revision.0, hand.words()));
    let event = AuditEvent { kind: AuditKind::FlowChanged, user: None, subject: None, provider: None, detail };
    audit::record(tx, realm, &event, now).await
}
