//! Secrets that all nodes of a realm share: made once, by whoever starts first.

use crate::column::unreadable;
use crate::entity::realm_secrets::{ActiveModel, Entity};
use crate::keyring::Place;
use crate::store::transaction;
use crate::{Store, StoreError};
use domain::{RealmId, Timestamp};
use sea_orm::{ActiveValue::Set, EntityTrait as _};

const TABLE: &str = "realm_secrets";
/// A secret never changes, so what is sealed has one version.
const VERSION: i64 = 1;

#[derive(Debug, thiserror::Error)]
#[error("the secret is not there, though it was just kept")]
struct Gone;

impl Store {
    /// The realm's secret for a purpose. `candidate` (32 fresh random bytes) becomes it if there is none yet; of several nodes
    /// that start at once, one candidate wins for all. Where a database is only read it isn't kept, and good for nothing.
    pub async fn realm_secret(
        &self,
        realm: &RealmId,
        purpose: &'static str,
        candidate: [u8; 32],
        now: Timestamp,
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, StoreError> {
        let place = Place { realm, table: TABLE, id: purpose, version: VERSION };
        let sealed = |source| StoreError::Sealed { table: TABLE, source };
        if self.only_reads {
            let kept = Entity::find_by_id((realm.to_string(), purpose.to_owned())).one(&self.reader).await?;
            let Some(kept) = kept else { return Ok(zeroize::Zeroizing::new(candidate.to_vec())) };
            return self.keyring.open(place, &kept.secret).map_err(sealed);
        }
        let row = ActiveModel {
            realm: Set(realm.to_string()),
            purpose: Set(purpose.to_owned()),
            secret: Set(self.keyring.seal(place, &candidate).map_err(sealed)?),
            created_at: Set(now.as_millis()),
        };
        let kept = transaction!(self, |tx| {
            Entity::insert(row.clone()).on_conflict_do_nothing().exec_without_returning(tx).await?;
            Ok(Entity::find_by_id((realm.to_string(), purpose.to_owned())).one(tx).await?)
        })?;
        let kept = kept.ok_or_else(|| unreadable(TABLE, Gone))?;
        self.keyring.open(place, &kept.secret).map_err(sealed)
    }
}
