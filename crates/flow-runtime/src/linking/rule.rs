//! A linking rule, as an operator writes it.

use domain::{AttributeName, ProofKind, ProviderAlias, RuleName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How an identity finds the account that it may belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LinkingRule {
    /// Its name, unique in the realm.
    pub name: RuleName,
    /// Rules are tried in this order, the lowest number first. No two are alike.
    pub priority: u32,
    /// The providers whose identities it is for. Empty: all.
    #[serde(default)]
    pub providers: BTreeSet<ProviderAlias>,
    /// The authorities behind a federation whose identities it is for. Empty: all, and identities without one.
    #[serde(default)]
    pub authorities: BTreeSet<String>,
    /// What finds the account.
    #[serde(rename = "match")]
    pub matching: Matching,
    /// Whether the account is linked without asking the person. It needs a trusted assertion, whatever this says.
    #[serde(default)]
    pub auto_link: bool,
    /// Which sides must have verified an address before it finds anything.
    #[serde(default)]
    pub require_verified: RequireVerified,
    /// The proofs of which one is wanted. Empty: whatever proves the account.
    #[serde(default)]
    pub proofs: BTreeSet<ProofKind>,
    /// Accounts with one of these values are never its targets.
    #[serde(default)]
    pub never: BTreeMap<AttributeName, BTreeSet<String>>,
    /// Only accounts with one of the values of each of these are its targets.
    #[serde(default)]
    pub only: BTreeMap<AttributeName, BTreeSet<String>>,
    /// What it means to have found an account.
    #[serde(default)]
    pub on_match: OnMatch,
    /// What happens if the provider didn't send the claim.
    #[serde(default)]
    pub on_missing: OnMissing,
    /// What happens if several accounts match.
    #[serde(default)]
    pub on_several: OnSeveral,
}

impl LinkingRule {
    /// A rule for every identity, with the default of every key.
    pub fn new(name: RuleName, priority: u32, matching: Matching) -> Self {
        Self {
            name,
            priority,
            providers: BTreeSet::new(),
            authorities: BTreeSet::new(),
            matching,
            auto_link: false,
            require_verified: RequireVerified::default(),
            proofs: BTreeSet::new(),
            never: BTreeMap::new(),
            only: BTreeMap::new(),
            on_match: OnMatch::default(),
            on_missing: OnMissing::default(),
            on_several: OnSeveral::default(),
        }
    }
}

/// What finds an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Matching {
    /// The claim is the account's value.
    Exact(FindBy),
    /// The domain of the identity's address is one of these; the account is found by the whole address.
    Domain(BTreeSet<String>),
    /// The whole claim matches, and what the group `value` caught is the account's value.
    Regex {
        /// The claim.
        claim: Claim,
        /// The pattern, with one named group `value`.
        pattern: String,
        /// The account's side.
        account: AccountField,
    },
    /// The account is found by a claim, and an expression holds for both.
    Custom {
        /// The expression.
        expression: String,
        /// What the account is found by.
        #[serde(default)]
        find_by: FindBy,
    },
}

/// A claim, and what it is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FindBy {
    /// What the provider asserted.
    pub claim: Claim,
    /// The account's side.
    pub account: AccountField,
}

impl Default for FindBy {
    /// The address.
    fn default() -> Self {
        Self { claim: Claim::Email, account: AccountField::Email }
    }
}

/// Something that a provider asserts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// The address, as the profile has it.
    Email,
    /// The name at the provider.
    Username,
    /// The provider's id for the person.
    Subject,
    /// An attribute that the provider's mapping names.
    Attribute(AttributeName),
}

/// Something that an account has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountField {
    /// Its address.
    Email,
    /// Its username.
    Username,
    /// One of the values of an attribute.
    Attribute(AttributeName),
}

/// Which sides must have verified an address before it finds an account. What opens one is another matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct RequireVerified {
    /// The provider said that it had verified it.
    pub upstream: bool,
    /// The account proved it.
    pub local: bool,
}

impl Default for RequireVerified {
    fn default() -> Self {
        Self { upstream: true, local: true }
    }
}

/// What it means to have found an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnMatch {
    /// The identity may be linked to it.
    #[default]
    Offer,
    /// The login is refused: the person should come the way that they came before.
    Deny,
}

/// What happens if the claim is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnMissing {
    /// The next rule is tried.
    #[default]
    Skip,
    /// The login is refused.
    Deny,
}

/// What happens if several accounts match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnSeveral {
    /// The login is refused.
    #[default]
    Deny,
    /// The next rule is tried.
    Skip,
}

impl Claim {
    /// The name on pages and in reasons.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email => "email",
            Self::Username => "username",
            Self::Subject => "subject",
            Self::Attribute(name) => name.as_str(),
        }
    }
}

impl AccountField {
    /// The name on pages and in reasons.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email => "email",
            Self::Username => "username",
            Self::Attribute(name) => name.as_str(),
        }
    }
}
