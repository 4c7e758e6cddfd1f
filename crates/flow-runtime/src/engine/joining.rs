//! Before a link is written: how the account is now, and what its other identities mean for one more.

use super::run::{Asker, Run, Step};
use super::turns::Turning;
use crate::ask::{Candidate, Fact, Question};
use crate::authenticator::hand_over::{self, Comer};
use crate::linking::Case;
use crate::others::{Joining, are_agreed_to, joining};
use crate::outcome::{DenialCode, Fault};
use crate::policy::RealmPolicy;
use crate::proof::AcceptedProof;
use crate::session::{Frame, How};
use crate::write::{ProfileChange, UnlinkReason, Write};
use domain::{AddressProof, Entropy, IdentityKey, LinkedIdentity, ProofKind, Timestamp, User, UserId};
use std::collections::{BTreeMap, BTreeSet};

impl Run {
    /// Whose identities must be read before the frame's is linked, unless that was done in this step.
    pub(super) fn uncounted(&self, frame: &Frame) -> Option<UserId> {
        let How::Proved(user, proof) = &frame.user.as_ref()?.how else { return None };
        let links = proof.opens(user.id, frame);
        (links && self.counted != Some(user.id)).then_some(user.id)
    }

    pub(super) fn count(self, user: UserId) -> Step {
        self.ask(Asker::Others, Question::IdentitiesOf(user))
    }

    /// The identities as they are now. What is written rests on the account's version, which moves with each of them.
    pub(super) fn counted(mut self, policy: &RealmPolicy, fact: Fact, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
        let Fact::OwnIdentities(found) = fact else { return Err(Fault::WrongFact { authenticator: "end of a flow" }) };
        let frame = self.session.frames.last_mut().ok_or(Fault::Frames("no frame to conclude"))?;
        let chosen = frame.user.as_mut().ok_or(Fault::Frames("a flow succeeded without a user"))?;
        let before = chosen.user();
        match found {
            Some(found) if found.user.goes_on_from(&before) => {
                self.counted = Some(found.user.id);
                frame.existing_identities = found.identities;
                chosen.how.refresh(Box::new(found.user));
                self.turn(policy, Turning::Conclude, now, entropy)
            }
            lost => Ok(self.deny(DenialCode::of_lost(lost.as_ref().map(|found| &found.user)), now)),
        }
    }

    /// Takes off the account what the frame's identity replaces, and says what people were called by it.
    pub(super) fn replace_others(&mut self, policy: &RealmPolicy, frame: &Frame, user: User) -> (User, Vec<String>) {
        let Joining::Instead(others) = joining(policy, frame) else { return (user, Vec::new()) };
        for other in &others {
            self.writes.push(Write::Unlink { identity: other.id, user: user.id, why: UnlinkReason::Replaced });
        }
        (others.iter().fold(user, without), others.into_iter().map(|other| other.label).collect())
    }

    /// Hands the account over, and says how it is afterwards.
    pub(super) fn hand_over(&mut self, policy: &RealmPolicy, frame: &Frame, user: &User, proof: AddressProof) -> User {
        self.writes.push(Write::HandOver { user: user.id, proof: proof.clone() });
        let mut after = User {
            has_password: false,
            password_set_at: None,
            must_renew_password: false,
            has_one_time_codes: false,
            roles: BTreeSet::new(),
            accepted_terms: BTreeMap::new(),
            epoch: user.epoch.next(),
            ..user.clone()
        };
        if let Some(email) = &mut after.email {
            self.writes.push(Write::ReleaseAddress { address: email.address.clone(), except: user.id });
            email.proof = Some(proof);
        }
        let goes = |link: &&LinkedIdentity| !hand_over::stays(policy, link);
        for link in frame.existing_identities.iter().filter(goes) {
            self.writes.push(Write::Unlink { identity: link.id, user: user.id, why: UnlinkReason::Unproved });
            after = without(after, link);
        }
        after
    }
}

/// Whether this is a proof; or the flow's author accepts that there is none, at the very execution that took the account without one.
pub(super) fn is_permitted(policy: &RealmPolicy, frame: &Frame, proof: &AcceptedProof) -> bool {
    let permit = || policy.permit(frame, frame.user_by?);
    proof.kind() != ProofKind::Waived || permit().is_some()
}

/// Whether a proof still opens the account that was found. A person may have rested for a while since they gave it: the rule may be
/// gone, refuse, or want another proof, the provider's word may not be taken any more, and the identity that gave it may be off the account.
pub(super) fn still_opens(policy: &RealmPolicy, frame: &Frame) -> bool {
    let Some(How::Proved(user, proof)) = frame.user.as_ref().map(|chosen| &chosen.how) else { return true };
    if !is_permitted(policy, frame, proof) {
        return false;
    }
    let account = Candidate { user: (**user).clone(), identities: frame.existing_identities.clone() };
    let found = match frame.rule.as_ref().zip(Case::of(policy, frame)) {
        None => None,
        Some((rule, case)) => match case.still_finds(rule, &account) {
            None => return false,
            found => found,
        },
    };
    let demanded = found.as_ref().and_then(|one| one.demand.as_ref());
    let is_wanted = demanded.is_none_or(|kinds| kinds.contains(&proof.kind()));
    let vouched = || policy.trusted_address(frame).is_some_and(|address| user.has_proved(address));
    let links_alone = found.as_ref().is_some_and(|one| one.links_alone);
    let word_counts = proof.kind() != ProofKind::TrustedAssertion || proof.hands_over() || links_alone || vouched();
    let lets_in = |key: &IdentityKey| policy.provider(&key.provider).is_some_and(|provider| provider.lets_in(key));
    let is_own = |key: &IdentityKey| account.identities.iter().any(|link| link.key == *key) && lets_in(key);
    is_wanted && word_counts && proof.giver().is_none_or(is_own)
}

/// The account without what came with an identity that it has no more.
fn without(user: User, gone: &LinkedIdentity) -> User {
    ProfileChange::of(&user).without(&gone.key).made_to(user)
}

/// Why the frame's identity doesn't join the account, whatever was proved.
pub(super) fn stops(policy: &RealmPolicy, frame: &Frame, now: Timestamp) -> Option<DenialCode> {
    let How::Proved(user, proof) = &frame.user.as_ref()?.how else { return None };
    if proof.hands_over() && handed_over_by(policy, frame, user, now).is_none() {
        return Some(DenialCode::NoWayLeft);
    }
    match joining(policy, frame) {
        Joining::Refused => Some(DenialCode::ProviderAlreadyLinked),
        Joining::IfWanted(others) if !are_agreed_to(frame, &others) => Some(DenialCode::ProviderAlreadyLinked),
        Joining::Freely | Joining::IfWanted(_) | Joining::Instead(_) => None,
    }
}

/// What proves the address of an account that is handed over to the frame's identity. None: it isn't.
pub(super) fn handed_over_by(policy: &RealmPolicy, frame: &Frame, user: &User, now: Timestamp) -> Option<AddressProof> {
    let trusted = policy.trusted_address(frame).filter(|_| !frame.address_is_anothers)?;
    let comer = Comer { provider: &frame.identity.as_ref()?.key.provider, trusted };
    hand_over::proof(policy, comer, (user, &frame.existing_identities), now)
}
