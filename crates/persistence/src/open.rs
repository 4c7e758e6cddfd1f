//! Opening a database and bringing its schema up to date.

use crate::{Keyring, Store, StoreError};
use migrations::{IntoSchemaManagerConnection, Migrator, MigratorTrait as _, SchemaManager};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{self, ConnectOptions as _};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use std::path::{Path, PathBuf};
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
    /// There is nothing to read.
    #[error("there is no database yet: {} isn't there", .0.display())]
    NotThere(PathBuf),
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
        if is_postgres(url) {
            let connection = open_postgres(url, Purpose::Writing).await?;
            return Ok(Self::of(connection.clone(), connection, keyring));
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
            return Ok(Self { _anchor: anchor, ..Self::of(writer.clone(), writer, keyring) });
        }
        let reader = open_sqlite(sqlite_reads(options), READERS).await?;
        Ok(Self::of(reader, writer, keyring))
    }

    /// Opens a database that is there to read it: nothing about it is made or changed, and the database itself refuses every write. Its
    /// schema may be missing or old: see [`Store::check_schema`].
    pub async fn open_to_read(url: &str, keyring: Keyring) -> Result<Self, OpenError> {
        let connection = if is_postgres(url) {
            open_postgres(url, Purpose::Reading).await?
        } else if url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = url.parse().map_err(OpenError::Address)?;
            let file = options.get_filename();
            if !file.is_file() {
                return Err(OpenError::NotThere(file.to_owned()));
            }
            open_sqlite(sqlite_only_reads(options), 1).await?
        } else {
            return Err(OpenError::UnknownKind);
        };
        Ok(Self { only_reads: true, ..Self::of(connection.clone(), connection, Arc::new(keyring)) })
    }

    fn of(reader: DatabaseConnection, writer: DatabaseConnection, keyring: Arc<Keyring>) -> Self {
        Self { reader, writer, keyring, only_reads: false, _anchor: None }
    }

    /// Whether it was opened to be read only.
    pub fn only_reads(&self) -> bool {
        self.only_reads
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
        let (unknown, missing) = compare(&self.reader).await.map_err(|error| MigrateError::Store(StoreError::Database(error)))?;
        match (unknown.is_empty(), missing.is_empty()) {
            (false, _) => Err(MigrateError::Newer { steps: unknown }),
            (true, false) => Err(MigrateError::Behind { steps: missing }),
            (true, true) => Ok(()),
        }
    }
}

/// The steps that only the database knows, and those that only this version knows.
async fn compare<'c, C: ConnectionTrait>(db: &'c C) -> Result<(Vec<String>, Vec<String>), DbErr>
where
    &'c C: IntoSchemaManagerConnection<'c>,
{
    let mut taken: Vec<String> = Vec::new();
    // Asking for the migrations' own list would make its table.
    if SchemaManager::new(db).has_table("seaql_migrations").await? {
        let rows = Statement::from_string(db.get_database_backend(), "SELECT version FROM seaql_migrations ORDER BY version");
        taken = db.query_all_raw(rows).await?.iter().map(|row| row.try_get("", "version")).collect::<Result<_, _>>()?;
    }
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

/// As somebody else left it: not even how it keeps its log is changed.
fn sqlite_only_reads(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.create_if_missing(false).busy_timeout(PATIENCE).pragma("query_only", "on").disable_statement_logging()
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

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Reading,
    Writing,
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

async fn open_postgres(url: &str, purpose: Purpose) -> Result<DatabaseConnection, OpenError> {
    let options: PgConnectOptions = url.parse().map_err(OpenError::Address)?;
    let patience = format!("{}s", PATIENCE.as_secs());
    let options = options
        .application_name("braid")
        .options([("lock_timeout", patience.as_str()), ("idle_in_transaction_session_timeout", "60s")])
        .disable_statement_logging();
    let options = if purpose == Purpose::Reading { options.options([("default_transaction_read_only", "on")]) } else { options };
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await
        .map_err(OpenError::Connect)?;
    Ok(pool.into())
}
