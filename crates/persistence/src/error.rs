//! What can go wrong with storage, and which failures of a database are really answers.

use crate::keyring::SealError;
use migrations::constraint;
use sea_orm::{DbErr, RuntimeErr, sqlx};
use std::error::Error;

/// Why storage gave no answer. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Others kept the database, or the rows, through all tries.
    #[error("the database is too busy")]
    Busy(#[source] DbErr),
    /// The database can't be reached, or refused a statement.
    #[error("the database failed")]
    Database(#[source] DbErr),
    /// A row holds something that this version can't read.
    #[error("a row of {table} can't be read")]
    Unreadable {
        /// Where.
        table: &'static str,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A value could not be written as JSON.
    #[error("a value for {table} can't be written as JSON")]
    Unwritable {
        /// Where to.
        table: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A value could not be sealed, or what was sealed could not be opened.
    #[error("a sealed value of {table} can't be made or opened")]
    Sealed {
        /// Where.
        table: &'static str,
        /// Why.
        #[source]
        source: SealError,
    },
    /// The operating system gave no random bytes.
    #[error("there is no randomness")]
    NoRandomness,
}

impl From<DbErr> for StoreError {
    fn from(source: DbErr) -> Self {
        if is_busy(&source) { Self::Busy(source) } else { Self::Database(source) }
    }
}

/// The unique constraint that a statement broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unique {
    Username,
    ProvedAddress,
    Identity,
    PrimaryIdentity,
    RulePriority,
}

/// Which of the constraints that mean something was broken, if it was one of those.
pub(crate) fn broken_constraint(error: &DbErr) -> Option<Unique> {
    let error = database_error(error).filter(|error| error.is_unique_violation())?;
    match error.constraint() {
        Some(constraint::USERNAME) => Some(Unique::Username),
        Some(constraint::PROVED_ADDRESS) => Some(Unique::ProvedAddress),
        Some(constraint::IDENTITY) => Some(Unique::Identity),
        Some(constraint::PRIMARY_IDENTITY) => Some(Unique::PrimaryIdentity),
        Some(constraint::RULE_PRIORITY) => Some(Unique::RulePriority),
        Some(_) => None,
        None => constraint_by_columns(error.message()),
    }
}

/// SQLite names the columns instead of the index.
fn constraint_by_columns(message: &str) -> Option<Unique> {
    let columns = message.split_once(": ")?.1;
    match columns {
        "users.realm, users.username" => Some(Unique::Username),
        "users.realm, users.linking_domain, users.email_key" => Some(Unique::ProvedAddress),
        "linked_identities.realm, linked_identities.provider, linked_identities.issuer, linked_identities.authority, linked_identities.subject" => {
            Some(Unique::Identity)
        }
        "linked_identities.realm, linked_identities.user_id" => Some(Unique::PrimaryIdentity),
        "linking_rules.realm, linking_rules.priority" => Some(Unique::RulePriority),
        _ => None,
    }
}

impl StoreError {
    /// Whether the same transaction may well succeed now: it lost a deadlock or a race. After a lock was waited for in vain
    /// it isn't.
    pub(crate) fn is_over_at_once(&self) -> bool {
        let Self::Busy(error) = self else { return false };
        let waited_in_vain = database_error(error).and_then(sqlx::error::DatabaseError::code);
        !matches!(error, DbErr::ConnectionAcquire(_)) && !matches!(waited_in_vain.as_deref(), Some("55P03" | "5" | "261"))
    }
}

fn is_busy(error: &DbErr) -> bool {
    if matches!(error, DbErr::ConnectionAcquire(_)) {
        return true;
    }
    let code = database_error(error).and_then(sqlx::error::DatabaseError::code);
    // PostgreSQL: serialization failure, deadlock, lock timeout. SQLite: BUSY and LOCKED with their extensions.
    matches!(code.as_deref(), Some("40001" | "40P01" | "55P03" | "5" | "6" | "261" | "262" | "517" | "518"))
}

fn database_error(error: &DbErr) -> Option<&dyn sqlx::error::DatabaseError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => error.as_database_error(),
        _ => None,
    }
}
