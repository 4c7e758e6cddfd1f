//! Accounts, subjects, addresses and identities.

use super::Violation;
use super::select::{Rule, ask};
use crate::entity::{linked_identities, users};
use crate::{Store, StoreError, identities};
use domain::RealmId;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};

const RULES: [Rule; 8] = [
    Rule {
        says: "an identity is tied to one user",
        broken_by: "SELECT MIN(id) FROM linked_identities WHERE realm = $1 GROUP BY provider, issuer, subject HAVING COUNT(*) > 1",
    },
    Rule {
        says: "a user that has identities has one primary",
        broken_by: "SELECT user_id FROM linked_identities WHERE realm = $1 GROUP BY user_id \
                    HAVING SUM(CASE WHEN is_primary THEN 1 ELSE 0 END) <> 1",
    },
    Rule {
        says: "a subject belongs to one user",
        broken_by: "SELECT MIN(id) FROM users WHERE realm = $1 GROUP BY subject HAVING COUNT(*) > 1",
    },
    Rule {
        says: "a user's subject was given out to that user",
        broken_by: "SELECT id FROM users u WHERE realm = $1 AND NOT EXISTS (SELECT 1 FROM canonical_subjects s \
                    WHERE s.realm = u.realm AND s.subject = u.subject AND s.user_id = u.id)",
    },
    Rule {
        says: "a proved address belongs to one user",
        broken_by: "SELECT MIN(id) FROM users WHERE realm = $1 AND email_proof IS NOT NULL GROUP BY email_key HAVING COUNT(*) > 1",
    },
    Rule {
        says: "a proof of an address is of an address that is there",
        broken_by: "SELECT id FROM users WHERE realm = $1 AND email_proof IS NOT NULL AND (email IS NULL OR email_key IS NULL)",
    },
    Rule {
        says: "a username belongs to one user",
        broken_by: "SELECT MIN(id) FROM users WHERE realm = $1 AND username IS NOT NULL GROUP BY username HAVING COUNT(*) > 1",
    },
    Rule { says: "a username is no address", broken_by: "SELECT id FROM users WHERE realm = $1 AND username LIKE '%@%'" },
];

const PAGE: u64 = 500;

pub(super) async fn check(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    let mut found = ask(store, realm, &RULES).await?;
    found.extend(unreadable_users(store, realm).await?);
    found.extend(unproved_links(store, realm).await?);
    Ok(found)
}

async fn unreadable_users(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    let rows = users::Entity::find().filter(users::Column::Realm.eq(realm.as_str())).order_by_asc(users::Column::Id);
    let mut pages = rows.paginate(&store.reader, PAGE);
    let mut found = Vec::new();
    while let Some(page) = pages.fetch_and_next().await? {
        for row in page {
            let (id, key) = (row.id.clone(), row.email_key.clone());
            match crate::users::to_user(row) {
                Ok(user) if user.email.as_ref().map(|owned| owned.address.key()) == key => {}
                Ok(_) => found.push(Violation { rule: "an address is found by its key", what: id }),
                Err(_) => found.push(Violation { rule: "a user can be read, with the proof of the address", what: id }),
            }
        }
    }
    Ok(found)
}

async fn unproved_links(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    use linked_identities::{Column, Entity};
    let rows = Entity::find().filter(Column::Realm.eq(realm.as_str())).order_by_asc(Column::Id);
    let mut pages = rows.paginate(&store.reader, PAGE);
    let mut found = Vec::new();
    while let Some(page) = pages.fetch_and_next().await? {
        for row in page {
            let id = row.id.clone();
            if identities::to_link(row).is_err() {
                found.push(Violation { rule: "an identity can be read, with the proof of its tie", what: id });
            }
        }
    }
    Ok(found)
}
