//! Where requests may go: https to public addresses on the usual ports, and wherever the operator listed.

use super::HttpSetupError;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Why an address is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// Another scheme than https, or http to a place that isn't listed.
    #[error("only https is allowed, and http for listed places")]
    Scheme,
    /// A user name or password in the URL.
    #[error("a URL may not hold credentials")]
    Credentials,
    /// A port that may not be reached.
    #[error("the port is not allowed")]
    Port,
    /// The host is, or resolves to, an address of an internal network.
    #[error("the host is in an internal network and isn't listed")]
    Internal,
}

/// How an allowed URL is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Over the public network, with checked addresses.
    Public,
    /// As the operator listed it.
    Listed,
}

#[derive(Debug)]
pub(crate) struct Guard {
    listed: Vec<Listed>,
    ports: Vec<u16>,
}

#[derive(Debug)]
struct Listed {
    host: String,
    port: Option<u16>,
}

impl Guard {
    pub(super) fn new(listed: &[String], ports: &[u16]) -> Result<Self, HttpSetupError> {
        let listed = listed.iter().map(|entry| Listed::parse(entry)).collect::<Result<_, _>>()?;
        Ok(Self { listed, ports: ports.to_vec() })
    }

    /// Whether and how this URL may be reached. Names are resolved, and their addresses checked, when connecting.
    pub(crate) fn admit(&self, url: &Url) -> Result<Reach, GuardError> {
        if !matches!(url.scheme(), "https" | "http") {
            return Err(GuardError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(GuardError::Credentials);
        }
        let port = url.port_or_known_default().ok_or(GuardError::Port)?;
        if self.listed.iter().any(|listed| listed.covers(url, port)) {
            return Ok(Reach::Listed);
        }
        if url.scheme() != "https" {
            return Err(GuardError::Scheme);
        }
        if !self.ports.contains(&port) {
            return Err(GuardError::Port);
        }
        match url.host() {
            Some(Host::Domain(name)) if !is_local_name(name) => Ok(Reach::Public),
            Some(Host::Ipv4(ip)) if is_public(ip.into()) => Ok(Reach::Public),
            Some(Host::Ipv6(ip)) if is_public(ip.into()) => Ok(Reach::Public),
            _ => Err(GuardError::Internal),
        }
    }
}

impl Listed {
    fn parse(entry: &str) -> Result<Self, HttpSetupError> {
        let refused = || HttpSetupError::Exception { entry: entry.to_owned() };
        // A URL leaves out its scheme's own port, so that one scheme alone couldn't tell `host:80` from `host`.
        let [http, https] = ["http", "https"].map(|scheme| Url::parse(&format!("{scheme}://{entry}")));
        let (http, https) = (http.map_err(|_| refused())?, https.map_err(|_| refused())?);
        let is_bare = http.path() == "/" && http.query().is_none() && http.fragment().is_none() && http.username().is_empty();
        match http.host_str() {
            Some(host) if is_bare && !entry.ends_with('/') => {
                Ok(Self { host: host.to_owned(), port: http.port().or(https.port()) })
            }
            _ => Err(refused()),
        }
    }

    fn covers(&self, url: &Url, port: u16) -> bool {
        url.host_str() == Some(&self.host) && self.port.is_none_or(|listed| listed == port)
    }
}

/// Names that resolvers answer without asking anybody (RFC 6761 §6.3).
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether an address is one of the public internet (IANA's special-purpose registries, RFC 6890).
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !matches!(
        ip.octets(),
        [0 | 10 | 127 | 224.., ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 0, 0 | 2, _]
            | [192, 31, 196, _]
            | [192, 52, 193, _]
            | [192, 88, 99, _]
            | [192, 168, ..]
            | [192, 175, 48, _]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

/// Only global unicast, without the ranges in it that carry an IPv4 address (Teredo, 6to4) or are set aside. What maps
/// IPv4 (`::ffff:0:0/96`, NAT64) is outside.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    match ip.segments() {
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

#[cfg(test)]
mod tests;
