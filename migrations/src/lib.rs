//! The schema's history: one list of steps for SQLite and PostgreSQL.
//!
//! A step that has been released never changes. Every table has the realm in its key, ids are texts, times are
//! milliseconds since the Unix epoch, and structured values are JSON texts.

mod build;
pub mod constraint;
mod m0001_accounts;
mod m0002_logins;
mod m0003_clients;
mod m0004_operations;
mod m0005_secrets;
mod m0006_linking_rules;
mod m0007_flows;

use sea_orm_migration::prelude::*;

pub use sea_orm_migration::{IntoSchemaManagerConnection, MigrationStatus, MigratorTrait, SchemaManager};

/// All steps, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_accounts::Migration),
            Box::new(m0002_logins::Migration),
            Box::new(m0003_clients::Migration),
            Box::new(m0004_operations::Migration),
            Box::new(m0005_secrets::Migration),
            Box::new(m0006_linking_rules::Migration),
            Box::new(m0007_flows::Migration),
        ]
    }
}
