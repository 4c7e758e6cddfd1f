//! Accounts by hand: opened, closed, deleted, described.

use super::ByHand;
use crate::column::json;
use crate::commit::account::{moved, unlink};
use crate::entity::users::{ActiveModel, Entity};
use crate::store::transaction;
use crate::{Store, StoreError, attempts, attributes, audit, consents, grants, identities, one_time, sessions, tokens, users};
use domain::{
    AccountState, Attribute, AttributeName, Attributes, AuditEvent, AuditKind, RealmId, RoleName, Timestamp, User, UserId,
};
use flow_runtime::Counter;
use sea_orm::ActiveValue::Set;
use sea_orm::{DatabaseTransaction, EntityTrait as _};

const TABLE: &str = "users";

impl Store {
    /// Opens or closes an account; [`AccountState::Deleted`] deletes it, as [`Store::delete_user`]. Closing moves its epoch, so
    /// all that lives on it is dead. The user as it is afterwards, which for a tombstone is the tombstone; None if there is no
    /// such user.
    pub async fn set_state(
        &self,
        realm: &RealmId,
        user: UserId,
        state: AccountState,
        by: &ByHand,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        let kind = match state {
            AccountState::Open => AuditKind::UserEnabled,
            AccountState::Disabled => AuditKind::UserDisabled,
            AccountState::Locked => AuditKind::UserLocked,
            AccountState::Deleted => return self.delete_user(realm, user, by, now).await,
        };
        transaction!(self, |tx| {
            if let Some(row) = users::lock(tx, realm, user).await?.filter(|row| row.state != state.as_str()) {
                let closes = state != AccountState::Open;
                let changed = ActiveModel { state: Set(state.as_str().to_owned()), ..moved(&row, closes) };
                Entity::update(changed).exec_without_returning(tx).await?;
                audit::record(tx, realm, &by.event(kind, user), now).await?;
            }
            users::find(tx, realm, user).await
        })
    }

    /// Deletes an account. What is left is a tombstone: its subjects stay taken and are nobody's ever again; all else that was
    /// known of the person is gone, and everything that lived on the account has ended. The tombstone; None if there is no such
    /// user.
    pub async fn delete_user(
        &self,
        realm: &RealmId,
        user: UserId,
        by: &ByHand,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        transaction!(self, |tx| {
            if users::lock(tx, realm, user).await?.is_some() {
                bury(tx, realm, user, by, now).await?;
            }
            users::find(tx, realm, user).await
        })
    }

    /// Wants the password to be replaced at the next login with it (the flow's `update-password` asks), and signs the account out
    /// everywhere. The user as it is afterwards; None if there is no such user, only a tombstone, or one without a password.
    pub async fn require_new_password(
        &self,
        realm: &RealmId,
        user: UserId,
        by: &ByHand,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        transaction!(self, |tx| {
            let Some(row) = users::lock(tx, realm, user).await?.filter(|row| row.password_hash.is_some()) else {
                return Ok(None);
            };
            if !row.must_renew_password {
                let changed = ActiveModel { must_renew_password: Set(true), ..moved(&row, true) };
                Entity::update(changed).exec_without_returning(tx).await?;
                audit::record(tx, realm, &by.event(AuditKind::PasswordRenewalRequired, user), now).await?;
            }
            users::find(tx, realm, user).await
        })
    }

    /// Takes the account's second factor away, for an owner who has lost it, and signs the account out everywhere. The user as it is
    /// afterwards; None if there is no such user, or only a tombstone.
    pub async fn remove_second_factor(
        &self,
        realm: &RealmId,
        user: UserId,
        by: &ByHand,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        transaction!(self, |tx| {
            let Some(row) = users::lock(tx, realm, user).await? else { return Ok(None) };
            if row.one_time_key.is_some() {
                let changed = one_time::without(moved(&row, true));
                Entity::update(changed).exec_without_returning(tx).await?;
                attempts::forget(tx, realm, Counter::OneTimeCodeByAccount, user).await?;
                audit::record(tx, realm, &by.event(AuditKind::SecondFactorRemoved, user), now).await?;
            }
            users::find(tx, realm, user).await
        })
    }

