//! Other ways: what else this person can use instead of the execution that waits.

use crate::authenticator::Sight;
use crate::definition::condition::{Condition, Seen};
use crate::definition::program::{Mode, Program, Runs};
use crate::definition::{ExecutionId, Flow};
use crate::engine::is_behind;
use crate::page::Way;
use crate::policy::RealmPolicy;
use crate::position::OpenLevel;
use crate::session::{AuthenticationSession, Frame, Rest};
use domain::Timestamp;
use std::borrow::Cow;

/// The other alternatives at every level on the way to the execution that waits, innermost first and each level in the flow's
/// order: only what applies to this person, and isn't used up.
pub(crate) fn ways(policy: &RealmPolicy, session: &AuthenticationSession, now: Timestamp) -> Vec<Way> {
    let Some((frame, flow)) = shown(policy, session) else { return Vec::new() };
    let program = flow.program();
    let mut ways = Vec::new();
    for (at, first) in choices(program, frame).rev() {
        let frame = frame.without(program, at);
        let looks = Looks { policy, session, program, frame: &frame, now };
        for entry in program.from(first).filter(|other| *other != at).filter_map(|other| looks.entrance(other)) {
            let Some(authenticator) = program.authenticator(entry.at) else { continue };
            let id = entry.at.to_string();
            ways.extend(authenticator.ways(&looks.sight(entry.at)).into_iter().map(|kind| Way { id: id.clone(), kind }));
        }
    }
    ways
}

/// How one gets into a way.
#[derive(Debug)]
pub(crate) struct Entrance {
    /// The first execution that one meets there.
    pub(crate) at: ExecutionId,
    /// The sub-flows with a condition that were weighed to find it, in order: those that are passed by, and those that it stands in.
    pub(crate) weighed: Vec<ExecutionId>,
}

/// The way with this execution, if it is one of [`ways`].
pub(crate) fn a_way(
    policy: &RealmPolicy,
    session: &AuthenticationSession,
    wanted: ExecutionId,
    now: Timestamp,
) -> Option<Entrance> {
    let (frame, flow) = shown(policy, session)?;
    let program = flow.program();
    let (at, other) = choices(program, frame).find_map(|(at, _)| {
        let level = program.parent(at);
        let is_inside = program.inside(level).contains(&wanted) && !program.inside(at).contains(&wanted);
        is_inside.then(|| (at, program.child(level, wanted)))
    })?;
    let frame = frame.without(program, at);
    let looks = Looks { policy, session, program, frame: &frame, now };
    let entrance = looks.entrance(other).filter(|entrance| entrance.at == wanted)?;
    let offers = program.authenticator(wanted).is_some_and(|found| !found.ways(&looks.sight(wanted)).is_empty());
    offers.then_some(entrance)
}

fn shown<'a>(policy: &'a RealmPolicy, session: &'a AuthenticationSession) -> Option<(&'a Frame, &'a Flow)> {
    let frame = session.frame().filter(|_| matches!(session.rest, Rest::Showing(_)))?;
    Some((frame, policy.flow_of(frame)?))
}

/// The levels of alternatives on the way, outermost first: which one is at work, and the first one.
fn choices<'a>(
    program: &'a Program,
    frame: &'a Frame,
) -> impl DoubleEndedIterator<Item = (ExecutionId, Option<ExecutionId>)> + 'a {
    frame.position.open.iter().filter_map(|level| match level {
        OpenLevel::Alternatives(level) => Some((level.at, first_of(program, program.parent(level.at)))),
        OpenLevel::Required { .. } => None,
    })
}

fn first_of(program: &Program, level: ExecutionId) -> Option<ExecutionId> {
    match program.runs(level)? {
        Runs::Level { first, .. } => *first,
        Runs::Authenticator(_) => None,
    }
}

impl Frame {
    /// The frame as it is for whoever leaves the alternative at work for another one.
    fn without<'a>(&'a self, program: &Program, at: ExecutionId) -> Cow<'a, Self> {
        let level = program.parent(at);
        if !self.signed_in_inside(program, level) {
            return Cow::Borrowed(self);
        }
        let mut left = self.clone();
        left.leave(program, level);
        Cow::Owned(left)
    }
}

/// What is looked at to find a way: the login as it is for whoever leaves the one that they are on.
#[derive(Clone, Copy)]
struct Looks<'a> {
    policy: &'a RealmPolicy,
    session: &'a AuthenticationSession,
    program: &'a Program,
    frame: &'a Frame,
    now: Timestamp,
}

impl<'a> Looks<'a> {
    fn sight(self, execution: ExecutionId) -> Sight<'a> {
        Sight { policy: self.policy, session: self.session, frame: self.frame, execution, now: self.now }
    }

    /// Whether the condition holds. None: it can't be answered.
    fn holds(self, condition: &Condition) -> Option<bool> {
        let AuthenticationSession { request, newcomer, .. } = self.session;
        condition.holds(&Seen { policy: self.policy, request, newcomer: *newcomer, frame: self.frame }).ok()
    }

    /// Where one gets into that way, if its first execution applies and the way may lead somewhere.
    fn entrance(self, id: ExecutionId) -> Option<Entrance> {
        let mut weighed = Vec::new();
        self.first(id, &mut weighed).map(|at| Entrance { at, weighed })
    }

    fn first(self, id: ExecutionId, weighed: &mut Vec<ExecutionId>) -> Option<ExecutionId> {
        if self.frame.position.is_used_up(self.program, id) {
            return None;
        }
        match self.program.runs(id)? {
            Runs::Authenticator(authenticator) => {
                let has_a_place =
                    authenticator.declaration().has_a_place_in(self.frame.purpose) && !is_behind(self.program, self.frame, id);
                (has_a_place && authenticator.applies(&self.sight(id))).then_some(id)
            }
            Runs::Level { mode: Mode::Required, first, .. } => {
                for inner in self.program.from(*first) {
                    match self.program.when(inner) {
                        Some(condition) => {
                            weighed.push(inner);
                            if self.holds(condition)? {
                                return self.first(inner, weighed);
                            }
                        }
                        None => return self.first(inner, weighed),
                    }
                }
                None
            }
            Runs::Level { mode: Mode::Alternatives, first, .. } => {
                let before = weighed.len();
                self.program.from(*first).find_map(|inner| {
                    weighed.truncate(before);
                    self.first(inner, weighed)
                })
            }
        }
    }
}
