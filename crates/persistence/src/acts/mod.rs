//! What is done to accounts by hand, outside of any login: each under the lock of the account's row, and each with one record
//! that says who did it and why.

mod account;
mod identity;

pub use identity::{Linked, NewTie, PrimarySet, Unlinked};

use domain::{AuditEvent, AuditKind, UserId};
use flow_runtime::UnlinkReason;

/// Who does something by hand, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// Who, as they were signed in.
    pub by: String,
    /// Why, in their words.
    pub reason: String,
}

impl ByHand {
    /// As a record says it.
    pub(crate) fn words(&self) -> String {
        format!("by {}: {}", self.by, self.reason)
    }

    fn why_unlinked(&self) -> UnlinkReason {
        UnlinkReason::ByHand { by: self.by.clone(), reason: self.reason.clone() }
    }

    fn event(&self, kind: AuditKind, user: UserId) -> AuditEvent {
        AuditEvent { kind, user: Some(user), subject: None, provider: None, detail: Some(self.words()) }
    }
}
