//! Expressions: a subset of CEL (the Common Expression Language) over an identity, its claims and an account; in conditions of flows also
//! over whoever signs in and the login itself.
//!
//! An expression is read and typed once. It is a truth; its values are texts, truths, numbers and lists of texts, nothing else. It is
//! bounded in length, depth and steps, reads nothing but its arguments, and ends in true, false or an error, and an error denies. The
//! reader is Braid's own: it takes exactly this subset and says at which byte it stopped.

mod eval;
mod known;
mod lex;
mod names;
mod parse;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use eval::Undecided;
pub(crate) use known::Known;
pub(crate) use names::{Subject, Use};

use super::Case;
use crate::ask::Candidate;
use std::collections::BTreeSet;
use tree::Truth;

/// The longest text of an expression, in bytes.
const LONGEST: usize = 2_000;
/// How deep an expression may nest.
const DEEPEST: usize = 32;
/// The most steps of one evaluation.
const MOST_STEPS: u32 = 20_000;

/// An expression that can be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expression {
    truth: Truth,
    subjects: BTreeSet<Subject>,
}

/// Why a text is no expression, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) at: usize,
    pub(crate) what: String,
}

impl Expression {
    /// Reads and types an expression that is used there.
    pub(crate) fn parse(text: &str, used: Use) -> Result<Self, Unreadable> {
        if text.len() > LONGEST {
            return Err(Unreadable { at: LONGEST, what: format!("an expression has at most {LONGEST} bytes") });
        }
        let (truth, subjects) = parse::truth(lex::tokens(text)?, text.len(), used)?;
        Ok(Self { truth, subjects })
    }

    /// Whom and what it names.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = Subject> {
        self.subjects.iter().copied()
    }

    /// Whether it holds, as far as that is known.
    pub(crate) fn holds_for(&self, known: &Known<'_>) -> Result<bool, Undecided> {
        eval::holds(&self.truth, known)
    }

    /// Whether it holds for this identity and this account.
    pub(in crate::linking) fn holds(&self, case: &Case<'_>, account: &Candidate) -> Result<bool, Undecided> {
        self.holds_for(&Known::of(case, account))
    }
}
