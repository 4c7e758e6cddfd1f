//! How rules are asked: a statement that selects what breaks the rule.

use super::Violation;
use crate::{Store, StoreError};
use domain::RealmId;
use sea_orm::{ConnectionTrait as _, Statement};

/// A rule with the statement that finds what breaks it: one text column, `$1` is the realm.
pub(super) struct Rule {
    pub(super) says: &'static str,
    pub(super) broken_by: &'static str,
}

/// Asks all of them.
pub(super) async fn ask(store: &Store, realm: &RealmId, rules: &[Rule]) -> Result<Vec<Violation>, StoreError> {
    let mut found = Vec::new();
    for rule in rules {
        let backend = store.reader.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, rule.broken_by, [realm.as_str().into()]);
        for row in store.reader.query_all_raw(statement).await? {
            found.push(Violation { rule: rule.says, what: row.try_get_by_index(0)? });
        }
    }
    Ok(found)
}
