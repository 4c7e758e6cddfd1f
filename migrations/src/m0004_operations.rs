//! What is sent and what is written down: the outbox and the audit records.

use crate::build::{index, table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns =
            vec![text("id"), binary("payload"), big_integer("tries"), big_integer("next_try_at"), big_integer("expires_at")];
        manager.create_table(table("outbox", ["id"], columns)).await?;
        manager.create_index(index("ix_outbox_due", "outbox", ["next_try_at"])).await?;
        manager.create_index(index("ix_outbox_expiry", "outbox", ["expires_at"])).await?;

        let columns = vec![
            text("id"),
            text("kind"),
            text_null("user_id"),
            text_null("subject"),
            text_null("provider"),
            text_null("detail"),
            big_integer("at"),
        ];
        manager.create_table(table("audit", ["id"], columns)).await?;
        manager.create_index(index("ix_audit_at", "audit", ["realm", "at"])).await?;
        manager.create_index(index("ix_audit_user", "audit", ["realm", "user_id"])).await
    }
}
