//! What an account's other identities of the same provider mean for one more.

use crate::authenticator::hand_over;
use crate::policy::RealmPolicy;
use crate::session::{Frame, How};
use domain::{ExistingLink, IdentityId, LinkedIdentity};
use std::collections::BTreeSet;

/// Whether the frame's identity may join the account that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Joining {
    /// There is nothing to say about it.
    Freely,
    /// As one more beside these, if the person wants that.
    IfWanted(Vec<LinkedIdentity>),
    /// In the place of these.
    Instead(Vec<LinkedIdentity>),
    /// Not at all: there is one already, or there are as many as there may be.
    Refused,
}

/// What the frame's provider says of the identities that the found account has of it.
pub(crate) fn joining(policy: &RealmPolicy, frame: &Frame) -> Joining {
    let how = frame.user.as_ref().map(|chosen| &chosen.how);
    joining_if(policy, frame, matches!(how, Some(How::Proved(_, proof)) if proof.hands_over()))
}

/// The same, if the account is handed over or isn't: what goes with a hand-over is in nobody's way.
pub(crate) fn joining_if(policy: &RealmPolicy, frame: &Frame, hands_over: bool) -> Joining {
    let Some(key) = frame.identity.as_ref().map(|identity| &identity.key) else { return Joining::Freely };
    let Some(provider) = policy.provider(&key.provider) else { return Joining::Refused };
    let goes = |link: &LinkedIdentity| hands_over && !hand_over::stays(policy, link);
    let is_other = |link: &&LinkedIdentity| link.key.provider == key.provider && link.key != *key && !goes(link);
    let others: Vec<_> = frame.existing_identities.iter().filter(is_other).cloned().collect();
    let is_full =
        || provider.most_identities.is_some_and(|most| others.len() >= usize::try_from(most.get()).unwrap_or(usize::MAX));
    match provider.on_existing_link {
        _ if others.is_empty() => Joining::Freely,
        ExistingLink::Replace => Joining::Instead(others),
        ExistingLink::Deny => Joining::Refused,
        ExistingLink::Add | ExistingLink::Ask if is_full() => Joining::Refused,
        ExistingLink::Ask => Joining::IfWanted(others),
        ExistingLink::Add => Joining::Freely,
    }
}

/// Whether the person was asked about these, and wants one more.
pub(crate) fn are_agreed_to(frame: &Frame, others: &[LinkedIdentity]) -> bool {
    others.iter().all(|other| frame.agreed.contains(&other.id))
}

/// Their ids, to be remembered.
pub(crate) fn ids(others: &[LinkedIdentity]) -> BTreeSet<IdentityId> {
    others.iter().map(|other| other.id).collect()
}
