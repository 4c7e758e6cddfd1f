//! Accounts.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) realm: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) username: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) email_key: Option<String>,
    pub(crate) email_provenance: Option<String>,
    pub(crate) email_proof: Option<String>,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) picture: Option<String>,
    pub(crate) password_hash: Option<String>,
    pub(crate) password_set_at: Option<i64>,
    pub(crate) must_renew_password: bool,
    pub(crate) one_time_key: Option<Vec<u8>>,
    pub(crate) one_time_set_at: Option<i64>,
    pub(crate) one_time_used: Option<i64>,
    pub(crate) one_time_used_by: Option<String>,
    pub(crate) roles: String,
    pub(crate) accepted_terms: String,
    pub(crate) origins: String,
    pub(crate) attributes: String,
    pub(crate) linking_domain: String,
    pub(crate) state: String,
    pub(crate) epoch: i64,
    pub(crate) version: i64,
    pub(crate) created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
