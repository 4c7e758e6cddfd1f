//! Changes of accounts that stay: password, address, profile, and what is tied to them.

use crate::column::{json, json_or_null};
use crate::entity::users::{ActiveModel, Entity, Model};
use crate::{StoreError, attributes, audit, consents, grants, identities, one_time, sessions, users};
use domain::{
    AddressProof, AuditEvent, AuditKind, IdentityId, IdentityKey, LinkedIdentity, OwnedAddress, RealmId, RoleName, Secret,
    TermsVersion, Timestamp, UserId, Username,
};
use flow_runtime::{ProfileChange, UnlinkReason};
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait as _};
use std::collections::{BTreeMap, BTreeSet};

const TABLE: &str = "users";

/// The row of an account as it is to be: its version moves, and with `dies` its epoch.
pub(crate) fn moved(row: &Model, dies: bool) -> ActiveModel {
    ActiveModel {
        realm: Unchanged(row.realm.clone()),
        id: Unchanged(row.id.clone()),
        epoch: if dies { Set(row.epoch.saturating_add(1)) } else { Unchanged(row.epoch) },
        version: Set(row.version.saturating_add(1)),
        ..Default::default()
    }
}

/// Moves the version of an account, because something that belongs to it changed.
pub(crate) async fn touch(tx: &DatabaseTransaction, realm: &RealmId, user: UserId) -> Result<(), StoreError> {
    if let Some(row) = users::lock(tx, realm, user).await? {
        Entity::update(moved(&row, false)).exec_without_returning(tx).await?;
    }
    Ok(())
}

pub(crate) async fn set_password(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    hash: &Secret,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(row) = users::lock(tx, realm, user).await? else { return Ok(()) };
    let changed = ActiveModel {
        password_hash: Set(Some(hash.reveal().to_owned())),
        password_set_at: Set(Some(now.as_millis())),
        must_renew_password: Set(false),
        ..moved(&row, true)
    };
    Entity::update(changed).exec_without_returning(tx).await?;
    // Whoever knew the old password may have let clients in.
    consents::forget(tx, realm, user).await
}

pub(super) async fn set_username(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    username: &Username,
) -> Result<Result<(), DbErr>, StoreError> {
    let Some(row) = users::lock(tx, realm, user).await? else { return Ok(Ok(())) };
    let changed = ActiveModel { username: Set(Some(username.to_string())), ..moved(&row, false) };
    Ok(Entity::update(changed).exec_without_returning(tx).await.map(|_| ()))
}

pub(super) async fn accept_terms(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    version: &TermsVersion,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(row) = users::lock(tx, realm, user).await? else { return Ok(()) };
    let mut accepted = users::to_user(row.clone())?.accepted_terms;
    accepted.insert(version.clone(), now);
    let changed = ActiveModel { accepted_terms: Set(json(TABLE, &accepted)?), ..moved(&row, false) };
    Entity::update(changed).exec_without_returning(tx).await?;
    Ok(())
}

pub(super) async fn set_address(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    owned: &OwnedAddress,
) -> Result<Result<(), DbErr>, StoreError> {
    let Some(row) = users::lock(tx, realm, user).await? else { return Ok(Ok(())) };
    let changed = ActiveModel {
        email: Set(Some(owned.address.to_string())),
        email_key: Set(Some(owned.address.key())),
        email_provenance: Set(Some(json(TABLE, &owned.provenance)?)),
        email_proof: Set(json_or_null(TABLE, owned.proof.as_ref())?),
        ..moved(&row, true)
    };
    Ok(Entity::update(changed).exec_without_returning(tx).await.map(|_| ()))
}

/// Password, second factor, consents, roles, accepted terms and identities that prove nothing go; the address counts as proved.
pub(super) async fn hand_over(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    proof: &AddressProof,
    now: Timestamp,
) -> Result<Result<(), DbErr>, StoreError> {
    for link in identities::of_user(tx, realm, user).await?.into_iter().filter(|link| link.assured.is_none()) {
        unlink(tx, realm, (user, link.id), &UnlinkReason::Unproved, now).await?;
    }
    let Some(row) = users::lock(tx, realm, user).await? else { return Ok(Ok(())) };
    let changed = ActiveModel {
        password_hash: Set(None),
        password_set_at: Set(None),
        must_renew_password: Set(false),
        roles: Set(json(TABLE, &BTreeSet::<RoleName>::new())?),
        accepted_terms: Set(json(TABLE, &BTreeMap::<TermsVersion, Timestamp>::new())?),
        email_proof: Set(Some(json(TABLE, proof)?)),
        ..one_time::without(moved(&row, true))
    };
    if let Err(error) = Entity::update(changed).exec_without_returning(tx).await {
        return Ok(Err(error));
    }
    // What clients were let in to by somebody else is asked anew.
    consents::forget(tx, realm, user).await?;
    Ok(Ok(()))
}

pub(super) async fn change_profile(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    profile: &ProfileChange,
) -> Result<(), StoreError> {
    let Some(row) = users::lock(tx, realm, user).await? else { return Ok(()) };
    let changed = ActiveModel {
        given_name: Set(profile.given_name.clone()),
        family_name: Set(profile.family_name.clone()),
        picture: Set(profile.picture.clone()),
        origins: Set(json(TABLE, &profile.origins)?),
        attributes: Set(json(TABLE, &profile.attributes)?),
        ..moved(&row, false)
    };
    Entity::update(changed).exec_without_returning(tx).await?;
    attributes::replace(tx, realm, user, &profile.attributes).await
}

/// Values that came with an identity find and describe the account no more. The version moves, whether there were some or not.
async fn forget_what_came_with(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    gone: &IdentityKey,
) -> Result<(), StoreError> {
    let Some(account) = users::find(tx, realm, user).await? else { return Ok(()) };
    let before = ProfileChange::of(&account);
    let after = before.clone().without(gone);
    if after == before { touch(tx, realm, user).await } else { change_profile(tx, realm, user, &after).await }
}

/// Takes an identity off its account, with all that was gained through it. None if it isn't the account's.
pub(crate) async fn unlink(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    (user, identity): (UserId, IdentityId),
    why: &UnlinkReason,
    now: Timestamp,
) -> Result<Option<LinkedIdentity>, StoreError> {
    let Some(gone) = identities::remove(tx, realm, user, identity).await? else { return Ok(None) };
    sessions::end_gained_through(tx, realm, user, &gone.key).await?;
    grants::end_gained_through(tx, realm, user, &gone.key, now).await?;
    forget_what_came_with(tx, realm, user, &gone.key).await?;
    let event = AuditEvent {
        kind: AuditKind::IdentityUnlinked,
        user: Some(user),
        subject: None,
        provider: Some(gone.key.provider.clone()),
        detail: Some(words(why)),
    };
    audit::record(tx, realm, &event, now).await?;
    Ok(Some(gone))
}

fn words(why: &UnlinkReason) -> String {
    match why {
        UnlinkReason::Replaced => "replaced".to_owned(),
        UnlinkReason::Unproved => "unproved".to_owned(),
        UnlinkReason::ByHand { by, reason } => format!("by {by}: {reason}"),
    }
}
