//! Counts within a fixed window of time. All of a request's counts are taken, or none.

use crate::column::time;
use crate::entity::attempts::{ActiveModel, Column, Entity};
use crate::store::{Ending, attempt};
use crate::{Store, StoreError};
use domain::{Digest, RealmId, Timestamp, UserId};
use flow_runtime::{Counter, Reservation};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, DbErr, EntityTrait as _};

/// What a counter counts by. Only a digest of it is stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CountKey(String);

impl CountKey {
    /// By account.
    pub fn user(user: UserId) -> Self {
        Self(Digest::of_bytes(format!("user:{user}").as_bytes()).as_str().to_owned())
    }

    /// By any text: a name as typed, a mailbox, a network, a token's digest.
    pub fn text(text: &str) -> Self {
        Self(Digest::of_bytes(format!("text:{text}").as_bytes()).as_str().to_owned())
    }
}

/// A reservation with the key that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// What is counted, how many are allowed, and for how long one counts.
    pub reservation: Reservation,
    /// By what.
    pub key: CountKey,
}

impl Store {
    /// Counts one of each, or none of them. Some: nothing was counted, because one is full until then.
    ///
    /// The window begins with the first count and ends for all at once.
    pub async fn reserve(&self, realm: &RealmId, counted: &[Counted], now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        // Always in the same order, so that two requests never wait for each other.
        let mut sorted: Vec<&Counted> = counted.iter().collect();
        sorted.sort_by(|a, b| (a.reservation.counter, &a.key).cmp(&(b.reservation.counter, &b.key)));
        attempt!(self, |tx| {
            for one in &sorted {
                if let Some(until) = count(tx, realm, one, now).await? {
                    return Ok(Ending::Undo(Some(until)));
                }
            }
            Ok(Ending::Keep(None))
        })
    }
}

/// What was counted of an account doesn't count any more: its owner got it right.
pub(crate) async fn forget(tx: &DatabaseTransaction, realm: &RealmId, counter: Counter, user: UserId) -> Result<(), StoreError> {
    let key = (realm.to_string(), counter.as_str().to_owned(), CountKey::user(user).0);
    Entity::delete_by_id(key).exec(tx).await?;
    Ok(())
}

async fn count(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    one: &Counted,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let Reservation { counter, limit, window } = one.reservation;
    let fresh_end = now.plus(window);
    if limit == 0 {
        return Ok(Some(fresh_end));
    }
    let row = ActiveModel {
        realm: Set(realm.to_string()),
        counter: Set(counter.as_str().to_owned()),
        key: Set(one.key.0.clone()),
        count: Set(1),
        ends_at: Set(fresh_end.as_millis()),
    };
    let stored = |column: Column| Expr::col((Entity, column));
    let over = || stored(Column::EndsAt).lte(now.as_millis());
    let next = |fresh: i64, running: Expr| CaseStatement::new().case(over(), fresh).finally(running);
    let upsert = OnConflict::columns([Column::Realm, Column::Counter, Column::Key])
        .value(Column::Count, next(1, stored(Column::Count).add(1)))
        .value(Column::EndsAt, next(fresh_end.as_millis(), stored(Column::EndsAt)))
        .action_and_where(over().or(stored(Column::Count).lt(i64::from(limit))))
        .to_owned();
    match Entity::insert(row).on_conflict(upsert).exec_without_returning(tx).await {
        Ok(0) | Err(DbErr::RecordNotInserted) => {
            let key = (realm.to_string(), counter.as_str().to_owned(), one.key.0.clone());
            let until = Entity::find_by_id(key).one(tx).await?.map(|row| time(row.ends_at));
            Ok(Some(until.unwrap_or(fresh_end)))
        }
        Ok(_) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
