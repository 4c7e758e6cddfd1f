//! How the account of a brokered identity is made.

use super::Sight;
use crate::session::{Chosen, How};
use crate::sync;
use crate::write::NewUser;
use domain::{
    AddressProof, AuthenticationMethod, CanonicalSubject, Entropy, OwnedAddress, Provenance, UserId, Username, Vouched,
};

/// The user that the frame's identity gets, with what proves its address. A username is taken only if it is free.
pub(super) fn for_identity(
    sight: &Sight<'_>,
    entropy: &Entropy,
    username: Option<Username>,
    proof: Option<AddressProof>,
) -> NewUser {
    let profile = &sight.frame.profile;
    let alias = sight.frame.identity.as_ref().map(|identity| &identity.key.provider);
    let provider = alias.and_then(|alias| sight.policy.provider(alias));
    let email = profile.email.as_ref().map(|email| OwnedAddress {
        address: email.address.clone(),
        provenance: if email.typed { Provenance::Typed } else { asserted(sight) },
        proof,
    });
    let fed = sync::fed(sight.policy, profile, sight.frame.identity.as_ref());
    NewUser {
        username,
        email,
        given_name: fed.given_name,
        family_name: fed.family_name,
        picture: fed.picture,
        origins: fed.origins,
        attributes: fed.attributes,
        linking_domain: provider.map(|provider| provider.linking_domain.clone()).unwrap_or_default(),
        ..unknown(sight, entropy)
    }
}

/// Somebody new of whom nothing is known yet.
pub(super) fn unknown(sight: &Sight<'_>, entropy: &Entropy) -> NewUser {
    let (id, subject) = (UserId::from_bytes(entropy.id("user")), CanonicalSubject::from_bytes(entropy.id("subject")));
    NewUser::unknown(id, subject, sight.now)
}

fn asserted(sight: &Sight<'_>) -> Provenance {
    sight.frame.identity.as_ref().map_or(Provenance::Typed, |identity| Provenance::Provider {
        provider: identity.key.provider.clone(),
        vouched: identity.email.as_ref().is_some_and(|email| email.vouched == Vouched::Yes),
        identity: None,
    })
}

/// Somebody who came with the frame's identity just now, and proved more on the way.
pub(super) fn chosen(sight: &Sight<'_>, how: How, proved_by: Option<AuthenticationMethod>) -> Box<Chosen> {
    let identity_only = sight.frame.identity.as_ref().filter(|_| proved_by.is_none());
    let auth_time = identity_only.map_or(sight.now, |identity| identity.authenticated_at(sight.now));
    let methods = std::iter::once(AuthenticationMethod::Federated).chain(proved_by).collect();
    let identity = sight.frame.identity.as_ref().map(|identity| identity.key.clone());
    Box::new(Chosen { how, methods, identity, auth_time })
}
