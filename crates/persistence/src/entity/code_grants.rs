//! Authorization codes. [`super::single_use`] says which were presented.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "code_grants")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) realm: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) digest: String,
    pub(crate) client: String,
    pub(crate) redirect_uri: String,
    pub(crate) redirect_uri_was_given: bool,
    pub(crate) user_id: String,
    pub(crate) subject: String,
    pub(crate) epoch: i64,
    pub(crate) scopes: String,
    pub(crate) nonce: Option<String>,
    pub(crate) code_challenge: Option<String>,
    pub(crate) auth_time: i64,
    pub(crate) methods: String,
    pub(crate) identity: Option<String>,
    pub(crate) browser_session: Option<String>,
    pub(crate) issued_at: i64,
    pub(crate) expires_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
