//! A realm's edition: a number that moves in the transaction of every change of its stored rules and flows. Nodes look at it to notice
//! the change, and what a login decided on an older edition isn't committed.

use crate::entity::realm_editions::{ActiveModel, Column, Entity};
use crate::{Store, StoreError};
use domain::RealmId;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryTrait as _};
use std::collections::BTreeMap;

impl Store {
    /// The realm's edition. It only grows.
    pub async fn edition(&self, realm: &RealmId) -> Result<i64, StoreError> {
        let found = Entity::find_by_id(realm.to_string()).one(&self.reader).await?;
        Ok(found.map_or(0, |row| row.edition))
    }

    /// The editions of all realms in which something was ever changed.
    pub async fn editions(&self) -> Result<BTreeMap<String, i64>, StoreError> {
        let rows = Entity::find().all(&self.reader).await?;
        Ok(rows.into_iter().map(|row| (row.realm, row.edition)).collect())
    }
}

/// Moves the edition.
pub(crate) async fn move_on(tx: &DatabaseTransaction, realm: &RealmId) -> Result<(), StoreError> {
    let row = ActiveModel { realm: Set(realm.to_string()), edition: Set(1) };
    let mut there = OnConflict::column(Column::Realm);
    there.value(Column::Edition, Expr::col((Entity, Column::Edition)).add(1));
    Entity::insert(row).on_conflict(there).exec_without_returning(tx).await?;
    Ok(())
}

/// Whether the realm has moved on from this edition.
pub(crate) async fn is_past(tx: &DatabaseTransaction, realm: &RealmId, edition: i64) -> Result<bool, StoreError> {
    let newer = Entity::find_by_id(realm.to_string()).filter(Column::Edition.gt(edition)).one(tx).await?;
    Ok(newer.is_some())
}

/// The same, inside of another statement.
pub(crate) fn is_past_expr(realm: &RealmId, edition: i64) -> Expr {
    let newer = Entity::find_by_id(realm.to_string()).filter(Column::Edition.gt(edition));
    Expr::exists(newer.into_query())
}
