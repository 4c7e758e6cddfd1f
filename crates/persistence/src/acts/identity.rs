//! Identities by hand: tied, taken off, made primary.

use super::ByHand;
use crate::commit::account::{touch, unlink};
use crate::commit::conflict_of;
use crate::store::{Ending, attempt, transaction};
use crate::{Store, StoreError, audit, consents, identities, tokens, users};
use domain::{
    Accepted, AuditEvent, AuditKind, IdentityId, IdentityKey, LinkProof, LinkedIdentity, ProofKind, RealmId, Timestamp, User,
    UserId,
};
use sea_orm::DatabaseTransaction;
use std::collections::BTreeMap;

/// What came of taking an identity off its account. Only the first changed anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlinked {
    /// It is off; this is how it was.
    Done(Box<LinkedIdentity>),
    /// The account has no such identity, or there is no such account.
    NotThere,
    /// Without it nothing would open the account any more.
    LastWayIn,
}

/// What came of choosing the identity that feeds the profile. Only the first changed anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrimarySet {
    /// It feeds the profile from the next sign-in on.
    Done,
    /// It did already.
    Already,
    /// The account has no such identity, or there is no such account.
    NotThere,
}

/// What came of tying an identity to an account. Only the first changed anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    /// It is tied.
    Done(Box<LinkedIdentity>),
    /// It was tied to this account before.
    TakenBySame,
    /// It is tied to another account.
    TakenByOther,
    /// There is no such account.
    NoSuchUser,
    /// The account isn't open.
    Closed,
}

/// An identity that an administrator ties to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTie {
    /// What the tie is called from now on.
    pub id: IdentityId,
    /// Which identity.
    pub key: IdentityKey,
    /// What the person is called there.
    pub label: String,
}

impl Store {
    /// Takes an identity off its account. `ways_in` counts what would still open the account; where that is nothing, the
    /// identity stays. Nobody else changes the account meanwhile, so the last two are never taken at once.
    ///
    /// What was gained through the identity ends, and so do the account's mails that wait: what they prove was asked for while
    /// the identity was there. The account keeps its address with its proof, also where that proof was the provider's word. A
    /// proof says that the account's owner read the mailbox when it was recorded, and taking the identity off doesn't undo
    /// that; without it the next login that brings the address would take it away from the person who holds the account.
    pub async fn unlink(
        &self,
        realm: &RealmId,
        (user, identity): (UserId, IdentityId),
        ways_in: impl Fn(&User, &[LinkedIdentity]) -> usize,
        by: &ByHand,
        now: Timestamp,
    ) -> Result<Unlinked, StoreError> {
        transaction!(self, |tx| {
            let Some(row) = users::lock(tx, realm, user).await? else { return Ok(Unlinked::NotThere) };
            let (gone, left): (Vec<_>, Vec<_>) =
                identities::of_user(tx, realm, user).await?.into_iter().partition(|link| link.id == identity);
            if gone.is_empty() {
                return Ok(Unlinked::NotThere);
            }
            if ways_in(&users::to_user(row)?, &left) == 0 {
                return Ok(Unlinked::LastWayIn);
            }
            tokens::forget(tx, realm, user).await?;
            // What let clients in isn't kept with a consent, so all of them are asked for again.
            consents::forget(tx, realm, user).await?;
            let gone = unlink(tx, realm, (user, identity), &by.why_unlinked(), now).await?;
            Ok(gone.map_or(Unlinked::NotThere, |gone| Unlinked::Done(Box::new(gone))))
        })
    }

    /// Chooses the identity that feeds the account's profile. The profile follows when it next signs in.
    pub async fn set_primary(
        &self,
        realm: &RealmId,
        (user, identity): (UserId, IdentityId),
        by: &ByHand,
        now: Timestamp,
    ) -> Result<PrimarySet, StoreError> {
        transaction!(self, |tx| {
            if users::lock(tx, realm, user).await?.is_none() {
                return Ok(PrimarySet::NotThere);
            }
            let own = identities::of_user(tx, realm, user).await?;
            let Some(chosen) = own.iter().find(|link| link.id == identity) else { return Ok(PrimarySet::NotThere) };
            if chosen.primary {
                return Ok(PrimarySet::Already);
            }
            // The old one first: there are never two.
            for former in own.iter().filter(|link| link.primary) {
                identities::set_primary(tx, realm, former.id, false).await?;
            }
            identities::set_primary(tx, realm, identity, true).await?;
            touch(tx, realm, user).await?;
            let provider = Some(chosen.key.provider.clone());
            audit::record(tx, realm, &AuditEvent { provider, ..by.event(AuditKind::PrimaryChanged, user) }, now).await?;
            Ok(PrimarySet::Done)
        })
    }

    /// Ties an identity to an account by an administrator's word, which is its proof.
    pub async fn link_by_hand(
        &self,
        realm: &RealmId,
        user: UserId,
        tie: &NewTie,
        by: &ByHand,
        now: Timestamp,
    ) -> Result<Linked, StoreError> {
        let link = tied(user, tie, by, now);
        attempt!(self, |tx| {
            let outcome = insert(tx, realm, &link, by, now).await?;
            Ok(if matches!(outcome, Linked::Done(_)) { Ending::Keep(outcome) } else { Ending::Undo(outcome) })
        })
    }
}

async fn insert(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    link: &LinkedIdentity,
    by: &ByHand,
    now: Timestamp,
) -> Result<Linked, StoreError> {
    let Some(row) = users::lock(tx, realm, link.user).await? else { return Ok(Linked::NoSuchUser) };
    if !users::to_user(row)?.is_open() {
        return Ok(Linked::Closed);
    }
    if identities::of_user(tx, realm, link.user).await?.iter().any(|own| own.key == link.key) {
        return Ok(Linked::TakenBySame);
    }
    if conflict_of(identities::insert(tx, realm, link).await?)?.is_some() {
        return Ok(Linked::TakenByOther);
    }
    touch(tx, realm, link.user).await?;
    let provider = Some(link.key.provider.clone());
    audit::record(tx, realm, &AuditEvent { provider, ..by.event(AuditKind::IdentityLinked, link.user) }, now).await?;
    let own = identities::of_user(tx, realm, link.user).await?;
    let kept = own.into_iter().find(|own| own.id == link.id);
    Ok(kept.map_or(Linked::NoSuchUser, |kept| Linked::Done(Box::new(kept))))
}

fn tied(user: UserId, tie: &NewTie, by: &ByHand, now: Timestamp) -> LinkedIdentity {
    LinkedIdentity {
        id: tie.id,
        key: tie.key.clone(),
        user,
        primary: false,
        label: tie.label.clone(),
        email: None,
        assured: None,
        claims: BTreeMap::new(),
        proof: LinkProof {
            kind: ProofKind::Administrator,
            at: now,
            accepted: Accepted::ByHand { by: by.by.clone(), reason: by.reason.clone() },
        },
        created_at: now,
        updated_at: now,
        last_sign_in_at: now,
        arrived: false,
    }
}
