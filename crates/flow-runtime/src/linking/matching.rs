//! What a rule looks for, compiled.

use super::Case;
use super::expression::{Expression, Use};
use super::problem::{RuleField, RuleProblem};
use super::reasons::Finding;
use super::rule::{AccountField, Claim, FindBy, LinkingRule, Matching};
use super::value::{Asserted, Wanted, is_short};
use domain::EmailAddress;
use regex::{Regex, RegexBuilder};

/// The longest pattern, in bytes.
const LONGEST_PATTERN: usize = 500;
/// How much memory a compiled pattern may take, in bytes.
const LARGEST_PATTERN: usize = 1 << 18;
/// The named group that a pattern catches the account's value with.
const VALUE: &str = "value";

/// What a rule looks for.
#[derive(Debug, Clone)]
pub(super) struct Finder {
    /// The claim, and the account's side.
    pub(super) by: FindBy,
    /// What the whole claim must match.
    pattern: Option<Regex>,
    /// What must hold for an account that was found.
    pub(super) expression: Option<Expression>,
}

impl Finder {
    pub(super) fn compile(rule: &LinkingRule, problems: &mut Vec<RuleProblem>) -> Option<Self> {
        let plain = |by: FindBy| Self { by, pattern: None, expression: None };
        match &rule.matching {
            Matching::Exact(by) => Some(plain(by.clone())),
            Matching::Domain(_) => Some(plain(FindBy::default())),
            Matching::Regex { claim, pattern, account } => {
                let by = FindBy { claim: claim.clone(), account: account.clone() };
                match compiled(pattern) {
                    Ok(pattern) => Some(Self { by, pattern: Some(pattern), expression: None }),
                    Err((what, remedy)) => {
                        problems.push(RuleProblem::new(&rule.name, RuleField::Pattern, what, remedy));
                        None
                    }
                }
            }
            Matching::Custom { expression, find_by } => match Expression::parse(expression, Use::Rule) {
                Ok(expression) => Some(Self { by: find_by.clone(), pattern: None, expression: Some(expression) }),
                Err(error) => {
                    let remedy = "see the section on expressions in docs/flows.md";
                    let problem = RuleProblem::new(&rule.name, RuleField::Expression, error.what, remedy);
                    problems.push(RuleProblem { at: Some(error.at), ..problem });
                    None
                }
            },
        }
    }

    /// What an account must have, or why nothing can be looked for.
    pub(super) fn wanted(&self, case: &Case<'_>) -> Result<Vec<Wanted>, Finding> {
        let FindBy { claim, account } = &self.by;
        let values = match claim.of(case) {
            Asserted::Missing => return Err(Finding::Missing { claim: claim.clone() }),
            Asserted::TooMany => return Err(Finding::TooManyValues { claim: claim.clone() }),
            Asserted::Values(values) => values,
        };
        let caught = values.into_iter().filter(|value| is_short(value)).filter_map(|value| self.caught(value));
        let wanted: Vec<Wanted> = caught.filter_map(|value| Wanted::read(account, value)).collect();
        if wanted.is_empty() { Err(Finding::Unlike { claim: claim.clone(), account: account.clone() }) } else { Ok(wanted) }
    }

    fn caught<'v>(&self, value: &'v str) -> Option<&'v str> {
        match &self.pattern {
            None => Some(value),
            Some(pattern) => pattern.captures(value)?.name(VALUE).map(|caught| caught.as_str()),
        }
    }

    /// Whether this is an address that the provider itself asserted, as a whole.
    pub(super) fn is_by_address(&self) -> bool {
        self.by == FindBy { claim: Claim::Email, account: AccountField::Email }
    }
}

fn compiled(pattern: &str) -> Result<Regex, (String, &'static str)> {
    if pattern.len() > LONGEST_PATTERN {
        return Err((format!("the pattern is longer than {LONGEST_PATTERN} bytes"), "write a shorter one"));
    }
    // A pattern must be right by itself: what closes the group around it is no way out of the anchors.
    let alone = RegexBuilder::new(pattern).size_limit(LARGEST_PATTERN).build();
    let whole = alone.and_then(|_| RegexBuilder::new(&format!(r"\A(?:{pattern})\z")).size_limit(LARGEST_PATTERN).build());
    let whole = whole.map_err(|error| (format!("the pattern can't be used: {}", last_line(&error)), "correct it"))?;
    if whole.capture_names().flatten().filter(|name| *name == VALUE).count() == 1 {
        Ok(whole)
    } else {
        let remedy = "put (?<value>…) around the part that is the account's";
        Err(("the pattern has no group with the name `value`".into(), remedy))
    }
}

fn last_line(error: &regex::Error) -> String {
    error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// A domain as it is compared: its A-label.
pub(super) fn domain(text: &str) -> Option<String> {
    EmailAddress::parse(&format!("a@{text}")).ok().map(|address| address.domain().to_owned())
}
