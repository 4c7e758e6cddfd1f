//! A flow as a program: a flat table of its executions by number, made once when the flow is made. A step looks up what it needs
//! and never goes through the flow.
//!
//! Executions are numbered in the order of the file, so what stands inside one has the numbers that follow it.

use super::condition::Condition;
use super::declaration::Establishes;
use super::{Execution, ExecutionId, Level, Node};
use crate::authenticator::Authenticator;
use std::sync::Arc;

/// The table. What is disabled, and alternatives beside something required, are not in it.
#[derive(Debug)]
pub(crate) struct Program {
    places: Vec<Place>,
    provers: Vec<ExecutionId>,
    reveals_accounts: bool,
    reviews_profiles: bool,
}

/// One execution, or the flow itself.
#[derive(Debug)]
struct Place {
    parent: ExecutionId,
    /// The last execution inside it, or itself.
    last: ExecutionId,
    /// The next one of its level.
    next: Option<ExecutionId>,
    runs: Option<Runs>,
}

/// What an execution runs.
#[derive(Debug)]
pub(crate) enum Runs {
    /// An authenticator.
    Authenticator(Arc<dyn Authenticator>),
    /// A level.
    Level {
        /// The sub-flow's name. The flow's own level has none.
        name: String,
        /// What its executions mean for it.
        mode: Mode,
        /// Its first execution.
        first: Option<ExecutionId>,
        /// Whether it succeeds if nothing is left to run.
        succeeds_when_empty: bool,
        /// When it is there.
        when: Option<Condition>,
    },
}

/// What the executions of a level mean for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// All must succeed, in order.
    Required,
    /// One that succeeds is enough.
    Alternatives,
}

impl Program {
    /// The flow itself.
    pub(crate) const START: ExecutionId = ExecutionId(0);

    /// Compiles a level whose executions are numbered.
    pub(super) fn of(level: &Level) -> Self {
        let mut program = Self { places: Vec::new(), provers: Vec::new(), reveals_accounts: false, reviews_profiles: false };
        program.place(Self::START, None);
        program.level(Self::START, "", level, None);
        program
    }

    fn place(&mut self, parent: ExecutionId, runs: Option<Runs>) {
        let id = ExecutionId(u16::try_from(self.places.len()).unwrap_or(u16::MAX));
        self.places.push(Place { parent, last: id, next: None, runs });
    }

    fn level(&mut self, id: ExecutionId, name: &str, level: &Level, when: Option<&Condition>) {
        let any_required = level.enabled().any(Execution::is_required);
        let mode = if any_required { Mode::Required } else { Mode::Alternatives };
        let (mut first, mut before) = (None, None);
        for execution in &level.executions {
            let counts = Level::counts(execution, any_required);
            self.execution(id, execution, counts);
            if counts {
                first = first.or(Some(execution.id));
                self.change(before, |place| place.next = Some(execution.id));
                before = Some(execution.id);
            }
        }
        let (name, succeeds_when_empty) = (name.to_owned(), level.succeeds_when_empty);
        let runs = Runs::Level { name, mode, first, succeeds_when_empty, when: when.cloned() };
        let last = ExecutionId(u16::try_from(self.places.len().saturating_sub(1)).unwrap_or(u16::MAX));
        self.change(Some(id), |place| (place.runs, place.last) = (Some(runs), last));
    }

    fn execution(&mut self, parent: ExecutionId, execution: &Execution, counts: bool) {
        self.place(parent, None);
        match &execution.node {
            Node::Authenticator(authenticator) if counts => {
                let establishes = authenticator.declaration().establishes;
                if establishes.contains(&Establishes::Proof) || establishes.contains(&Establishes::NewUser) {
                    self.provers.push(execution.id);
                }
                self.reviews_profiles |= establishes.contains(&Establishes::Profile);
                self.reveals_accounts |= authenticator.reveals_accounts();
                let runs = Runs::Authenticator(Arc::clone(authenticator));
                self.change(Some(execution.id), |place| place.runs = Some(runs));
            }
            Node::SubFlow { name, when, level } if counts => self.level(execution.id, name, level, when.as_ref()),
            Node::Authenticator(_) => {}
            Node::SubFlow { level, .. } => self.skip(execution.id, level),
        }
    }

