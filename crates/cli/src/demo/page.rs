//! What the demo's own pages have in common: the look of Braid's, and headers that allow no script.

use askama::Template;
use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;

/// What every page may do: show itself, and send forms home.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-src 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The demo's own part of the stylesheet.
const STYLESHEET: &str = include_str!("../../../../templates/demo/demo.css");

/// What stands around a page.
pub(super) struct Frame {
    /// The stylesheet of Braid's pages.
    pub(super) stylesheet: String,
    /// The mark.
    pub(super) mark: String,
}

impl Frame {
    pub(super) fn new() -> Self {
        let [stylesheet, mark] = server::assets().map(|asset| format!("/assets/{}", asset.name));
        Self { stylesheet, mark }
    }
}

/// A page, drawn.
pub(super) fn show(page: &impl Template) -> Response {
    let Ok(text) = page.render() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    with_policy(Html(text).into_response(), POLICY)
}

/// A document with the headers that every one has.
pub(super) fn with_policy(mut response: Response, policy: &'static str) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The routes of what pages load.
pub(super) fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let routes =
        Router::new().route("/assets/demo.css", get(async || ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLESHEET)));
    server::assets().into_iter().fold(routes, |routes, asset| {
        let answer = async move || ([(header::CONTENT_TYPE, asset.media_type)], asset.text.as_str());
        routes.route(&format!("/assets/{}", asset.name), get(answer))
    })
}
