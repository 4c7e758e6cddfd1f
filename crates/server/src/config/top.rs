//! What stands at the top of the file: the process, and everything below it.

use super::fields::{At, Fields};
use super::flows::flows;
use super::keyring::keyring;
use super::problem::{Place, Problems};
use super::provider::Checks;
use super::realm::realms;
use super::surroundings::Surroundings;
use crate::PasswordCost;
use crate::settings::{Network, Settings};
use domain::Secret;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use upstream::{Http, HttpSettings, HttpSetupError};

const DATABASE: &str = "BRAID_DATABASE";
const LISTEN: &str = "BRAID_LISTEN";

/// Where Braid listens if nobody says otherwise.
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

const DATABASE_FORMS: &str = "write `sqlite:braid.db`, or `postgres://user:password@host/database`";

/// The settings of the file. `None` if something that they need was reported.
pub(super) fn settings(mut root: Fields, around: &Surroundings<'_>, problems: &mut Problems<'_>) -> Option<Settings> {
    let database = database(&mut root, around, problems);
    let listen = listen(&mut root, around, problems);
    let keyring = keyring(&mut root, around, problems);
    let trusted_proxies = networks(&mut root, "trusted-proxies", problems);
    let health_for = networks(&mut root, "health-for", problems);
    let (http_settings, http) = http(&mut root, around, problems);
    let (flows, documents) = flows(&mut root, around, problems);
    let realms = realms(&mut root, &Checks { around, http, flows: &flows }, problems);
    root.end(problems);
    Some(Settings {
        database: database?,
        keyring: keyring?,
        listen,
        trusted_proxies,
        passwords: PasswordCost::Recommended,
        http: http_settings,
        realms,
        documents: Arc::new(documents),
        health_for,
        warnings: Vec::new(),
    })
}

fn database(root: &mut Fields, around: &Surroundings<'_>, problems: &mut Problems<'_>) -> Option<Secret> {
    let node = root.take("database");
    if let Some(text) = around.overriding(DATABASE) {
        if !is_database(&text) {
            problems.elsewhere(Place::Variable(DATABASE), "this is no database that Braid knows", DATABASE_FORMS);
        }
        return Some(Secret::new(text));
    }
    let Some(node) = node else {
        problems.at(root.span, "`database` is missing", format!("add one: {DATABASE_FORMS}"));
        return None;
    };
    let given = around.secret(node, "database", problems)?;
    if !is_database(given.value.reveal()) {
        problems.at_secret(given.span, "this is no database that Braid knows", DATABASE_FORMS);
        return None;
    }
    Some(from_the_folder(given.value, around))
}

fn is_database(text: &str) -> bool {
    ["sqlite:", "postgres://", "postgresql://"].iter().any(|start| text.starts_with(start))
}

/// A relative SQLite path starts from the configuration's folder, like every other path in it.
fn from_the_folder(database: Secret, around: &Surroundings<'_>) -> Secret {
    let Some(path) = database.reveal().strip_prefix("sqlite:") else { return database };
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.starts_with('/') || path.starts_with(":memory:") {
        return database;
    }
    Secret::new(format!("sqlite:{}", around.path(path).display()))
}

fn listen(root: &mut Fields, around: &Surroundings<'_>, problems: &mut Problems<'_>) -> Vec<SocketAddr> {
    const REMEDY: &str = "write an IP address and a port, as in `127.0.0.1:8080` or `[::]:8080`";
    let given = root.texts("listen", problems);
    if let Some(text) = around.overriding(LISTEN) {
        let parts: Vec<_> = text.split(',').map(|part| part.trim().parse().ok()).collect();
        if parts.iter().any(Option::is_none) {
            problems.elsewhere(
                Place::Variable(LISTEN),
                "an address to listen on can't be read",
                format!("{REMEDY}; several with commas"),
            );
        }
        return parts.into_iter().flatten().collect();
    }
    let Some(given) = given else { return DEFAULT_LISTEN.parse().into_iter().collect() };
    let mut read = Vec::new();
    for text in given {
        match text.value.parse::<SocketAddr>() {
            Ok(address) if read.contains(&address) => problems.at(text.span, "this address is there twice", "remove one"),
            Ok(address) => read.push(address),
            Err(_) => problems.at(text.span, "this is not an address to listen on", REMEDY),
        }
    }
    read
}

fn networks(root: &mut Fields, key: &'static str, problems: &mut Problems<'_>) -> Vec<Network> {
    let mut read = Vec::new();
    for text in root.texts(key, problems).unwrap_or_default() {
        match network(&text.value) {
            Some(network) => read.push(network),
            None => problems.at(text.span, "this is not a network", "write `10.0.0.0/8`, or one address as `10.1.2.3`"),
        }
    }
    read
}

fn network(text: &str) -> Option<Network> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let address: IpAddr = address.parse().ok()?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map_or(Some(longest), |prefix| prefix.parse().ok())?;
    (prefix <= longest).then_some(Network { address, prefix })
}

/// How providers are reached, and what checks their addresses.
fn http(root: &mut Fields, around: &Surroundings<'_>, problems: &mut Problems<'_>) -> (HttpSettings, Option<Arc<Http>>) {
    let listed = root.texts("allow-internal", problems).unwrap_or_default();
    let authorities = root.texts("certificate-authorities", problems).unwrap_or_default();
    let extra_roots = authorities.iter().filter_map(|path| around.read(path, problems)).collect();
    let allow_internal = listed.iter().map(|at| at.value.clone()).collect();
    let settings = HttpSettings { allow_internal, extra_roots, ..HttpSettings::default() };
    match made_once(&settings) {
        Ok(http) => (settings, Some(http)),
        Err(error) => {
            let (span, remedy) = match &error {
                HttpSetupError::Exception { entry } => (place(&listed, entry), "write `host` or `host:port`, without `http://`"),
                HttpSetupError::Roots(_) => (authorities.first().map(|at| at.span), "name files with certificates in PEM form"),
                HttpSetupError::Client(_) => (None, "check the TLS set-up of this machine"),
            };
            problems.at(span.unwrap_or(root.span), error.to_string(), remedy);
            (settings, None)
        }
    }
}

/// What checks addresses. To make it, all certificates of the system are read, so it is kept for the last settings that were read.
fn made_once(settings: &HttpSettings) -> Result<Arc<Http>, HttpSetupError> {
    const KEPT: usize = 4;
    static LAST: Mutex<VecDeque<(HttpSettings, Arc<Http>)>> = Mutex::new(VecDeque::new());
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, http)) = last.iter().find(|(made_for, _)| made_for == settings) {
        return Ok(Arc::clone(http));
    }
    let http = Arc::new(Http::new(settings)?);
    last.truncate(KEPT - 1);
    last.push_front((settings.clone(), Arc::clone(&http)));
    Ok(http)
}

fn place(texts: &[At<String>], text: &str) -> Option<super::problem::Span> {
    texts.iter().find(|at| at.value == text).map(|at| at.span)
}
