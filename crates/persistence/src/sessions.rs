//! Sessions: logins in progress, kept as one sealed document each, and finished browser logins.

use crate::column::{from_json, from_json_or_null, id, json, json_or_null, time, unreadable};
use crate::entity::{authentication_sessions, browser_sessions};
use crate::keyring::Place;
use crate::store::transaction;
use crate::{Store, StoreError, audit, flows, users};
use domain::{
    AuditEvent, AuditKind, BrowserSession, Digest, Epoch, IdentityKey, RealmId, SessionKey, Timestamp, UserId, Version,
};
use flow_runtime::{AuthenticationSession, LiveSession};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryTrait as _, TryInsertResult,
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

const LOGINS: &str = "authentication_sessions";
const BROWSERS: &str = "browser_sessions";
/// The form of the document. A version of Braid reads its own and the one before.
const FORM: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Document<'a> {
    form: u32,
    session: Cow<'a, AuthenticationSession>,
}

#[derive(Debug, thiserror::Error)]
#[error("the document has form {0}, which this version can't read")]
struct UnknownForm(u32);

/// A login as it goes into the database.
pub(crate) struct SealedSession {
    pub(crate) key: SessionKey,
    pub(crate) version: Version,
    browser: Digest,
    document: Vec<u8>,
    expires_at: Timestamp,
}

impl Store {
    /// A login in progress (or just ended), with the version that the next commit has to name.
    pub async fn session(
        &self,
        realm: &RealmId,
        key: SessionKey,
    ) -> Result<Option<(AuthenticationSession, Version)>, StoreError> {
        let row = authentication_sessions::Entity::find_by_id((realm.to_string(), key.to_string())).one(&self.reader).await?;
        let Some(row) = row else { return Ok(None) };
        let session = self.unseal_session(realm, &row)?;
        Ok(Some((session, Version(row.version))))
    }

    /// The browser session with this digest and its user, if it has neither expired nor been ended and the account's epoch
    /// hasn't moved since. Whether the account is enabled is the caller's to judge.
    pub async fn live_session(
        &self,
        realm: &RealmId,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<LiveSession>, StoreError> {
        // One statement for both: a session that is ended between two would come with the account as it is afterwards.
        let found = browser_sessions::Entity::find_by_id((realm.to_string(), digest.as_str().to_owned()))
            .filter(browser_sessions::Column::ExpiresAt.gt(now.as_millis()))
            .find_also_related(crate::entity::users::Entity);
        let Some((session, Some(user))) = found.one(&self.reader).await? else { return Ok(None) };
        let (session, user) = (to_browser_session(session)?, users::to_user(user)?);
        Ok((user.epoch == session.epoch).then_some(LiveSession { session, user }))
    }

    /// Ends a browser session for its owner. False if there is none.
    pub async fn sign_out(&self, realm: &RealmId, digest: &Digest, now: Timestamp) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let key = (realm.to_string(), digest.as_str().to_owned());
            let Some(row) = browser_sessions::Entity::find_by_id(key.clone()).one(tx).await? else { return Ok(false) };
            let ended = browser_sessions::Entity::delete_by_id(key).exec(tx).await?.rows_affected == 1;
            if ended {
                let session = to_browser_session(row)?;
                let event = AuditEvent {
                    kind: AuditKind::SignedOut,
                    user: Some(session.user),
                    subject: Some(session.subject),
                    provider: None,
                    detail: None,
                };
                audit::record(tx, realm, &event, now).await?;
            }
            Ok(ended)
        })
    }

    /// Seals a login for the version that it will have.
    pub(crate) fn seal_session(
        &self,
        realm: &RealmId,
        session: &AuthenticationSession,
        version: Version,
    ) -> Result<SealedSession, StoreError> {
        let document = Document { form: FORM, session: Cow::Borrowed(session) };
        let text = zeroize::Zeroizing::new(json(LOGINS, &document)?);
        let place = Place { realm, table: LOGINS, id: &session.key.to_string(), version: version.0 };
        let sealed = self.keyring.seal(place, text.as_bytes());
        Ok(SealedSession {
            key: session.key,
            version,
            browser: session.browser.clone(),
            document: sealed.map_err(|source| StoreError::Sealed { table: LOGINS, source })?,
            expires_at: session.expires_at,
        })
    }

    /// Opens the document of a row.
    pub(crate) fn unseal_session(
        &self,
        realm: &RealmId,
        row: &authentication_sessions::Model,
    ) -> Result<AuthenticationSession, StoreError> {
        #[derive(Deserialize)]
        struct Form {
            form: u32,
        }
        let place = Place { realm, table: LOGINS, id: &row.key, version: row.version };
        let text = self.keyring.open(place, &row.document).map_err(|source| StoreError::Sealed { table: LOGINS, source })?;
        let read = |source| unreadable(LOGINS, source);
        let Form { form } = serde_json::from_slice(&text).map_err(read)?;
        if form != FORM {
            return Err(unreadable(LOGINS, UnknownForm(form)));
        }
        let document: Document<'_> = serde_json::from_slice(&text).map_err(read)?;
        Ok(document.session.into_owned())
    }
}

