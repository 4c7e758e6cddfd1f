//! Users: rows, look-ups, and the lock that a guard takes.

use crate::column::{from_json, from_json_or_null, id, id_or_null, json, json_or_null, time};
use crate::entity::{canonical_subjects, users};
use crate::{Keyring, Store, StoreError, attributes, one_time};
use domain::{
    AccountState, CanonicalSubject, EmailAddress, Epoch, OwnedAddress, RealmId, Secret, User, UserId, Username, Version,
};
use flow_runtime::{FoundUsers, NewUser};
use sea_orm::sea_query::{ExprTrait as _, LockType};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use sea_orm::{DatabaseTransaction, QuerySelect as _};
use std::collections::BTreeSet;

const TABLE: &str = "users";

impl Store {
    /// How is this user now?
    pub async fn find_user(&self, realm: &RealmId, user: UserId) -> Result<Option<User>, StoreError> {
        find(&self.reader, realm, user).await
    }

    /// Who was ever given this subject?
    pub async fn find_user_by_subject(&self, realm: &RealmId, subject: &CanonicalSubject) -> Result<Option<User>, StoreError> {
        let key = (realm.to_string(), subject.to_string());
        let Some(row) = canonical_subjects::Entity::find_by_id(key).one(&self.reader).await? else { return Ok(None) };
        find(&self.reader, realm, id("canonical_subjects", row.user_id)?).await
    }

    /// Who has this username, and who this address, proved or not? In the order of their ids.
    pub async fn find_users(
        &self,
        realm: &RealmId,
        username: Option<&Username>,
        email: Option<&EmailAddress>,
    ) -> Result<FoundUsers, StoreError> {
        let of_realm = || users::Entity::find().filter(users::Column::Realm.eq(realm.as_str()));
        let mut found = FoundUsers::default();
        if let Some(username) = username {
            let row = of_realm().filter(users::Column::Username.eq(username.as_str())).one(&self.reader).await?;
            found.by_username = row.map(to_user).transpose()?;
        }
        if let Some(email) = email {
            let rows = of_realm().filter(users::Column::EmailKey.eq(email.key())).order_by_asc(users::Column::Id);
            found.by_email = rows.all(&self.reader).await?.into_iter().map(to_user).collect::<Result<_, _>>()?;
        }
        Ok(found)
    }

    /// What is stored of the user's password (a PHC string), with the user as read at the same moment.
    pub async fn password_hash(&self, realm: &RealmId, user: UserId) -> Result<Option<(Secret, User)>, StoreError> {
        let row = users::Entity::find_by_id((realm.to_string(), user.to_string())).one(&self.reader).await?;
        let Some(mut row) = row else { return Ok(None) };
        // The user still has to read as one with a password.
        let hash = row.password_hash.replace(String::new()).map(Secret::new);
        hash.map(|hash| Ok((hash, to_user(row)?))).transpose()
    }
}

/// A user by id.
pub(crate) async fn find(db: &impl ConnectionTrait, realm: &RealmId, user: UserId) -> Result<Option<User>, StoreError> {
    let row = users::Entity::find_by_id((realm.to_string(), user.to_string())).one(db).await?;
    row.map(to_user).transpose()
}

/// A user whose row nobody else changes until the transaction ends. A tombstone is none: nothing is done to it any more.
pub(crate) async fn lock(tx: &DatabaseTransaction, realm: &RealmId, user: UserId) -> Result<Option<users::Model>, StoreError> {
    let query = users::Entity::find_by_id((realm.to_string(), user.to_string()));
    Ok(query.lock(LockType::NoKeyUpdate).one(tx).await?.filter(|row| !is_tombstone(row)))
}

/// Whether all that is left of an account is its subject.
pub(crate) fn is_tombstone(row: &users::Model) -> bool {
    row.state == AccountState::Deleted.as_str()
}

/// A user as it stays until the transaction ends: others may read it like this too, but whoever changes the account waits, so
/// that what is handed out for it is there before the change, or isn't there.
pub(crate) async fn hold(tx: &DatabaseTransaction, realm: &RealmId, user: UserId) -> Result<Option<User>, StoreError> {
    let query = users::Entity::find_by_id((realm.to_string(), user.to_string()));
    query.lock(LockType::Share).one(tx).await?.map(to_user).transpose()
}

/// Which users a commit touches: those that it rests on, those that it changes, and those that would lose an address by it.
#[derive(Default)]
pub(crate) struct Touched {
    pub(crate) guarded: BTreeSet<String>,
    pub(crate) changed: BTreeSet<String>,
    pub(crate) released: BTreeSet<String>,
}

