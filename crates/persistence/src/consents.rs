//! Which scopes a user granted a client.

use crate::column::{from_json, json};
use crate::entity::consents::{ActiveModel, Entity};
use crate::{Store, StoreError};
use domain::{ClientId, RealmId, Timestamp, UserId};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait as _, QuerySelect as _};

const TABLE: &str = "consents";

impl Store {
    /// Which scopes has this user granted this client? Empty if none.
    pub async fn granted_scopes(&self, realm: &RealmId, user: UserId, client: &ClientId) -> Result<Vec<String>, StoreError> {
        let key = (realm.to_string(), user.to_string(), client.to_string());
        let row = Entity::find_by_id(key).one(&self.reader).await?;
        row.map_or(Ok(Vec::new()), |row| from_json(TABLE, &row.scopes))
    }
}

/// Adds scopes to those granted before.
pub(crate) async fn grant(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    client: &ClientId,
    scopes: &[String],
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = |scopes: &[String]| -> Result<ActiveModel, StoreError> {
        Ok(ActiveModel {
            realm: Set(realm.to_string()),
            user_id: Set(user.to_string()),
            client: Set(client.to_string()),
            scopes: Set(json(TABLE, &scopes)?),
            updated_at: Set(at.as_millis()),
        })
    };
    // An empty row first, so that there is something to lock and parallel grants add up.
    Entity::insert(row(&[])?).on_conflict_do_nothing().exec_without_returning(tx).await?;
    let key = (realm.to_string(), user.to_string(), client.to_string());
    let locked = Entity::find_by_id(key).lock(LockType::NoKeyUpdate).one(tx).await?;
    let mut all: Vec<String> = locked.map_or(Ok(Vec::new()), |row| from_json(TABLE, &row.scopes))?;
    for scope in scopes {
        if !all.contains(scope) {
            all.push(scope.clone());
        }
    }
    Entity::update(row(&all)?).exec_without_returning(tx).await?;
    Ok(())
}
