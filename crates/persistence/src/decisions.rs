//! What was decided in a login, step by step.

use crate::column::{from_json, id, json};
use crate::entity::decisions::{ActiveModel, Column, Entity};
use crate::{Store, StoreError};
use domain::{FrameId, RealmId, SessionKey, UserId, Version};
use flow_runtime::Decision;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

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

    /// The logins of which decisions are kept, the newest first.
    pub async fn decided_logins(&self, realm: &RealmId) -> Result<Vec<SessionKey>, StoreError> {
        self.logins_where(realm, None, None).await
    }

    /// The newest login of which decisions are kept in which somebody turned out to be this account.
    pub async fn newest_login_of(&self, realm: &RealmId, user: UserId) -> Result<Option<SessionKey>, StoreError> {
        // A user's id is made of letters and digits alone.
        let with_them = Column::Decision.contains(format!("\"user\":\"{user}\""));
        Ok(self.logins_where(realm, Some(with_them), Some(1)).await?.pop())
    }

    async fn logins_where(&self, realm: &RealmId, which: Option<Expr>, most: Option<u64>) -> Result<Vec<SessionKey>, StoreError> {
        let mut rows = Entity::find()
            .select_only()
            .column(Column::Session)
            .column_as(Column::At.max(), "newest")
            .filter(Column::Realm.eq(realm.as_str()));
        if let Some(which) = which {
            rows = rows.filter(which);
        }
        let rows = rows.group_by(Column::Session).order_by_desc(Column::At.max()).limit(most);
        let rows: Vec<(String, i64)> = rows.into_tuple().all(&self.reader).await?;
        rows.into_iter().map(|(session, _)| id(TABLE, session)).collect()
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
