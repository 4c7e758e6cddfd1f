//! Where a frame stands in its flow. Only what is still needed is kept, so it doesn't grow with what has run.

use crate::definition::ExecutionId;
use crate::definition::program::{Mode, Program, Runs};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Where a frame stands: which execution is at work, and what is known of the alternatives that it stands among.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The levels that have begun and not ended, the flow's own first.
    pub(crate) open: Vec<OpenLevel>,
    /// Authenticators that can't be tried any more, as long as somebody could come back to them.
    pub(crate) exhausted: BTreeSet<ExecutionId>,
}

/// A level that has begun and not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OpenLevel {
    /// All must succeed, in order. What stands before the one at work has succeeded, or isn't there.
    Required {
        /// The one at work.
        at: ExecutionId,
    },
    /// One that succeeds is enough.
    Alternatives(Alternatives),
}

/// Alternatives, one of them at work. They have their turns in order, but a person may choose another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alternatives {
    /// The one at work.
    pub(crate) at: ExecutionId,
    /// Those before this one have had their turn in vain; this one and those after it haven't.
    turn: Option<ExecutionId>,
    /// Those of which that isn't so.
    out_of_turn: BTreeSet<ExecutionId>,
}

impl OpenLevel {
    /// Its execution at work.
    pub(crate) fn at(&self) -> ExecutionId {
        match self {
            Self::Required { at } | Self::Alternatives(Alternatives { at, .. }) => *at,
        }
    }
}

impl Alternatives {
    /// They begin with this one, in order or because it was chosen.
    pub(crate) fn begin(at: ExecutionId, first: Option<ExecutionId>) -> Self {
        Self { at, turn: first, out_of_turn: BTreeSet::new() }
    }

    fn had_its_turn(&self, id: ExecutionId) -> bool {
        self.turn.is_none_or(|turn| id < turn) != self.out_of_turn.contains(&id)
    }

    fn set(&mut self, program: &Program, id: ExecutionId, had_its_turn: bool) {
        if self.had_its_turn(id) != had_its_turn && !self.out_of_turn.remove(&id) {
            self.out_of_turn.insert(id);
        }
        while let Some(turn) = self.turn.filter(|turn| self.out_of_turn.remove(turn)) {
            self.turn = program.next(turn);
        }
    }

    /// The one at work has had its turn in vain. None: so have all others.
    pub(crate) fn after_a_failure(mut self, program: &Program) -> Option<Self> {
        self.set(program, self.at, true);
        let earlier = self.out_of_turn.first().filter(|id| self.turn.is_none_or(|turn| **id < turn));
        self.at = earlier.copied().or(self.turn)?;
        Some(self)
    }

    /// The person leaves the one at work for another one. It has its turn again.
    pub(crate) fn choose(&mut self, program: &Program, other: ExecutionId) {
        self.set(program, self.at, false);
        self.at = other;
    }
}

impl Position {
    /// Whether nothing of this execution is left that could lead to its success.
    pub(crate) fn is_used_up(&self, program: &Program, id: ExecutionId) -> bool {
        if self.exhausted.range(program.inside(id)).next().is_none() {
            return false;
        }
        match program.runs(id) {
            Some(Runs::Level { mode: Mode::Alternatives, first, .. }) => {
                program.from(*first).all(|inner| self.is_used_up(program, inner))
            }
            Some(Runs::Level { mode: Mode::Required, first, .. }) => {
                program.from(*first).any(|inner| program.when(inner).is_none() && self.is_used_up(program, inner))
            }
            Some(Runs::Authenticator(_)) | None => true,
        }
    }

    /// Whether an alternative that this stands in has had its turn in vain. A person may still choose it.
    pub(crate) fn is_over(&self, program: &Program, id: ExecutionId) -> bool {
        let aside = self.open.iter().find(|level| !program.inside(level.at()).contains(&id));
        let had_its_turn = match aside {
            Some(OpenLevel::Alternatives(beside)) => beside.had_its_turn(program.child(program.parent(beside.at), id)),
            Some(OpenLevel::Required { .. }) | None => false,
        };
        had_its_turn || self.exhausted.contains(&id)
    }
}
