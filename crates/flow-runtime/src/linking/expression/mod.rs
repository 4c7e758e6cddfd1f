//! Expressions of rules: a subset of CEL (the Common Expression Language) over an identity, its claims and an account.
//!
//! An expression is read and typed once. It is a truth; its values are texts, truths, numbers and lists of texts, nothing else. It is
//! bounded in length, depth and steps, reads nothing but its arguments, and ends in true, false or an error, and an error denies. The
//! reader is Braid's own: it takes exactly this subset and says at which byte it stopped.

mod eval;
mod lex;
mod names;
mod parse;
#[cfg(test)]
mod tests;
mod tree;

pub(super) use eval::Undecided;

use super::Case;
use crate::ask::Candidate;
use tree::Truth;

/// The longest text of an expression, in bytes.
const LONGEST: usize = 2_000;
/// How deep an expression may nest.
const DEEPEST: usize = 32;
/// The most steps of one evaluation.
const MOST_STEPS: u32 = 20_000;

/// An expression that can be evaluated.
#[derive(Debug, Clone)]
pub(super) struct Expression(Truth);

/// Why a text is no expression, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unreadable {
    pub(super) at: usize,
    pub(super) what: String,
}

impl Expression {
    /// Reads and types an expression.
    pub(super) fn parse(text: &str) -> Result<Self, Unreadable> {
        if text.len() > LONGEST {
            return Err(Unreadable { at: LONGEST, what: format!("an expression has at most {LONGEST} bytes") });
        }
        parse::truth(lex::tokens(text)?, text.len()).map(Self)
    }

    /// Whether it holds for this identity and this account.
    pub(super) fn holds(&self, case: &Case<'_>, account: &Candidate) -> Result<bool, Undecided> {
        eval::holds(&self.0, case, account)
    }
}
