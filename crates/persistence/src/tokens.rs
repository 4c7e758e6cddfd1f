//! Action tokens: single-use things in mails.

use crate::column::{id, id_or_null, time};
use crate::entity::action_tokens::{ActiveModel, Column, Entity, Model};
use crate::single_use::{self, SingleUse};
use crate::{Store, StoreError};
use domain::{ActionToken, Digest, Epoch, RealmId, Timestamp, TokenPurpose, UserId};
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, QueryFilter as _};

const TABLE: &str = "action_tokens";

impl Store {
    /// The token with this digest, if it is unused and hasn't expired.
    pub async fn find_token(&self, realm: &RealmId, digest: &Digest, now: Timestamp) -> Result<Option<ActionToken>, StoreError> {
        let Some(token) = unexpired(&self.reader, realm, digest, now).await? else { return Ok(None) };
        let used = single_use::is_used(&self.reader, realm, SingleUse::Token(token.purpose), digest).await?;
        Ok((!used).then_some(token))
    }
}

/// Keeps a token, and uses up the session's others of the same purpose. Of all wishes for another address the account's last one
/// counts, whichever login it came from; the account's row is locked by then.
pub(crate) async fn issue(tx: &DatabaseTransaction, realm: &RealmId, token: &ActionToken) -> Result<(), StoreError> {
    let of_login = Column::Session.eq(token.session.to_string());
    let which = match token.user.filter(|_| token.purpose == TokenPurpose::ChangeAddress) {
        Some((user, _)) => of_login.or(Column::UserId.eq(user.to_string())),
        None => of_login,
    };
    let older =
        Entity::find().filter(Column::Realm.eq(realm.as_str())).filter(which).filter(Column::Purpose.eq(token.purpose.as_str()));
    for row in older.all(tx).await? {
        let expires_at = time(row.expires_at);
        let digest = Digest::from_stored(row.digest);
        single_use::use_up(tx, realm, SingleUse::Token(token.purpose), &digest, expires_at).await?;
    }
    let row = ActiveModel {
        realm: Set(realm.to_string()),
        digest: Set(token.digest.as_str().to_owned()),
        purpose: Set(token.purpose.as_str().to_owned()),
        session: Set(token.session.to_string()),
        frame: Set(token.frame.to_string()),
        user_id: Set(token.user.map(|(user, _)| user.to_string())),
        epoch: Set(token.user.map(|(_, epoch)| epoch.0)),
        address: Set(token.address.to_string()),
        expires_at: Set(token.expires_at.as_millis()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Uses up a token. False if it isn't there, has expired, or was used.
pub(crate) async fn consume(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    digest: &Digest,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(token) = unexpired(tx, realm, digest, now).await? else { return Ok(false) };
    single_use::use_up(tx, realm, SingleUse::Token(token.purpose), digest, token.expires_at).await
}

/// Ends all mails that wait for this user.
pub(crate) async fn forget(tx: &DatabaseTransaction, realm: &RealmId, user: UserId) -> Result<(), StoreError> {
    let own = Entity::delete_many().filter(Column::Realm.eq(realm.as_str())).filter(Column::UserId.eq(user.to_string()));
    own.exec(tx).await?;
    Ok(())
}

async fn unexpired(
    db: &impl ConnectionTrait,
    realm: &RealmId,
    digest: &Digest,
    now: Timestamp,
) -> Result<Option<ActionToken>, StoreError> {
    let row = Entity::find_by_id((realm.to_string(), digest.as_str().to_owned()))
        .filter(Column::ExpiresAt.gt(now.as_millis()))
        .one(db)
        .await?;
    row.map(to_token).transpose()
}

fn to_token(row: Model) -> Result<ActionToken, StoreError> {
    let user: Option<UserId> = id_or_null(TABLE, row.user_id)?;
    Ok(ActionToken {
        digest: Digest::from_stored(row.digest),
        purpose: id(TABLE, row.purpose)?,
        session: id(TABLE, row.session)?,
        frame: id(TABLE, row.frame)?,
        user: user.zip(row.epoch.map(Epoch)),
        address: id(TABLE, row.address)?,
        expires_at: time(row.expires_at),
    })
}
