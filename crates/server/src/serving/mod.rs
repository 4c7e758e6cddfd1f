//! What serves now, and how it is replaced: whole and at once, or not at all.
//!
//! Requests take a snapshot and work on it to their end. What replaces it is made and judged beside it first; whatever goes wrong
//! meanwhile, the last good one keeps serving.

mod configured;
mod foresee;
mod judge;
mod proved;
mod reload;
mod revisions;
mod status;
mod watch;

pub(crate) use configured::{Configured, Fixed, Opened};
pub use foresee::{Change, foresee};
pub(crate) use judge::{Occasion, judge};
pub use reload::ReloadError;
pub(crate) use reload::{Again, Reloading, made};
pub(crate) use revisions::stored_flow;
pub(crate) use status::{Refusal, Status};
pub(crate) use watch::run;

use crate::braid::Shared;
use crate::realm::Realm;
use crate::settings::Network;
use domain::RealmId;
use std::sync::Arc;

/// All that a request may need of the configuration.
#[derive(Clone)]
pub(crate) struct Serving {
    pub(crate) realms: Vec<Arc<Realm>>,
    pub(crate) trusted_proxies: Arc<[Network]>,
    pub(crate) health_for: Arc<[Network]>,
    pub(crate) status: Arc<Status>,
}

impl Serving {
    pub(crate) fn new(configured: &Configured, realms: Vec<Arc<Realm>>, status: Status) -> Self {
        let (trusted_proxies, health_for) = (configured.trusted_proxies.clone(), configured.health_for.clone());
        Self { realms, trusted_proxies, health_for, status: Arc::new(status) }
    }

    pub(crate) fn realm(&self, id: &RealmId) -> Option<&Arc<Realm>> {
        self.realms.iter().find(|realm| realm.id() == id)
    }
}

impl Shared {
    /// What serves now.
    pub(crate) fn serving(&self) -> Arc<Serving> {
        Arc::clone(&self.serving.borrow())
    }

    /// Changes what serves. The change is made on what serves at that moment, and nobody sees a half of it.
    fn change(&self, change: impl FnOnce(&mut Serving)) {
        self.serving.send_modify(|serving| {
            let mut next = Serving::clone(serving);
            change(&mut next);
            *serving = Arc::new(next);
        });
    }
}
