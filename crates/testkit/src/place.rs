//! Where a world keeps its data.

use sea_orm::{ConnectionTrait as _, Database};
use std::sync::atomic::{AtomicU32, Ordering};

/// Where a world keeps its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// SQLite in memory: quick, for one node.
    Memory,
    /// SQLite as a file.
    File,
    /// A database of its own on the PostgreSQL that `BRAID_TEST_POSTGRES` names.
    Postgres,
}

impl Place {
    /// Whether tests can use it here. PostgreSQL only if there is one; then a line says so.
    pub fn is_there(self) -> bool {
        let there = self != Self::Postgres || server().is_some();
        if !there {
            println!("skipped: BRAID_TEST_POSTGRES is not set");
        }
        there
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where the server is")]
fn server() -> Option<String> {
    std::env::var("BRAID_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// An empty database on the server.
pub(crate) async fn new_postgres_database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = server().expect("BRAID_TEST_POSTGRES is set");
    let name = format!("world_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let connection = Database::connect(&server).await.unwrap();
    connection.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}")).await.unwrap();
    connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    connection.close().await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

/// Does something to a database, with a connection of its own.
pub(crate) async fn meddles(url: &str, sql: &str) {
    let connection = Database::connect(url).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

/// Removes it again.
pub(crate) async fn drop_postgres_database(url: &str) {
    let name = url.rsplit('/').next().unwrap();
    let connection = Database::connect(server().unwrap()).await.unwrap();
    connection.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    connection.close().await.unwrap();
}

/// Runs each of these `async fn(Place)` on SQLite and, where there is one, on PostgreSQL. `in_memory` is for stories of one
/// node; `on_disk` for those that start a second one.
#[macro_export]
macro_rules! on_every_database {
    (in_memory: $($name:ident),+ $(,)?) => {
        $($crate::on_every_database!(@one $name, Memory);)+
    };
    (on_disk: $($name:ident),+ $(,)?) => {
        $($crate::on_every_database!(@one $name, File);)+
    };
    (@one $name:ident, $place:ident) => {
        mod $name {
            #[tokio::test]
            async fn sqlite() {
                super::$name($crate::Place::$place).await;
            }

            #[tokio::test]
            async fn postgres() {
                if $crate::Place::Postgres.is_there() {
                    super::$name($crate::Place::Postgres).await;
                }
            }
        }
    };
}
