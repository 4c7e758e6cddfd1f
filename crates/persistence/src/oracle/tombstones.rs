//! Deleted accounts: nothing is left of them but what keeps their subjects taken.

use super::Violation;
use super::select::{Rule, ask};
use crate::{Store, StoreError};
use domain::RealmId;

const RULES: [Rule; 4] = [
    Rule {
        says: "a tombstone says nothing of a person",
        broken_by: "SELECT id FROM users WHERE realm = $1 AND state = 'deleted' AND (username IS NOT NULL OR email IS NOT NULL \
                    OR email_key IS NOT NULL OR email_provenance IS NOT NULL OR email_proof IS NOT NULL OR given_name IS NOT NULL \
                    OR family_name IS NOT NULL OR picture IS NOT NULL OR password_hash IS NOT NULL OR origins <> '{}' \
                    OR attributes <> '{}' OR password_set_at IS NOT NULL OR must_renew_password OR roles <> '[]' \
                    OR accepted_terms <> '{}' OR one_time_key IS NOT NULL OR one_time_set_at IS NOT NULL OR one_time_used IS NOT NULL \
                    OR one_time_used_by IS NOT NULL)",
    },
    Rule {
        says: "nothing lives on a tombstone",
        broken_by: "SELECT u.id FROM users u JOIN (SELECT realm, user_id FROM linked_identities UNION ALL \
                    SELECT realm, user_id FROM attribute_values UNION ALL SELECT realm, user_id FROM browser_sessions UNION ALL \
                    SELECT realm, user_id FROM code_grants UNION ALL SELECT realm, user_id FROM grants UNION ALL \
                    SELECT realm, user_id FROM consents UNION ALL SELECT realm, user_id FROM action_tokens) alive \
                    ON alive.realm = u.realm AND alive.user_id = u.id WHERE u.realm = $1 AND u.state = 'deleted'",
    },
    Rule {
        says: "a deletion has one record, with the subject",
        broken_by: "SELECT u.id FROM users u WHERE u.realm = $1 AND u.state = 'deleted' AND 1 <> (SELECT COUNT(*) FROM audit a \
                    WHERE a.realm = u.realm AND a.user_id = u.id AND a.kind = 'user-deleted' AND a.subject = u.subject)",
    },
    Rule {
        says: "a deleted account stays deleted",
        broken_by: "SELECT u.id FROM users u JOIN audit a ON a.realm = u.realm AND a.user_id = u.id AND a.kind = 'user-deleted' \
                    WHERE u.realm = $1 AND u.state <> 'deleted'",
    },
];

pub(super) async fn check(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    ask(store, realm, &RULES).await
}
