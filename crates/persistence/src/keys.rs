//! Signing keys, sealed.

use crate::column::unreadable;
use crate::entity::signing_keys::{ActiveModel, Column, Entity, Model};
use crate::keyring::Place;
use crate::store::transaction;
use crate::{Store, StoreError};
use domain::{RealmId, Timestamp};
use downstream::{SigningAlg, SigningKey};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, TryInsertResult};
use std::error::Error;

const TABLE: &str = "signing_keys";
/// A key never changes, so what is sealed has one version.
const VERSION: i64 = 1;

#[derive(Debug, thiserror::Error)]
#[error("“{0}” is no signing algorithm")]
struct UnknownAlg(String);

impl Store {
    /// The realm's keys, by algorithm and slot.
    pub async fn signing_keys(&self, realm: &RealmId) -> Result<Vec<SigningKey>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Realm.eq(realm.as_str()))
            .order_by_asc(Column::Alg)
            .order_by_asc(Column::Slot)
            .all(&self.reader)
            .await?;
        rows.into_iter().map(|row| self.open_key(realm, &row)).collect()
    }

    /// Keeps a key in a slot. False if the slot is taken: another node was first, and its key is the one that counts.
    pub async fn insert_signing_key(
        &self,
        realm: &RealmId,
        slot: i32,
        key: &SigningKey,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let plain = key.to_pkcs8().map_err(|source| unreadable(TABLE, source))?;
        let id = place_id(key.alg().as_str(), slot);
        let place = Place { realm, table: TABLE, id: &id, version: VERSION };
        let sealed = self.keyring.seal(place, &plain).map_err(|source| StoreError::Sealed { table: TABLE, source })?;
        let row = ActiveModel {
            realm: Set(realm.to_string()),
            alg: Set(key.alg().as_str().to_owned()),
            slot: Set(slot),
            kid: Set(key.kid().to_owned()),
            private_key: Set(sealed),
            created_at: Set(now.as_millis()),
        };
        transaction!(self, |tx| {
            let inserted = Entity::insert(row.clone()).on_conflict_do_nothing().exec_without_returning(tx).await?;
            Ok(matches!(inserted, TryInsertResult::Inserted(1)))
        })
    }

    fn open_key(&self, realm: &RealmId, row: &Model) -> Result<SigningKey, StoreError> {
        let id = place_id(&row.alg, row.slot);
        let place = Place { realm, table: TABLE, id: &id, version: VERSION };
        let plain = self.keyring.open(place, &row.private_key).map_err(|source| StoreError::Sealed { table: TABLE, source })?;
        let alg = [SigningAlg::Es256, SigningAlg::Rs256].into_iter().find(|alg| alg.as_str() == row.alg);
        let alg = alg.ok_or_else(|| refused(UnknownAlg(row.alg.clone())))?;
        SigningKey::from_pkcs8(alg, &plain).map_err(refused)
    }
}

fn place_id(alg: &str, slot: i32) -> String {
    format!("{alg}/{slot}")
}

fn refused(source: impl Error + Send + Sync + 'static) -> StoreError {
    unreadable(TABLE, source)
}