/// Locks all of them until the transaction ends, in the order of their ids, so that two commits never wait for each other.
pub(crate) async fn lock_all(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    touched: &Touched,
) -> Result<Vec<users::Model>, StoreError> {
    let named: BTreeSet<&String> = touched.guarded.union(&touched.changed).collect();
    if named.is_empty() && touched.released.is_empty() {
        return Ok(Vec::new());
    }
    let losing = users::Column::EmailKey.is_in(&touched.released).and(users::Column::EmailProof.is_null());
    let rows = users::Entity::find()
        .filter(users::Column::Realm.eq(realm.as_str()))
        .filter(users::Column::Id.is_in(named.into_iter().map(String::as_str)).or(losing))
        .order_by_asc(users::Column::Id)
        .lock(LockType::NoKeyUpdate);
    Ok(rows.all(tx).await?)
}

/// The row of the subject that is a new user's from now on.
pub(crate) fn subject_row(realm: &RealmId, user: &NewUser) -> canonical_subjects::ActiveModel {
    canonical_subjects::ActiveModel {
        realm: Set(realm.to_string()),
        subject: Set(user.subject.to_string()),
        user_id: Set(user.id.to_string()),
        created_at: Set(user.created_at.as_millis()),
    }
}

/// The row of a new user.
pub(crate) fn row(keyring: &Keyring, realm: &RealmId, user: &NewUser) -> Result<users::ActiveModel, StoreError> {
    let email = user.email.as_ref();
    let one_time = user.one_time.as_ref().map(|secret| one_time::sealed(keyring, realm, user.id, secret, user.created_at));
    Ok(users::ActiveModel {
        realm: Set(realm.to_string()),
        id: Set(user.id.to_string()),
        subject: Set(user.subject.to_string()),
        username: Set(user.username.as_ref().map(ToString::to_string)),
        email: Set(email.map(|owned| owned.address.to_string())),
        email_key: Set(email.map(|owned| owned.address.key())),
        email_provenance: Set(email.map(|owned| json(TABLE, &owned.provenance)).transpose()?),
        email_proof: Set(json_or_null(TABLE, email.and_then(|owned| owned.proof.as_ref()))?),
        given_name: Set(user.given_name.clone()),
        family_name: Set(user.family_name.clone()),
        picture: Set(user.picture.clone()),
        password_hash: Set(user.password_hash.as_ref().map(|hash| hash.reveal().to_owned())),
        password_set_at: Set(user.password_hash.as_ref().map(|_| user.created_at.as_millis())),
        must_renew_password: Set(false),
        roles: Set("[]".to_owned()),
        accepted_terms: Set(json(TABLE, &user.accepted_terms)?),
        origins: Set(json(TABLE, &user.origins)?),
        attributes: Set(json(TABLE, &user.attributes)?),
        linking_domain: Set(user.linking_domain.to_string()),
        state: Set(AccountState::Open.as_str().to_owned()),
        epoch: Set(Epoch::default().0),
        version: Set(Version::default().0),
        created_at: Set(user.created_at.as_millis()),
        ..one_time.transpose()?.unwrap_or_else(|| one_time::without(users::ActiveModel::default()))
    })
}

/// Inserts a user and the subject that is theirs from now on.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    keyring: &Keyring,
    realm: &RealmId,
    user: &NewUser,
) -> Result<Result<(), DbErr>, StoreError> {
    canonical_subjects::Entity::insert(subject_row(realm, user)).exec_without_returning(tx).await?;
    if let Err(error) = users::Entity::insert(row(keyring, realm, user)?).exec_without_returning(tx).await {
        return Ok(Err(error));
    }
    attributes::insert(tx, realm, user.id, &user.attributes).await?;
    Ok(Ok(()))
}

/// The user of a row.
pub(crate) fn to_user(row: users::Model) -> Result<User, StoreError> {
    let email = match (row.email, row.email_provenance) {
        (Some(address), Some(provenance)) => Some(OwnedAddress {
            address: id(TABLE, address)?,
            provenance: from_json(TABLE, &provenance)?,
            proof: from_json_or_null(TABLE, row.email_proof.as_deref())?,
        }),
        _ => None,
    };
    Ok(User {
        id: id(TABLE, row.id)?,
        subject: id(TABLE, row.subject)?,
        username: id_or_null(TABLE, row.username)?,
        email,
        given_name: row.given_name,
        family_name: row.family_name,
        picture: row.picture,
        origins: from_json(TABLE, &row.origins)?,
        attributes: from_json(TABLE, &row.attributes)?,
        linking_domain: id(TABLE, row.linking_domain)?,
        state: id(TABLE, row.state)?,
        has_password: row.password_hash.is_some(),
        password_set_at: row.password_set_at.map(time),
        must_renew_password: row.must_renew_password,
        has_one_time_codes: row.one_time_key.is_some(),
        roles: from_json(TABLE, &row.roles)?,
        accepted_terms: from_json(TABLE, &row.accepted_terms)?,
        epoch: Epoch(row.epoch),
        version: Version(row.version),
        created_at: time(row.created_at),
    })
}
