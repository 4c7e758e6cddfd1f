//! The ties of identities to users.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "linked_identities")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) realm: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) provider: String,
    pub(crate) issuer: String,
    pub(crate) authority: String,
    pub(crate) subject: String,
    pub(crate) is_primary: bool,
    pub(crate) label: String,
    pub(crate) email: Option<String>,
    pub(crate) assured: Option<String>,
    pub(crate) claims: String,
    pub(crate) proof: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) last_sign_in_at: i64,
    pub(crate) arrived: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::users::Entity",
        from = "(Column::Realm, Column::UserId)",
        to = "(super::users::Column::Realm, super::users::Column::Id)"
    )]
    User,
}

impl Related<super::users::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
