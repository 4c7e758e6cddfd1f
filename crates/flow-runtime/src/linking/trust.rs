//! What opens an account without asking. No rule can make this less.

use super::Case;
use super::rule::{AccountField, Claim, FindBy, LinkingRule};
use super::value::Wanted;
use crate::ask::{Candidate, Sought};
use domain::{Attribute, AttributeName, IdentityKey, Provenance, ProviderAlias, ProviderPolicy, User};
use std::collections::BTreeSet;

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

    /// Whether the account has the attribute from somebody who may give it: an administrator, or a provider that hands it out; behind a
    /// federation, from an authority that the rule names.
    pub(super) fn has_for_sure(&self, (rule, name): (&LinkingRule, &AttributeName), account: &Candidate) -> bool {
        match account.user.attributes.get(name).map(|own| &own.provenance) {
            Some(Provenance::Administrator) => true,
            Some(Provenance::Provider { provider, identity, .. }) => {
                let authority = identity.as_ref().and_then(|key| key.authority.as_ref());
                let hands_out = self.policy.provider(provider).is_some_and(|giver| giver.hands_out.contains(name));
                hands_out && authority.is_none_or(|authority| rule.authorities.contains(authority))
            }
            Some(Provenance::Typed) | None => false,
        }
    }

    /// Which providers hand out the attributes that are sought.
    pub(super) fn handed_out(&self, sought: &Sought) -> BTreeSet<(AttributeName, ProviderAlias)> {
        let names: BTreeSet<&AttributeName> = sought.attributes.iter().map(|(name, _)| name).collect();
        let in_use = self.policy.providers.iter().filter(|provider| provider.enabled);
        in_use
            .flat_map(|giver| {
                giver.hands_out.iter().filter(|name| names.contains(name)).map(|name| (name.clone(), giver.alias.clone()))
            })
            .collect()
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
