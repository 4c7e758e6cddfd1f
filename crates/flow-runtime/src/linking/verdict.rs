//! What rules come to.

use super::reasons::Reasons;
use crate::ask::Candidate;
use domain::{ProofKind, RuleName, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A verdict, and why.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// Whose the identity may be.
    pub verdict: LinkingVerdict,
    /// Why.
    pub reasons: Reasons,
}

/// Whose an identity may be.
#[derive(Debug, Clone)]
pub enum LinkingVerdict {
    /// No rule found an account.
    Nobody,
    /// A rule found one.
    One(Box<One>),
    /// Several accounts match the rule that decided.
    Several {
        /// The rule.
        rule: RuleName,
        /// They, as far as they were looked at.
        accounts: Vec<UserId>,
    },
    /// A rule refuses the login.
    Deny {
        /// The rule.
        rule: RuleName,
        /// Why.
        why: Refusal,
    },
}

/// The account that a rule found. Nothing is proved by that.
#[derive(Debug, Clone)]
pub struct One {
    /// The rule.
    pub rule: RuleName,
    /// The account.
    pub account: Candidate,
    /// The proofs of which the rule wants one. None: whatever proves the account.
    pub demand: Option<BTreeSet<ProofKind>>,
    /// Whether it may be linked without asking: the rule says so, and a trusted assertion proves the account.
    pub links_alone: bool,
}

/// Why a rule refuses a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// It found an account, and is there to refuse that.
    Matched,
    /// The provider didn't send the claim.
    Missing,
    /// Its expression couldn't be evaluated.
    Undecided,
}
