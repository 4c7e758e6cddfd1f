//! The schema: taken once, never run by an older version, and fast where it must be.

use crate::database::Database;
use crate::on_every_database;
use persistence::{MigrateError, OpenError, Store};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

on_every_database!(
    rel_60_a_schema_is_taken_once_by_many_nodes,
    rel_34_a_newer_schema_is_refused,
    an_older_schema_is_noticed,
    who_only_reads_changes_nothing,
    look_ups_use_an_index,
    a_table_has_the_realm_in_its_key,
);

async fn rel_60_a_schema_is_taken_once_by_many_nodes(database: &Database) {
    if database.is_in_memory() {
        return;
    }
    let raw = database.raw().await;
    for table in tables(&raw).await {
        let cascade = if raw.get_database_backend() == DbBackend::Postgres { " CASCADE" } else { "" };
        raw.execute_unprepared("PRAGMA foreign_keys = off").await.ok();
        raw.execute_unprepared(&format!("DROP TABLE {table}{cascade}")).await.unwrap();
    }
    raw.close().await.unwrap();
    let mut nodes = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let node = database.second_node().await;
        nodes.spawn(async move { node.migrate().await });
    }
    for migrated in nodes.join_all().await {
        migrated.unwrap();
    }
    database.store.check_schema().await.unwrap();
}

async fn rel_34_a_newer_schema_is_refused(database: &Database) {
    if database.is_in_memory() {
        return;
    }
    let raw = database.raw().await;
    let step = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_from_the_future', 0)";
    raw.execute_unprepared(step).await.unwrap();
    for refused in [database.store.migrate().await, database.store.check_schema().await] {
        let error = refused.unwrap_err();
        assert!(matches!(&error, MigrateError::Newer { steps } if *steps == ["m9999_from_the_future"]), "{error:?}");
        assert!(error.to_string().contains("newer version of Braid"), "{error}");
    }
    raw.close().await.unwrap();
}

async fn an_older_schema_is_noticed(database: &Database) {
    if database.is_in_memory() {
        return;
    }
    let raw = database.raw().await;
    raw.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE 'm0004%'").await.unwrap();
    let error = database.store.check_schema().await.unwrap_err();
    assert!(matches!(error, MigrateError::Behind { ref steps } if steps.len() == 1), "{error:?}");
    raw.close().await.unwrap();
}

async fn who_only_reads_changes_nothing(database: &Database) {
    if database.is_in_memory() {
        return;
    }
    let (realm, now) = (crate::scene::realm(), crate::scene::at(0));
    let reader = Store::open_to_read(database.url(), crate::database::keyring()).await.unwrap();
    assert!(reader.only_reads() && !database.store.only_reads());
    reader.check_schema().await.unwrap();
    let key = downstream::SigningKey::generate_es256().unwrap();
    reader.insert_signing_key(&realm, 0, &key, now).await.unwrap_err();
    assert_eq!(reader.realm_secret(&realm, "hub", [1; 32], now).await.unwrap().to_vec(), [1; 32], "one of the moment");
    assert_eq!(database.store.realm_secret(&realm, "hub", [2; 32], now).await.unwrap().to_vec(), [2; 32], "it wasn't kept");
    assert_eq!(reader.realm_secret(&realm, "hub", [3; 32], now).await.unwrap().to_vec(), [2; 32]);
    assert!(database.store.signing_keys(&realm).await.unwrap().is_empty());
    let raw = database.raw().await;
    raw.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE 'm0004%'").await.unwrap();
    let error = reader.check_schema().await.unwrap_err();
    assert!(matches!(error, MigrateError::Behind { ref steps } if steps.len() == 1), "{error:?}");
    raw.close().await.unwrap();
}

