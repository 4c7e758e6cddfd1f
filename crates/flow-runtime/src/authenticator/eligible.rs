//! What could prove the account that was found, and what this person may know of it.

use super::Sight;
use domain::{ProofKind, Vouched};
use std::collections::BTreeSet;

impl Sight<'_> {
    /// The proofs that this person could still give in this flow, for the account that was found; [`ProofKind::Created`] if they could
    /// take its address to a fresh account. None at all: whatever they do here, it leads nowhere.
    pub fn eligible_proofs(&self) -> BTreeSet<ProofKind> {
        let Some(flow) = self.policy.flow_of(self.frame) else { return BTreeSet::new() };
        let proof = |(execution, authenticator): (_, &std::sync::Arc<dyn super::Authenticator>)| {
            let here = Self { execution, ..*self };
            let is_over = self.frame.position.is_over(flow.program(), execution);
            if is_over { None } else { authenticator.proves(&here) }
        };
        flow.program().provers().filter_map(proof).collect()
    }

    /// Whether the person may be told about the account that was found: its provider vouches for that very address, and the flow says so.
    pub fn may_know_the_account(&self) -> bool {
        let flow = self.policy.flow_of(self.frame);
        self.is_vouched_for() && flow.is_some_and(|flow| flow.program().reveals_accounts())
    }

    /// Whether the account was found by an address for which the provider vouches. Who comes with the right username, say, may
    /// still be anybody.
    pub fn is_vouched_for(&self) -> bool {
        let asserted = self.frame.identity.as_ref().and_then(|identity| identity.email.as_ref());
        let in_use = self.frame.profile.email.as_ref().filter(|email| !email.typed);
        let names_same = |(asserted, in_use): (&domain::AssertedEmail, &crate::session::ProfileEmail)| {
            asserted.vouched == Vouched::Yes && asserted.address == in_use.address
        };
        let held = self.frame.existing.as_ref().and_then(|user| user.email.as_ref());
        let by_address =
            asserted.zip(held).is_some_and(|(asserted, held)| held.address.names_the_same_mailbox_as(&asserted.address));
        by_address && asserted.zip(in_use).is_some_and(names_same)
    }

    /// The address that the account was sought by, as the person or the provider wrote it.
    pub fn address(&self) -> String {
        self.frame.profile.email.as_ref().map(|email| email.address.to_string()).unwrap_or_default()
    }
}
