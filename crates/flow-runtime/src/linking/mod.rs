//! Linking rules: which existing account an identity may belong to.
//!
//! A realm's rules are compiled once ([`RuleSet::compile`]). For an identity they say what to look for ([`Case::sought`]), and of the
//! accounts that were found which one it is ([`Case::judge`]), with a tree of reasons. A rule finds an account and may ask for more
//! proof; what opens an account is decided below every rule, in [`trust`].

pub(crate) mod expression;
mod index;
mod judge;
mod matching;
mod problem;
mod reasons;
mod rule;
mod set;
mod trust;
mod value;
mod verdict;

#[cfg(test)]
pub(crate) mod tests;

pub use problem::{RuleField, RuleProblem};
pub use reasons::{Considered, Finding, Passed, Reasons, Turned};
pub use rule::{AccountField, Claim, FindBy, LinkingRule, Matching, OnMatch, OnMissing, OnSeveral, RequireVerified};
pub use set::RuleSet;
pub use verdict::{Judgement, LinkingVerdict, One, Refusal};

use crate::definition::Flow;
use crate::policy::RealmPolicy;
use crate::session::{Frame, Profile};
use domain::BrokeredIdentity;
use std::sync::Arc;

/// An identity whose owner is sought.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The realm, with its rules.
    pub policy: &'a RealmPolicy,
    /// What the provider asserted.
    pub identity: &'a BrokeredIdentity,
    /// The profile as it is now: the person may have typed another address.
    pub profile: &'a Profile,
    /// The flow at work. None: one that takes every trusted word.
    pub flow: Option<&'a Flow>,
}

impl<'a> Case<'a> {
    /// The case of a first login. None: the frame has no identity.
    pub fn of(policy: &'a RealmPolicy, frame: &'a Frame) -> Option<Self> {
        let flow = policy.flow_of(frame).map(Arc::as_ref);
        Some(Self { policy, identity: frame.identity.as_ref()?, profile: &frame.profile, flow })
    }
}
