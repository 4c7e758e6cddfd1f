//! How authenticators ask the realm's rules which account an identity may belong to, and take their answer.

use super::hand_over::{self, Comer};
use super::{Act, Effect, Found, Sight, Turn, new_user};
use crate::ask::{Candidate, Candidates, Question};
use crate::definition::waiver::Permit;
use crate::linking::{Case, Judgement, LinkingVerdict, One};
use crate::others::{Joining, are_agreed_to, joining_if};
use crate::outcome::DenialCode;
use crate::proof::AcceptedProof;
use crate::session::How;
use domain::{LinkedIdentity, ProofKind, User};

/// Asks for the accounts that the rules could mean.
pub(super) fn look_up(sight: &Sight<'_>) -> Turn {
    match Case::of(sight.policy, sight.frame) {
        Some(case) => Turn::ask(Question::FindCandidates(Box::new(case.sought()))),
        None => Turn::just(Act::Attempted),
    }
}

/// Lets the rules decide, and goes on with the account that they found (None: nobody). The reasons are kept, whatever follows.
pub(super) fn decide(sight: &Sight<'_>, found: &Candidates, go_on: impl FnOnce(Option<One>) -> Turn) -> Turn {
    let Some(case) = Case::of(sight.policy, sight.frame) else { return Turn::just(Act::Attempted) };
    let Judgement { verdict, reasons } = case.judge(found);
    let turn = match verdict {
        LinkingVerdict::Nobody => go_on(None),
        LinkingVerdict::One(one) => go_on(Some(*one)),
        LinkingVerdict::Several { .. } => Turn::just(Act::Deny(DenialCode::Ambiguous)),
        LinkingVerdict::Deny { .. } => Turn::just(Act::Deny(DenialCode::RefusedByRule)),
    };
    turn.with(Effect::Reasons(Box::new(reasons)))
}

/// The account that a rule found, for the login to remember.
pub(super) fn remembered(sight: &Sight<'_>, found: &Candidates, one: One) -> Effect {
    let One { rule, account, demand, .. } = one;
    let address = sight.frame.profile.email.as_ref().map(|email| &email.address);
    let others = |other: &&Candidate| other.user.id != account.user.id;
    let mut others = found.accounts.iter().filter(others);
    let address_is_anothers = address.is_some_and(|address| others.any(|other| other.user.has_proved(address)));
    let Candidate { user, identities } = account;
    Effect::Existing(Box::new(Found { user, identities, address_is_anothers, rule: Some(rule), demand }))
}

/// Links the account on the provider's word. An account that only claims the address is handed over by that, where the provider is set up
/// for it; else it is never opened. Where the person must be asked about other identities first, nothing is linked here.
pub(super) fn link(sight: &Sight<'_>, user: Box<User>, hands_over: bool) -> Turn {
    let accepted = AcceptedProof::accept(ProofKind::TrustedAssertion, user.id, sight.frame, sight.now);
    link_with(sight, user, accepted.map(|proof| if hands_over { proof.handing_over() } else { proof }))
}

/// Links the account although nothing proves it, because the flow's author accepts that.
pub(super) fn link_unproved(sight: &Sight<'_>, user: Box<User>, permit: &Permit) -> Turn {
    let waived = AcceptedProof::waive(permit, user.id, sight.frame, sight.now);
    link_with(sight, user, waived)
}

fn link_with(sight: &Sight<'_>, user: Box<User>, proof: Option<AcceptedProof>) -> Turn {
    if !user.is_open() {
        return Turn::just(Act::Deny(DenialCode::AccountDisabled));
    }
    let hands_over = proof.as_ref().is_some_and(AcceptedProof::hands_over);
    match joining_if(sight.policy, sight.frame, hands_over) {
        Joining::IfWanted(others) if !are_agreed_to(sight.frame, &others) => return Turn::just(Act::Attempted),
        _ => {}
    }
    match proof {
        Some(proof) => {
            Turn::just(Act::Succeed).with(Effect::User(new_user::chosen(sight, How::Proved(user, Box::new(proof)), None)))
        }
        None => Turn::just(Act::Attempted),
    }
}

/// Whether the account only claims the address that the provider is trusted for, and goes to whoever comes with that word.
pub(super) fn is_handed_over(sight: &Sight<'_>, account: (&User, &[LinkedIdentity])) -> bool {
    let provider = sight.frame.identity.as_ref().map(|identity| &identity.key.provider);
    // Where another account has proved the address, it isn't the claimant's to be handed over by.
    let comer = provider.zip(sight.policy.trusted_address(sight.frame)).filter(|_| !sight.frame.address_is_anothers);
    comer.is_some_and(|(provider, trusted)| hand_over::goes_over(sight.policy, Comer { provider, trusted }, account))
}
