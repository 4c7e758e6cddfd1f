//! Evidence: that an address is read by its owner, and that an identity belongs to an account.

use crate::{FlowName, FrameId, IdentityKey, ProviderAlias, RuleName, Timestamp};
use serde::{Deserialize, Serialize};

/// Who said that an address belongs to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Provenance {
    /// A provider asserted it; `vouched` tells whether it said that it had verified it.
    Provider {
        /// The provider.
        provider: ProviderAlias,
        /// Whether the provider said `email_verified`.
        vouched: bool,
        /// Which identity it was said of, for what is taken back when that identity doesn't have it any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<Box<IdentityKey>>,
    },
    /// The person typed it.
    Typed,
    /// An administrator entered it, which counts as proved by the administrator.
    Administrator,
}

impl Provenance {
    /// Whether this provider gave it.
    pub fn is_of(&self, alias: &ProviderAlias) -> bool {
        matches!(self, Self::Provider { provider, .. } if provider == alias)
    }
}

/// Why an address counts as proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "how")]
pub enum AddressProof {
    /// Somebody who holds the mailbox finished a mail proof.
    Mailbox {
        /// When.
        at: Timestamp,
    },
    /// A provider whose word policy takes for this address vouched for it.
    TrustedProvider {
        /// The provider.
        provider: ProviderAlias,
        /// When.
        at: Timestamp,
    },
    /// An administrator entered it.
    Administrator {
        /// When.
        at: Timestamp,
    },
}

/// What kind of evidence ties an identity to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofKind {
    /// The account was made for this identity, so there was nobody to take it from.
    Created,
    /// The account's password was given in this login.
    Password,
    /// The account's proved mailbox was opened for this login.
    Mailbox,
    /// A trusted provider vouched for the address that the account has proved.
    TrustedAssertion,
    /// A fresh login with another identity of the account.
    LinkedProvider,
    /// An administrator tied them by hand.
    Administrator,
    /// Nothing was proved: the flow's author waived it, at the execution that tied them.
    Waived,
}

impl ProofKind {
    /// The name in storage and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Password => "password",
            Self::Mailbox => "mailbox",
            Self::TrustedAssertion => "trusted-assertion",
            Self::LinkedProvider => "linked-provider",
            Self::Administrator => "administrator",
            Self::Waived => "waived",
        }
    }
}

/// The proof that is stored with a linked identity: what, when, and where it was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkProof {
    /// What was shown.
    pub kind: ProofKind,
    /// When it was accepted.
    pub at: Timestamp,
    /// Where, and by whom.
    pub accepted: Accepted,
}

/// Where a proof was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "in")]
pub enum Accepted {
    /// In a login.
    Login {
        /// The frame of the login.
        frame: FrameId,
        /// The flow that asked for it.
        flow: FlowName,
        /// The content hash of that flow's revision.
        revision: String,
        /// The linking rule that found the account. None: the flow made it.
        rule: Option<RuleName>,
    },
    /// Outside of any login.
    ByHand {
        /// Who did it, as they were signed in.
        by: String,
        /// Why, in their words.
        reason: String,
    },
}

impl LinkProof {
    /// The frame of the login in which it was accepted.
    pub fn frame(&self) -> Option<FrameId> {
        match &self.accepted {
            Accepted::Login { frame, .. } => Some(*frame),
            Accepted::ByHand { .. } => None,
        }
    }

    /// The linking rule that found the account.
    pub fn rule(&self) -> Option<&RuleName> {
        match &self.accepted {
            Accepted::Login { rule, .. } => rule.as_ref(),
            Accepted::ByHand { .. } => None,
        }
    }
}
