//! Linked identities: rows and look-ups.

use crate::column::{from_json, from_json_or_null, id, json, json_or_null, time};
use crate::entity::linked_identities::{ActiveModel, Column, Entity, Model};
use crate::{Store, StoreError, users};
use domain::{AddressProof, AssertedEmail, IdentityId, IdentityKey, LinkedIdentity, RealmId, Timestamp, UserId};
use flow_runtime::KnownIdentity;
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, PaginatorTrait as _};
use sea_orm::{Condition, QueryFilter as _, QueryOrder as _, Select};
use std::collections::BTreeMap;

const TABLE: &str = "linked_identities";

impl Store {
    /// Is this identity linked, and whose is it?
    pub async fn find_identity(&self, realm: &RealmId, key: &IdentityKey) -> Result<Option<KnownIdentity>, StoreError> {
        // One statement for both: an identity that is taken off between two would come with the account as it is without it.
        let found = Entity::find().filter(is(realm, key)).find_also_related(crate::entity::users::Entity);
        let Some((link, Some(user))) = found.one(&self.reader).await? else { return Ok(None) };
        Ok(Some(KnownIdentity { link: to_link(link)?, user: users::to_user(user)? }))
    }

    /// All identities of a user, the primary one first, then the oldest.
    pub async fn identities_of(&self, realm: &RealmId, user: UserId) -> Result<Vec<LinkedIdentity>, StoreError> {
        own(realm, user).all(&self.reader).await?.into_iter().map(to_link).collect()
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
    let primary = primaries.count(tx).await? == 0;
    Ok(Entity::insert(row(realm, link, primary)?).exec_without_returning(tx).await.map(|_| ()))
}

/// The row of a link.
pub(crate) fn row(realm: &RealmId, link: &LinkedIdentity, primary: bool) -> Result<ActiveModel, StoreError> {
    Ok(ActiveModel {
        realm: Set(realm.to_string()),
        id: Set(link.id.to_string()),
        user_id: Set(link.user.to_string()),
        provider: Set(link.key.provider.to_string()),
        issuer: Set(link.key.issuer.clone()),
        authority: Set(link.key.authority.clone().unwrap_or_default()),
        subject: Set(link.key.subject.as_str().to_owned()),
        is_primary: Set(primary),
        label: Set(link.label.clone()),
        email: Set(json_or_null(TABLE, link.email.as_ref())?),
        assured: Set(json_or_null(TABLE, link.assured.as_ref())?),
        claims: Set(json(TABLE, &link.claims)?),
        proof: Set(json(TABLE, &link.proof)?),
        created_at: Set(link.created_at.as_millis()),
        updated_at: Set(link.updated_at.as_millis()),
        last_sign_in_at: Set(link.last_sign_in_at.as_millis()),
        arrived: Set(link.arrived),
    })
}

/// What a provider said just now of an identity that is linked.
pub(crate) struct News<'a> {
    pub(crate) label: &'a str,
    pub(crate) email: Option<&'a AssertedEmail>,
    pub(crate) assured: Option<&'a AddressProof>,
    pub(crate) claims: &'a BTreeMap<String, String>,
    pub(crate) at: Timestamp,
}

/// Keeps what the provider said just now. `updated_at` moves only if that is news; an assurance that goes on keeps the time at
/// which it began.
pub(crate) async fn touch(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    key: &IdentityKey,
    news: &News<'_>,
) -> Result<(), StoreError> {
    let (email, claims) = (json_or_null(TABLE, news.email)?, json(TABLE, news.claims)?);
    let Some(row) = Entity::find().filter(is(realm, key)).one(tx).await? else { return Ok(()) };
    let goes_on = row.email == email && row.assured.is_some() == news.assured.is_some();
    let assured = if goes_on { row.assured } else { json_or_null(TABLE, news.assured)? };
    let same = goes_on && row.label == news.label && row.claims == claims;
    let row = ActiveModel {
        realm: Unchanged(row.realm),
        id: Unchanged(row.id),
        label: Set(news.label.to_owned()),
        email: Set(email),
        assured: Set(assured),
        claims: Set(claims),
        updated_at: Set(if same { row.updated_at } else { news.at.as_millis() }),
        last_sign_in_at: Set(news.at.as_millis()),
        ..Default::default()
    };
    Entity::update(row).exec_without_returning(tx).await?;
    Ok(())
}

/// A login with the identity has ended well.
pub(crate) async fn arrive(tx: &DatabaseTransaction, realm: &RealmId, key: &IdentityKey) -> Result<(), StoreError> {
    Entity::update_many().filter(is(realm, key)).col_expr(Column::Arrived, Expr::value(true)).exec(tx).await?;
    Ok(())
}

/// The identities of a user inside a transaction, the primary one first, then the oldest.
pub(crate) async fn of_user(tx: &DatabaseTransaction, realm: &RealmId, user: UserId) -> Result<Vec<LinkedIdentity>, StoreError> {
    own(realm, user).all(tx).await?.into_iter().map(to_link).collect()
}

fn own(realm: &RealmId, user: UserId) -> Select<Entity> {
    Entity::find()
        .filter(Column::Realm.eq(realm.as_str()))
        .filter(Column::UserId.eq(user.to_string()))
        .order_by_desc(Column::IsPrimary)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
}

/// Takes an identity off its user. None if it isn't the user's. If it was the primary one, the oldest of the others becomes primary.
pub(crate) async fn remove(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    identity: IdentityId,
) -> Result<Option<LinkedIdentity>, StoreError> {
    let mut left = of_user(tx, realm, user).await?;
    let Some(at) = left.iter().position(|link| link.id == identity) else { return Ok(None) };
    let gone = left.remove(at);
    Entity::delete_by_id((realm.to_string(), identity.to_string())).exec(tx).await?;
    if let Some(next) = left.first().filter(|_| gone.primary) {
        set_primary(tx, realm, next.id, true).await?;
    }
    Ok(Some(gone))
}

/// Says whether an identity feeds the profile.
pub(crate) async fn set_primary(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    identity: IdentityId,
    primary: bool,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        realm: Unchanged(realm.to_string()),
        id: Unchanged(identity.to_string()),
        is_primary: Set(primary),
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
        .add(Column::Authority.eq(key.authority.as_deref().unwrap_or_default()))
        .add(Column::Subject.eq(key.subject.as_str()))
}

/// The link of a row.
pub(crate) fn to_link(row: Model) -> Result<LinkedIdentity, StoreError> {
    Ok(LinkedIdentity {
        id: id(TABLE, row.id)?,
        key: IdentityKey {
            provider: id(TABLE, row.provider)?,
            issuer: row.issuer,
            authority: Some(row.authority).filter(|authority| !authority.is_empty()),
            subject: id(TABLE, row.subject)?,
        },
        user: id(TABLE, row.user_id)?,
        primary: row.is_primary,
        label: row.label,
        email: from_json_or_null(TABLE, row.email.as_deref())?,
        assured: from_json_or_null(TABLE, row.assured.as_deref())?,
        claims: from_json(TABLE, &row.claims)?,
        proof: from_json(TABLE, &row.proof)?,
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
        last_sign_in_at: time(row.last_sign_in_at),
        arrived: row.arrived,
    })
}
