//! Linked identities: rows and look-ups.

use crate::column::{from_json, from_json_or_null, id, json, json_or_null, time};
use crate::entity::linked_identities::{ActiveModel, Column, Entity, Model};
use crate::{Store, StoreError, users};
use domain::{AssertedEmail, IdentityKey, LinkedIdentity, RealmId, Timestamp, UserId};
use flow_runtime::KnownIdentity;
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, PaginatorTrait as _};
use sea_orm::{Condition, QueryFilter as _, QueryOrder as _};

const TABLE: &str = "linked_identities";

impl Store {
    /// Is this identity linked, and whose is it?
    pub async fn find_identity(&self, realm: &RealmId, key: &IdentityKey) -> Result<Option<KnownIdentity>, StoreError> {
        let Some(row) = Entity::find().filter(is(realm, key)).one(&self.reader).await? else { return Ok(None) };
        let link = to_link(row)?;
        let user = users::find(&self.reader, realm, link.user).await?;
        Ok(user.map(|user| KnownIdentity { link, user }))
    }

    /// All identities of a user, the primary one first, then the oldest.
    pub async fn identities_of(&self, realm: &RealmId, user: UserId) -> Result<Vec<LinkedIdentity>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Realm.eq(realm.as_str()))
            .filter(Column::UserId.eq(user.to_string()))
            .order_by_desc(Column::IsPrimary)
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id);
        rows.all(&self.reader).await?.into_iter().map(to_link).collect()
    }
}

/// Inserts a link. It becomes the primary one if the user has none yet.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    link: &LinkedIdentity,
) -> Result<Result<(), DbErr>, StoreError> {
    let primaries = Entity::find()
        .filter(Column::Realm.eq(realm.as_str()))
        .filter(Column::UserId.eq(link.user.to_string()))
        .filter(Column::IsPrimary.eq(true));
    let row = ActiveModel {
        realm: Set(realm.to_string()),
        id: Set(link.id.to_string()),
        user_id: Set(link.user.to_string()),
        provider: Set(link.key.provider.to_string()),
        issuer: Set(link.key.issuer.clone()),
        subject: Set(link.key.subject.as_str().to_owned()),
        is_primary: Set(primaries.count(tx).await? == 0),
        label: Set(link.label.clone()),
        email: Set(json_or_null(TABLE, link.email.as_ref())?),
        claims: Set(json(TABLE, &link.claims)?),
        proof: Set(json(TABLE, &link.proof)?),
        created_at: Set(link.created_at.as_millis()),
        updated_at: Set(link.updated_at.as_millis()),
        last_sign_in_at: Set(link.last_sign_in_at.as_millis()),
    };
    Ok(Entity::insert(row).exec_without_returning(tx).await.map(|_| ()))
}

/// Keeps what the provider said just now. `updated_at` moves only if that is news.
pub(crate) async fn touch(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    key: &IdentityKey,
    label: &str,
    email: Option<&AssertedEmail>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let email = json_or_null(TABLE, email)?;
    let Some(row) = Entity::find().filter(is(realm, key)).one(tx).await? else { return Ok(()) };
    let updated_at = if row.label == label && row.email == email { row.updated_at } else { at.as_millis() };
    let row = ActiveModel {
        realm: Unchanged(row.realm),
        id: Unchanged(row.id),
        label: Set(label.to_owned()),
        email: Set(email),
        updated_at: Set(updated_at),
        last_sign_in_at: Set(at.as_millis()),
        ..Default::default()
    };
    Entity::update(row).exec_without_returning(tx).await?;
    Ok(())
}

fn is(realm: &RealmId, key: &IdentityKey) -> Condition {
    Condition::all()
        .add(Column::Realm.eq(realm.as_str()))
        .add(Column::Provider.eq(key.provider.as_str()))
        .add(Column::Issuer.eq(key.issuer.as_str()))
        .add(Column::Subject.eq(key.subject.as_str()))
}

/// The link of a row.
pub(crate) fn to_link(row: Model) -> Result<LinkedIdentity, StoreError> {
    Ok(LinkedIdentity {
        id: id(TABLE, row.id)?,
        key: IdentityKey { provider: id(TABLE, row.provider)?, issuer: row.issuer, subject: id(TABLE, row.subject)? },
        user: id(TABLE, row.user_id)?,
        primary: row.is_primary,
        label: row.label,
        email: from_json_or_null(TABLE, row.email.as_deref())?,
        claims: from_json(TABLE, &row.claims)?,
        proof: from_json(TABLE, &row.proof)?,
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
        last_sign_in_at: time(row.last_sign_in_at),
    })
}