    /// What doesn't count keeps its numbers.
    fn skip(&mut self, parent: ExecutionId, level: &Level) {
        for execution in &level.executions {
            self.execution(parent, execution, false);
        }
    }

    fn change(&mut self, id: Option<ExecutionId>, change: impl FnOnce(&mut Place)) {
        if let Some(place) = id.and_then(|id| self.places.get_mut(usize::from(id.0))) {
            change(place);
        }
    }

    fn at(&self, id: ExecutionId) -> Option<&Place> {
        self.places.get(usize::from(id.0))
    }

    /// What runs there. None: nothing does.
    pub(crate) fn runs(&self, id: ExecutionId) -> Option<&Runs> {
        self.at(id)?.runs.as_ref()
    }

    /// When the execution is there, if that depends.
    pub(crate) fn when(&self, id: ExecutionId) -> Option<&Condition> {
        match self.runs(id)? {
            Runs::Level { when, .. } => when.as_ref(),
            Runs::Authenticator(_) => None,
        }
    }

    /// The authenticator with that number.
    pub(crate) fn authenticator(&self, id: ExecutionId) -> Option<&Arc<dyn Authenticator>> {
        match self.runs(id)? {
            Runs::Authenticator(authenticator) => Some(authenticator),
            Runs::Level { .. } => None,
        }
    }

    /// The name of the sub-flow with that number.
    pub(crate) fn sub_flow(&self, id: ExecutionId) -> Option<&str> {
        match self.runs(id)? {
            Runs::Level { name, .. } => Some(name),
            Runs::Authenticator(_) => None,
        }
    }

    /// All authenticators, in order.
    pub(crate) fn authenticators(&self) -> impl Iterator<Item = (ExecutionId, &Arc<dyn Authenticator>)> {
        (0..=u16::MAX).map(ExecutionId).take(self.places.len()).filter_map(|id| Some((id, self.authenticator(id)?)))
    }

    /// The execution whose level it stands in.
    pub(crate) fn parent(&self, id: ExecutionId) -> ExecutionId {
        self.at(id).map_or(Self::START, |place| place.parent)
    }

    /// The execution of that level which is this one, or in which it stands.
    pub(crate) fn child(&self, level: ExecutionId, inside: ExecutionId) -> ExecutionId {
        let mut child = inside;
        while self.parent(child) > level {
            child = self.parent(child);
        }
        child
    }

    /// The next one of its level.
    pub(crate) fn next(&self, id: ExecutionId) -> Option<ExecutionId> {
        self.at(id)?.next
    }

    /// From this execution on, all of its level.
    pub(crate) fn from(&self, first: Option<ExecutionId>) -> impl Iterator<Item = ExecutionId> {
        std::iter::successors(first, |id| self.next(*id))
    }

    /// The numbers of what is inside, and its own.
    pub(crate) fn inside(&self, id: ExecutionId) -> std::ops::RangeInclusive<ExecutionId> {
        id..=self.at(id).map_or(id, |place| place.last)
    }

    /// Authenticators that may prove the account that was found, or make another one.
    pub(crate) fn provers(&self) -> impl Iterator<Item = (ExecutionId, &Arc<dyn Authenticator>)> {
        self.provers.iter().filter_map(|id| Some((*id, self.authenticator(*id)?)))
    }

    /// Whether somebody whose provider vouches for the address may learn in this flow that an account has it.
    pub(crate) fn reveals_accounts(&self) -> bool {
        self.reveals_accounts
    }

    /// Whether the flow lets people correct the profile.
    pub(crate) fn reviews_profiles(&self) -> bool {
        self.reviews_profiles
    }
}
