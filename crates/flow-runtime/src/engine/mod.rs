//! The engine: moves a login from one resting state to the next.

mod again;
mod closing;
mod declared;
mod effects;
mod events;
mod frames;
mod joining;
mod passing;
mod run;
mod turns;
mod walk;

pub use events::step;
pub(crate) use passing::is_behind;
pub use run::{Asking, Resting, Step};

use crate::event::Arrival;
use crate::outcome::Fault;
use crate::policy::RealmPolicy;
use crate::revisions::Pinned;
use crate::session::{AuthenticationSession, Rest};
use domain::{AuthorizeRequest, Digest, Entropy, SessionKey, Timestamp};

/// What a login begins with.
#[derive(Debug, Clone)]
pub struct Start {
    /// The row's key.
    pub key: SessionKey,
    /// Digest of the secret of the browser that starts.
    pub browser: Digest,
    /// What the client asked for, checked.
    pub request: AuthorizeRequest,
    /// When the login began.
    pub started_at: Timestamp,
}

/// Begins a login. With the same start and entropy it begins in the same way, so that it need not be stored before the first
/// event.
pub fn begin(policy: &RealmPolicy, start: Start, arrival: &Arrival, now: Timestamp, entropy: &Entropy) -> Result<Step, Fault> {
    begin_with(policy, start, None, arrival, now, entropy)
}

/// Begins a login with a flow in a revision that it was given before, as long as that may run; else with what serves it now.
pub fn begin_with(
    policy: &RealmPolicy,
    start: Start,
    pinned: Option<&Pinned>,
    arrival: &Arrival,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<Step, Fault> {
    let session = AuthenticationSession {
        key: start.key,
        browser: start.browser,
        request: start.request,
        frames: Vec::new(),
        ran: std::collections::BTreeSet::new(),
        rest: Rest::Showing(crate::definition::ExecutionId(0)),
        message: None,
        newcomer: None,
        second_factor_of: None,
        passed: None,
        expires_at: start.started_at.plus(policy.limits.login_lifetime),
        started_at: start.started_at,
    };
    let pinned = pinned.filter(|pinned| policy.flow_in(&pinned.flow, &pinned.revision).is_some());
    let run = run::Run::new(session, arrival.clone());
    match pinned {
        Some(pinned) => run.begin(policy, pinned, now, entropy),
        None => run.restart(policy, now, entropy),
    }
}
