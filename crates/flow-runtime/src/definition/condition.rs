//! When a sub-flow is there: boolean conditions over named facts of the login.

use crate::policy::RealmPolicy;
use crate::session::Frame;
use domain::ProviderAlias;

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// All of them hold. An empty list can't be written.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
    /// It doesn't hold.
    Not(Box<Condition>),
    /// A named fact.
    Named(NamedFact),
    /// The identity came from this provider.
    Provider(ProviderAlias),
}

/// Facts that have a name in YAML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedFact {
    /// `existing-user.has-password`
    ExistingUserHasPassword,
    /// `existing-user.address-proved`
    ExistingUserAddressProved,
    /// `identity.address-trusted`: the provider vouched for the address, and is trusted for it.
    IdentityAddressTrusted,
    /// `identity.has-address`
    IdentityHasAddress,
}

/// A condition asked about something that this flow doesn't have. It denies; it is never false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConditionFault {
    /// It asks about an identity, in a flow that has none.
    #[error("the condition needs a brokered identity")]
    NoIdentity,
    /// It asks about an existing user before one was found.
    #[error("the condition needs an existing user")]
    NoExistingUser,
}

impl NamedFact {
    /// Every named fact, with its name in YAML.
    pub const ALL: &[(&str, Self)] = &[
        ("existing-user.has-password", Self::ExistingUserHasPassword),
        ("existing-user.address-proved", Self::ExistingUserAddressProved),
        ("identity.address-trusted", Self::IdentityAddressTrusted),
        ("identity.has-address", Self::IdentityHasAddress),
    ];

    /// When it holds, in words for operators.
    pub fn description(self) -> &'static str {
        match self {
            Self::ExistingUserHasPassword => "the existing account has a password",
            Self::ExistingUserAddressProved => "the existing account has proved an address",
            Self::IdentityAddressTrusted => "the provider vouched for the address, and is trusted for it",
            Self::IdentityHasAddress => "the provider sent an address",
        }
    }

    fn holds(self, policy: &RealmPolicy, frame: &Frame) -> Result<bool, ConditionFault> {
        let existing = || frame.existing.as_ref().ok_or(ConditionFault::NoExistingUser);
        let identity = || frame.identity.as_ref().ok_or(ConditionFault::NoIdentity);
        Ok(match self {
            Self::ExistingUserHasPassword => existing()?.has_password,
            Self::ExistingUserAddressProved => existing()?.email.as_ref().is_some_and(domain::OwnedAddress::is_proved),
            Self::IdentityAddressTrusted => {
                identity()?;
                policy.trusted_address(frame).is_some()
            }
            Self::IdentityHasAddress => identity()?.email.is_some(),
        })
    }
}

impl Condition {
    /// Whether the condition holds for this frame.
    pub fn holds(&self, policy: &RealmPolicy, frame: &Frame) -> Result<bool, ConditionFault> {
        let hold = |conditions: &[Self]| conditions.iter().map(|c| c.holds(policy, frame)).collect::<Result<Vec<_>, _>>();
        Ok(match self {
            Self::All(conditions) => hold(conditions)?.into_iter().all(|held| held),
            Self::Any(conditions) => hold(conditions)?.into_iter().any(|held| held),
            Self::Not(condition) => !condition.holds(policy, frame)?,
            Self::Named(fact) => fact.holds(policy, frame)?,
            Self::Provider(alias) => frame.identity.as_ref().ok_or(ConditionFault::NoIdentity)?.key.provider == *alias,
        })
    }
}
