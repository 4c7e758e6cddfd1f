//! Answers: pages and redirects with the headers that every answer has, and error pages with a reference id.

use crate::adapters;
use crate::realm::Realm;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::SessionKey;
use std::error::Error;
use ui::{ErrorKind, ErrorPage, Onward, WayOn};

/// The policy of a page: nothing but our own stylesheet and images, and forms to nowhere but here. Whoever leaves does so by
/// [`onward`].
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers that every answer has.
pub(crate) const FIXED: [(&str, &str); 8] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ("x-robots-tag", "noindex"),
];

/// Adds what an answer lacks: the fixed headers, `no-store`, and the strictest content policy.
pub(crate) fn complete(headers: &mut HeaderMap) {
    for (name, value) in FIXED {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));
}

/// A page.
pub(crate) fn page(status: StatusCode, html: String) -> Response {
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    response
}

/// A redirect after which the browser asks with GET: 303, so that a form is never sent on.
pub(crate) fn redirect(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Leaves for another origin after a form: by a page that refreshes, so that the form's `form-action` ends here.
pub(crate) fn onward(realm: &Realm, to: &str, href: &str) -> Response {
    match (Onward { realm: &realm.policy.name, base: "", to, href }).render() {
        Ok(html) => page(StatusCode::OK, html),
        Err(error) => fault(realm, &error, None),
    }
}

/// The same answer with a cookie.
pub(crate) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// A short id that stands on the page and in the log.
pub(crate) fn reference() -> String {
    letters(&adapters::fresh_entropy().id("reference"))
}

/// The reference id of a login: on its pages that tell of trouble, and in the lines of the log that belong to it.
pub fn reference_of(login: SessionKey) -> String {
    letters(login.as_bytes())
}

fn letters(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let letter = |byte: &u8| LETTERS.get(usize::from(byte & 31)).map_or('0', |letter| char::from(*letter));
    bytes.iter().take(8).map(letter).collect()
}

/// A page outside of a login. Logs one line for it.
pub(crate) fn error_page(
    realm: &Realm,
    status: StatusCode,
    kind: ErrorKind,
    way_on: Option<WayOn<'_>>,
    why: Option<&(dyn Error + 'static)>,
) -> Response {
    let reference = reference();
    match why {
        Some(error) if status.is_server_error() => {
            tracing::error!(error, realm = %realm.id(), reference, ?kind, "request failed");
        }
        Some(error) => tracing::info!(error, realm = %realm.id(), reference, ?kind, "request refused"),
        None => tracing::info!(realm = %realm.id(), reference, ?kind, "request refused"),
    }
    let html = ErrorPage { kind, realm: &realm.policy.name, base: "", reference: &reference, way_on }.render();
    html.map_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), |html| page(status, html))
}

/// The constant page of a broken world.
pub(crate) fn fault(realm: &Realm, why: &(dyn Error + 'static), way_on: Option<WayOn<'_>>) -> Response {
    error_page(realm, StatusCode::INTERNAL_SERVER_ERROR, ErrorKind::Fault, way_on, Some(why))
}
