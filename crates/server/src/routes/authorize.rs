//! `/authorize`: where clients send browsers. It acts on arrival, but stores nothing as long as there is only a page to show.

use super::follow::{follow, gone};
use super::form::pairs;
use super::visit::Visit;
use crate::adapters;
use crate::braid::Shared;
use crate::cookies::Cookie;
use crate::driver::DriveError;
use crate::handle::{Content, Handle};
use crate::respond;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::{AuthorizeRequest, Digest};
use downstream::authorize::{authorize, requested_client};
use downstream::{PageReason, Refusal};
use std::sync::Arc;
use ui::{ErrorKind, WayOn};

#[derive(Debug, thiserror::Error)]
#[error("a login could not be sealed into its handle")]
struct Unsealed;

pub(super) async fn get(visit: Visit, RawQuery(query): RawQuery) -> Response {
    enter(&visit, &pairs(query.unwrap_or_default().as_bytes())).await
}

pub(super) async fn post(visit: Visit, RawQuery(query): RawQuery, body: Bytes) -> Response {
    let mut params = pairs(query.unwrap_or_default().as_bytes());
    params.extend(pairs(&body));
    enter(&visit, &params).await
}

/// The same request, from its beginning: the way on from a login that expired or was somebody else's.
pub(super) async fn again(visit: Visit, State(shared): State<Arc<Shared>>, Path(handle): Path<String>) -> Response {
    let Some(handle) = Handle::read(&visit.realm.hub, &handle) else { return gone(&visit) };
    let request = match &handle {
        Handle::Sealed { content, .. } => Some(content.request().clone()),
        Handle::Stored(key) => match shared.store.session(visit.realm.id(), *key).await {
            Ok(found) => found.map(|(session, _)| session.request),
            Err(error) => return respond::fault(&visit.realm, &DriveError::from(error), None),
        },
    };
    let allowed =
        |request: &AuthorizeRequest| visit.realm.clients.get(&request.client).is_some_and(|client| client.still_allows(request));
    match request.filter(allowed) {
        Some(request) => begin(&visit, request).await,
        None => gone(&visit),
    }
}

async fn enter(visit: &Visit, params: &[(String, String)]) -> Response {
    let realm = &visit.realm;
    let client = requested_client(params).map(|id| realm.clients.get(&id));
    match client.clone().and_then(|client| authorize(params, client, &realm.origin)) {
        Ok(request) => begin(visit, request).await,
        Err(Refusal::Redirect { location, error }) => {
            tracing::info!(realm = %realm.id(), error = error.as_str(), "an authorize request was refused");
            respond::redirect(&location)
        }
        Err(Refusal::Page(reason)) => {
            let kind = match reason {
                PageReason::Client => ErrorKind::UnknownClient,
                PageReason::RedirectUri => ErrorKind::WrongRedirect,
                PageReason::Ambiguous => ErrorKind::BadRequest,
            };
            let client = client.ok().flatten().filter(|client| client.enabled && reason == PageReason::RedirectUri);
            let home = client.and_then(|client| Some((client.name.as_str(), client.home()?)));
            let way_on = home.as_ref().map(|(client, href)| WayOn::BackTo { client, href });
            respond::error_page(realm, StatusCode::BAD_REQUEST, kind, way_on, Some(&reason))
        }
    }
}

async fn begin(visit: &Visit, request: AuthorizeRequest) -> Response {
    let (realm, entropy) = (&visit.realm, adapters::fresh_entropy());
    let (browser, new_browser) = if let Some(browser) = &visit.browser {
        (browser.clone(), None)
    } else {
        let secret = entropy.secret("browser");
        (Digest::of(&secret), Some(secret))
    };
    let pinned = realm.policy.begins_with(request.wish);
    let content = Content::new(request, browser, pinned, adapters::now(), &entropy);
    let Some((handle, login)) = content.seal(&realm.hub, &entropy) else {
        return respond::fault(realm, &Unsealed, None);
    };
    let mut driver = visit.driver(login);
    let outcome = driver.start(&content).await;
    let response = follow(visit, driver, &handle, outcome).await;
    match new_browser {
        Some(secret) => respond::with_cookie(response, &Cookie::Browser.set(realm.id(), &secret)),
        None => response,
    }
}
