//! Second factors: keys of one-time codes, sealed, and which codes were used.

use crate::column::{time, unreadable};
use crate::commit::account::moved;
use crate::entity::users::{ActiveModel, Column, Entity, Model};
use crate::keyring::Place;
use crate::store::transaction;
use crate::{Keyring, Store, StoreError, consents, users};
use domain::{OneTimeSecret, RealmId, Secret, SessionKey, Timestamp, User, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _};

const TABLE: &str = "users";

#[derive(Debug, thiserror::Error)]
#[error("the key of the second factor has no {0}")]
struct Lacks(&'static str);

/// An account's second factor, with the user as read at the same moment.
#[derive(Debug, Clone)]
pub struct OneTimeCodes {
    /// What its codes are made of.
    pub secret: OneTimeSecret,
    /// When it was set.
    pub set_at: Timestamp,
    /// Whose it is.
    pub user: User,
}

impl Store {
    /// The account's second factor. None if it has none, or there is no such user.
    pub async fn one_time_codes(&self, realm: &RealmId, user: UserId) -> Result<Option<OneTimeCodes>, StoreError> {
        let Some(row) = Entity::find_by_id((realm.to_string(), user.to_string())).one(&self.reader).await? else {
            return Ok(None);
        };
        let Some((secret, set_at)) = opened(&self.keyring, realm, &row)? else { return Ok(None) };
        Ok(Some(OneTimeCodes { secret, set_at, user: users::to_user(row)? }))
    }

    /// Uses up the code of a step, and those before it, of the second factor that was set then. True for one login in the whole cluster,
    /// also when it asks again: a second click is no second use.
    pub async fn use_one_time_code(
        &self,
        realm: &RealmId,
        (user, set_at): (UserId, Timestamp),
        step: i64,
        login: SessionKey,
    ) -> Result<bool, StoreError> {
        let login = login.to_string();
        transaction!(self, |tx| {
            let first = Entity::update_many()
                .filter(Column::Realm.eq(realm.as_str()))
                .filter(Column::Id.eq(user.to_string()))
                .filter(Column::OneTimeSetAt.eq(set_at.as_millis()))
                .filter(Column::OneTimeUsed.lt(step))
                .col_expr(Column::OneTimeUsed, Expr::value(step))
                .col_expr(Column::OneTimeUsedBy, Expr::value(login.as_str()))
                .exec(tx)
                .await?;
            if first.rows_affected == 1 {
                return Ok(true);
            }
            let row = Entity::find_by_id((realm.to_string(), user.to_string())).one(tx).await?;
            Ok(row.is_some_and(|row| {
                row.one_time_set_at == Some(set_at.as_millis())
                    && row.one_time_used == Some(step)
                    && row.one_time_used_by.as_ref() == Some(&login)
            }))
        })
    }
}

/// Gives an account a second factor. What lived on it began without, or with another one.
pub(crate) async fn set(
    tx: &DatabaseTransaction,
    keyring: &Keyring,
    realm: &RealmId,
    user: UserId,
    secret: &OneTimeSecret,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(row) = users::lock(tx, realm, user).await? else { return Ok(()) };
    let ActiveModel { one_time_key, one_time_set_at, one_time_used, one_time_used_by, .. } =
        sealed(keyring, realm, user, secret, now)?;
    let changed = ActiveModel { one_time_key, one_time_set_at, one_time_used, one_time_used_by, ..moved(&row, true) };
    Entity::update(changed).exec_without_returning(tx).await?;
    // Whoever had the password alone may have let clients in.
    consents::forget(tx, realm, user).await
}

/// The columns of a second factor, sealed to this account and moment.
pub(crate) fn sealed(
    keyring: &Keyring,
    realm: &RealmId,
    user: UserId,
    secret: &OneTimeSecret,
    set_at: Timestamp,
) -> Result<ActiveModel, StoreError> {
    let place = Place { realm, table: TABLE, id: &user.to_string(), version: set_at.as_millis() };
    let key =
        keyring.seal(place, secret.seed.reveal().as_bytes()).map_err(|source| StoreError::Sealed { table: TABLE, source })?;
    Ok(ActiveModel {
        one_time_key: Set(Some(key)),
        one_time_set_at: Set(Some(set_at.as_millis())),
        one_time_used: Set(Some(secret.used)),
        one_time_used_by: Set(None),
        ..Default::default()
    })
}

/// A row without a second factor.
pub(crate) fn without(row: ActiveModel) -> ActiveModel {
    ActiveModel {
        one_time_key: Set(None),
        one_time_set_at: Set(None),
        one_time_used: Set(None),
        one_time_used_by: Set(None),
        ..row
    }
}

/// What is sealed in a row, and when it was set.
pub(crate) fn opened(keyring: &Keyring, realm: &RealmId, row: &Model) -> Result<Option<(OneTimeSecret, Timestamp)>, StoreError> {
    let Some(key) = &row.one_time_key else { return Ok(None) };
    let set_at = row.one_time_set_at.ok_or_else(|| unreadable(TABLE, Lacks("time")))?;
    let used = row.one_time_used.ok_or_else(|| unreadable(TABLE, Lacks("newest step")))?;
    let place = Place { realm, table: TABLE, id: &row.id, version: set_at };
    let text = keyring.open(place, key).map_err(|source| StoreError::Sealed { table: TABLE, source })?;
    let seed = std::str::from_utf8(&text).map_err(|source| unreadable(TABLE, source))?;
    Ok(Some((OneTimeSecret { seed: Secret::new(seed), used }, time(set_at))))
}
