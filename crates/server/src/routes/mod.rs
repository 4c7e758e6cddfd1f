//! The HTTP routes of all realms. The `Host` of a request names its realm; nothing else in a request does.

mod authorize;
mod callback;
mod documents;
mod follow;
mod form;
mod health;
mod hub;
mod mail_link;
mod token;
mod userinfo;
mod visit;

use crate::braid::Shared;
use crate::respond;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use ui::ErrorKind;
use visit::Visit;

/// Larger than any form of ours.
const LARGEST_BODY: usize = 64 * 1024;
/// Larger than any address of ours: authorize requests may carry long states.
const LONGEST_URI: usize = 16 * 1024;
/// Longer than a trip to a provider that answers at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// All routes.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/authorize", get(authorize::get).post(authorize::post).head(no_head))
        .route("/login/{handle}", get(hub::show).post(hub::act))
        .route("/login/{handle}/again", get(authorize::again).head(no_head))
        .route("/mail/{token}", get(mail_link::show).post(mail_link::press))
        .route("/broker/{alias}/callback", get(callback::get).head(no_head))
        .route("/token", post(token::post))
        .route("/userinfo", get(userinfo::answer).post(userinfo::answer))
        .route("/jwks", get(documents::jwks))
        .route("/.well-known/openid-configuration", get(documents::discovery))
        .route("/.well-known/oauth-authorization-server", get(documents::discovery))
        .route("/assets/{name}", get(documents::asset))
        .route("/health", get(health::show))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(not_found)
        .layer(CatchPanicLayer::custom(broken))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), complete))
        .with_state(shared)
}

/// What acts on arrival refuses HEAD: scanners send it, and nobody would see the answer.
async fn no_head() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}

async fn not_found(visit: Visit) -> Response {
    respond::error_page(&visit.realm, StatusCode::NOT_FOUND, ErrorKind::NotFound, None, None)
}

/// A panic is a fault of ours: its text goes to the log, never to the page.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn broken(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text =
        panic.downcast_ref::<&str>().map_or_else(|| panic.downcast_ref::<String>().cloned(), |text| Some((*text).to_owned()));
    tracing::error!(panic = text, "a request panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Around everything: over-long addresses end here, every answer gets its headers, and bare errors become pages.
async fn complete(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let realm = visit::realm_of(&shared, request.headers());
    let wants_page = !is_for_programs(request.uri());
    let mut response = if request.uri().to_string().len() > LONGEST_URI {
        StatusCode::URI_TOO_LONG.into_response()
    } else {
        next.run(request).await
    };
    let bare = !response.headers().contains_key(header::CONTENT_TYPE)
        || response.headers().get(header::CONTENT_TYPE).is_some_and(|found| found.as_bytes().starts_with(b"text/plain"));
    if let (Some(realm), true, true, Some(kind)) = (realm, wants_page, bare, kind_of(response.status())) {
        response = respond::error_page(&realm, response.status(), kind, None, None);
    }
    respond::complete(response.headers_mut());
    response
}

fn is_for_programs(uri: &Uri) -> bool {
    let path = uri.path();
    ["/token", "/userinfo", "/jwks", "/.well-known/", "/health", "/assets/"].iter().any(|start| path.starts_with(start))
}

fn kind_of(status: StatusCode) -> Option<ErrorKind> {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => Some(ErrorKind::TooLarge),
        StatusCode::NOT_FOUND => Some(ErrorKind::NotFound),
        StatusCode::TOO_MANY_REQUESTS => Some(ErrorKind::TooManyRequests { wait: None }),
        status if status.is_client_error() => Some(ErrorKind::BadRequest),
        status if status.is_server_error() => Some(ErrorKind::Fault),
        _ => None,
    }
}
