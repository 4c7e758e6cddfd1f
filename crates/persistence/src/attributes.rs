//! The values that accounts are found by, kept in step with what the accounts say.

use crate::StoreError;
use crate::entity::attribute_values::{ActiveModel, Column, Entity};
use domain::{Attribute, AttributeName, Attributes, Provenance, RealmId, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _};

/// Writes the values of an account that has none yet.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    attributes: &Attributes,
) -> Result<(), StoreError> {
    let rows = rows(realm, user, attributes);
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The rows of an account's values.
pub(crate) fn rows(realm: &RealmId, user: UserId, attributes: &Attributes) -> Vec<ActiveModel> {
    let row = |name: &AttributeName, value: &String, provenance: &Provenance| ActiveModel {
        realm: Set(realm.to_string()),
        name: Set(name.to_string()),
        value: Set(value.clone()),
        user_id: Set(user.to_string()),
        given_by: Set(giver(provenance).to_owned()),
    };
    let own = |(name, own)| {
        let Attribute { values, provenance }: &Attribute = own;
        values.iter().map(move |value| row(name, value, provenance))
    };
    attributes.iter().flat_map(own).collect()
}

/// What an administrator gives is stored under this name, which no provider has.
pub(crate) const ADMINISTRATOR: &str = "@administrator";

fn giver(provenance: &Provenance) -> &str {
    match provenance {
        Provenance::Provider { provider, .. } => provider.as_str(),
        Provenance::Administrator => ADMINISTRATOR,
        Provenance::Typed => "@typed",
    }
}

/// Writes the values of an account in place of those that it had.
pub(crate) async fn replace(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    attributes: &Attributes,
) -> Result<(), StoreError> {
    let old = Entity::delete_many().filter(Column::Realm.eq(realm.as_str())).filter(Column::UserId.eq(user.to_string()));
    old.exec(tx).await?;
    insert(tx, realm, user, attributes).await
}
