//! Committing what the runtime decided: the login, its writes, its mails and its code, in one transaction or not at all.

pub(crate) mod account;
mod writes;

pub(crate) use writes::conflict_of;

use crate::entity::users::Model;
use crate::sessions::SealedSession;
use crate::store::{Ending, attempt};
use crate::users::Touched;
use crate::{Keyring, Store, StoreError, decisions, flows, grants, outbox, sessions, users};
use domain::{RealmId, Timestamp, TokenPurpose, Version};
use downstream::CodeGrant;
use flow_runtime::{AuthenticationSession, Conflict, Decision, Guard, Notice, Write};
use sea_orm::DatabaseTransaction;

/// What is committed.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The login, if it changes.
    pub session: Option<SessionWrite>,
    /// The versions of users that all this rests on.
    pub guards: Vec<Guard>,
    /// The changes, in their order.
    pub writes: Vec<Write>,
    /// The mails.
    pub notices: Vec<Notice>,
    /// The code for the client.
    pub code: Option<CodeGrant>,
    /// When.
    pub now: Timestamp,
}

/// A login as it will be.
#[derive(Debug, Clone)]
pub struct SessionWrite {
    /// The login.
    pub session: AuthenticationSession,
    /// The version that it was read at, and that it must still have. None: it is new, and its key must be free.
    pub read_at: Option<Version>,
    /// What was decided on the way.
    pub decisions: Vec<Decision>,
}

/// What came of a commit. Only the first changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// All of it is stored.
    Done {
        /// The login's version now, if there was one.
        version: Option<Version>,
    },
    /// The login went on meanwhile: another tab, a double click.
    Stale,
    /// A user that it rests on was changed, or is gone.
    GuardMoved,
    /// The realm's stored rules or flows were changed since the edition that it was decided on.
    PolicyMoved,
    /// Somebody else was first.
    Conflict(Conflict),
}

struct Prepared<'a> {
    keyring: &'a Keyring,
    session: Option<(SealedSession, Option<Version>)>,
    notices: Vec<outbox::SealedNotice>,
    touched: Touched,
    edition: Option<i64>,
}

impl Store {
    /// Commits. The order of locks is always the same: the login, then users by id, then what is written.
    pub async fn commit(&self, realm: &RealmId, commit: &Commit) -> Result<Committed, StoreError> {
        self.commit_at(realm, commit, None).await
    }

    /// Commits what was decided on an edition of the realm (see [`Store::edition`]), if that is still so.
    pub async fn commit_at(&self, realm: &RealmId, commit: &Commit, edition: Option<i64>) -> Result<Committed, StoreError> {
        let prepared = self.prepare(realm, commit, edition)?;
        attempt!(self, |tx| {
            Ok(match run(tx, realm, commit, &prepared).await? {
                done @ Committed::Done { .. } => Ending::Keep(done),
                refused => Ending::Undo(refused),
            })
        })
    }

    /// All that needs no transaction.
    fn prepare(&self, realm: &RealmId, commit: &Commit, edition: Option<i64>) -> Result<Prepared<'_>, StoreError> {
        let session = commit.session.as_ref().map(|write| {
            let version = write.read_at.map_or(Version(1), |read_at| Version(read_at.0.saturating_add(1)));
            self.seal_session(realm, &write.session, version).map(|sealed| (sealed, write.read_at))
        });
        let notices = commit.notices.iter().map(|notice| self.seal_notice(realm, notice, commit.now));
        let (session, notices) = (session.transpose()?, notices.collect::<Result<_, _>>()?);
        Ok(Prepared { keyring: &self.keyring, session, notices, touched: touched(commit), edition })
    }
}

fn touched(commit: &Commit) -> Touched {
    let mut touched = Touched::default();
    touched.guarded.extend(commit.guards.iter().map(|guard| guard.user.to_string()));
    for write in &commit.writes {
        match write {
            Write::Link(link) => touched.changed.extend([link.user.to_string()]),
            Write::StartBrowserSession(session) => touched.changed.extend([session.user.to_string()]),
            Write::IssueToken(token) if token.purpose == TokenPurpose::ChangeAddress => {
                touched.changed.extend(token.user.map(|(user, _)| user.to_string()));
            }
            Write::GrantConsent { user, .. }
            | Write::Unlink { user, .. }
            | Write::SetPassword { user, .. }
            | Write::SetOneTimeCodes { user, .. }
            | Write::SetAddress { user, .. }
            | Write::SetUsername { user, .. }
            | Write::AcceptTerms { user, .. }
            | Write::HandOver { user, .. }
            | Write::ChangeProfile { user, .. } => touched.changed.extend([user.to_string()]),
            Write::ReleaseAddress { address, .. } => touched.released.extend([address.key()]),
            _ => {}
        }
    }
    touched
}

fn holds(guard: &Guard, users: &[Model]) -> bool {
    let id = guard.user.to_string();
    users.iter().any(|user| user.id == id && user.version == guard.version.0)
}

async fn run(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    commit: &Commit,
    prepared: &Prepared<'_>,
) -> Result<Committed, StoreError> {
    if let Some((session, read_at)) = &prepared.session {
        let current = match read_at {
            Some(read_at) => sessions::replace(tx, realm, session, *read_at, prepared.edition).await?,
            None => sessions::insert(tx, realm, session).await?,
        };
        // A login that was replaced was so on this edition.
        let unsure_of = prepared.edition.filter(|_| !current || read_at.is_none());
        if let Some(edition) = unsure_of
            && flows::is_past(tx, realm, edition).await?
        {
            return Ok(Committed::PolicyMoved);
        }
        if !current {
            return Ok(Committed::Stale);
        }
    }
    let users = users::lock_all(tx, realm, &prepared.touched).await?;
    // That an account is gone may be what was decided on; but nothing is ever tied to a tombstone.
    let gone = users.iter().any(|row| users::is_tombstone(row) && prepared.touched.changed.contains(&row.id));
    if gone || !commit.guards.iter().all(|guard| holds(guard, &users)) {
        return Ok(Committed::GuardMoved);
    }
    for write in &commit.writes {
        if let Some(conflict) = writes::apply(tx, prepared.keyring, realm, write, commit.now).await? {
            return Ok(Committed::Conflict(conflict));
        }
    }
    let version = prepared.session.as_ref().map(|(session, _)| session.version);
    if let (Some(write), Some(version)) = (&commit.session, version) {
        decisions::insert(tx, realm, write.session.key, version, &write.decisions).await?;
    }
    for notice in &prepared.notices {
        outbox::insert(tx, realm, notice).await?;
    }
    if let Some(code) = &commit.code {
        grants::insert_code(tx, realm, code).await?;
    }
    Ok(Committed::Done { version })
}
