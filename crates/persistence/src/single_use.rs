//! What can be used once in the whole cluster. The purpose is part of the key, so a thing of one kind is nothing elsewhere.

use crate::entity::single_use::{ActiveModel, Entity};
use crate::store::transaction;
use crate::{Store, StoreError};
use domain::{Digest, RealmId, Timestamp, TokenPurpose};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _, TryInsertResult};

/// The kinds of things that can be used once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SingleUse {
    /// A trip to an identity provider: its state.
    Exchange,
    /// A mail's token.
    Token(TokenPurpose),
    /// An authorization code.
    Code,
    /// An authorization code that came back: it is written down once.
    RepeatedCode,
}

impl SingleUse {
    /// The name in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Token(TokenPurpose::ProveAddress) => "token-prove-address",
            Self::Token(TokenPurpose::ResetPassword) => "token-reset-password",
            Self::Token(TokenPurpose::VerifyAddress) => "token-verify-address",
            Self::Token(TokenPurpose::ChangeAddress) => "token-change-address",
            Self::Code => "code",
            Self::RepeatedCode => "repeated-code",
        }
    }
}

impl Store {
    /// Uses up a thing. True for exactly one caller, and only before it expires.
    pub async fn use_once(
        &self,
        realm: &RealmId,
        purpose: SingleUse,
        key: &Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if expires_at <= now {
            return Ok(false);
        }
        transaction!(self, |tx| { use_up(tx, realm, purpose, key, expires_at).await })
    }
}

/// Marks a thing as used. False if it was used before. The mark stays until `expires_at`, when the thing is worthless.
pub(crate) async fn use_up(
    db: &impl ConnectionTrait,
    realm: &RealmId,
    purpose: SingleUse,
    key: &Digest,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let row = ActiveModel {
        realm: Set(realm.to_string()),
        purpose: Set(purpose.as_str().to_owned()),
        key: Set(key.as_str().to_owned()),
        expires_at: Set(expires_at.as_millis()),
    };
    let inserted = Entity::insert(row).on_conflict_do_nothing().exec_without_returning(db).await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// Whether a thing was used.
pub(crate) async fn is_used(
    db: &impl ConnectionTrait,
    realm: &RealmId,
    purpose: SingleUse,
    key: &Digest,
) -> Result<bool, StoreError> {
    let key = (realm.to_string(), purpose.as_str().to_owned(), key.as_str().to_owned());
    Ok(Entity::find_by_id(key).one(db).await?.is_some())
}
