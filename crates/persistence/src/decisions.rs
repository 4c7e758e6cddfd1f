//! What was decided in a login, step by step.

use crate::column::{from_json, json};
use crate::entity::decisions::{ActiveModel, Column, Entity};
use crate::{Store, StoreError};
use domain::{FrameId, RealmId, SessionKey, Version};
use flow_runtime::Decision;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _};

const TABLE: &str = "decisions";

impl Store {
    /// The decisions of a login, oldest first.
    pub async fn decisions(&self, realm: &RealmId, session: SessionKey) -> Result<Vec<Decision>, StoreError> {
        self.decisions_where(realm, Column::Session.eq(session.to_string())).await
    }

    /// The decisions of one frame of a login, oldest first.
    pub async fn decisions_of_frame(&self, realm: &RealmId, frame: FrameId) -> Result<Vec<Decision>, StoreError> {
        self.decisions_where(realm, Column::Frame.eq(frame.to_string())).await
    }

    async fn decisions_where(&self, realm: &RealmId, which: Expr) -> Result<Vec<Decision>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Realm.eq(realm.as_str()))
            .filter(which)
            .order_by_asc(Column::Version)
            .order_by_asc(Column::Position);
        rows.all(&self.reader).await?.into_iter().map(|row| from_json(TABLE, &row.decision)).collect()
    }
}

/// Keeps the decisions that led to this version of the login.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    session: SessionKey,
    version: Version,
    decisions: &[Decision],
) -> Result<(), StoreError> {
    for (position, decision) in (0..).zip(decisions) {
        let row = ActiveModel {
            realm: Set(realm.to_string()),
            session: Set(session.to_string()),
            version: Set(version.0),
            position: Set(position),
            frame: Set(decision.frame.to_string()),
            decision: Set(json(TABLE, decision)?),
            at: Set(decision.at.as_millis()),
        };
        Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}
