//! What an account's other identities of the same provider mean for one more.

use crate::authenticator::hand_over;
use crate::policy::RealmPolicy;
use crate::session::{Frame, How};
use domain::{ExistingLink, IdentityId, IdentityKey, LinkedIdentity};
use std::collections::BTreeSet;

/// The fewest characters of a provider's id that are shown.
const LEAST_OF_AN_ID: usize = 4;
/// The most that there are of it.
const MOST_OF_AN_ID: usize = 255;

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

/// What identities are called where several are called the same: with the authority that they are from, or with as much of the provider's
/// id as tells them apart.
pub(crate) fn told_apart(named: &[(String, &IdentityKey)]) -> Vec<String> {
    let told = |(label, key): &(String, &IdentityKey)| {
        let alike: Vec<_> = named.iter().filter(|(other, of)| other == label && of != key).map(|(_, other)| *other).collect();
        let differs = |text: &dyn Fn(&IdentityKey) -> String| {
            let own = text(key);
            (!own.is_empty() && alike.iter().all(|other| text(other) != own)).then_some(own)
        };
        let end = |length| differs(&|key| end_of(key.subject.as_str(), length));
        let more = differs(&|key| key.authority.clone().unwrap_or_default())
            .or_else(|| (LEAST_OF_AN_ID..=MOST_OF_AN_ID).find_map(end).map(|end| format!("…{end}")));
        match more.filter(|_| !alike.is_empty()) {
            Some(more) => format!("{label} ({more})"),
            None => label.clone(),
        }
    };
    named.iter().map(told).collect()
}

fn end_of(text: &str, length: usize) -> String {
    text.chars().skip(text.chars().count().saturating_sub(length)).collect()
}

/// Their ids, to be remembered.
pub(crate) fn ids(others: &[LinkedIdentity]) -> BTreeSet<IdentityId> {
    others.iter().map(|other| other.id).collect()
}
