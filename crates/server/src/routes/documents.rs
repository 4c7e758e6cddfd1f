//! What anybody may read: metadata, keys, assets.

use super::visit::Visit;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

/// Metadata and keys may be kept for a while: new keys are published before they sign.
const FOR_A_WHILE: &str = "public, max-age=300";
/// An asset's name changes with its content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub(super) async fn discovery(visit: Visit) -> Response {
    let realm = &visit.realm;
    let document = downstream::discovery::discovery(&realm.origin, &realm.endpoints(), &realm.keys);
    ([(CACHE_CONTROL, FOR_A_WHILE)], Json(document)).into_response()
}

pub(super) async fn jwks(visit: Visit) -> Response {
    ([(CACHE_CONTROL, FOR_A_WHILE)], Json(visit.realm.keys.jwks())).into_response()
}

pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match ui::assets().into_iter().find(|asset| asset.name == name) {
        Some(asset) => ([(CONTENT_TYPE, asset.media_type), (CACHE_CONTROL, FOR_EVER)], asset.text.as_str()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
