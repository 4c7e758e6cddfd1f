//! Accepted proofs: the only way to a link.

use crate::definition::waiver::Permit;
use crate::session::Frame;
use domain::{Accepted, IdentityKey, LinkProof, ProofKind, RuleName, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A proof that a frame's identity belongs to a user. It can only be made by [`AcceptedProof::accept`] and, where a flow's author
/// accepts that nothing is proved, by [`AcceptedProof::waive`], from inside this crate. It binds user, identity and frame; [`AcceptedProof::opens`] must hold before it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedProof {
    user: UserId,
    identity: IdentityKey,
    proof: LinkProof,
    /// It opens an account that never proved its address, so that account must be handed over first.
    #[serde(default)]
    hands_over: bool,
    /// The identity of the account that gave it, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    given_by: Option<Box<IdentityKey>>,
}

impl AcceptedProof {
    /// Accepts evidence that the identity of `frame` belongs to `user`. None if the frame has no identity, or the rule that found the
    /// account wants another proof.
    pub(crate) fn accept(kind: ProofKind, user: UserId, frame: &Frame, at: Timestamp) -> Option<Self> {
        let shown = !matches!(kind, ProofKind::Created | ProofKind::Administrator | ProofKind::Waived);
        if shown { Self::bind(kind, user, frame, at) } else { None }
    }

    /// Takes nothing for a proof, because the flow's author accepts that at this execution. The link says so for ever. None if the rule that
    /// found the account wants a proof.
    pub(crate) fn waive(_permit: &Permit, user: UserId, frame: &Frame, at: Timestamp) -> Option<Self> {
        Self::bind(ProofKind::Waived, user, frame, at)
    }

    fn bind(kind: ProofKind, user: UserId, frame: &Frame, at: Timestamp) -> Option<Self> {
        let identity = frame.identity.as_ref()?.key.clone();
        if frame.demand.as_ref().is_some_and(|demand| !demand.contains(&kind)) {
            return None;
        }
        let proof = LinkProof { kind, at, accepted: accepted_in(frame, frame.rule.clone()) };
        Some(Self { user, identity, proof, hands_over: false, given_by: None })
    }

    /// The same for an account that never proved the address: it is handed over before the identity is linked.
    #[must_use]
    pub(crate) fn handing_over(self) -> Self {
        Self { hands_over: true, ..self }
    }

    /// The same, given by an identity of the account: it counts as long as the account has that identity.
    #[must_use]
    pub(crate) fn given_by(self, key: IdentityKey) -> Self {
        Self { given_by: Some(Box::new(key)), ..self }
    }

    /// The identity of the account that gave it, if it was one.
    pub(crate) fn giver(&self) -> Option<&IdentityKey> {
        self.given_by.as_deref()
    }

    /// Whether the account must be handed over before the identity is linked.
    pub fn hands_over(&self) -> bool {
        self.hands_over
    }

    /// Whether this proof is for that user, that identity and that frame.
    pub fn opens(&self, user: UserId, frame: &Frame) -> bool {
        let same_identity = frame.identity.as_ref().is_some_and(|identity| identity.key == self.identity);
        self.user == user && same_identity && self.proof.frame() == Some(frame.id)
    }

    /// What is stored with the link.
    pub fn record(&self) -> &LinkProof {
        &self.proof
    }

    /// What was shown.
    pub fn kind(&self) -> ProofKind {
        self.proof.kind
    }
}

/// That a proof was accepted in this frame, for an account that a rule found.
pub(crate) fn accepted_in(frame: &Frame, rule: Option<RuleName>) -> Accepted {
    Accepted::Login { frame: frame.id, flow: frame.flow.clone(), revision: frame.revision.0.clone(), rule }
}
