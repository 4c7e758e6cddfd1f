//! What opens an account.

use crate::policy::RealmPolicy;
use domain::{LinkedIdentity, User};

impl RealmPolicy {
    /// In how many ways the account's owner gets in, if these are its identities: a password where there is a name to sign in
    /// with, and each identity whose provider is enabled, begins logins, and lets its authority in. An account without any is
    /// nobody's to use.
    pub fn ways_in(&self, user: &User, identities: &[LinkedIdentity]) -> usize {
        let password = user.has_password && (user.username.is_some() || user.email.is_some());
        let opens = |identity: &&LinkedIdentity| {
            let provider = self.provider(&identity.key.provider);
            provider.is_some_and(|provider| !provider.link_only && provider.lets_in(&identity.key))
        };
        usize::from(password) + identities.iter().filter(opens).count()
    }
}
