//! Audit records: written in the transaction of what they record, never changed.

use crate::column::{id_or_null, time};
use crate::entity::audit::{ActiveModel, Column, Entity};
use crate::keyring::row_id;
use crate::{Store, StoreError};
use domain::{AuditEvent, CanonicalSubject, ProviderAlias, RealmId, Timestamp, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

const TABLE: &str = "audit";

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// What happened: [`domain::AuditKind::as_str`] of the version that wrote it.
    pub kind: String,
    /// To whom.
    pub user: Option<UserId>,
    /// Their subject.
    pub subject: Option<CanonicalSubject>,
    /// Through which provider.
    pub provider: Option<ProviderAlias>,
    /// A short fixed text.
    pub detail: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// The newest records of a realm, newest first.
    pub async fn audit_records(&self, realm: &RealmId, limit: u64) -> Result<Vec<AuditRecord>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Realm.eq(realm.as_str()))
            .order_by_desc(Column::At)
            .order_by_desc(Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?;
        let record = |row: crate::entity::audit::Model| {
            Ok(AuditRecord {
                kind: row.kind,
                user: id_or_null(TABLE, row.user_id)?,
                subject: id_or_null(TABLE, row.subject)?,
                provider: id_or_null(TABLE, row.provider)?,
                detail: row.detail,
                at: time(row.at),
            })
        };
        rows.into_iter().map(record).collect()
    }
}

/// Writes one record.
pub(crate) async fn record(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    event: &AuditEvent,
    at: Timestamp,
) -> Result<(), StoreError> {
    Entity::insert(row(realm, event, at)?).exec_without_returning(tx).await?;
    Ok(())
}

/// The row of a record.
pub(crate) fn row(realm: &RealmId, event: &AuditEvent, at: Timestamp) -> Result<ActiveModel, StoreError> {
    Ok(ActiveModel {
        realm: Set(realm.to_string()),
        id: Set(row_id()?),
        kind: Set(event.kind.as_str().to_owned()),
        user_id: Set(event.user.map(|user| user.to_string())),
        subject: Set(event.subject.as_ref().map(ToString::to_string)),
        provider: Set(event.provider.as_ref().map(ToString::to_string)),
        detail: Set(event.detail.clone()),
        at: Set(at.as_millis()),
    })
}
