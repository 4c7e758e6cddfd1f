//! Other ways: what else this person can use instead of the execution that waits.

use crate::authenticator::Sight;
use crate::definition::{Execution, ExecutionId, Level, Node};
use crate::page::Way;
use crate::policy::RealmPolicy;
use crate::session::{AuthenticationSession, Ended, Rest};
use domain::Timestamp;

/// The other alternatives at every level on the way to the execution that waits, innermost first: only what applies to
/// this person, and was not exhausted.
pub(crate) fn ways(policy: &RealmPolicy, session: &AuthenticationSession, now: Timestamp) -> Vec<Way> {
    let Rest::Showing(current) = session.rest else { return Vec::new() };
    let Some((frame, flow)) = session.frame().and_then(|frame| Some((frame, policy.flow_of(frame)?))) else { return Vec::new() };
    let sight = |execution| Sight { policy, session, frame, execution, now };
    let mut ways = Vec::new();
    for level in levels_to(&flow.level, current).into_iter().rev().filter(|level| !level.enabled().any(Execution::is_required)) {
        for other in level.enabled().filter(|other| !other.contains(current)) {
            if let Some(entry) = entrance(other, &sight) {
                let Node::Authenticator(authenticator) = &entry.node else { continue };
                let id = entry.id.to_string();
                ways.extend(authenticator.ways(&sight(entry.id)).into_iter().map(|kind| Way { id: id.clone(), kind }));
            }
        }
    }
    ways
}

fn levels_to(level: &Level, id: ExecutionId) -> Vec<&Level> {
    let mut levels = vec![level];
    for execution in level.enabled().filter(|execution| execution.contains(id)) {
        if let Node::SubFlow { level, .. } = &execution.node {
            levels.extend(levels_to(level, id));
        }
    }
    levels
}

/// The first execution that one would meet on that way, if it applies.
fn entrance<'a, 's>(execution: &'a Execution, sight: &impl Fn(ExecutionId) -> Sight<'s>) -> Option<&'a Execution> {
    match &execution.node {
        Node::Authenticator(authenticator) => {
            let here = sight(execution.id);
            let exhausted = here.frame.ended.get(&execution.id) == Some(&Ended::Exhausted);
            let has_a_place = authenticator.declaration().has_a_place_in(here.frame.purpose);
            (has_a_place && !exhausted && authenticator.applies(&here)).then_some(execution)
        }
        Node::SubFlow { when: Some(_), .. } => None,
        Node::SubFlow { level, .. } if level.enabled().any(Execution::is_required) => {
            entrance(level.enabled().find(|inner| inner.is_required())?, sight)
        }
        Node::SubFlow { level, .. } => level.enabled().find_map(|inner| entrance(inner, sight)),
    }
}
