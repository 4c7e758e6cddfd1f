//! Refresh tokens: one generation is good at a time; an older one that comes back ends the family.

use super::row::to_refresh_token;
use super::{insert_refresh, lock, owner, revoke};
use crate::entity::{grants, refresh_tokens};
use crate::store::transaction;
use crate::{Store, StoreError, users};
use domain::{AuditKind, Digest, RealmId, Timestamp, User};
use downstream::{Grant, Issuance, RefreshRefusal, RefreshToken, TokenError};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

/// What came of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// It became the next one, which is stored.
    Issued(Box<Issuance>),
    /// It gives nothing. If it was one of an older generation, its family is revoked.
    Refused(TokenError),
    /// There is no such token, or its family is gone.
    Unknown,
}

impl Store {
    /// Moves a family to its next generation as `decide` says, in one transaction. `decide` gets the token, its grant and
    /// its user as they are now (None if the user is gone); nobody else moves the family meanwhile.
    pub async fn refresh(
        &self,
        realm: &RealmId,
        token: &Digest,
        now: Timestamp,
        decide: impl Fn(&RefreshToken, &Grant, Option<&User>) -> Result<Issuance, RefreshRefusal>,
    ) -> Result<Refreshed, StoreError> {
        transaction!(self, |tx| {
            let key = (realm.to_string(), token.as_str().to_owned());
            let Some(row) = refresh_tokens::Entity::find_by_id(key).one(tx).await? else { return Ok(Refreshed::Unknown) };
            let token = to_refresh_token(row)?;
            let Some(owner) = owner(tx, realm, token.grant).await? else { return Ok(Refreshed::Unknown) };
            // First the user, then the grant, as whoever ends the grant does.
            let user = users::hold(tx, realm, owner).await?;
            let Some(grant) = lock(tx, realm, token.grant).await? else { return Ok(Refreshed::Unknown) };
            match decide(&token, &grant, user.as_ref()) {
                Ok(issuance) => {
                    use grants::Column;
                    grants::Entity::update_many()
                        .filter(Column::Realm.eq(realm.as_str()))
                        .filter(Column::Id.eq(grant.id.to_string()))
                        .col_expr(Column::Generation, Expr::value(issuance.grant.generation))
                        .exec(tx)
                        .await?;
                    insert_refresh(tx, realm, &issuance).await?;
                    Ok(Refreshed::Issued(Box::new(issuance)))
                }
                Err(refusal) => {
                    if matches!(refusal, RefreshRefusal::Reused(_)) {
                        revoke(tx, realm, grant.id, AuditKind::RefreshReused, now).await?;
                    }
                    Ok(Refreshed::Refused(refusal.error()))
                }
            }
        })
    }
}
