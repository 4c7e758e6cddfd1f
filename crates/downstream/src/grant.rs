//! Grants: what a client may do for a user after a code was redeemed, and the refresh tokens that carry it on.

mod redeem;
mod refresh;

pub use redeem::redeem;
pub use refresh::{RefreshRefusal, refresh};

use crate::{Client, scope};
use domain::{
    AuthenticationMethod, CanonicalSubject, ClientId, Digest, Entropy, Epoch, GrantId, IdentityKey, Secret, Timestamp, User,
    UserId,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a grant with refresh tokens lives at the most, however often it is refreshed.
pub const GRANT_LIFETIME: Duration = Duration::from_hours(30 * 24);

/// How long a refresh token is good when nobody uses it.
pub const REFRESH_LIFETIME: Duration = Duration::from_hours(14 * 24);

/// Everything that grew out of one code: a family of refresh tokens, and the access tokens that name it. Revoking it
/// ends them all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its id, which is [`crate::CodeGrant::grant_of`] its code, and `sid` in tokens.
    pub id: GrantId,
    /// The account.
    pub user: UserId,
    /// The subject that this client knows the account by.
    pub subject: CanonicalSubject,
    /// To whom.
    pub client: ClientId,
    /// What was granted.
    pub scopes: Vec<String>,
    /// The account's epoch when the person signed in.
    pub epoch: Epoch,
    /// When the person authenticated. Refreshing doesn't move it.
    pub auth_time: Timestamp,
    /// How.
    pub methods: Vec<AuthenticationMethod>,
    /// The identity that was used, if it was one.
    pub identity: Option<IdentityKey>,
    /// The browser session that it came from.
    pub browser_session: Option<Digest>,
    /// The generation of the one refresh token that is good. Storage moves it by compare-and-swap; who loses that race
    /// reads again, and holds an old generation.
    pub generation: i64,
    /// When the code was redeemed.
    pub created_at: Timestamp,
    /// From when on it is dead.
    pub expires_at: Timestamp,
    /// When it was revoked. A grant is never revived.
    pub revoked_at: Option<Timestamp>,
}

/// A refresh token, as it is stored. Rows of older generations stay until they expire, so that one that comes back is
/// recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshToken {
    /// Digest of the token. The token itself is stored nowhere.
    pub digest: Digest,
    /// Its family.
    pub grant: GrantId,
    /// It is good only while it is the grant's.
    pub generation: i64,
    /// From when on it is refused.
    pub expires_at: Timestamp,
}

/// What a good token request gives: rows to store in one transaction, and what [`crate::mint::mint`] makes tokens of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuance {
    /// After a code: a new row. After a refresh: the row with its generation moved by one.
    pub grant: Grant,
    /// The scopes of these tokens, which a refresh may narrow. The grant keeps its own.
    pub scopes: Vec<String>,
    /// For the ID token; never after a refresh.
    pub nonce: Option<String>,
    /// The refresh token for the answer, and the row to store.
    pub refresh: Option<(Secret, RefreshToken)>,
}

impl Grant {
    /// Whether it still holds for these two: it is theirs, not expired or revoked, the client enabled, the account enabled and in the same epoch.
    pub fn is_alive(&self, user: &User, client: &Client, now: Timestamp) -> bool {
        let same_parties = user.id == self.user && client.id == self.client;
        let in_time = now < self.expires_at && self.revoked_at.is_none();
        same_parties && in_time && user.is_open() && user.epoch == self.epoch && client.enabled
    }

    fn next_refresh_token(&self, now: Timestamp, entropy: &Entropy) -> Option<(Secret, RefreshToken)> {
        scope::has(&self.scopes, scope::OFFLINE_ACCESS).then(|| {
            let token = entropy.secret("refresh-token");
            let record = RefreshToken {
                digest: Digest::of(&token),
                grant: self.id,
                generation: self.generation,
                expires_at: now.plus(REFRESH_LIFETIME).min(self.expires_at),
            };
            (token, record)
        })
    }
}
