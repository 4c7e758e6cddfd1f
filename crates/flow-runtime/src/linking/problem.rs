//! What is wrong with a set of rules.

use domain::RuleName;
use std::fmt;

/// One thing that is wrong with one rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the linking rule {rule}: {what}; {remedy}")]
pub struct RuleProblem {
    /// The rule.
    pub rule: RuleName,
    /// The key that it is about.
    pub field: RuleField,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
    /// Where in the text of that key, in bytes, if the text has a place to point at.
    pub at: Option<usize>,
}

/// The keys of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleField {
    /// `name`
    Name,
    /// `priority`
    Priority,
    /// `providers`
    Providers,
    /// `authorities`
    Authorities,
    /// `match`, as a whole
    Match,
    /// `domains` of a match
    Domains,
    /// `claim` of a match
    Claim,
    /// `account` of a match
    Account,
    /// `pattern` of a match
    Pattern,
    /// `expression` of a match
    Expression,
    /// `auto-link`
    AutoLink,
    /// `require-verified`
    RequireVerified,
    /// `proofs`
    Proofs,
    /// `never`
    Never,
    /// `only`
    Only,
}

impl RuleField {
    /// The key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Priority => "priority",
            Self::Providers => "providers",
            Self::Authorities => "authorities",
            Self::Match => "match",
            Self::Domains => "domains",
            Self::Claim => "claim",
            Self::Account => "account",
            Self::Pattern => "pattern",
            Self::Expression => "expression",
            Self::AutoLink => "auto-link",
            Self::RequireVerified => "require-verified",
            Self::Proofs => "proofs",
            Self::Never => "never",
            Self::Only => "only",
        }
    }
}

impl fmt::Display for RuleField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl RuleProblem {
    pub(super) fn new(rule: &RuleName, field: RuleField, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { rule: rule.clone(), field, what: what.into(), remedy: remedy.into(), at: None }
    }
}
