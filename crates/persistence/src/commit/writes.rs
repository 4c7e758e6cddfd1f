//! One change after the other, each with its audit record.

use super::account;
use crate::entity::users::{ActiveModel, Column, Entity};
use crate::error::{Unique, broken_constraint};
use crate::{Keyring, StoreError, attempts, audit, consents, identities, one_time, sessions, tokens, users};
use domain::{AuditEvent, AuditKind, EmailAddress, RealmId, Timestamp, UserId};
use flow_runtime::{Conflict, Counter, Write};
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

/// Makes one change. Some: it can't be made, and the transaction must be undone.
pub(crate) async fn apply(
    tx: &DatabaseTransaction,
    keyring: &Keyring,
    realm: &RealmId,
    write: &Write,
    now: Timestamp,
) -> Result<Option<Conflict>, StoreError> {
    let conflict = match write {
        Write::CreateUser(user) => conflict_of(users::insert(tx, keyring, realm, user).await?)?,
        Write::Link(link) => match conflict_of(identities::insert(tx, realm, link).await?)? {
            None => {
                account::touch(tx, realm, link.user).await?;
                None
            }
            conflict => conflict,
        },
        Write::Unlink { identity, user, why } => {
            account::unlink(tx, realm, (*user, *identity), why, now).await?;
            None
        }
        Write::SetPassword { user, hash } => {
            account::set_password(tx, realm, *user, hash, now).await?;
            None
        }
        Write::SetOneTimeCodes { user, secret } => {
            one_time::set(tx, keyring, realm, *user, secret, now).await?;
            None
        }
        Write::SetUsername { user, username } => conflict_of(account::set_username(tx, realm, *user, username).await?)?,
        Write::AcceptTerms { user, version } => {
            account::accept_terms(tx, realm, *user, version, now).await?;
            None
        }
        Write::SetAddress { user, address } => conflict_of(account::set_address(tx, realm, *user, address).await?)?,
        Write::HandOver { user, proof } => conflict_of(account::hand_over(tx, realm, *user, proof, now).await?)?,
        Write::ChangeProfile { user, profile } => {
            account::change_profile(tx, realm, *user, profile).await?;
            None
        }
        Write::ConsumeToken(digest) => (!tokens::consume(tx, realm, digest, now).await?).then_some(Conflict::Token),
        Write::ReleaseAddress { address, except } => {
            release_address(tx, realm, address, *except, now).await?;
            None
        }
        Write::TouchIdentity { key, label, email, assured, claims, at } => {
            let news = identities::News { label, email: email.as_ref(), assured: assured.as_ref(), claims, at: *at };
            identities::touch(tx, realm, key, &news).await?;
            None
        }
        Write::Arrive(key) => {
            identities::arrive(tx, realm, key).await?;
            None
        }
        Write::StartBrowserSession(session) => {
            sessions::start_browser(tx, realm, session).await?;
            None
        }
        Write::EndBrowserSession(digest) => {
            sessions::end_browser(tx, realm, digest).await?;
            None
        }
        Write::IssueToken(token) => {
            tokens::issue(tx, realm, token).await?;
            None
        }
        Write::ForgetWrongPasswords(user) => {
            attempts::forget(tx, realm, Counter::PasswordByAccount, *user).await?;
            None
        }
        Write::ForgetWrongCodes(user) => {
            attempts::forget(tx, realm, Counter::OneTimeCodeByAccount, *user).await?;
            None
        }
        Write::GrantConsent { user, client, scopes, at } => {
            consents::grant(tx, realm, *user, client, scopes, *at).await?;
            None
        }
        Write::Record(_) => None,
    };
    if let (None, Some(event)) = (conflict, write.audit()) {
        audit::record(tx, realm, &event, now).await?;
    }
    Ok(conflict)
}

/// A unique constraint that was broken, in the runtime's words. PostgreSQL has aborted the transaction by then.
pub(crate) fn conflict_of(inserted: Result<(), DbErr>) -> Result<Option<Conflict>, StoreError> {
    let Err(error) = inserted else { return Ok(None) };
    match broken_constraint(&error) {
        Some(Unique::Username) => Ok(Some(Conflict::Username)),
        Some(Unique::ProvedAddress) => Ok(Some(Conflict::Address)),
        Some(Unique::Identity) => Ok(Some(Conflict::Identity)),
        // Another link of this user became primary at the same moment. With the next try it is seen.
        Some(Unique::PrimaryIdentity) => Err(StoreError::Busy(error)),
        Some(Unique::RulePriority) | None => Err(error.into()),
    }
}

async fn release_address(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    address: &EmailAddress,
    except: UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    // An address is one account's inside a linking domain; what accounts of another one say of it is no matter here.
    let Some(owner) = users::find(tx, realm, except).await? else { return Ok(()) };
    let unproved = Entity::find()
        .filter(Column::Realm.eq(realm.as_str()))
        .filter(Column::LinkingDomain.eq(owner.linking_domain.as_str()))
        .filter(Column::EmailKey.eq(address.key()))
        .filter(Column::EmailProof.is_null())
        .filter(Column::Id.ne(except.to_string()))
        .order_by_asc(Column::Id)
        .lock(LockType::NoKeyUpdate);
    for row in unproved.all(tx).await? {
        let user = users::to_user(row.clone())?;
        let released = ActiveModel {
            realm: Unchanged(row.realm),
            id: Unchanged(row.id),
            email: Set(None),
            email_key: Set(None),
            email_provenance: Set(None),
            version: Set(row.version.saturating_add(1)),
            ..Default::default()
        };
        Entity::update(released).exec_without_returning(tx).await?;
        let event = AuditEvent {
            kind: AuditKind::AddressReleased,
            user: Some(user.id),
            subject: Some(user.subject),
            provider: None,
            detail: None,
        };
        audit::record(tx, realm, &event, now).await?;
    }
    Ok(())
}
