//! What opens an account.

use crate::policy::RealmPolicy;
use domain::{LinkedIdentity, OwnedAddress, User};

impl RealmPolicy {
    /// In how many ways the account's owner gets in, if these are its identities: a password where there is a username or a proved address
    /// to sign in with (an address that is only claimed stops working as soon as somebody else claims or proves it), and each identity whose provider is enabled, begins logins, and lets its authority in. An account without any is
    /// nobody's to use.
    pub fn ways_in(&self, user: &User, identities: &[LinkedIdentity]) -> usize {
        let password = user.has_password && (user.username.is_some() || user.email.as_ref().is_some_and(OwnedAddress::is_proved));
        let opens = |identity: &&LinkedIdentity| {
            let provider = self.provider(&identity.key.provider);
            provider.is_some_and(|provider| !provider.link_only && provider.lets_in(&identity.key))
        };
        usize::from(password) + identities.iter().filter(opens).count()
    }
}

#[cfg(test)]
mod tests {
    use crate::linking::RuleSet;
    use crate::linking::tests::{account, policy};
    use domain::User;

    /// Whoever else registers with a claimed address makes it mean nobody, and its owner takes it away.
    #[test]
    fn a_password_is_a_way_in_only_with_a_name_that_stays() {
        let policy = policy(RuleSet::default());
        let ways = |user: User| policy.ways_in(&user, &[]);
        assert_eq!(ways(account(1).called("ada").user), 1);
        assert_eq!(ways(account(1).proved("ada@x.org").user), 1);
        assert_eq!(ways(account(1).called("ada").claims("ada@x.org").user), 1);
        assert_eq!(ways(account(1).claims("ada@x.org").user), 0);
        assert_eq!(ways(account(1).user), 0);
        assert_eq!(ways(User { has_password: false, ..account(1).called("ada").proved("ada@x.org").user }), 0);
    }
}
