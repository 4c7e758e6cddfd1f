//! Many accounts at once, for those that come from elsewhere: rows travel by the hundred.

use crate::commit::conflict_of;
use crate::entity::{attribute_values, audit, canonical_subjects, linked_identities, users};
use crate::store::{Ending, attempt};
use crate::{Committed, Keyring, Store, StoreError};
use domain::{LinkedIdentity, RealmId};
use flow_runtime::{NewUser, Write};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, PrimaryKeyTrait};

/// The most rows of one statement: SQLite binds 32,766 values, PostgreSQL 65,535, and the widest table has 27 columns.
const ROWS: usize = 1000;

/// An account that comes with what is tied to it.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The account.
    pub user: NewUser,
    /// Its identities; the first is its primary one.
    pub identities: Vec<LinkedIdentity>,
}

impl Store {
    /// Makes all of these accounts, with the audit records that belong to them, or none. Never [`Committed::Stale`] or
    /// [`Committed::GuardMoved`].
    pub async fn create_users(&self, realm: &RealmId, accounts: &[Arrived]) -> Result<Committed, StoreError> {
        let rows = Rows::of(&self.keyring, realm, accounts)?;
        attempt!(self, |tx| {
            match conflict_of(rows.clone().insert(tx).await)? {
                None => Ok(Ending::Keep(Committed::Done { version: None })),
                Some(conflict) => Ok(Ending::Undo(Committed::Conflict(conflict))),
            }
        })
    }
}

#[derive(Clone, Default)]
struct Rows {
    subjects: Vec<canonical_subjects::ActiveModel>,
    users: Vec<users::ActiveModel>,
    values: Vec<attribute_values::ActiveModel>,
    identities: Vec<linked_identities::ActiveModel>,
    records: Vec<audit::ActiveModel>,
}

impl Rows {
    fn of(keyring: &Keyring, realm: &RealmId, accounts: &[Arrived]) -> Result<Self, StoreError> {
        let mut rows = Self::default();
        for Arrived { user, identities } in accounts {
            rows.subjects.push(crate::users::subject_row(realm, user));
            rows.users.push(crate::users::row(keyring, realm, user)?);
            rows.values.extend(crate::attributes::rows(realm, user.id, &user.attributes));
            for (position, link) in identities.iter().enumerate() {
                rows.identities.push(crate::identities::row(realm, link, position == 0)?);
            }
            let links = identities.iter().map(|link| Write::Link(Box::new(link.clone())));
            let records = std::iter::once(Write::CreateUser(Box::new(user.clone()))).chain(links);
            for event in records.filter_map(|write| write.audit()) {
                rows.records.push(crate::audit::row(realm, &event, user.created_at)?);
            }
        }
        Ok(rows)
    }

    async fn insert(self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        insert(tx, self.subjects).await?;
        insert(tx, self.users).await?;
        insert(tx, self.values).await?;
        insert(tx, self.identities).await?;
        insert(tx, self.records).await
    }
}

async fn insert<A>(tx: &DatabaseTransaction, rows: Vec<A>) -> Result<(), DbErr>
where
    A: ActiveModelTrait + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    <<A::Entity as EntityTrait>::PrimaryKey as PrimaryKeyTrait>::ValueType: Send,
{
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        A::Entity::insert_many(rows.by_ref().take(ROWS)).exec_without_returning(tx).await?;
    }
    Ok(())
}
