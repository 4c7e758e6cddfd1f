//! The audit trail: every change has its record.

use super::Violation;
use super::select::{Rule, ask};
use crate::{Store, StoreError};
use domain::RealmId;

const RULES: [Rule; 7] = [
    Rule {
        says: "a user's making has one record, with the subject",
        broken_by: "SELECT u.id FROM users u WHERE u.realm = $1 AND 1 <> (SELECT COUNT(*) FROM audit a WHERE a.realm = u.realm \
                    AND a.user_id = u.id AND a.kind = 'user-created' AND a.subject = u.subject)",
    },
    Rule {
        says: "a record of a making is of a user that was made",
        broken_by: "SELECT a.user_id FROM audit a WHERE a.realm = $1 AND a.kind = 'user-created' AND NOT EXISTS \
                    (SELECT 1 FROM canonical_subjects s WHERE s.realm = a.realm AND s.user_id = a.user_id AND s.subject = a.subject)",
    },
    Rule {
        says: "a tie has one record",
        broken_by: "SELECT l.user_id FROM linked_identities l WHERE l.realm = $1 GROUP BY l.realm, l.user_id, l.provider \
                    HAVING COUNT(*) <> (SELECT SUM(CASE WHEN a.kind = 'identity-linked' THEN 1 ELSE -1 END) FROM audit a \
                    WHERE a.realm = l.realm AND a.user_id = l.user_id AND a.provider = l.provider \
                    AND a.kind IN ('identity-linked', 'identity-unlinked'))",
    },
    Rule {
        says: "a record of a tie is of a tie that is there, or that was taken off",
        broken_by: "SELECT a.user_id FROM audit a WHERE a.realm = $1 AND a.kind IN ('identity-linked', 'identity-unlinked') \
                    GROUP BY a.realm, a.user_id, a.provider \
                    HAVING SUM(CASE WHEN a.kind = 'identity-linked' THEN 1 ELSE -1 END) <> (SELECT COUNT(*) \
                    FROM linked_identities l WHERE l.realm = a.realm AND l.user_id = a.user_id AND l.provider = a.provider)",
    },
    Rule {
        says: "a consent has a record",
        broken_by: "SELECT c.user_id FROM consents c WHERE c.realm = $1 AND NOT EXISTS (SELECT 1 FROM audit a \
                    WHERE a.realm = c.realm AND a.user_id = c.user_id AND a.kind = 'consent-granted' AND a.detail = c.client)",
    },
    Rule {
        says: "a browser session has a record of its sign-in",
        broken_by: "SELECT b.user_id FROM browser_sessions b WHERE b.realm = $1 GROUP BY b.realm, b.user_id HAVING COUNT(*) > \
                    (SELECT COUNT(*) FROM audit a WHERE a.realm = b.realm AND a.user_id = b.user_id AND a.kind = 'signed-in')",
    },
    Rule {
        says: "a user's records name only subjects of that user",
        broken_by: "SELECT a.user_id FROM audit a WHERE a.realm = $1 AND a.user_id IS NOT NULL AND a.subject IS NOT NULL AND \
                    NOT EXISTS (SELECT 1 FROM canonical_subjects s WHERE s.realm = a.realm AND s.subject = a.subject \
                    AND s.user_id = a.user_id)",
    },
];

pub(super) async fn check(store: &Store, realm: &RealmId) -> Result<Vec<Violation>, StoreError> {
    ask(store, realm, &RULES).await
}
