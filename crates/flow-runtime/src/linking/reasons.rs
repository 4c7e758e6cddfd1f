//! Why rules came to their verdict: what is stored with the decision, and read to whoever asks. It names claims, attributes, rules and
//! accounts, never anybody's values.

use super::rule::{AccountField, Claim};
use super::verdict::Refusal;
use domain::{AttributeName, RuleName, UserId};
use serde::{Deserialize, Serialize};

/// Why rules came to their verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reasons {
    /// The rule that decided. None: no rule found an account.
    pub decided: Option<RuleName>,
    /// Rules that were considered, in their order; the one that decided is the last.
    pub considered: Vec<Considered>,
    /// How many rules are for other providers, authorities or domains.
    pub elsewhere: usize,
    /// The username of the profile is somebody's, so that a new account can't have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub username_taken: bool,
}

/// One rule, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Considered {
    /// The rule.
    pub rule: RuleName,
    /// What came of it.
    pub finding: Finding,
    /// Accounts that have the value and were passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<Passed>,
}

/// What came of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Finding {
    /// The provider sent no such claim, and the rule lets that pass.
    Missing {
        /// The claim.
        claim: Claim,
    },
    /// The claim has more values than one person's.
    TooManyValues {
        /// The claim.
        claim: Claim,
    },
    /// The claim is none that the account could have, or doesn't match the pattern.
    Unlike {
        /// The claim.
        claim: Claim,
        /// The account's side.
        account: AccountField,
    },
    /// The rule wants an address that the provider verified, and it didn't say so.
    Unvouched,
    /// No account has it.
    NoAccount {
        /// The account's side.
        account: AccountField,
    },
    /// It found this account.
    Found {
        /// The account.
        account: UserId,
        /// Whether it may be linked without asking.
        links_alone: bool,
    },
    /// It found several.
    Several {
        /// They, as far as they were looked at.
        accounts: Vec<UserId>,
        /// Whether that ended the login; else the next rule was tried.
        denied: bool,
    },
    /// It refused the login.
    Refused {
        /// Why.
        why: Refusal,
    },
}

/// An account that has the value, and wasn't taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Passed {
    /// The account.
    pub account: UserId,
    /// Why not.
    pub because: Turned,
}

/// Why an account wasn't taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turned {
    /// It only claims the address.
    Unproved,
    /// It only claims the address, and somebody proved it, or is about to by a trusted word.
    Outranked,
    /// It only claims the address, and nothing could prove it or end the claim.
    Unprovable,
    /// It only claims the address, and isn't the only one.
    NotTheOnlyClaim,
    /// It has the value from nobody who may give it.
    Planted,
    /// It was deleted.
    Deleted,
    /// It is in another linking domain.
    OtherDomain,
    /// The rule never takes accounts with such a value.
    Never(AttributeName),
    /// The rule takes only accounts with certain values.
    Only(AttributeName),
    /// The expression doesn't hold for it.
    Expression,
}

impl Reasons {
    /// The reasons in plain English, one line each.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.considered.iter().flat_map(Considered::lines).collect();
        match self.elsewhere {
            0 => {}
            1 => lines.push("One more rule is for other providers, authorities or domains.".into()),
            many => lines.push(format!("{many} more rules are for other providers, authorities or domains.")),
        }
        lines.push(match &self.decided {
            Some(rule) => format!("The rule {rule} decided."),
            None => "No rule found an account.".into(),
        });
        if self.username_taken && self.decided.is_none() {
            lines.push("The username is somebody's, so a new account doesn't get it.".into());
        }
        lines
    }
}

impl Considered {
    fn lines(&self) -> Vec<String> {
        let first = format!("{}: {}", self.rule, self.finding.sentence());
        let passed =
            self.passed.iter().map(|passed| format!("  {} was passed over: {}", passed.account, passed.because.sentence()));
        std::iter::once(first).chain(passed).collect()
    }
}

impl Finding {
    fn sentence(&self) -> String {
        match self {
            Self::Missing { claim } => format!("the provider sent no {}, so the next rule is tried.", claim.as_str()),
            Self::TooManyValues { claim } => format!("{} has more values than one person's, so it finds nobody.", claim.as_str()),
            Self::Unlike { claim, account } => {
                format!("{} is nothing that this rule compares with {}.", claim.as_str(), account.as_str())
            }
            Self::Unvouched => "the provider didn't say that it had verified the address.".into(),
            Self::NoAccount { account } => format!("no account that it may take has this {}.", account.as_str()),
            Self::Found { account, links_alone: true } => {
                format!("it found {account}, which a trusted assertion proves: it is linked without a question.")
            }
            Self::Found { account, links_alone: false } => format!("it found {account}, which is still to be proved."),
            Self::Several { accounts, denied } => {
                let then = if *denied { "the login is refused" } else { "the next rule is tried" };
                format!("it found several accounts ({}), so {then}.", listed(accounts))
            }
            Self::Refused { why } => format!("it refuses the login: {}.", why.sentence()),
        }
    }
}

impl Refusal {
    fn sentence(self) -> &'static str {
        match self {
            Self::Matched => "an account matches, and the rule is there to refuse that",
            Self::Missing => "the provider didn't send the claim",
            Self::Undecided => "its expression couldn't be evaluated",
        }
    }
}

impl Turned {
    fn sentence(&self) -> String {
        match self {
            Self::Unproved => "it never proved the address.".into(),
            Self::Outranked => "it only claims the address, and another proof of it outranks that.".into(),
            Self::Unprovable => "it only claims the address, and nothing could prove it.".into(),
            Self::NotTheOnlyClaim => "it only claims the address, and isn't the only one.".into(),
            Self::Planted => "it has the value neither from an administrator nor from a provider that hands it out.".into(),
            Self::Deleted => "it was deleted.".into(),
            Self::OtherDomain => "it is in another linking domain.".into(),
            Self::Never(name) => format!("the rule never takes accounts with that {name}."),
            Self::Only(name) => format!("the rule takes only accounts with certain values of {name}."),
            Self::Expression => "the expression doesn't hold for it.".into(),
        }
    }
}

fn listed(accounts: &[UserId]) -> String {
    accounts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
