//! Accounts that are made, and passwords that are set, outside of a login.

use crate::commit::account;
use crate::store::transaction;
use crate::{Commit, Committed, Store, StoreError, audit, users};
use domain::{AuditEvent, AuditKind, RealmId, Secret, Timestamp, User, UserId};
use flow_runtime::{NewUser, Write};

impl Store {
    /// Makes a user. Never [`Committed::Stale`] or [`Committed::GuardMoved`].
    pub async fn create_user(&self, realm: &RealmId, user: NewUser) -> Result<Committed, StoreError> {
        let now = user.created_at;
        let writes = vec![Write::CreateUser(Box::new(user))];
        let commit = Commit { session: None, guards: vec![], writes, notices: vec![], code: None, now };
        self.commit(realm, &commit).await
    }

    /// Sets what is stored of the password (a PHC string) and moves the epoch; consents go. The user as it is afterwards; None if there
    /// is no such user, or only a tombstone.
    pub async fn set_password_hash(
        &self,
        realm: &RealmId,
        user: UserId,
        hash: &Secret,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        transaction!(self, |tx| {
            if users::lock(tx, realm, user).await?.is_none() {
                return Ok(None);
            }
            account::set_password(tx, realm, user, hash, now).await?;
            let kind = AuditKind::PasswordChanged;
            let event = AuditEvent { kind, user: Some(user), subject: None, provider: None, detail: None };
            audit::record(tx, realm, &event, now).await?;
            users::find(tx, realm, user).await
        })
    }
}
