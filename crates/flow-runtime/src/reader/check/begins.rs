//! What may be there when a flow begins, by what stands in it: a flow doesn't say itself what it serves.

use crate::definition::declaration::{Declaration, Establishes, Need};
use crate::reader::draft::{Level, Node};
use crate::session::Purpose;

/// What may be there.
pub(super) struct Begins {
    /// An identity that came from a provider.
    pub(super) identity: bool,
    /// Somebody who signs in.
    pub(super) user: bool,
}

/// What may be there when this flow begins. A flow that signs people in by itself begins without an identity; one that finds out and
/// makes nothing runs after a login.
pub(super) fn of(level: &Level) -> Begins {
    let mut kinds = Some(Vec::new());
    collect(level, &mut kinds);
    let Some(kinds) = kinds else { return Begins { identity: true, user: true } };
    let signs_in = |declaration: &&Declaration| {
        declaration.establishes.contains(&Establishes::User) && !declaration.needs.contains(&Need::Identity)
    };
    let for_identities = kinds.iter().any(|declaration| declaration.needs.contains(&Need::Identity));
    let after_login = kinds.iter().all(|declaration| declaration.has_a_place_in(Purpose::PostLogin));
    Begins { identity: for_identities || !kinds.iter().any(signs_in), user: after_login }
}

/// What the enabled executions declare. None: one of them couldn't be read.
fn collect(level: &Level, kinds: &mut Option<Vec<&'static Declaration>>) {
    for execution in level.executions.iter().filter(|execution| !execution.is_disabled()) {
        match (&execution.node, kinds.as_mut()) {
            (Some(Node::Authenticator(authenticator)), Some(kinds)) => kinds.push(authenticator.kind.declaration),
            (Some(Node::SubFlow(sub_flow)), Some(_)) => collect(&sub_flow.level, kinds),
            _ => *kinds = None,
        }
    }
}
