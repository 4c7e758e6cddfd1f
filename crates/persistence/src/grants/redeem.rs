//! Codes: stored with the login's end, used up by being presented.

use super::row::{code_row, to_code};
use super::{insert_issuance, revoke};
use crate::entity::code_grants::Entity;
use crate::single_use::{SingleUse, use_up};
use crate::store::transaction;
use crate::{Store, StoreError, audit, users};
use domain::{AuditEvent, AuditKind, Digest, RealmId, Timestamp, User};
use downstream::{CodeGrant, Issuance};
use sea_orm::{DatabaseTransaction, EntityTrait as _};

/// What came of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed<E> {
    /// It became a grant, which is stored.
    Issued(Box<Issuance>),
    /// It was refused, and is used up nevertheless.
    Refused(E),
    /// It was presented before. What grew out of it is revoked (RFC 6749 §4.1.2).
    Reused,
    /// There is no such code.
    Unknown,
}

impl Store {
    /// Uses up a code and stores what `decide` makes of it, in one transaction. `decide` gets the code and its user as they
    /// are now (None if the user is gone), for one caller only.
    pub async fn redeem_code<E>(
        &self,
        realm: &RealmId,
        code: &Digest,
        now: Timestamp,
        decide: impl Fn(CodeGrant, Option<&User>) -> Result<Issuance, E>,
    ) -> Result<Redeemed<E>, StoreError> {
        transaction!(self, |tx| {
            let user = match find(tx, realm, code).await? {
                Some(grant) => users::hold(tx, realm, grant.user).await?,
                None => None,
            };
            // Only now: a code that its account's change took away must not be seen any more.
            let Some(grant) = find(tx, realm, code).await? else {
                // Its row may have been purged, but a grant that grew out of it names it.
                let reused = revoke(tx, realm, CodeGrant::grant_of(code), AuditKind::CodeReused, now).await?;
                return Ok(if reused { Redeemed::Reused } else { Redeemed::Unknown });
            };
            if !use_up(tx, realm, SingleUse::Code, code, grant.expires_at).await? {
                reused(tx, realm, &grant, now).await?;
                return Ok(Redeemed::Reused);
            }
            match decide(grant, user.as_ref()) {
                Ok(issuance) => {
                    insert_issuance(tx, realm, &issuance).await?;
                    Ok(Redeemed::Issued(Box::new(issuance)))
                }
                Err(error) => Ok(Redeemed::Refused(error)),
            }
        })
    }
}

async fn find(tx: &DatabaseTransaction, realm: &RealmId, code: &Digest) -> Result<Option<CodeGrant>, StoreError> {
    let row = Entity::find_by_id((realm.to_string(), code.as_str().to_owned())).one(tx).await?;
    row.map(to_code).transpose()
}

/// Revokes what grew out of a code, and writes it down once, also if nothing grew.
async fn reused(tx: &DatabaseTransaction, realm: &RealmId, code: &CodeGrant, now: Timestamp) -> Result<(), StoreError> {
    let first = use_up(tx, realm, SingleUse::RepeatedCode, &code.digest, code.expires_at).await?;
    let revoked = revoke(tx, realm, CodeGrant::grant_of(&code.digest), AuditKind::CodeReused, now).await?;
    if first && !revoked {
        let event = AuditEvent {
            kind: AuditKind::CodeReused,
            user: Some(code.user),
            subject: Some(code.subject.clone()),
            provider: None,
            detail: Some(code.client.to_string()),
        };
        audit::record(tx, realm, &event, now).await?;
    }
    Ok(())
}

/// Keeps a code for the client.
pub(crate) async fn insert_code(tx: &DatabaseTransaction, realm: &RealmId, code: &CodeGrant) -> Result<(), StoreError> {
    Entity::insert(code_row(realm, code)?).exec_without_returning(tx).await?;
    Ok(())
}
