//! Revisions of flows: what was ever applied, what became of it, and what nodes look at to notice that something changed.

use crate::build::{index, table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A revision names its flow too: no two flows share one.
        let columns = vec![
            text("revision"),
            text("name"),
            text("document"),
            text("origin"),
            text_null("revoked"),
            big_integer("created_at"),
        ];
        manager.create_table(table("flow_revisions", ["revision"], columns)).await?;
        manager.create_index(index("ix_flow_revisions_name", "flow_revisions", ["realm", "name"])).await?;

        // What was last applied from the files, by flow: so that a start which changes nothing leaves no trace.
        let columns = vec![text("name"), text("revision")];
        manager.create_table(table("flow_heads", ["name"], columns)).await?;

        // Where the files say `over`, `serves` is served.
        let columns = vec![text("over"), text("serves"), text("name"), big_integer("created_at")];
        manager.create_table(table("flow_rollbacks", ["over"], columns)).await?;

        let columns =
            vec![text("id"), text("name"), text("revision"), text("act"), text("by"), text("reason"), big_integer("at")];
        manager.create_table(table("flow_history", ["id"], columns)).await?;
        manager.create_index(index("ix_flow_history_name", "flow_history", ["realm", "name", "at"])).await?;

        // Moves with every change of what the database says about a realm's rules and flows.
        manager.create_table(table("realm_editions", [], vec![big_integer("edition")])).await
    }
}
