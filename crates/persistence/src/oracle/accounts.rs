//! Accounts, subjects, addresses and identities.

use super::Violation;
use super::select::{Rule, ask};
use crate::entity::{attribute_values, linked_identities, users};
use crate::{Store, StoreError, identities};
use domain::{Accepted, Attribute, AttributeName, LinkProof, ProofKind, RealmId, User};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use std::collections::{BTreeMap, BTreeSet};

const RULES: [Rule; 9] = [
    Rule {
        says: "an identity is tied to one user",
        broken_by: "SELECT MIN(id) FROM linked_identities WHERE realm = $1 GROUP BY provider, issuer, authority, subject \
                    HAVING COUNT(*) > 1",
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
        says: "a proved address belongs to one user of a linking domain",
        broken_by: "SELECT MIN(id) FROM users WHERE realm = $1 AND email_proof IS NOT NULL \
                    GROUP BY linking_domain, email_key HAVING COUNT(*) > 1",
    },
    Rule {
        says: "a proof of an address is of an address that is there",
        broken_by: "SELECT id FROM users WHERE realm = $1 AND email_proof IS NOT NULL AND (email IS NULL OR email_key IS NULL)",
    },
    Rule {
        says: "a username belongs to one user",
        broken_by: "SELECT MIN(id) FROM users WHERE realm = $1 AND username IS NOT NULL GROUP BY username HAVING COUNT(*) > 1",
    },
    Rule {
        says: "an assurance is of an address that is there",
        broken_by: "SELECT id FROM linked_identities WHERE realm = $1 AND assured IS NOT NULL AND email IS NULL",
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
        let values = values_of(store, realm, &page).await?;
        for row in page {
            let (id, key) = (row.id.clone(), row.email_key.clone());
            match crate::users::to_user(row) {
                Ok(user) if user.email.as_ref().map(|owned| owned.address.key()) != key => {
                    found.push(Violation { rule: "an address is found by its key", what: id });
                }
                Ok(user) if said_by(&user) != values.get(&id).cloned().unwrap_or_default() => {
                    found.push(Violation { rule: "an account is found by the values of its attributes", what: id });
                }
                Ok(_) => {}
                Err(_) => found.push(Violation { rule: "a user can be read, with the proof of the address", what: id }),
            }
        }
    }
    Ok(found)
}

type Values = BTreeSet<(String, String)>;

/// What the users of a page are found by.
async fn values_of(store: &Store, realm: &RealmId, page: &[users::Model]) -> Result<BTreeMap<String, Values>, StoreError> {
    use attribute_values::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::Realm.eq(realm.as_str()))
        .filter(Column::UserId.is_in(page.iter().map(|user| user.id.as_str())));
    let mut values: BTreeMap<String, Values> = BTreeMap::new();
    for row in rows.all(&store.reader).await? {
        values.entry(row.user_id).or_default().insert((row.name, row.value));
    }
    Ok(values)
}

fn said_by(user: &User) -> Values {
    let of = |(name, attribute): (&AttributeName, &Attribute)| {
        let name = name.to_string();
        attribute.values.iter().map(move |value| (name.clone(), value.clone())).collect::<Vec<_>>()
    };
    user.attributes.iter().flat_map(of).collect()
}

/// Whether somebody can be asked why nothing had to be proved: the author of that revision of the flow.
fn names_its_flow(proof: &LinkProof) -> bool {
    matches!(&proof.accepted, Accepted::Login { revision, .. } if !revision.is_empty())
}

async fn unproved_links(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    use linked_identities::{Column, Entity};
    let rows = Entity::find().filter(Column::Realm.eq(realm.as_str())).order_by_asc(Column::Id);
    let mut pages = rows.paginate(&store.reader, PAGE);
    let mut found = Vec::new();
    while let Some(page) = pages.fetch_and_next().await? {
        for row in page {
            let id = row.id.clone();
            match identities::to_link(row) {
                Err(_) => found.push(Violation { rule: "an identity can be read, with the proof of its tie", what: id }),
                Ok(link) if link.proof.kind == ProofKind::Waived && !names_its_flow(&link.proof) => {
                    found.push(Violation { rule: "a tie without a proof names the flow that waived it", what: id });
                }
                Ok(_) => {}
            }
        }
    }
    Ok(found)
}
