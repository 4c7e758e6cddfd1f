//! What happens once.

use super::Violation;
use super::select::{Rule, ask};
use crate::{Store, StoreError};
use domain::RealmId;

const RULES: [Rule; 3] = [
    Rule {
        says: "a generation of a family has one refresh token",
        broken_by: "SELECT grant_id FROM refresh_tokens WHERE realm = $1 GROUP BY grant_id, generation HAVING COUNT(*) > 1",
    },
    Rule {
        says: "no refresh token is ahead of its family",
        broken_by: "SELECT t.grant_id FROM refresh_tokens t JOIN grants g ON g.realm = t.realm AND g.id = t.grant_id \
                    WHERE t.realm = $1 AND t.generation > g.generation",
    },
    Rule {
        says: "a login has one mail token of a kind that works",
        broken_by: "SELECT t.session FROM action_tokens t WHERE t.realm = $1 AND NOT EXISTS (SELECT 1 FROM single_use s \
                    WHERE s.realm = t.realm AND s.key = t.digest AND s.purpose = 'token-' || t.purpose) \
                    GROUP BY t.session, t.purpose HAVING COUNT(*) > 1",
    },
];

pub(super) async fn check(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    ask(store, realm, &RULES).await
}
