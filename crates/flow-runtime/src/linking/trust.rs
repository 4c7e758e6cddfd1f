//! What opens an account without asking. No rule can make this less.

use super::Case;
use super::rule::{AccountField, Claim, FindBy};
use super::value::Wanted;
use domain::{Attribute, AttributeName, IdentityKey, Provenance, ProviderPolicy, User};

impl Case<'_> {
    /// Whether the provider's word proves that the account with this value is the person's.
    ///
    /// For an address: the provider asserted it, vouched for it and is trusted for it, nobody typed it, and the account proved it. For
    /// an attribute: the provider hands out both what it asserted and what the account has, and the account has it from that
    /// provider or from an administrator; behind a federation that is so only where a rule names the authority. A username is
    /// anybody's, so it proves nothing.
    pub(super) fn proves(&self, by: &FindBy, wanted: &Wanted, user: &User, names_authority: bool) -> bool {
        let Some(provider) = self.policy.provider(&self.identity.key.provider) else { return false };
        if !provider.lets_in(&self.identity.key) {
            return false;
        }
        match (&by.account, wanted) {
            (AccountField::Email, Wanted::Email(address)) => {
                let trusted = self.trusted_address().is_some_and(|trusted| trusted.names_the_same_mailbox_as(address));
                by.claim == Claim::Email && trusted && user.has_proved(address)
            }
            (AccountField::Attribute(name), Wanted::Attribute(..)) => {
                let authority_counts = self.identity.key.authority.is_none() || names_authority;
                let came_from_there = user.attributes.get(name).is_some_and(|own| is_from(own, provider, &self.identity.key));
                authority_counts
                    && provider.hands_out.contains(name)
                    && self.is_handed_out(&by.claim, provider)
                    && came_from_there
            }
            _ => false,
        }
    }

    fn is_handed_out(&self, claim: &Claim, provider: &ProviderPolicy) -> bool {
        match claim {
            Claim::Email => self.trusted_address().is_some(),
            Claim::Username => AttributeName::parse("username").is_ok_and(|name| provider.hands_out.contains(&name)),
            Claim::Subject => true,
            Claim::Attribute(name) => provider.hands_out.contains(name),
        }
    }
}

/// Whether the account has its value from an administrator, or from this provider: behind a federation, from the very authority that
/// speaks now.
fn is_from(own: &Attribute, provider: &ProviderPolicy, comer: &IdentityKey) -> bool {
    match &own.provenance {
        Provenance::Provider { provider: alias, identity, .. } => {
            let same_authority =
                identity.as_ref().is_some_and(|key| key.issuer == comer.issuer && key.authority == comer.authority);
            *alias == provider.alias && (comer.authority.is_none() || same_authority)
        }
        Provenance::Administrator => true,
        Provenance::Typed => false,
    }
}
