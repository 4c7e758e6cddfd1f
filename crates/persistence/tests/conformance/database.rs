//! Databases to test on.

use crate::scene::{other_realm, realm};
use persistence::{Keyring, SealingKey, Store};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// A fresh database with the current schema.
pub(crate) struct Database {
    /// One node's handle.
    pub(crate) store: Store,
    url: String,
    server: Option<String>,
    _folder: Option<TempDir>,
}

/// The keyring that all nodes share.
pub(crate) fn keyring() -> Keyring {
    Keyring::new(vec![SealingKey::new("test", [7; 32])]).unwrap()
}

impl Database {
    /// SQLite as a file.
    pub(crate) async fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("braid.db").display());
        Self::at(url, None, Some(folder)).await
    }

    /// SQLite in memory.
    pub(crate) async fn memory() -> Self {
        Self::at("sqlite::memory:".into(), None, None).await
    }

    /// A database of its own on the test server. None, and a line that says so, if there is no server.
    pub(crate) async fn postgres() -> Option<Self> {
        let (server, url) = new_postgres_database().await?;
        Some(Self::at(url, Some(server), None).await)
    }

    async fn at(url: String, server: Option<String>, folder: Option<TempDir>) -> Self {
        let store = Store::open(&url, keyring()).await.unwrap();
        store.migrate().await.unwrap();
        Self { store, url, server, _folder: folder }
    }

    /// Another node. In memory there is only one process, so it is another handle.
    pub(crate) async fn second_node(&self) -> Store {
        if self.is_in_memory() { self.store.clone() } else { Store::open(&self.url, keyring()).await.unwrap() }
    }

    /// Whether there is nothing but this process.
    pub(crate) fn is_in_memory(&self) -> bool {
        self.url == "sqlite::memory:"
    }

    /// Whether it is a server's, where transactions run side by side.
    pub(crate) fn is_postgres(&self) -> bool {
        self.server.is_some()
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A connection past the store, for what no code of Braid's does.
    pub(crate) async fn raw(&self) -> DatabaseConnection {
        assert!(!self.is_in_memory(), "a database in memory has only the store's connection");
        sea_orm::Database::connect(&self.url).await.unwrap()
    }

    /// The oracle finds nothing.
    pub(crate) async fn assert_sound(&self) {
        for realm in [realm(), other_realm()] {
            assert_eq!(persistence::check(&self.store, &realm).await.unwrap(), vec![]);
        }
    }

    /// Removes the database from the test server.
    pub(crate) async fn drop(self) {
        let Some(server) = self.server else { return };
        let name = self.url.rsplit('/').next().unwrap().to_owned();
        drop(self.store);
        let connection = sea_orm::Database::connect(server).await.unwrap();
        connection.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// An empty database on the test server: the server's address and its own.
async fn new_postgres_database() -> Option<(String, String)> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    #[expect(clippy::disallowed_methods, reason = "tests are told by the environment where the server is")]
    let server = std::env::var("BRAID_TEST_POSTGRES");
    let Ok(server) = server else {
        println!("skipped: BRAID_TEST_POSTGRES is not set");
        return None;
    };
    let name = format!("conformance_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let connection = sea_orm::Database::connect(&server).await.unwrap();
    connection.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}")).await.unwrap();
    connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    connection.close().await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    let url = format!("{base}/{name}");
    Some((server, url))
}
