//! Secrets that all nodes of a realm share, sealed.

use crate::build::table;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = vec![text("purpose"), binary("secret"), big_integer("created_at")];
        manager.create_table(table("realm_secrets", ["purpose"], columns)).await
    }
}
