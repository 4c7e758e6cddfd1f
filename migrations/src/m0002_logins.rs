//! Logins in progress and what they leave behind: sessions, tokens, counts, decisions.

use crate::build::{belongs_to, index, table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, integer, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = vec![text("key"), big_integer("version"), text("browser"), binary("document"), big_integer("expires_at")];
        manager.create_table(table("authentication_sessions", ["key"], columns)).await?;
        manager.create_table(browser_sessions()).await?;
        manager.create_index(index("ix_browser_sessions_user", "browser_sessions", ["realm", "user_id"])).await?;
        manager.create_table(action_tokens()).await?;
        let login = ["realm", "session", "purpose"];
        manager.create_index(index("ix_action_tokens_session", "action_tokens", login)).await?;
        let account = ["realm", "user_id", "purpose"];
        manager.create_index(index("ix_action_tokens_user", "action_tokens", account)).await?;

        let columns = vec![text("purpose"), text("key"), big_integer("expires_at")];
        manager.create_table(table("single_use", ["purpose", "key"], columns)).await?;
        let columns = vec![text("counter"), text("key"), big_integer("count"), big_integer("ends_at")];
        manager.create_table(table("attempts", ["counter", "key"], columns)).await?;
        let columns = vec![
            text("session"),
            big_integer("version"),
            integer("position"),
            text("frame"),
            text("decision"),
            big_integer("at"),
        ];
        manager.create_table(table("decisions", ["session", "version", "position"], columns)).await?;

        // What has had its time is found by time alone, over all realms.
        for (name, table) in [
            ("ix_authentication_sessions_expiry", "authentication_sessions"),
            ("ix_browser_sessions_expiry", "browser_sessions"),
            ("ix_action_tokens_expiry", "action_tokens"),
            ("ix_single_use_expiry", "single_use"),
        ] {
            manager.create_index(index(name, table, ["expires_at"])).await?;
        }
        manager.create_index(index("ix_decisions_frame", "decisions", ["realm", "frame"])).await?;
        manager.create_index(index("ix_decisions_at", "decisions", ["at"])).await?;
        manager.create_index(index("ix_attempts_end", "attempts", ["ends_at"])).await
    }
}

fn browser_sessions() -> TableCreateStatement {
    let columns = vec![
        text("id"),
        text("user_id"),
        text("subject"),
        big_integer("epoch"),
        text("methods"),
        text_null("identity"),
        text_null("passed"),
        big_integer("auth_time"),
        big_integer("expires_at"),
    ];
    table("browser_sessions", ["id"], columns).foreign_key(&mut belongs_to("browser_sessions", "user_id", "users")).take()
}

fn action_tokens() -> TableCreateStatement {
    let columns = vec![
        text("digest"),
        text("purpose"),
        text("session"),
        text("frame"),
        text_null("user_id"),
        big_integer_null("epoch"),
        text("address"),
        big_integer("expires_at"),
    ];
    table("action_tokens", ["digest"], columns)
}
