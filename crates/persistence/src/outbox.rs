//! Mails that are sent after a commit, at least once.

use crate::column::{json, unreadable};
use crate::entity::outbox::{ActiveModel, Column, Entity, Model};
use crate::keyring::{Place, row_id};
use crate::store::transaction;
use crate::{Store, StoreError};
use domain::{RealmId, Timestamp};
use flow_runtime::Notice;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use std::error::Error as _;
use std::time::Duration;

const TABLE: &str = "outbox";
/// What is sealed never changes, so it has one version.
const VERSION: i64 = 1;

/// A mail whose time has come. Until the lease ends, no other node gets it.
#[derive(Debug, Clone)]
pub struct DueNotice {
    /// Its realm.
    pub realm: RealmId,
    /// Its row.
    pub id: String,
    /// How often it has been taken, this time included.
    pub tries: i64,
    /// What to send.
    pub notice: Notice,
}

/// A mail as it goes into the database.
pub(crate) struct SealedNotice {
    id: String,
    payload: Vec<u8>,
    next_try_at: Timestamp,
    expires_at: Timestamp,
}

impl Store {
    /// Takes up to `limit` mails that are due, the longest waiting first, and leases them. A mail that is neither
    /// [`Store::sent`] nor [`Store::failed`] before its lease ends is due again.
    pub async fn take_due(&self, now: Timestamp, limit: u64, lease: Duration) -> Result<Vec<DueNotice>, StoreError> {
        let taken = transaction!(self, |tx| { lease_due(tx, now, limit, now.plus(lease)).await })?;
        Ok(taken.into_iter().filter_map(|row| self.open_or_log(row)).collect())
    }

    /// The mail was handed over: it is forgotten.
    pub async fn sent(&self, notice: &DueNotice) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            Entity::delete_by_id((notice.realm.to_string(), notice.id.clone())).exec(tx).await?;
            Ok(())
        })
    }

    /// The mail could not be handed over: it is due again at `next_try`. Nothing happens if another node took it meanwhile.
    pub async fn failed(&self, notice: &DueNotice, next_try: Timestamp) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            Entity::update_many()
                .filter(Column::Realm.eq(notice.realm.as_str()))
                .filter(Column::Id.eq(notice.id.as_str()))
                .filter(Column::Tries.eq(notice.tries))
                .col_expr(Column::NextTryAt, Expr::value(next_try.as_millis()))
                .exec(tx)
                .await?;
            Ok(())
        })
    }

    pub(crate) fn seal_notice(&self, realm: &RealmId, notice: &Notice, now: Timestamp) -> Result<SealedNotice, StoreError> {
        let id = row_id()?;
        let text = zeroize::Zeroizing::new(json(TABLE, notice)?);
        let place = Place { realm, table: TABLE, id: &id, version: VERSION };
        let payload = self.keyring.seal(place, text.as_bytes()).map_err(|source| StoreError::Sealed { table: TABLE, source })?;
        Ok(SealedNotice { id, payload, next_try_at: now, expires_at: notice.expires_at })
    }

    /// One mail that can't be read must not keep the others back.
    fn open_or_log(&self, row: Model) -> Option<DueNotice> {
        let (realm, id) = (row.realm.clone(), row.id.clone());
        match self.open_notice(row) {
            Ok(notice) => Some(notice),
            Err(error) => {
                let cause = error.source().map(ToString::to_string).unwrap_or_default();
                tracing::error!(realm, id, %error, cause, "a mail in the outbox can't be read");
                None
            }
        }
    }

    pub(crate) fn open_notice(&self, row: Model) -> Result<DueNotice, StoreError> {
        let realm = crate::column::id::<RealmId>(TABLE, row.realm)?;
        let place = Place { realm: &realm, table: TABLE, id: &row.id, version: VERSION };
        let text = self.keyring.open(place, &row.payload).map_err(|source| StoreError::Sealed { table: TABLE, source })?;
        let notice = serde_json::from_slice(&text).map_err(|source| unreadable(TABLE, source))?;
        Ok(DueNotice { realm, id: row.id, tries: row.tries, notice })
    }
}

async fn lease_due(tx: &DatabaseTransaction, now: Timestamp, limit: u64, until: Timestamp) -> Result<Vec<Model>, StoreError> {
    let mut due = Entity::find()
        .filter(Column::NextTryAt.lte(now.as_millis()))
        .filter(Column::ExpiresAt.gt(now.as_millis()))
        .order_by_asc(Column::NextTryAt)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx)
        .await?;
    for row in &mut due {
        row.tries = row.tries.saturating_add(1);
        Entity::update_many()
            .filter(Column::Realm.eq(row.realm.as_str()))
            .filter(Column::Id.eq(row.id.as_str()))
            .col_expr(Column::Tries, Expr::value(row.tries))
            .col_expr(Column::NextTryAt, Expr::value(until.as_millis()))
            .exec(tx)
            .await?;
    }
    Ok(due)
}

/// Puts a mail into the outbox.
pub(crate) async fn insert(tx: &DatabaseTransaction, realm: &RealmId, notice: &SealedNotice) -> Result<(), StoreError> {
    let row = ActiveModel {
        realm: Set(realm.to_string()),
        id: Set(notice.id.clone()),
        payload: Set(notice.payload.clone()),
        tries: Set(0),
        next_try_at: Set(notice.next_try_at.as_millis()),
        expires_at: Set(notice.expires_at.as_millis()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}
