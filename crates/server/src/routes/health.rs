//! Whether all is well, for programs: whether the process runs, whether it can serve, and what it serves.

use crate::adapters;
use crate::braid::Shared;
use crate::network;
use crate::realm::Realm;
use crate::serving::{Refusal, Serving, Status};
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::header::HOST;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::Digest;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// The process runs.
pub(super) async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The process can serve: its database answers. What it serves may be older than its files: see [`show`].
pub(super) async fn ready(State(shared): State<Arc<Shared>>) -> StatusCode {
    let serving = shared.serving();
    let Some(realm) = serving.realms.first() else { return StatusCode::SERVICE_UNAVAILABLE };
    match shared.store.find_token(realm.id(), &Digest::of_bytes(b"ready?"), adapters::now()).await {
        Ok(_) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// What serves, and why something newer doesn't. For operators only: it names files and flows.
pub(super) async fn show(State(shared): State<Arc<Shared>>, headers: HeaderMap, extensions: Extensions) -> Response {
    let serving = shared.serving();
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
    let is_near = network::is_near(peer, &headers, &serving.trusted_proxies, &serving.health_for);
    if !is_near || is_for_the_public(&serving, &headers) {
        return StatusCode::NOT_FOUND.into_response();
    }
    Json(page(&serving)).into_response()
}

/// Whether this was asked of a name that people use: a proxy on this machine may have passed it on without saying so.
fn is_for_the_public(serving: &Serving, headers: &HeaderMap) -> bool {
    let hosts: Vec<&str> = serving.realms.iter().map(|realm| realm.host.as_str()).collect();
    headers.get_all(HOST).iter().any(|host| host.to_str().is_ok_and(|host| is_public(host, &hosts)))
}

/// Whether a `Host` names one of these hosts, and that isn't this machine for whoever asks.
fn is_public(host: &str, of_realms: &[&str]) -> bool {
    let asked = name(host);
    let is_this_machine = asked == "localhost" || asked.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    !is_this_machine && of_realms.iter().any(|own| name(own) == asked)
}

/// The name or address in a `Host`, without its port.
fn name(host: &str) -> String {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let name = host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(name, _)| name);
    name.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase()
}

fn page(serving: &Serving) -> Value {
    let status = &serving.status;
    let is_current = status.files.is_none() && status.database.is_empty();
    json!({
        "status": if is_current { "current" } else { "an older configuration serves" },
        "version": env!("CARGO_PKG_VERSION"),
        "taken-at": status.taken_at,
        "reloads": status.taken,
        "refused": { "files": status.files.as_ref().map(refused), "database": refused_of_the_database(status) },
        "waits-for-a-restart": status.waits_for_a_restart,
        "realms": serving.realms.iter().map(|realm| (realm.id().to_string(), flows(realm))).collect::<serde_json::Map<_, _>>(),
    })
}

fn refused(refusal: &Refusal) -> Value {
    json!({ "at": refusal.at, "problems": refusal.problems })
}

fn refused_of_the_database(status: &Status) -> Value {
    let Some(at) = status.database.values().map(|refusal| refusal.at).max() else { return Value::Null };
    json!({ "at": at, "problems": status.database.values().flat_map(|refusal| &refusal.problems).collect::<Vec<_>>() })
}

fn flows(realm: &Realm) -> Value {
    let flow = |(name, flow): (&domain::FlowName, &Arc<flow_runtime::Flow>)| {
        let told = json!({
            "revision": flow.revision,
            "rolled-back-from": realm.rolled_back.get(name),
            "revoked": realm.policy.revisions.is_revoked(&flow.revision),
        });
        (name.to_string(), told)
    };
    json!({ "edition": realm.serves, "flows": realm.policy.flows.iter().map(flow).collect::<serde_json::Map<_, _>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_of_a_name_that_people_use_is_public() {
        let own = ["login.example", "localhost:4700", "[::1]:4700", "10.0.0.1:4700"];
        for public in ["login.example", "LOGIN.example.", "login.example:443", "10.0.0.1:4700", "10.0.0.1"] {
            assert!(is_public(public, &own), "{public}");
        }
        for near in ["localhost:4700", "localhost", "127.0.0.1:4700", "[::1]:4700", "braid-0.internal:4700"] {
            assert!(!is_public(near, &own), "{near}");
        }
    }
}
