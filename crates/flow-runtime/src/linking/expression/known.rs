//! What is known where an expression is evaluated.

use super::super::Case;
use crate::ask::Candidate;
use crate::policy::RealmPolicy;
use crate::session::Profile;
use domain::{BrokeredIdentity, ClientId, EmailAddress, LinkedIdentity, User, Vouched};

/// What is known. To name what isn't is an error, and an error denies.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    /// The realm.
    pub(crate) policy: &'a RealmPolicy,
    /// What the provider asserted.
    pub(crate) identity: Option<&'a BrokeredIdentity>,
    /// The identity's profile, where it is not as the provider asserted it.
    pub(crate) profile: Option<&'a Profile>,
    /// The address that is the identity's.
    pub(crate) email: Option<&'a EmailAddress>,
    /// The account that was found.
    pub(crate) account: Option<&'a User>,
    /// Its identities.
    pub(crate) identities: &'a [LinkedIdentity],
    /// Whoever signs in.
    pub(crate) user: Option<&'a User>,
    /// The client that sent them.
    pub(crate) client: Option<&'a ClientId>,
    /// The scopes that it asked for.
    pub(crate) scopes: &'a [String],
    /// Whether they came to their account in this login for the first time.
    pub(crate) first_login: Option<bool>,
}

impl<'a> Known<'a> {
    /// What a rule knows of an identity and one account.
    pub(in crate::linking) fn of(case: &Case<'a>, account: &'a Candidate) -> Self {
        Self {
            policy: case.policy,
            identity: Some(case.identity),
            profile: Some(case.profile),
            email: case.profile.email.as_ref().map(|email| &email.address),
            account: Some(&account.user),
            identities: &account.identities,
            user: None,
            client: None,
            scopes: &[],
            first_login: None,
        }
    }

    /// Whether the provider said that it had verified the identity's address. None: there is no identity.
    pub(super) fn is_vouched_for(&self) -> Option<bool> {
        let identity = self.identity?;
        let asserted = identity.email.as_ref().filter(|email| email.vouched == Vouched::Yes);
        let is_asserted = self.profile.is_none_or(|profile| profile.email.as_ref().is_some_and(|email| !email.typed));
        Some(is_asserted && asserted.is_some_and(|asserted| Some(&asserted.address) == self.email))
    }

    /// The same, if the provider's word is taken for it.
    pub(super) fn is_trusted(&self) -> Option<bool> {
        let identity = self.identity?;
        let asserted = identity.email.as_ref().map(|email| &email.address);
        let is_trusted = |address| {
            let provider = self.policy.provider(&identity.key.provider);
            provider.is_some_and(|provider| provider.is_trusted_for(&identity.key, address))
        };
        Some(self.is_vouched_for()? && asserted.is_some_and(is_trusted))
    }
}

impl<'a> Case<'a> {
    /// The address in the profile, if the provider asserted exactly it and said that it had verified it.
    pub(in crate::linking) fn vouched_address(&self) -> Option<&'a EmailAddress> {
        let asserted = self.identity.email.as_ref().filter(|email| email.vouched == Vouched::Yes)?;
        let used = self.profile.email.as_ref().filter(|email| !email.typed)?;
        (used.address == asserted.address).then_some(&used.address)
    }

    /// The same, if the provider's word is taken for it.
    pub(in crate::linking) fn trusted_address(&self) -> Option<&'a EmailAddress> {
        self.policy.trusted_word(self.identity, self.profile)
    }
}
