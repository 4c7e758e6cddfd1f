//! Whether an account that only claims an address goes to whoever comes with a trusted word for it (Supabase's way).

use crate::policy::RealmPolicy;
use domain::{AddressProof, EmailAddress, LinkedIdentity, ProviderAlias, Timestamp, UnprovedClaims, User};

/// Somebody who came with an address for which their provider's word is taken.
#[derive(Clone, Copy)]
pub(crate) struct Comer<'a> {
    pub(crate) provider: &'a ProviderAlias,
    pub(crate) trusted: &'a EmailAddress,
}

/// What proves the address to the account that is handed over. None: it isn't. The provider must be set up for that, and nothing on the
/// account may belong to somebody with another address, because that stays there.
pub(crate) fn proof(
    policy: &RealmPolicy,
    comer: Comer<'_>,
    (user, identities): (&User, &[LinkedIdentity]),
    now: Timestamp,
) -> Option<AddressProof> {
    let goes = goes_over(policy, comer, (user, identities));
    goes.then(|| AddressProof::TrustedProvider { provider: comer.provider.clone(), at: now })
}

/// Whether whoever holds this identity has shown, by what counts today, that its address is theirs. If not, it goes with a hand-over.
pub(crate) fn stays(policy: &RealmPolicy, link: &LinkedIdentity) -> bool {
    let trusted = |email: &domain::AssertedEmail| {
        policy.provider(&link.key.provider).is_some_and(|provider| provider.is_trusted_for(&link.key, &email.address))
    };
    match &link.assured {
        Some(AddressProof::TrustedProvider { .. }) => link.email.as_ref().is_some_and(trusted),
        Some(AddressProof::Mailbox { .. } | AddressProof::Administrator { .. }) => true,
        None => false,
    }
}

/// Whether the account is handed over.
pub(crate) fn goes_over(policy: &RealmPolicy, comer: Comer<'_>, (user, identities): (&User, &[LinkedIdentity])) -> bool {
    let Comer { provider, trusted } = comer;
    let claims = user.email.as_ref().is_some_and(|email| !email.is_proved() && email.address.names_the_same_mailbox_as(trusted));
    let is_of_somebody_else = |link: &LinkedIdentity| {
        let same = |email: &domain::AssertedEmail| email.address.names_the_same_mailbox_as(trusted);
        link.assured.is_some() && !link.email.as_ref().is_some_and(same)
    };
    let hands_over = policy.provider(provider).is_some_and(|provider| provider.unproved_claims == UnprovedClaims::HandOver);
    hands_over && claims && user.is_open() && !identities.iter().any(is_of_somebody_else)
}
