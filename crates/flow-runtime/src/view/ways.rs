//! Other ways: what else this person can use instead of the execution that waits.

use crate::authenticator::Sight;
use crate::definition::program::{Mode, Program, Runs};
use crate::definition::{ExecutionId, Flow};
use crate::page::Way;
use crate::policy::RealmPolicy;
use crate::position::OpenLevel;
use crate::session::{AuthenticationSession, Frame, Rest};
use domain::Timestamp;

/// The other alternatives at every level on the way to the execution that waits, innermost first and each level in the flow's
/// order: only what applies to this person, and isn't used up.
pub(crate) fn ways(policy: &RealmPolicy, session: &AuthenticationSession, now: Timestamp) -> Vec<Way> {
    let Some((frame, flow)) = shown(policy, session) else { return Vec::new() };
    let sight = |execution| Sight { policy, session, frame, execution, now };
    let program = flow.program();
    let mut ways = Vec::new();
    for (at, first) in choices(program, frame).rev() {
        for entry in program.from(first).filter(|other| *other != at).filter_map(|other| entrance(program, other, &sight)) {
            let Some(authenticator) = program.authenticator(entry) else { continue };
            let id = entry.to_string();
            ways.extend(authenticator.ways(&sight(entry)).into_iter().map(|kind| Way { id: id.clone(), kind }));
        }
    }
    ways
}

/// Whether this is one of [`ways`].
pub(crate) fn is_a_way(policy: &RealmPolicy, session: &AuthenticationSession, wanted: ExecutionId, now: Timestamp) -> bool {
    let Some((frame, flow)) = shown(policy, session) else { return false };
    let sight = |execution| Sight { policy, session, frame, execution, now };
    let program = flow.program();
    let beside = choices(program, frame).find_map(|(at, _)| {
        let level = program.parent(at);
        let is_inside = program.inside(level).contains(&wanted) && !program.inside(at).contains(&wanted);
        is_inside.then(|| program.child(level, wanted))
    });
    let offers = || program.authenticator(wanted).is_some_and(|found| !found.ways(&sight(wanted)).is_empty());
    beside.is_some_and(|other| entrance(program, other, &sight) == Some(wanted)) && offers()
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

/// The first execution that one would meet on that way, if it applies and the way may lead somewhere.
fn entrance<'s>(program: &Program, id: ExecutionId, sight: &impl Fn(ExecutionId) -> Sight<'s>) -> Option<ExecutionId> {
    let here = sight(id);
    if here.frame.position.is_used_up(program, id) {
        return None;
    }
    match program.runs(id)? {
        Runs::Authenticator(authenticator) => {
            let has_a_place = authenticator.declaration().has_a_place_in(here.frame.purpose);
            (has_a_place && authenticator.applies(&here)).then_some(id)
        }
        Runs::Level { when: Some(_), .. } => None,
        Runs::Level { mode: Mode::Required, first, .. } => entrance(program, (*first)?, sight),
        Runs::Level { mode: Mode::Alternatives, first, .. } => {
            program.from(*first).find_map(|inner| entrance(program, inner, sight))
        }
    }
}
