//! Builds the two clients: one for the public network, whose resolver refuses internal addresses, and one for the
//! places that the operator listed.

use super::{HttpSettings, resolver};
use reqwest::{Certificate, Client, ClientBuilder};
use std::time::Duration;

/// How long an unused connection is kept. Shorter than what servers usually do, so that none is used while it closes.
const IDLE: Duration = Duration::from_secs(20);

/// Why no client can be made of the settings.
#[derive(Debug, thiserror::Error)]
pub enum HttpSetupError {
    /// An exception that names no place.
    #[error("“{entry}” is not a host, nor a host and a port")]
    Exception {
        /// The entry.
        entry: String,
    },
    /// Extra certificates that aren't PEM.
    #[error("an extra certificate authority can't be read")]
    Roots(#[source] reqwest::Error),
    /// The TLS set-up failed.
    #[error("the HTTP client can't be set up")]
    Client(#[source] reqwest::Error),
}

/// The client for the public network, and the one for listed places. Each reads the system's authorities.
pub(super) fn build(settings: &HttpSettings) -> Result<(Client, Client), HttpSetupError> {
    let roots = roots(settings)?;
    let make = |builder: ClientBuilder| roots.apply(builder).build().map_err(HttpSetupError::Client);
    let public = make(base(settings).dns_resolver(resolver::PublicOnly::new(resolver::System)))?;
    Ok((public, make(base(settings))?))
}

fn base(settings: &HttpSettings) -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("Braid/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .http1_only()
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.total_timeout)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(16)
        .tcp_nodelay(true)
}

struct Roots {
    extra: Vec<Certificate>,
    system_has_some: bool,
}

impl Roots {
    fn apply(&self, builder: ClientBuilder) -> ClientBuilder {
        let extra = self.extra.iter().cloned();
        if self.system_has_some {
            builder.tls_certs_merge(extra)
        } else {
            let bundled = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().filter_map(|der| Certificate::from_der(der).ok());
            builder.tls_certs_only(bundled.chain(extra))
        }
    }
}

fn roots(settings: &HttpSettings) -> Result<Roots, HttpSetupError> {
    let mut extra = Vec::new();
    for pem in &settings.extra_roots {
        extra.extend(Certificate::from_pem_bundle(pem.as_bytes()).map_err(HttpSetupError::Roots)?);
    }
    // The platform's verifier refuses to be built on an empty store, which is what a Debian without `ca-certificates` has.
    let system_has_some = base(settings).build().is_ok();
    Ok(Roots { extra, system_has_some })
}
