//! Whether all is well, for programs: whether the process runs, whether it can serve, and what it serves.

use crate::adapters;
use crate::braid::Shared;
use crate::network;
use crate::realm::Realm;
use crate::serving::{Refusal, Serving};
use axum::Json;
use axum::extract::{ConnectInfo, State};
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
    if !network::is_near(peer, &headers, &serving.trusted_proxies, &serving.health_for) {
        return StatusCode::NOT_FOUND.into_response();
    }
    Json(page(&serving)).into_response()
}

fn page(serving: &Serving) -> Value {
    let status = &serving.status;
    let is_current = status.files.is_none() && status.database.is_none();
    json!({
        "status": if is_current { "current" } else { "an older configuration serves" },
        "version": env!("CARGO_PKG_VERSION"),
        "taken-at": status.taken_at,
        "reloads": status.taken,
        "refused": { "files": status.files.as_ref().map(refused), "database": status.database.as_ref().map(refused) },
        "waits-for-a-restart": status.waits_for_a_restart,
        "realms": serving.realms.iter().map(|realm| (realm.id().to_string(), flows(realm))).collect::<serde_json::Map<_, _>>(),
    })
}

fn refused(refusal: &Refusal) -> Value {
    json!({ "at": refusal.at, "problems": refusal.problems })
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
    json!({ "edition": realm.edition, "flows": realm.policy.flows.iter().map(flow).collect::<serde_json::Map<_, _>>() })
}
