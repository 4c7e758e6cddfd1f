//! Which scopes a user granted a client.

use crate::column::{from_json, json};
use crate::entity::consents::{ActiveModel, Column, Entity};
use crate::{Store, StoreError};
use domain::{ClientId, RealmId, Timestamp, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _};

const TABLE: &str = "consents";

impl Store {
    /// Which scopes has this user granted this client? Empty if none.
    pub async fn granted_scopes(&self, realm: &RealmId, user: UserId, client: &ClientId) -> Result<Vec<String>, StoreError> {
        let key = (realm.to_string(), user.to_string(), client.to_string());
        let row = Entity::find_by_id(key).one(&self.reader).await?;
        row.map_or(Ok(Vec::new()), |row| from_json(TABLE, &row.scopes))
    }
}

/// Takes back all that a user granted.
pub(crate) async fn forget(tx: &DatabaseTransaction, realm: &RealmId, user: UserId) -> Result<(), StoreError> {
    let own = Entity::delete_many().filter(Column::Realm.eq(realm.as_str())).filter(Column::UserId.eq(user.to_string()));
    own.exec(tx).await?;
    Ok(())
}

/// Adds scopes to those granted before. Parallel grants add up, because a commit locks the users that it touches.
pub(crate) async fn grant(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    client: &ClientId,
    scopes: &[String],
    at: Timestamp,
) -> Result<(), StoreError> {
    let key = (realm.to_string(), user.to_string(), client.to_string());
    let before = Entity::find_by_id(key).one(tx).await?;
    let mut all: Vec<String> = before.as_ref().map_or(Ok(Vec::new()), |row| from_json(TABLE, &row.scopes))?;
    for scope in scopes {
        if !all.contains(scope) {
            all.push(scope.clone());
        }
    }
    let row = ActiveModel {
        realm: Set(realm.to_string()),
        user_id: Set(user.to_string()),
        client: Set(client.to_string()),
        scopes: Set(json(TABLE, &all)?),
        updated_at: Set(at.as_millis()),
    };
    if before.is_some() {
        Entity::update(row).exec_without_returning(tx).await?;
    } else {
        Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}
