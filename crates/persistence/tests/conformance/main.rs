//! The conformance suite: every case runs on SQLite as a file, on SQLite in memory and on PostgreSQL, and ends with the
//! oracle's question whether the data is sound.
//!
//! PostgreSQL runs where `BRAID_TEST_POSTGRES` is the address of a server on which databases may be made.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that can't go on fails")]

mod account_writes;
mod accounts;
mod acts;
mod after_login;
mod atomicity;
mod candidates;
mod clients;
mod codes;
mod commits;
mod counts;
mod database;
mod flows;
mod identities;
mod interleavings;
mod keys;
mod living;
mod model;
mod oracle;
mod outbox;
mod races;
mod refreshing;
mod rules;
mod scene;
mod schema;
mod second_factors;
mod sessions;
mod single_use;
mod sweep;
mod tokens;
mod tombstones;

/// Makes tests of cases: one for each kind of database.
macro_rules! on_every_database {
    ($($case:ident),+ $(,)?) => {
        mod sqlite_file {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                let database = $crate::database::Database::file().await;
                super::$case(&database).await;
                database.assert_sound().await;
            })+
        }
        mod sqlite_memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                let database = $crate::database::Database::memory().await;
                super::$case(&database).await;
                database.assert_sound().await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                if let Some(database) = $crate::database::Database::postgres().await {
                    super::$case(&database).await;
                    database.assert_sound().await;
                    database.drop().await;
                }
            })+
        }
    };
}
use on_every_database;
