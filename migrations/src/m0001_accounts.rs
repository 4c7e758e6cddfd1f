//! Users, their subjects and their identities.

use crate::build::{belongs_to, index, table};
use crate::constraint;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary_null, boolean, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(users()).await?;
        manager.create_index(index(constraint::USERNAME, "users", ["realm", "username"]).unique().take()).await?;
        manager.create_index(index("ux_users_subject", "users", ["realm", "subject"]).unique().take()).await?;
        let mut proved = index(constraint::PROVED_ADDRESS, "users", ["realm", "linking_domain", "email_key"]);
        manager.create_index(proved.unique().and_where(Expr::col("email_proof").is_not_null()).take()).await?;
        manager.create_index(index("ix_users_email_key", "users", ["realm", "email_key", "linking_domain"])).await?;

        // What accounts are found by, beside name and address. `users.attributes` says the same, with provenance.
        let values = vec![text("name"), text("value"), text("user_id"), text("given_by")];
        let values = table("attribute_values", ["name", "value", "user_id"], values)
            .foreign_key(&mut belongs_to("attribute_values", "user_id", "users"))
            .take();
        manager.create_table(values).await?;
        manager.create_index(index("ix_attribute_values_user", "attribute_values", ["realm", "user_id"])).await?;

        // A subject outlives everything: its row stays, so that it is never given out again.
        let subjects = vec![text("subject"), text("user_id"), big_integer("created_at")];
        manager.create_table(table("canonical_subjects", ["subject"], subjects)).await?;
        manager.create_index(index("ix_canonical_subjects_user", "canonical_subjects", ["realm", "user_id"])).await?;

        manager.create_table(linked_identities()).await?;
        let key = ["realm", "provider", "issuer", "authority", "subject"];
        manager.create_index(index(constraint::IDENTITY, "linked_identities", key).unique().take()).await?;
        let mut primary = index(constraint::PRIMARY_IDENTITY, "linked_identities", ["realm", "user_id"]);
        manager.create_index(primary.unique().and_where(Expr::col("is_primary").eq(true)).take()).await?;
        manager.create_index(index("ix_linked_identities_user", "linked_identities", ["realm", "user_id"])).await
    }
}

fn users() -> TableCreateStatement {
    table(
        "users",
        ["id"],
        vec![
            text("id"),
            text("subject"),
            text_null("username"),
            text_null("email"),
            text_null("email_key"),
            text_null("email_provenance"),
            text_null("email_proof"),
            text_null("given_name"),
            text_null("family_name"),
            text_null("picture"),
            text_null("password_hash"),
            big_integer_null("password_set_at"),
            boolean("must_renew_password"),
            // The key of the second factor, sealed; when it was set; the newest step that was used, and by which login.
            binary_null("one_time_key"),
            big_integer_null("one_time_set_at"),
            big_integer_null("one_time_used"),
            text_null("one_time_used_by"),
            text("roles"),
            text("accepted_terms"),
            text("origins"),
            text("attributes"),
            text("linking_domain"),
            text("state"),
            big_integer("epoch"),
            big_integer("version"),
            big_integer("created_at"),
        ],
    )
}

fn linked_identities() -> TableCreateStatement {
    let columns = vec![
        text("id"),
        text("user_id"),
        text("provider"),
        text("issuer"),
        // Empty where the authority is no part of the key: a unique index tells no two nulls apart.
        text("authority"),
        text("subject"),
        boolean("is_primary"),
        text("label"),
        text_null("email"),
        text_null("assured"),
        text("claims"),
        text("proof"),
        big_integer("created_at"),
        big_integer("updated_at"),
        big_integer("last_sign_in_at"),
        boolean("arrived"),
    ];
    table("linked_identities", ["id"], columns).foreign_key(&mut belongs_to("linked_identities", "user_id", "users")).take()
}
