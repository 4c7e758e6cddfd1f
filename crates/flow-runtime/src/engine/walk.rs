//! Finds what comes next in a flow when an execution has ended, and when a person chooses another way.
//!
//! Whoever leaves a way leaves what was done on it: it begins anew if they come back, and who signed in on it doesn't sign in by it.
//! What is used up stays used up.

use crate::definition::ExecutionId;
use crate::definition::condition::{Condition, ConditionFault};
use crate::definition::program::{Mode, Program, Runs};
use crate::position::{Alternatives, OpenLevel};
use crate::session::{Ended, Frame};

/// What a flow comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walk {
    /// This execution has its turn.
    Run(ExecutionId),
    /// The flow has succeeded.
    Succeeded,
    /// Nothing is left to run.
    Failed,
}

/// One frame on its way through its flow.
pub(super) struct Walker<'a> {
    pub(super) program: &'a Program,
    pub(super) frame: &'a mut Frame,
    /// Whether the condition of a sub-flow holds for the frame as it is then.
    pub(super) holds: &'a dyn Fn(ExecutionId, &Condition, &Frame) -> Result<bool, ConditionFault>,
}

/// One move on the way.
enum Move {
    Into(ExecutionId),
    OutOf { succeeded: bool },
    Stop(Walk),
}

impl Walker<'_> {
    /// From the start of the flow.
    pub(super) fn begin(self) -> Result<Walk, ConditionFault> {
        self.go(Move::Into(Program::START))
    }

    /// On from an execution that has ended. What is over leaves nothing to remember.
    pub(super) fn on(self, execution: ExecutionId, ended: Ended) -> Result<Walk, ConditionFault> {
        match ended {
            Ended::Succeeded => self.frame.forget(self.program, execution),
            Ended::Exhausted => _ = self.frame.position.exhausted.insert(execution),
            Ended::Attempted => {}
        }
        self.go(Move::OutOf { succeeded: ended == Ended::Succeeded })
    }

    fn go(mut self, mut next: Move) -> Result<Walk, ConditionFault> {
        loop {
            next = match next {
                Move::Into(id) => self.enter(id)?,
                Move::OutOf { succeeded } => self.leave(succeeded)?,
                Move::Stop(walk) => return Ok(walk),
            }
        }
    }

    fn enter(&mut self, id: ExecutionId) -> Result<Move, ConditionFault> {
        Ok(match self.program.runs(id) {
            Some(Runs::Authenticator(_)) if !self.frame.position.exhausted.contains(&id) => Move::Stop(Walk::Run(id)),
            Some(Runs::Authenticator(_)) | None => Move::OutOf { succeeded: false },
            Some(Runs::Level { first, succeeds_when_empty, .. }) => match self.there(*first)? {
                Some(first) => self.open(id, first),
                None => Move::OutOf { succeeded: *succeeds_when_empty },
            },
        })
    }

    fn open(&mut self, level: ExecutionId, at: ExecutionId) -> Move {
        self.frame.position.open.push(opened(self.program, level, at));
        Move::Into(at)
    }

    /// The first one that is there, from this one on. A condition is decided when it is reached; then it is behind, or entered.
    fn there(&self, first: Option<ExecutionId>) -> Result<Option<ExecutionId>, ConditionFault> {
        for id in self.program.from(first) {
            match self.program.when(id) {
                Some(condition) if !(self.holds)(id, condition, self.frame)? => {}
                _ => return Ok(Some(id)),
            }
        }
        Ok(None)
    }

    fn leave(&mut self, succeeded: bool) -> Result<Move, ConditionFault> {
        let Some(level) = self.frame.position.open.pop() else {
            return Ok(Move::Stop(if succeeded { Walk::Succeeded } else { Walk::Failed }));
        };
        let id = self.program.parent(level.at());
        match level {
            OpenLevel::Required { at } if succeeded => {
                if let Some(next) = self.there(self.program.next(at))? {
                    return Ok(self.open(id, next));
                }
            }
            OpenLevel::Alternatives(alternatives) if !succeeded => {
                self.frame.leave(self.program, alternatives.at);
                if let Some(alternatives) = alternatives.after_a_failure(self.program) {
                    let next = alternatives.at;
                    self.frame.position.open.push(OpenLevel::Alternatives(alternatives));
                    return Ok(Move::Into(next));
                }
            }
            OpenLevel::Required { .. } | OpenLevel::Alternatives(_) => {}
        }
        if succeeded {
            self.frame.forget(self.program, id);
        }
        Ok(Move::OutOf { succeeded })
    }
}

/// The person takes this way, one of those that were offered.
pub(super) fn choose(program: &Program, frame: &mut Frame, way: ExecutionId) {
    let open = &mut frame.position.open;
    while open.last().is_some_and(|level| !program.inside(program.parent(level.at())).contains(&way)) {
        open.pop();
    }
    let Some(OpenLevel::Alternatives(alternatives)) = open.last_mut() else { return };
    let level = program.parent(alternatives.at);
    let mut next = program.child(level, way);
    alternatives.choose(program, next);
    while next != way {
        let inner = program.child(next, way);
        open.push(opened(program, next, inner));
        next = inner;
    }
    frame.leave(program, level);
}

fn opened(program: &Program, level: ExecutionId, at: ExecutionId) -> OpenLevel {
    match program.runs(level) {
        Some(Runs::Level { mode: Mode::Alternatives, first, .. }) => OpenLevel::Alternatives(Alternatives::begin(at, *first)),
        _ => OpenLevel::Required { at },
    }
}

impl Frame {
    /// What is behind for good needs no memory.
    fn forget(&mut self, program: &Program, id: ExecutionId) {
        let inside = program.inside(id);
        self.memory.retain(|remembers, _| !inside.contains(remembers));
        self.position.exhausted.retain(|exhausted| !inside.contains(exhausted));
    }

    /// Whether somebody signed in there.
    pub(crate) fn signed_in_inside(&self, program: &Program, id: ExecutionId) -> bool {
        self.user_by.is_some_and(|by| program.inside(id).contains(&by))
    }

    /// Who signed in there doesn't sign in by it.
    pub(crate) fn leave(&mut self, program: &Program, id: ExecutionId) {
        if self.signed_in_inside(program, id) {
            (self.user, self.user_by, self.let_through) = (None, None, None);
        }
        self.signed_in_before = self.signed_in_before.filter(|(_, by)| !program.inside(id).contains(by));
    }
}