/// Every look-up that a login makes, with what it may cost.
const LOOK_UPS: [&str; 17] = [
    "SELECT * FROM linked_identities WHERE realm = 'r' AND provider = 'p' AND issuer = 'i' AND authority = '' \
     AND subject = 's'",
    "SELECT * FROM linked_identities WHERE realm = 'r' AND user_id = 'u'",
    "SELECT * FROM users WHERE realm = 'r' AND email_key = 'e'",
    "SELECT * FROM users WHERE realm = 'r' AND username = 'n'",
    "SELECT id FROM users WHERE realm = 'r' AND linking_domain = 'd' AND email_key IN ('e', 'f') AND email_proof IS NOT NULL \
     ORDER BY id LIMIT 17",
    "SELECT id FROM users WHERE realm = 'r' AND linking_domain = 'd' AND email_key IN ('e', 'f') AND email_proof IS NULL \
     ORDER BY id LIMIT 17",
    "SELECT id FROM users WHERE realm = 'r' AND linking_domain = 'd' AND username IN ('n', 'm') ORDER BY id LIMIT 17",
    "SELECT id FROM users WHERE realm = 'r' AND linking_domain = 'd' AND id IN (SELECT user_id FROM attribute_values \
     WHERE realm = 'r' AND ((name = 'n' AND value = 'v') OR (name = 'm' AND value = 'w'))) ORDER BY id LIMIT 17",
    "SELECT * FROM linked_identities WHERE realm = 'r' AND user_id IN ('u', 'v') ORDER BY is_primary DESC, created_at, id",
    "SELECT * FROM code_grants WHERE realm = 'r' AND user_id = 'u'",
    "SELECT * FROM grants WHERE realm = 'r' AND user_id = 'u' AND identity = 'i' AND revoked_at IS NULL ORDER BY id",
    "SELECT * FROM action_tokens WHERE realm = 'r' AND user_id = 'u'",
    "SELECT * FROM canonical_subjects WHERE realm = 'r' AND subject = 's'",
    "SELECT * FROM browser_sessions WHERE realm = 'r' AND id = 'd'",
    "SELECT * FROM action_tokens WHERE realm = 'r' AND session = 's' AND purpose = 'p'",
    "SELECT * FROM refresh_tokens WHERE realm = 'r' AND digest = 'd'",
    "SELECT * FROM outbox WHERE next_try_at <= 1 AND expires_at > 1 ORDER BY next_try_at LIMIT 1",
];

async fn look_ups_use_an_index(database: &Database) {
    if database.is_in_memory() {
        return;
    }
    let raw = database.raw().await;
    let backend = raw.get_database_backend();
    for look_up in LOOK_UPS {
        let plan: Vec<String> = if backend == DbBackend::Postgres {
            let explained = format!("EXPLAIN {look_up}");
            // Empty tables are read whole unless that is made to look dear. One connection, so that the setting holds.
            let tx = sea_orm::TransactionTrait::begin(&raw).await.unwrap();
            tx.execute_unprepared("SET LOCAL enable_seqscan = off").await.unwrap();
            let rows = tx.query_all_raw(Statement::from_string(backend, explained)).await.unwrap();
            rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
        } else {
            let rows = raw.query_all_raw(Statement::from_string(backend, format!("EXPLAIN QUERY PLAN {look_up}"))).await.unwrap();
            rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect()
        };
        let plan = plan.join("\n");
        let indexed = ["SEARCH", "Index Scan", "Index Only Scan", "Bitmap Index Scan"].iter().any(|sign| plan.contains(sign));
        assert!(indexed && !plan.contains("Seq Scan") && !plan.contains("SCAN "), "{look_up}\n{plan}");
    }
    raw.close().await.unwrap();
}

async fn a_table_has_the_realm_in_its_key(database: &Database) {
    if database.is_in_memory() {
        return;
    }
    let raw = database.raw().await;
    let backend = raw.get_database_backend();
    let mut checked = 0;
    for table in tables(&raw).await.into_iter().filter(|table| table != "seaql_migrations") {
        let first_of_key = match backend {
            DbBackend::Postgres => format!(
                "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] \
                 WHERE i.indrelid = '{table}'::regclass AND i.indisprimary"
            ),
            _ => format!("SELECT name FROM pragma_table_info('{table}') WHERE pk = 1"),
        };
        let row = raw.query_one_raw(Statement::from_string(backend, first_of_key)).await.unwrap().unwrap();
        let column: String = row.try_get_by_index(0).unwrap();
        assert_eq!(column, "realm", "{table}");
        checked += 1;
    }
    assert!(checked > 10);
    raw.close().await.unwrap();
}

async fn tables(raw: &sea_orm::DatabaseConnection) -> Vec<String> {
    let backend = raw.get_database_backend();
    let names = match backend {
        DbBackend::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    };
    let rows = raw.query_all_raw(Statement::from_string(backend, names)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_account_that_braid_runs_under_reads_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("braid.db").display());
    let store = Store::open(&url, crate::database::keyring()).await.unwrap();
    store.migrate().await.unwrap();
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} has mode {mode:o}", file.file_name());
        files += 1;
    }
    assert!(files > 1, "the log beside the file is there too");
}

#[tokio::test]
async fn what_is_no_database_is_refused_in_words() {
    for (url, says) in [
        ("mysql://root@localhost/braid", "sqlite:PATH"),
        ("braid.db", "sqlite:PATH"),
        ("sqlite:/no/such/folder/braid.db", "the file of the database can't be opened"),
        ("postgres://nobody:hunter2@127.0.0.1:1/none", "can't be opened"),
    ] {
        let error: OpenError = Store::open(url, crate::database::keyring()).await.err().unwrap();
        assert!(error.to_string().contains(says), "{url}: {error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{url}");
    }
}
