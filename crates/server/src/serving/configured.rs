//! Settings, sorted: what can be replaced while Braid runs, and what holds until it ends.

use crate::config::{Documents, Problem};
use crate::settings::{Network, RealmSettings, Settings};
use domain::Secret;
use persistence::{Keyring, Store};
use std::net::SocketAddr;
use std::sync::Arc;
use upstream::{Http, HttpSettings, HttpSetupError};

/// What can be replaced.
pub(crate) struct Configured {
    pub(crate) realms: Vec<RealmSettings>,
    pub(crate) documents: Arc<Documents>,
    pub(crate) trusted_proxies: Arc<[Network]>,
    pub(crate) health_for: Arc<[Network]>,
    pub(crate) http: Arc<Http>,
    http_settings: HttpSettings,
}

/// What holds until the process ends.
pub(crate) struct Fixed {
    pub(crate) database: Secret,
    pub(crate) keyring: Keyring,
    pub(crate) listen: Vec<SocketAddr>,
    pub(crate) passwords: crate::PasswordCost,
}

impl Configured {
    /// Sorts settings. Connections to providers are kept where nothing changed about them.
    pub(crate) fn sort(settings: Settings, before: Option<&Self>) -> Result<(Self, Fixed, Vec<Problem>), HttpSetupError> {
        let Settings {
            database,
            keyring,
            listen,
            trusted_proxies,
            health_for,
            passwords,
            http: http_settings,
            realms,
            documents,
            warnings,
        } = settings;
        let http = match before.filter(|before| before.http_settings == http_settings) {
            Some(before) => Arc::clone(&before.http),
            None => Arc::new(Http::new(&http_settings)?),
        };
        let (trusted_proxies, health_for) = (trusted_proxies.into(), health_for.into());
        let configured = Self { realms, documents, trusted_proxies, health_for, http, http_settings };
        Ok((configured, Fixed { database, keyring, listen, passwords }, warnings))
    }
}

/// What this process was opened with.
pub(crate) struct Opened {
    pub(crate) database: Secret,
    pub(crate) listen: Vec<SocketAddr>,
}

impl Opened {
    /// What of this is otherwise in the settings now, by its key in the configuration.
    pub(super) fn waits_for_a_restart(&self, now: &Fixed, store: &Store) -> Vec<&'static str> {
        let changed = [
            ("database", self.database != now.database),
            ("keyring", !store.has_keyring(&now.keyring)),
            ("listen", self.listen != now.listen),
        ];
        changed.into_iter().filter_map(|(key, changed)| changed.then_some(key)).collect()
    }
}
