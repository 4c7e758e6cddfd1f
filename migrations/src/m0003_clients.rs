//! What clients hold: consents, codes, grants, refresh tokens; and the keys that sign for them.

use crate::build::{belongs_to, index, table};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, boolean, integer, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = vec![text("user_id"), text("client"), text("scopes"), big_integer("updated_at")];
        let mut of_user = belongs_to("consents", "user_id", "users");
        manager.create_table(table("consents", ["user_id", "client"], columns).foreign_key(&mut of_user).take()).await?;
        manager.create_table(code_grants()).await?;
        manager.create_index(index("ix_code_grants_user", "code_grants", ["realm", "user_id"])).await?;
        manager.create_index(index("ix_code_grants_expiry", "code_grants", ["expires_at"])).await?;
        manager.create_table(grants()).await?;
        manager.create_index(index("ix_grants_user", "grants", ["realm", "user_id"])).await?;
        manager.create_index(index("ix_grants_expiry", "grants", ["expires_at"])).await?;
        manager.create_table(refresh_tokens()).await?;
        manager.create_index(index("ix_refresh_tokens_grant", "refresh_tokens", ["realm", "grant_id"])).await?;

        let columns = vec![text("alg"), integer("slot"), text("kid"), binary("private_key"), big_integer("created_at")];
        manager.create_table(table("signing_keys", ["alg", "slot"], columns)).await
    }
}

fn code_grants() -> TableCreateStatement {
    let columns = vec![
        text("digest"),
        text("client"),
        text("redirect_uri"),
        boolean("redirect_uri_was_given"),
        text("user_id"),
        text("subject"),
        big_integer("epoch"),
        text("scopes"),
        text_null("nonce"),
        text_null("code_challenge"),
        big_integer("auth_time"),
        text("methods"),
        text_null("identity"),
        text_null("browser_session"),
        big_integer("issued_at"),
        big_integer("expires_at"),
    ];
    table("code_grants", ["digest"], columns).foreign_key(&mut belongs_to("code_grants", "user_id", "users")).take()
}

fn grants() -> TableCreateStatement {
    let columns = vec![
        text("id"),
        text("client"),
        text("user_id"),
        text("subject"),
        text("scopes"),
        big_integer("epoch"),
        big_integer("auth_time"),
        text("methods"),
        text_null("identity"),
        text_null("browser_session"),
        big_integer("generation"),
        big_integer("created_at"),
        big_integer("expires_at"),
        big_integer_null("revoked_at"),
    ];
    table("grants", ["id"], columns).foreign_key(&mut belongs_to("grants", "user_id", "users")).take()
}

fn refresh_tokens() -> TableCreateStatement {
    let columns = vec![text("digest"), text("grant_id"), big_integer("generation"), big_integer("expires_at")];
    let mut of_grant = belongs_to("refresh_tokens", "grant_id", "grants").on_delete(ForeignKeyAction::Cascade).take();
    table("refresh_tokens", ["digest"], columns).foreign_key(&mut of_grant).take()
}
