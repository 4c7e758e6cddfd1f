//! One request's surroundings: its realm, its browser, where it came from.

use crate::braid::Shared;
use crate::cookies::Cookie;
use crate::driver::Driver;
use crate::network;
use crate::realm::Realm;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::{Digest, SessionKey};
use flow_runtime::Arrival;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// Where clients and providers send browsers.
const ARRIVALS: [&str; 2] = ["/authorize", "/broker/"];

/// The surroundings of one request.
pub(super) struct Visit {
    pub(super) shared: Arc<Shared>,
    pub(super) realm: Arc<Realm>,
    /// Digest of the browser's secret.
    pub(super) browser: Option<Digest>,
    /// Digest of the browser session's secret.
    session: Option<Digest>,
    network: String,
    /// Whether the browser says that the request comes from this origin, as far as it says anything.
    pub(super) same_origin: bool,
    /// Whether this is an arrival from a client or a provider: never the end of a form of ours.
    pub(super) from_elsewhere: bool,
}

impl Visit {
    /// A driver for one login.
    pub(super) fn driver(&self, login: SessionKey) -> Driver<'_> {
        Driver {
            shared: &self.shared,
            realm: Arc::clone(&self.realm),
            login,
            arrival: Arrival { browser_session: self.session.clone() },
            network: &self.network,
            redeemed: None,
            counted: Vec::new(),
        }
    }
}

/// The realm of a request: exactly one `Host`, exactly as in a configured origin.
pub(super) fn realm_of(shared: &Shared, headers: &HeaderMap) -> Option<Arc<Realm>> {
    let mut hosts = headers.get_all(HOST).iter();
    let (host, None) = (hosts.next()?.to_str().ok()?, hosts.next()) else { return None };
    shared.serving().realms.iter().find(|realm| realm.host == host).cloned()
}

/// `Origin` and `Sec-Fetch-Site`, where the browser sends them, must say that the request is our own. Under our own
/// `Referrer-Policy: no-referrer` browsers send `Origin: null` with forms (Fetch §3.2), so that says nothing; the form token
/// is asked for in any case.
fn is_same_origin(realm: &Realm, headers: &HeaderMap) -> bool {
    let says_nothing = |origin: &HeaderValue| origin.as_bytes() == b"null";
    let origin = headers.get(ORIGIN).is_none_or(|origin| says_nothing(origin) || origin.as_bytes() == realm.origin.as_bytes());
    let site = headers.get("sec-fetch-site").is_none_or(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
    origin && site
}

impl FromRequestParts<Arc<Shared>> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Response> {
        let headers = &parts.headers;
        let realm = realm_of(shared, headers).ok_or_else(|| StatusCode::MISDIRECTED_REQUEST.into_response())?;
        let peer =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        Ok(Self {
            browser: Cookie::Browser.read(realm.id(), headers),
            session: Cookie::Session.read(realm.id(), headers),
            network: network::of(peer, headers, &shared.serving().trusted_proxies),
            same_origin: is_same_origin(&realm, headers),
            from_elsewhere: parts.method == Method::GET && ARRIVALS.iter().any(|start| parts.uri.path().starts_with(start)),
            shared: Arc::clone(shared),
            realm,
        })
    }
}
