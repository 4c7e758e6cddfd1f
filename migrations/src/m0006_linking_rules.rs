//! Linking rules that administrators keep in the database, beside those of the configuration.

use crate::build::{index, table};
use crate::constraint;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // What a rule says is read by the same reader as the configuration's; storage knows its name, its text, and its priority, so that
        // two administrators at once don't give one priority to two rules.
        let columns =
            vec![text("name"), text("document"), big_integer("priority"), big_integer("created_at"), big_integer("updated_at")];
        manager.create_table(table("linking_rules", ["name"], columns)).await?;
        let mut priority = index(constraint::RULE_PRIORITY, "linking_rules", ["realm", "priority"]);
        manager.create_index(priority.unique().take()).await
    }
}
