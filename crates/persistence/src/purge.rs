//! Deleting what has had its time. Nothing depends on it having run: whatever has expired is dead anyway.

use crate::entity::{
    action_tokens, attempts, authentication_sessions, browser_sessions, code_grants, decisions, grants, outbox, single_use,
};
use crate::store::transaction;
use crate::{Store, StoreError};
use domain::Timestamp;
use sea_orm::{EntityTrait, QueryFilter as _};
use std::time::Duration;

/// How long it can be explained how a login was decided.
pub const DECISIONS_KEPT: Duration = Duration::from_hours(30 * 24);

impl Store {
    /// Deletes what has expired, in all realms, and says how many rows that were. A mail that nobody could send in time is
    /// among them.
    pub async fn purge_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        let at = now.as_millis();
        let decided = now.minus(DECISIONS_KEPT).as_millis();
        let mut rows = 0_u64;
        // Each on its own, so that logins don't wait for all of it. Marks of use go last: nothing outlives its mark.
        rows += self.delete::<authentication_sessions::Entity, _>(authentication_sessions::Column::ExpiresAt, at).await?;
        rows += self.delete::<browser_sessions::Entity, _>(browser_sessions::Column::ExpiresAt, at).await?;
        rows += self.delete::<action_tokens::Entity, _>(action_tokens::Column::ExpiresAt, at).await?;
        rows += self.delete::<code_grants::Entity, _>(code_grants::Column::ExpiresAt, at).await?;
        rows += self.delete::<grants::Entity, _>(grants::Column::ExpiresAt, at).await?;
        rows += self.delete::<outbox::Entity, _>(outbox::Column::ExpiresAt, at).await?;
        rows += self.delete::<attempts::Entity, _>(attempts::Column::EndsAt, at).await?;
        rows += self.delete::<decisions::Entity, _>(decisions::Column::At, decided).await?;
        rows += self.delete::<single_use::Entity, _>(single_use::Column::ExpiresAt, at).await?;
        Ok(rows)
    }

    async fn delete<E, C>(&self, column: C, until: i64) -> Result<u64, StoreError>
    where
        E: EntityTrait<Column = C>,
        C: sea_orm::ColumnTrait,
    {
        transaction!(self, |tx| { Ok(E::delete_many().filter(column.lte(until)).exec(tx).await?.rows_affected) })
    }
}
