//! Accepted proofs: the only way to a link.

use crate::session::Frame;
use domain::{Accepted, IdentityKey, LinkProof, ProofKind, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// A proof that a frame's identity belongs to a user. It can only be made by [`AcceptedProof::accept`], from inside this crate,
/// and it binds user, identity and frame; [`AcceptedProof::opens`] must hold before it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedProof {
    user: UserId,
    identity: IdentityKey,
    proof: LinkProof,
}

impl AcceptedProof {
    /// Accepts evidence that the identity of `frame` belongs to `user`. None if the frame has no identity.
    pub(crate) fn accept(kind: ProofKind, user: UserId, frame: &Frame, at: Timestamp) -> Option<Self> {
        let identity = frame.identity.as_ref()?.key.clone();
        let proof = LinkProof { kind, at, accepted: accepted_in(frame) };
        Some(Self { user, identity, proof })
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

/// That a proof was accepted in this frame.
pub(crate) fn accepted_in(frame: &Frame) -> Accepted {
    Accepted::Login { frame: frame.id, flow: frame.flow.clone(), revision: frame.revision.0.clone(), rule: frame.rule.clone() }
}
