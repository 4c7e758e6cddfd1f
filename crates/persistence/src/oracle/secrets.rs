//! What must not be readable: secrets are digests, PHC strings, or sealed.

use super::Violation;
use super::select::{Rule, ask};
use crate::entity::{authentication_sessions, outbox, users};
use crate::{Store, StoreError, one_time};
use domain::RealmId;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};

const RULES: [Rule; 8] = [
    Rule {
        says: "a password is stored as a PHC string",
        broken_by: "SELECT id FROM users WHERE realm = $1 AND password_hash IS NOT NULL AND password_hash NOT LIKE '$%$%$%'",
    },
    Rule {
        says: "a second factor is whole or not there",
        broken_by: "SELECT id FROM users WHERE realm = $1 AND ((one_time_key IS NULL) <> (one_time_set_at IS NULL) \
                    OR (one_time_key IS NULL) <> (one_time_used IS NULL) OR one_time_key IS NULL AND one_time_used_by IS NOT NULL)",
    },
    Rule {
        says: "a browser's secret is stored as a digest",
        broken_by: "SELECT key FROM authentication_sessions WHERE realm = $1 AND LENGTH(browser) <> 43",
    },
    Rule {
        says: "a browser session is stored by its digest",
        broken_by: "SELECT user_id FROM browser_sessions WHERE realm = $1 AND LENGTH(id) <> 43",
    },
    Rule {
        says: "a mail's token is stored as a digest",
        broken_by: "SELECT session FROM action_tokens WHERE realm = $1 AND LENGTH(digest) <> 43",
    },
    Rule {
        says: "a code is stored as a digest",
        broken_by: "SELECT user_id FROM code_grants WHERE realm = $1 AND LENGTH(digest) <> 43",
    },
    Rule {
        says: "a refresh token is stored as a digest",
        broken_by: "SELECT grant_id FROM refresh_tokens WHERE realm = $1 AND LENGTH(digest) <> 43",
    },
    Rule {
        says: "what was used or counted is stored as a digest",
        broken_by: "SELECT purpose FROM single_use WHERE realm = $1 AND LENGTH(key) <> 43 \
                    UNION ALL SELECT counter FROM attempts WHERE realm = $1 AND LENGTH(key) <> 43",
    },
];

const PAGE: u64 = 200;

pub(super) async fn check(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    let mut found = ask(store, realm, &RULES).await?;
    found.extend(sealed_second_factors(store, realm).await?);
    found.extend(sealed_sessions(store, realm).await?);
    found.extend(sealed_mails(store, realm).await?);
    if store.signing_keys(realm).await.is_err() {
        found.push(Violation { rule: "a signing key is sealed and can be opened", what: realm.to_string() });
    }
    Ok(found)
}

async fn sealed_second_factors(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    use users::{Column, Entity};
    let rows = Entity::find().filter(Column::Realm.eq(realm.as_str())).filter(Column::OneTimeKey.is_not_null());
    let mut pages = rows.order_by_asc(Column::Id).paginate(&store.reader, PAGE);
    let mut found = Vec::new();
    while let Some(page) = pages.fetch_and_next().await? {
        let closed = page.into_iter().filter(|row| one_time::opened(&store.keyring, realm, row).is_err());
        found.extend(closed.map(|row| Violation { rule: "a second factor is sealed and can be opened", what: row.id }));
    }
    Ok(found)
}

async fn sealed_sessions(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    use authentication_sessions::{Column, Entity};
    let rows = Entity::find().filter(Column::Realm.eq(realm.as_str())).order_by_asc(Column::Key);
    let mut pages = rows.paginate(&store.reader, PAGE);
    let mut found = Vec::new();
    while let Some(page) = pages.fetch_and_next().await? {
        let closed = page.into_iter().filter(|row| store.unseal_session(realm, row).is_err());
        found.extend(closed.map(|row| Violation { rule: "a login is sealed and can be opened", what: row.key }));
    }
    Ok(found)
}

async fn sealed_mails(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    use outbox::{Column, Entity};
    let rows = Entity::find().filter(Column::Realm.eq(realm.as_str())).order_by_asc(Column::Id);
    let mut pages = rows.paginate(&store.reader, PAGE);
    let mut found = Vec::new();
    while let Some(page) = pages.fetch_and_next().await? {
        let closed = page.into_iter().filter(|row| store.open_notice(row.clone()).is_err());
        found.extend(closed.map(|row| Violation { rule: "a mail is sealed and can be opened", what: row.id }));
    }
    Ok(found)
}
