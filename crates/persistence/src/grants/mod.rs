//! What clients hold: codes become grants, refresh tokens become the next ones, and grants end.
//!
//! Whether a code or a token is good is decided by a function that is handed in. It is called inside the transaction, may be
//! called again when the transaction is tried again, and performs nothing.

mod redeem;
mod refresh;
mod row;

pub use redeem::Redeemed;
pub(crate) use redeem::insert_code;
pub use refresh::Refreshed;

use crate::column::{id, json};
use crate::entity::code_grants;
use crate::entity::grants::{Column, Entity};
use crate::store::transaction;
use crate::{Store, StoreError, audit};
use domain::{AuditEvent, AuditKind, GrantId, IdentityKey, RealmId, Timestamp, UserId};
use downstream::{Grant, Issuance};
use row::{grant_row, refresh_row, to_grant};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

impl Store {
    /// A grant as it is now, also if it has ended. Whether it still holds is for [`Grant::is_alive`] to say.
    pub async fn find_grant(&self, realm: &RealmId, grant: GrantId) -> Result<Option<Grant>, StoreError> {
        let row = Entity::find_by_id((realm.to_string(), grant.to_string())).one(&self.reader).await?;
        row.map(to_grant).transpose()
    }

    /// Ends a grant with all that grew out of it. False if there is none, or it was ended before.
    pub async fn revoke_grant(&self, realm: &RealmId, grant: GrantId, now: Timestamp) -> Result<bool, StoreError> {
        transaction!(self, |tx| { revoke(tx, realm, grant, AuditKind::GrantRevoked, now).await })
    }
}

/// A grant that nobody else changes until the transaction ends.
async fn lock(tx: &DatabaseTransaction, realm: &RealmId, grant: GrantId) -> Result<Option<Grant>, StoreError> {
    let query = Entity::find_by_id((realm.to_string(), grant.to_string()));
    query.lock(LockType::NoKeyUpdate).one(tx).await?.map(to_grant).transpose()
}

/// Whose a grant is, which never changes.
async fn owner(tx: &DatabaseTransaction, realm: &RealmId, grant: GrantId) -> Result<Option<UserId>, StoreError> {
    let row = Entity::find_by_id((realm.to_string(), grant.to_string())).one(tx).await?;
    row.map(|row| id("grants", row.user_id)).transpose()
}

/// Ends a grant and says why in the audit trail, once.
async fn revoke(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    grant: GrantId,
    why: AuditKind,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let alive = lock(tx, realm, grant).await?.filter(|grant| grant.revoked_at.is_none());
    let Some(grant) = alive else { return Ok(false) };
    Entity::update_many()
        .filter(Column::Realm.eq(realm.as_str()))
        .filter(Column::Id.eq(grant.id.to_string()))
        .col_expr(Column::RevokedAt, Expr::value(now.as_millis()))
        .exec(tx)
        .await?;
    let event = AuditEvent {
        kind: why,
        user: Some(grant.user),
        subject: Some(grant.subject),
        provider: None,
        detail: Some(grant.client.to_string()),
    };
    audit::record(tx, realm, &event, now).await?;
    Ok(true)
}

/// Ends all that clients gained through an identity: codes that wait, and grants.
pub(crate) async fn end_gained_through(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    identity: &IdentityKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (user, identity) = (user.to_string(), json("grants", identity)?);
    let codes = code_grants::Entity::delete_many()
        .filter(code_grants::Column::Realm.eq(realm.as_str()))
        .filter(code_grants::Column::UserId.eq(&user))
        .filter(code_grants::Column::Identity.eq(&identity));
    codes.exec(tx).await?;
    let gained = Entity::find()
        .filter(Column::Realm.eq(realm.as_str()))
        .filter(Column::UserId.eq(&user))
        .filter(Column::Identity.eq(&identity))
        .filter(Column::RevokedAt.is_null())
        .order_by_asc(Column::Id);
    for row in gained.all(tx).await? {
        revoke(tx, realm, to_grant(row)?.id, AuditKind::GrantRevoked, now).await?;
    }
    Ok(())
}

/// Forgets all that clients hold of a user, with the identities that are named there: codes, grants, refresh tokens.
pub(crate) async fn forget(tx: &DatabaseTransaction, realm: &RealmId, user: UserId) -> Result<(), StoreError> {
    let user = user.to_string();
    let codes = code_grants::Entity::delete_many()
        .filter(code_grants::Column::Realm.eq(realm.as_str()))
        .filter(code_grants::Column::UserId.eq(&user));
    codes.exec(tx).await?;
    // Their refresh tokens go with them.
    let own = Entity::delete_many().filter(Column::Realm.eq(realm.as_str())).filter(Column::UserId.eq(&user));
    own.exec(tx).await?;
    Ok(())
}

/// Stores what a code became.
async fn insert_issuance(tx: &DatabaseTransaction, realm: &RealmId, issuance: &Issuance) -> Result<(), StoreError> {
    Entity::insert(grant_row(realm, &issuance.grant)?).exec_without_returning(tx).await?;
    insert_refresh(tx, realm, issuance).await
}

async fn insert_refresh(tx: &DatabaseTransaction, realm: &RealmId, issuance: &Issuance) -> Result<(), StoreError> {
    if let Some((_, token)) = &issuance.refresh {
        crate::entity::refresh_tokens::Entity::insert(refresh_row(realm, token)).exec_without_returning(tx).await?;
    }
    Ok(())
}