    /// Gives the account roles and takes roles from it; one that stands in both is given. The user as it is afterwards; None if there is
    /// no such user, or only a tombstone.
    pub async fn change_roles(
        &self,
        realm: &RealmId,
        user: UserId,
        (add, remove): (&[RoleName], &[RoleName]),
        by: &ByHand,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        transaction!(self, |tx| {
            let Some(row) = users::lock(tx, realm, user).await? else { return Ok(None) };
            let before = users::to_user(row.clone())?.roles;
            let mut roles = before.clone();
            roles.retain(|role| !remove.contains(role));
            roles.extend(add.iter().cloned());
            if roles != before {
                let changed = ActiveModel { roles: Set(json(TABLE, &roles)?), ..moved(&row, false) };
                Entity::update(changed).exec_without_returning(tx).await?;
                let given = roles.difference(&before).map(|role| format!("+{role}"));
                let taken = before.difference(&roles).map(|role| format!("-{role}"));
                let what = given.chain(taken).collect::<Vec<_>>().join(" ");
                let event = by.event(AuditKind::RolesChanged, user);
                let detail = event.detail.map(|words| format!("{what} {words}"));
                audit::record(tx, realm, &AuditEvent { detail, ..event }, now).await?;
            }
            users::find(tx, realm, user).await
        })
    }

    /// Sets an attribute (see [`Attribute::entered`]), in place of whoever gave it before. None takes it away. The user as it is
    /// afterwards; None if there is no such user, or only a tombstone.
    pub async fn set_attribute(
        &self,
        realm: &RealmId,
        user: UserId,
        (name, attribute): (&AttributeName, Option<&Attribute>),
        by: &ByHand,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        transaction!(self, |tx| {
            let Some(row) = users::lock(tx, realm, user).await? else { return Ok(None) };
            let mut all = users::to_user(row.clone())?.attributes;
            let before = match attribute {
                Some(attribute) => all.insert(name.clone(), attribute.clone()),
                None => all.remove(name),
            };
            if before.as_ref() != attribute {
                let changed = ActiveModel { attributes: Set(json(TABLE, &all)?), ..moved(&row, false) };
                Entity::update(changed).exec_without_returning(tx).await?;
                attributes::replace(tx, realm, user, &all).await?;
                let event = by.event(AuditKind::AttributesChanged, user);
                audit::record(tx, realm, &event, now).await?;
            }
            users::find(tx, realm, user).await
        })
    }
}

/// Ends all that lives on an account and forgets all that it says, but for its subject.
async fn bury(tx: &DatabaseTransaction, realm: &RealmId, user: UserId, by: &ByHand, now: Timestamp) -> Result<(), StoreError> {
    sessions::forget(tx, realm, user).await?;
    grants::forget(tx, realm, user).await?;
    consents::forget(tx, realm, user).await?;
    tokens::forget(tx, realm, user).await?;
    for link in identities::of_user(tx, realm, user).await? {
        unlink(tx, realm, (user, link.id), &by.why_unlinked(), now).await?;
    }
    attributes::replace(tx, realm, user, &Attributes::new()).await?;
    let Some(row) = users::lock(tx, realm, user).await? else { return Ok(()) };
    let event = AuditEvent { subject: Some(users::to_user(row.clone())?.subject), ..by.event(AuditKind::UserDeleted, user) };
    let buried = ActiveModel {
        username: Set(None),
        email: Set(None),
        email_key: Set(None),
        email_provenance: Set(None),
        email_proof: Set(None),
        given_name: Set(None),
        family_name: Set(None),
        picture: Set(None),
        password_hash: Set(None),
        password_set_at: Set(None),
        must_renew_password: Set(false),
        roles: Set("[]".to_owned()),
        accepted_terms: Set("{}".to_owned()),
        origins: Set("{}".to_owned()),
        attributes: Set("{}".to_owned()),
        state: Set(AccountState::Deleted.as_str().to_owned()),
        ..one_time::without(moved(&row, true))
    };
    Entity::update(buried).exec_without_returning(tx).await?;
    audit::record(tx, realm, &event, now).await
}
