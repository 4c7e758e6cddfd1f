//! One Braid process: opened, then served.

use crate::adapters;
use crate::config::{Loaded, Seen, Source};
use crate::jobs;
use crate::password::{PasswordError, Passwords};
use crate::realm::Realm;
use crate::routes;
use crate::serving::{self, Again, Configured, Fixed, Occasion, Opened, ReloadError, Reloading, Serving, Status, made};
use crate::settings::Settings;
use axum::serve::ListenerExt as _;
use domain::{RealmId, Secret, Timestamp};
use persistence::{MigrateError, OpenError, Store};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use upstream::HttpSetupError;

const AT_THE_START: Occasion<'_> = Occasion::Files("the start");

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
    /// What the configuration and the database say can't be served.
    #[error(transparent)]
    Serving(ReloadError),
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
    pub(crate) passwords: Passwords,
    /// Told whenever a commit may have put something into the outbox.
    pub(crate) outbox: tokio::sync::Notify,
    pub(crate) serving: watch::Sender<Arc<Serving>>,
    pub(crate) reloading: tokio::sync::Mutex<Reloading>,
}

/// One process, opened.
#[derive(Clone)]
pub struct Braid {
    shared: Arc<Shared>,
    listen: Vec<SocketAddr>,
}

impl Braid {
    /// Opens and migrates the database, makes the keys that are missing, and applies the flows.
    pub async fn open(settings: Settings) -> Result<Self, StartError> {
        Self::open_for(AT_THE_START, settings, None).await
    }

    /// The same, with settings that are read anew whenever they change, or when [`Braid::reload`] says so.
    pub async fn open_from(source: Source) -> Result<Self, StartError> {
        let reading = source.clone();
        let loaded = tokio::task::spawn_blocking(move || reading.load()).await;
        let Loaded { settings, seen } = loaded.map_err(|error| StartError::Serving(error.into()))?;
        let settings = settings.map_err(|error| StartError::Serving(error.into()))?;
        Self::open_for(AT_THE_START, settings, Some((source, seen))).await
    }

    /// The same, to work beside the nodes that serve: no flow is applied.
    pub async fn open_beside(settings: Settings) -> Result<Self, StartError> {
        Self::open_for(Occasion::Work, settings, None).await
    }

    /// The same, to read only: nothing in the database is made or changed, not even its schema.
    pub async fn open_to_read(settings: Settings) -> Result<Self, StartError> {
        Self::open_for(Occasion::Reading, settings, None).await
    }

    async fn open_for(occasion: Occasion<'_>, settings: Settings, source: Option<(Source, Seen)>) -> Result<Self, StartError> {
        let (configured, fixed, warnings) = Configured::sort(settings, None).map_err(StartError::Http)?;
        for warning in warnings {
            tracing::warn!(place = %warning.place, remedy = warning.remedy, "{}", warning.reason);
        }
        let Fixed { database, keyring, listen, passwords } = fixed;
        let store = match occasion {
            Occasion::Reading => {
                let store = Store::open_to_read(database.reveal(), keyring).await.map_err(StartError::Open)?;
                store.check_schema().await.map_err(StartError::Migrate)?;
                store
            }
            Occasion::Files(_) | Occasion::Database | Occasion::Work => {
                let store = Store::open(database.reveal(), keyring).await.map_err(StartError::Open)?;
                store.migrate().await.map_err(StartError::Migrate)?;
                store
            }
        };
        let realms = made(&configured, &store, None, occasion).await.map_err(StartError::Serving)?;
        let passwords = Passwords::new(passwords, &adapters::fresh_entropy()).map_err(StartError::Password)?;
        let (serving, _) = watch::channel(Arc::new(Serving::new(&configured, realms, Status::new(adapters::now()))));
        let opened = Opened { database, listen: listen.clone() };
        let reloading = tokio::sync::Mutex::new(Reloading { source, again: Again::Never, configured, opened });
        let outbox = tokio::sync::Notify::new();
        Ok(Self { shared: Arc::new(Shared { store, passwords, outbox, serving, reloading }), listen })
    }

    /// Takes what the files of the configuration say now, if all of it can be used; else nothing changes. `why` is for the log and the
    /// history of flows.
    pub async fn reload(&self, why: &str) -> Result<(), ReloadError> {
        self.shared.reload(why).await
    }

    /// Takes what changed in the files and in the database since the last look. A process that serves looks each second.
    pub async fn look_around(&self) {
        self.shared.look_around().await;
    }

    /// Where everything is kept.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// A realm that is served.
    pub(crate) fn realm(&self, id: &RealmId) -> Option<Arc<Realm>> {
        self.shared.serving().realm(id).cloned()
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
        let watching = tokio::spawn(serving::run(Arc::clone(&self.shared), stopped.clone()));
        let mut listening = tokio::task::JoinSet::new();
        for listener in listeners {
            tracing::info!(address = %listener.local_addr().map_or_else(|_| String::new(), |found| found.to_string()), "listening");
            let service = self.router().into_make_service_with_connect_info::<SocketAddr>();
            let until = until(stopped.clone());
            // A socket that can't be set works as well, only later; the request's own error says if it is broken.
            let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
            listening.spawn(axum::serve(listener, service).with_graceful_shutdown(until).into_future());
        }
        while let Some(ended) = listening.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(ServeError::Serve(error)),
                Err(panic) => return Err(ServeError::Serve(std::io::Error::other(panic))),
            }
        }
        // A broken job has logged what broke it; serving ended well.
        let _ = (jobs.await, watching.await);
        Ok(())
    }
}

/// Ends when the process is told to stop.
pub(crate) async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}
