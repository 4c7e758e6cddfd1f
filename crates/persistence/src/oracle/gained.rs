//! What was gained through an identity: it ends when the identity is taken off the account.

use super::Violation;
use crate::column::{from_json, id};
use crate::entity::linked_identities::{Column, Entity};
use crate::{Store, StoreError, identities};
use domain::{IdentityKey, RealmId, UserId};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, Statement};
use std::collections::BTreeSet;

/// What is gained, where it is kept, by which key, and which of it still counts.
struct Kind {
    says: &'static str,
    table: &'static str,
    key: &'static str,
    counts: &'static str,
}

const KINDS: [Kind; 3] = [
    Kind {
        says: "a browser session ends with the identity that it was gained through",
        table: "browser_sessions",
        key: "id",
        counts: "",
    },
    Kind { says: "a code ends with the identity that it was gained through", table: "code_grants", key: "digest", counts: "" },
    Kind {
        says: "a grant ends with the identity that it was gained through",
        table: "grants",
        key: "id",
        counts: "AND g.revoked_at IS NULL",
    },
];

const PAGE: usize = 500;

pub(super) async fn check(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    let mut found = Vec::new();
    for kind in &KINDS {
        let mut after = String::new();
        loop {
            let page = page(store, realm, kind, &after).await?;
            let Some((last, ..)) = page.last() else { break };
            after.clone_from(last);
            let tied = tied(store, realm, &page).await?;
            let orphans = page.into_iter().filter(|(_, user, identity)| !tied.contains(&(*user, identity.clone())));
            found.extend(orphans.map(|(_, user, _)| Violation { rule: kind.says, what: user.to_string() }));
        }
    }
    Ok(found)
}

/// The next of a kind on open accounts that are in the same epoch still: the key, whose it is, and through what.
async fn page(
    store: &Store,
    realm: &RealmId,
    kind: &Kind,
    after: &str,
) -> Result<Vec<(String, UserId, IdentityKey)>, StoreError> {
    let Kind { table, key, counts, .. } = kind;
    let statement = format!(
        "SELECT g.{key}, g.user_id, g.identity FROM {table} g JOIN users u ON u.realm = g.realm AND u.id = g.user_id \
         AND u.epoch = g.epoch AND u.state = 'open' WHERE g.realm = $1 AND g.identity IS NOT NULL {counts} AND g.{key} > $2 \
         ORDER BY g.{key} LIMIT {PAGE}"
    );
    let values = [realm.as_str().into(), after.into()];
    let statement = Statement::from_sql_and_values(store.reader.get_database_backend(), statement, values);
    let rows = store.reader.query_all_raw(statement).await?;
    let read = |row: &sea_orm::QueryResult| {
        let identity: String = row.try_get_by_index(2)?;
        Ok((row.try_get_by_index(0)?, id(table, row.try_get_by_index(1)?)?, from_json(table, &identity)?))
    };
    rows.iter().map(read).collect()
}

/// What is tied to the accounts of a page.
async fn tied(
    store: &Store,
    realm: &RealmId,
    page: &[(String, UserId, IdentityKey)],
) -> Result<BTreeSet<(UserId, IdentityKey)>, StoreError> {
    let owners: BTreeSet<String> = page.iter().map(|(_, user, _)| user.to_string()).collect();
    let rows = Entity::find().filter(Column::Realm.eq(realm.as_str())).filter(Column::UserId.is_in(owners));
    // One that can't be read ties nothing here, and is found by another rule.
    let links = rows.all(&store.reader).await?.into_iter().flat_map(identities::to_link);
    Ok(links.map(|link| (link.user, link.key)).collect())
}
