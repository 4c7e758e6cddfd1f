//! `braid serve`, `migrate` and `config check`: what a configuration is used for.

use crate::arguments::ConfigFile;
use crate::failure::Failure;
use crate::shutdown;
use persistence::Store;
use server::Braid;
use server::config::{self, Source};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Serves until the process is asked to end.
pub(crate) async fn serve(config: &ConfigFile) -> Result<(), Failure> {
    let braid = Braid::open_from(Source::file(&config.path)).await.map_err(|error| Failure::start(&config.path, error))?;
    // From here on, before anybody reads that it listens.
    let (hangup, asked) = (signal(SignalKind::hangup()), shutdown::asked());
    let reloading = tokio::spawn(reload_when_told(braid.clone(), hangup));
    let ended = braid.serve(asked).await.map_err(|error| Failure::serve(&config.path, &error));
    reloading.abort();
    ended
}

/// Reloads whenever the process gets SIGHUP. If that can't be listened to, it ends the process, as it would without this.
async fn reload_when_told(braid: Braid, hangup: std::io::Result<Signal>) {
    let Ok(mut told) = hangup else { return };
    while told.recv().await.is_some() {
        // Why it isn't used was logged, and stands on the health page.
        let _ = braid.reload("SIGHUP").await;
    }
}

/// Brings the schema up to date, and nothing else.
pub(crate) async fn migrate(config: &ConfigFile) -> Result<(), Failure> {
    let settings = config::load(&config.path)?;
    let store = Store::open(settings.database.reveal(), settings.keyring).await;
    let store = store.map_err(|error| Failure::database(&config.path, &error))?;
    store.migrate().await.map_err(|error| Failure::schema(&config.path, &error))?;
    println!("the database's schema is up to date");
    Ok(())
}

/// Reads the configuration, and says what it holds.
pub(crate) fn check(config: &ConfigFile) -> Result<(), Failure> {
    let settings = config::load(&config.path)?;
    for warning in &settings.warnings {
        println!("{}", warning.render());
    }
    let found = if settings.warnings.is_empty() { "no problems" } else { "no errors" };
    println!("{}: {found}", config.path.display());
    for realm in &settings.realms {
        let (providers, clients) = (realm.providers.len(), realm.clients.len());
        println!("  {} at {}: providers: {providers}, clients: {clients}", realm.policy.realm, realm.origin);
    }
    Ok(())
}