/// Inserts a login. False if its key is taken: another tab was first.
pub(crate) async fn insert(tx: &DatabaseTransaction, realm: &RealmId, session: &SealedSession) -> Result<bool, StoreError> {
    let row = authentication_sessions::ActiveModel {
        realm: Set(realm.to_string()),
        key: Set(session.key.to_string()),
        version: Set(session.version.0),
        browser: Set(session.browser.as_str().to_owned()),
        document: Set(session.document.clone()),
        expires_at: Set(session.expires_at.as_millis()),
    };
    let inserted = authentication_sessions::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// Replaces a login where it still has the expected version. False if it hasn't.
pub(crate) async fn replace(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    session: &SealedSession,
    expected: Version,
    edition: Option<i64>,
) -> Result<bool, StoreError> {
    use authentication_sessions::Column;
    let moved_on = edition.map(|edition| flows::is_past_expr(realm, edition));
    let changed = authentication_sessions::Entity::update_many()
        .filter(Column::Realm.eq(realm.as_str()))
        .filter(Column::Key.eq(session.key.to_string()))
        .filter(Column::Version.eq(expected.0))
        .apply_if(moved_on, |update, moved_on| update.filter(moved_on.not()))
        .col_expr(Column::Version, Expr::value(session.version.0))
        .col_expr(Column::Browser, Expr::value(session.browser.as_str()))
        .col_expr(Column::Document, Expr::value(session.document.clone()))
        .col_expr(Column::ExpiresAt, Expr::value(session.expires_at.as_millis()))
        .exec(tx)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Starts a browser session.
pub(crate) async fn start_browser(tx: &DatabaseTransaction, realm: &RealmId, session: &BrowserSession) -> Result<(), StoreError> {
    let row = browser_sessions::ActiveModel {
        realm: Set(realm.to_string()),
        id: Set(session.id.as_str().to_owned()),
        user_id: Set(session.user.to_string()),
        subject: Set(session.subject.to_string()),
        epoch: Set(session.epoch.0),
        methods: Set(json(BROWSERS, &session.methods)?),
        identity: Set(json_or_null(BROWSERS, session.identity.as_ref())?),
        passed: Set(json_or_null(BROWSERS, session.passed.as_ref())?),
        auth_time: Set(session.auth_time.as_millis()),
        expires_at: Set(session.expires_at.as_millis()),
    };
    browser_sessions::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Ends a browser session that another replaces.
pub(crate) async fn end_browser(tx: &DatabaseTransaction, realm: &RealmId, digest: &Digest) -> Result<(), StoreError> {
    browser_sessions::Entity::delete_by_id((realm.to_string(), digest.as_str().to_owned())).exec(tx).await?;
    Ok(())
}

/// Ends the browser sessions that were gained through an identity.
pub(crate) async fn end_gained_through(
    tx: &DatabaseTransaction,
    realm: &RealmId,
    user: UserId,
    identity: &IdentityKey,
) -> Result<(), StoreError> {
    use browser_sessions::Column;
    let gained = browser_sessions::Entity::delete_many()
        .filter(Column::Realm.eq(realm.as_str()))
        .filter(Column::UserId.eq(user.to_string()))
        .filter(Column::Identity.eq(json(BROWSERS, identity)?));
    gained.exec(tx).await?;
    Ok(())
}

/// Ends all browser sessions of a user.
pub(crate) async fn forget(tx: &DatabaseTransaction, realm: &RealmId, user: UserId) -> Result<(), StoreError> {
    use browser_sessions::Column;
    let own = browser_sessions::Entity::delete_many()
        .filter(Column::Realm.eq(realm.as_str()))
        .filter(Column::UserId.eq(user.to_string()));
    own.exec(tx).await?;
    Ok(())
}

fn to_browser_session(row: browser_sessions::Model) -> Result<BrowserSession, StoreError> {
    Ok(BrowserSession {
        id: Digest::from_stored(row.id),
        user: id(BROWSERS, row.user_id)?,
        subject: id(BROWSERS, row.subject)?,
        epoch: Epoch(row.epoch),
        methods: from_json(BROWSERS, &row.methods)?,
        identity: from_json_or_null(BROWSERS, row.identity.as_deref())?,
        passed: from_json_or_null(BROWSERS, row.passed.as_deref())?,
        auth_time: time(row.auth_time),
        expires_at: time(row.expires_at),
    })
}
