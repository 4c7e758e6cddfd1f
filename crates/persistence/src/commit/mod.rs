//! Committing what the runtime decided: the login, its writes, its mails and its code, in one transaction or not at all.

mod writes;

use crate::sessions::SealedSession;
use crate::store::{Ending, attempt};
use crate::{Store, StoreError, decisions, grants, outbox, sessions, users};
use domain::{RealmId, Timestamp, Version};
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
    /// Somebody else was first.
    Conflict(Conflict),
}

struct Prepared {
    session: Option<(SealedSession, Option<Version>)>,
    notices: Vec<outbox::SealedNotice>,
    guards: Vec<Guard>,
}

impl Store {
    /// Commits. The order of locks is always the same: the login, then users by id, then what is written.
    pub async fn commit(&self, realm: &RealmId, commit: &Commit) -> Result<Committed, StoreError> {
        let prepared = self.prepare(realm, commit)?;
        attempt!(self, |tx| {
            Ok(match run(tx, realm, commit, &prepared).await? {
                done @ Committed::Done { .. } => Ending::Keep(done),
                refused => Ending::Undo(refused),
            })
        })
    }

    /// All that needs no transaction.
    fn prepare(&self, realm: &RealmId, commit: &Commit) -> Result<Prepared, StoreError> {
        let session = commit.session.as_ref().map(|write| {
            let version = write.read_at.map_or(Version(1), |read_at| Version(read_at.0.saturating_add(1)));
            self.seal_session(realm, &write.session, version).map(|sealed| (sealed, write.read_at))
        });
        let notices = commit.notices.iter().map(|notice| self.seal_notice(realm, notice, commit.now));
        let mut guards = commit.guards.clone();
        guards.sort();
        guards.dedup();
        Ok(Prepared { session: session.transpose()?, notices: notices.collect::<Result<_, _>>()?, guards })
    }
}

async fn run(tx: &DatabaseTransaction, realm: &RealmId, commit: &Commit, prepared: &Prepared) -> Result<Committed, StoreError> {
    if let Some((session, read_at)) = &prepared.session {
        let current = match read_at {
            Some(read_at) => sessions::replace(tx, realm, session, *read_at).await?,
            None => sessions::insert(tx, realm, session).await?,
        };
        if !current {
            return Ok(Committed::Stale);
        }
    }
    for guard in &prepared.guards {
        let user = users::lock(tx, realm, guard.user).await?;
        if user.is_none_or(|user| user.version != guard.version.0) {
            return Ok(Committed::GuardMoved);
        }
    }
    for write in &commit.writes {
        if let Some(conflict) = writes::apply(tx, realm, write, commit.now).await? {
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
