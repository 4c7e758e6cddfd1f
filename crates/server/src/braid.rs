//! One Braid process: opened, then served.

use crate::adapters;
use crate::jobs;
use crate::password::{PasswordError, Passwords};
use crate::realm::{Realm, RealmError};
use crate::routes;
use crate::settings::{Settings, TrustedProxy};
use axum::serve::ListenerExt as _;
use domain::{RealmId, Secret, Timestamp};
use persistence::{MigrateError, OpenError, Store};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use upstream::{Http, HttpSetupError};

/// Why a process could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database can't be opened.
    #[error("the database can't be opened")]
    Open(#[source] OpenError),
    /// The schema can't be brought up to date.
    #[error("the database's schema can't be brought up to date")]
    Migrate(#[source] MigrateError),
    /// Outgoing HTTP can't be set up.
    #[error("outgoing HTTP can't be set up")]
    Http(#[source] HttpSetupError),
    /// Password hashing can't be set up.
    #[error("password hashing can't be set up")]
    Password(#[source] PasswordError),
    /// A realm can't be made ready.
    #[error("the realm “{0}” can't be made ready")]
    Realm(RealmId, #[source] RealmError),
}

/// Why serving ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address can't be listened on.
    #[error("can't listen on {0}; is another program using it?")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// The listener broke.
    #[error("the listener broke")]
    Serve(#[source] std::io::Error),
}

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) realms: Vec<Arc<Realm>>,
    pub(crate) passwords: Passwords,
    pub(crate) trusted_proxies: Vec<TrustedProxy>,
    /// Told whenever a commit may have put something into the outbox.
    pub(crate) outbox: tokio::sync::Notify,
}

/// One process, opened.
#[derive(Clone)]
pub struct Braid {
    shared: Arc<Shared>,
    listen: Vec<SocketAddr>,
}

impl Braid {
    /// Opens and migrates the database, and makes the keys that are missing.
    pub async fn open(settings: Settings) -> Result<Self, StartError> {
        let Settings { database, keyring, listen, trusted_proxies, passwords, http, realms, warnings } = settings;
        for warning in warnings {
            tracing::warn!(place = %warning.place, remedy = warning.remedy, "{}", warning.reason);
        }
        let store = Store::open(database.reveal(), keyring).await.map_err(StartError::Open)?;
        store.migrate().await.map_err(StartError::Migrate)?;
        let http = Arc::new(Http::new(&http).map_err(StartError::Http)?);
        let mut ready = Vec::new();
        for realm in realms {
            let id = realm.policy.realm.clone();
            let opened = Realm::open(realm, &store, &http, adapters::now()).await;
            ready.push(Arc::new(opened.map_err(|source| StartError::Realm(id, source))?));
        }
        let passwords = Passwords::new(passwords, &adapters::fresh_entropy()).map_err(StartError::Password)?;
        let outbox = tokio::sync::Notify::new();
        Ok(Self { shared: Arc::new(Shared { store, realms: ready, passwords, trusted_proxies, outbox }), listen })
    }

    /// Where everything is kept.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// A realm that is served.
    pub(crate) fn realm(&self, id: &RealmId) -> Option<&Realm> {
        self.shared.realms.iter().map(Arc::as_ref).find(|realm| realm.id() == id)
    }

    /// What is stored of a password: a PHC string.
    pub async fn hash_password(&self, password: &Secret) -> Result<Secret, PasswordError> {
        self.shared.passwords.hash(password, &adapters::fresh_entropy()).await
    }

    /// All routes of all realms; the request's `Host` names the realm. The address of the peer must be in the request's extensions
    /// (`ConnectInfo<SocketAddr>`).
    pub fn router(&self) -> axum::Router {
        routes::router(Arc::clone(&self.shared))
    }

    /// Sends what is in the outbox now, and returns when it is empty or nothing more can be sent yet.
    pub async fn deliver_mail(&self) {
        self.deliver_mail_due(adapters::now()).await;
    }

    /// Sends what is to be sent by then.
    pub async fn deliver_mail_due(&self, by: Timestamp) {
        jobs::deliver(&self.shared, by).await;
    }

    /// Serves until `shutdown` ends; requests under way are finished.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
        let mut listeners = Vec::new();
        for address in &self.listen {
            listeners.push(TcpListener::bind(address).await.map_err(|source| ServeError::Listen(*address, source))?);
        }
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(async move {
            shutdown.await;
            stop.send_replace(true);
        });
        let jobs = tokio::spawn(jobs::run(Arc::clone(&self.shared), stopped.clone()));
        let mut serving = tokio::task::JoinSet::new();
        for listener in listeners {
            tracing::info!(address = %listener.local_addr().map_or_else(|_| String::new(), |found| found.to_string()), "listening");
            let service = self.router().into_make_service_with_connect_info::<SocketAddr>();
            let until = until(stopped.clone());
            // A socket that can't be set works as well, only later; the request's own error says if it is broken.
            let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
            serving.spawn(axum::serve(listener, service).with_graceful_shutdown(until).into_future());
        }
        while let Some(ended) = serving.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(ServeError::Serve(error)),
                Err(panic) => return Err(ServeError::Serve(std::io::Error::other(panic))),
            }
        }
        // A broken job has logged what broke it; serving ended well.
        let _ = jobs.await;
        Ok(())
    }
}

/// Ends when the process is told to stop.
pub(crate) async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}
