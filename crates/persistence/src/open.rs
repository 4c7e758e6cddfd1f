//! Opening a database and bringing its schema up to date.

use crate::{Keyring, Store, StoreError};
use migrations::{Migrator, MigratorTrait as _};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{self, ConnectOptions as _};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long to wait for a lock, or for a free connection.
const PATIENCE: Duration = Duration::from_secs(10);
const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// Any number that only Braid's migrations use.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(4711306221)";

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address names no database that Braid knows.
    #[error("a database is given as “sqlite:PATH”, “sqlite::memory:” or “postgres://…”")]
    UnknownKind,
    /// The address can't be read.
    #[error("the address of the database can't be read")]
    Address(#[source] sqlx::Error),
    /// The file can't be made.
    #[error("the file of the database can't be opened")]
    File(#[source] std::io::Error),
    /// It can't be reached, or the file is no database.
    #[error("the database can't be opened")]
    Connect(#[source] sqlx::Error),
}

/// Why a schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A newer Braid was here. Running an older one on its schema could lose what the newer one keeps.
    #[error("the database was migrated by a newer version of Braid ({}); run that version or a later one", .steps.join(", "))]
    Newer {
        /// The steps that this version doesn't know.
        steps: Vec<String>,
    },
    /// The schema lacks steps, and it was not asked to take them.
    #[error("the database lacks {} of this version's migrations; run “braid migrate”", .steps.len())]
    Behind {
        /// The steps that are missing.
        steps: Vec<String>,
    },
    /// The database failed.
    #[error("the schema could not be read or changed")]
    Store(#[source] StoreError),
}

impl Store {
    /// Opens a database: `sqlite:PATH` (made if it isn't there), `sqlite::memory:` (a new one, shared by the clones of this
    /// handle), or `postgres://…`. Its schema may be missing or old: see [`Store::migrate`].
    pub async fn open(url: &str, keyring: Keyring) -> Result<Self, OpenError> {
        let keyring = Arc::new(keyring);
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let connection = open_postgres(url).await?;
            return Ok(Self { reader: connection.clone(), writer: connection, keyring, _anchor: None });
        }
        if !url.starts_with("sqlite:") {
            return Err(OpenError::UnknownKind);
        }
        let options: SqliteConnectOptions = url.parse().map_err(OpenError::Address)?;
        let in_memory = url.contains(":memory:") || url.contains("mode=memory");
        if !in_memory {
            make_private(options.get_filename()).map_err(OpenError::File)?;
        }
        let writer = open_sqlite(sqlite_writes(options.clone()), 1).await?;
        if in_memory {
            let anchor = Some(open_sqlite(sqlite_writes(options), 1).await?);
            return Ok(Self { reader: writer.clone(), writer, keyring, _anchor: anchor });
        }
        let reader = open_sqlite(sqlite_reads(options), READERS).await?;
        Ok(Self { reader, writer, keyring, _anchor: None })
    }

    /// Takes all missing steps of the schema's history, all or none. Nodes that start at once wait for each other.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        let tx = self.begin().await.map_err(MigrateError::Store)?;
        let database = |error: DbErr| MigrateError::Store(StoreError::Database(error));
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared(MIGRATION_LOCK).await.map_err(database)?;
        }
        let (unknown, _) = compare(&tx).await.map_err(database)?;
        if !unknown.is_empty() {
            return Err(MigrateError::Newer { steps: unknown });
        }
        Migrator::up(&tx, None).await.map_err(database)?;
        tx.commit().await.map_err(database)
    }

    /// Whether this is the keyring that seals and opens here.
    pub fn has_keyring(&self, keyring: &Keyring) -> bool {
        self.keyring.is(keyring)
    }

    /// Whether the schema is exactly this version's.
    pub async fn check_schema(&self) -> Result<(), MigrateError> {
        let tx = self.begin().await.map_err(MigrateError::Store)?;
        let (unknown, missing) = compare(&tx).await.map_err(|error| MigrateError::Store(StoreError::Database(error)))?;
        match (unknown.is_empty(), missing.is_empty()) {
            (false, _) => Err(MigrateError::Newer { steps: unknown }),
            (true, false) => Err(MigrateError::Behind { steps: missing }),
            (true, true) => Ok(()),
        }
    }
}

/// The steps that only the database knows, and those that only this version knows.
async fn compare(tx: &DatabaseTransaction) -> Result<(Vec<String>, Vec<String>), DbErr> {
    let taken: Vec<String> = Migrator::get_migration_models(tx).await?.into_iter().map(|step| step.version).collect();
    let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    let unknown = taken.iter().filter(|step| !known.contains(step)).cloned().collect();
    let missing = known.into_iter().filter(|step| !taken.contains(step)).collect();
    Ok((unknown, missing))
}

/// Makes the file if it isn't there. Only the account that Braid runs under may read it; SQLite gives the files beside it the
/// same permissions.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

fn sqlite_writes(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .disable_statement_logging()
}

fn sqlite_reads(options: SqliteConnectOptions) -> SqliteConnectOptions {
    sqlite_writes(options).pragma("query_only", "on")
}

async fn open_sqlite(options: SqliteConnectOptions, connections: u32) -> Result<DatabaseConnection, OpenError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await
        .map_err(OpenError::Connect)?;
    Ok(pool.into())
}

async fn open_postgres(url: &str) -> Result<DatabaseConnection, OpenError> {
    let options: PgConnectOptions = url.parse().map_err(OpenError::Address)?;
    let patience = format!("{}s", PATIENCE.as_secs());
    let options = options
        .application_name("braid")
        .options([("lock_timeout", patience.as_str()), ("idle_in_transaction_session_timeout", "60s")])
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await
        .map_err(OpenError::Connect)?;
    Ok(pool.into())
}
