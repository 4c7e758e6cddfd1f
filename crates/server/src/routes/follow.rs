//! From what follows a step to an answer for the browser.

use super::visit::Visit;
use crate::adapters;
use crate::cookies::Cookie;
use crate::driver::{DriveError, Driven, Driver};
use crate::handle::Handle;
use crate::respond;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use domain::{CallbackParams, ProviderAlias, UpstreamExchange, UpstreamFailure};
use downstream::ErrorCode;
use downstream::location::{error_location, success_location};
use flow_runtime::{AuthenticationSession, Denial, Event, Next, Rejected};
use ui::{ErrorKind, WayOn};

/// How the browser finds a login again.
pub(super) fn hub_path(handle: &str) -> String {
    format!("/login/{handle}")
}

/// How the browser begins the same request again.
pub(super) fn again_path(handle: &str) -> String {
    format!("/login/{handle}/again")
}

/// Answers with what came of an event. `handle` names the login in the hub's address.
pub(super) async fn follow(visit: &Visit, mut driver: Driver<'_>, handle: &str, outcome: Result<Driven, DriveError>) -> Response {
    match outcome {
        Ok(Driven::On(session, Next::Redirect(exchange))) => {
            Box::pin(leave_for_provider(visit, &mut driver, handle, *session, exchange)).await
        }
        outcome => stay(visit, handle, outcome),
    }
}

/// Answers with what came of an event that sends nobody to a provider now; who should be at one is offered the way there.
fn stay(visit: &Visit, handle: &str, outcome: Result<Driven, DriveError>) -> Response {
    match outcome {
        Ok(Driven::On(session, next)) => arrive(visit, handle, &session, &next),
        Ok(Driven::Rejected(Rejected::DeadLink)) => dead_link(visit, Some(&hub_path(handle))),
        Ok(Driven::Unstored | Driven::Rejected(_)) => respond::redirect(&hub_path(handle)),
        Ok(Driven::Gone) => gone(visit),
        Err(error) => failed(visit, handle, &error),
    }
}

/// The mail's link was used, replaced by a newer one, or is too old.
pub(super) fn dead_link(visit: &Visit, login: Option<&str>) -> Response {
    respond::error_page(&visit.realm, StatusCode::GONE, ErrorKind::DeadMailLink, login.map(WayOn::GoOn), None)
}

/// There is no such login, and nothing to start again from.
pub(super) fn gone(visit: &Visit) -> Response {
    respond::error_page(&visit.realm, StatusCode::NOT_FOUND, ErrorKind::LoginGone, None, None)
}

/// Something of ours is broken or busy; the login itself is as it was.
pub(super) fn failed(visit: &Visit, handle: &str, error: &DriveError) -> Response {
    let path = hub_path(handle);
    let way_on = Some(WayOn::GoOn(&path));
    match error {
        DriveError::Busy | DriveError::Store(persistence::StoreError::Busy(_)) => {
            let kind = ErrorKind::TooManyRequests { wait: None };
            let page = respond::error_page(&visit.realm, StatusCode::SERVICE_UNAVAILABLE, kind, way_on, Some(error));
            ([(RETRY_AFTER, "1")], page).into_response()
        }
        error => respond::fault(&visit.realm, error, way_on),
    }
}

/// Sends the browser to the provider; if that can't be reached, the login goes on at once without it.
async fn leave_for_provider(
    visit: &Visit,
    driver: &mut Driver<'_>,
    handle: &str,
    session: AuthenticationSession,
    exchange: UpstreamExchange,
) -> Response {
    let Some(provider) = visit.realm.providers.get(&exchange.provider) else { return gone(visit) };
    let trip = driver.trip(&exchange);
    match provider.authorize_url(&trip, adapters::now()).await {
        Ok(url) => away(visit, &provider_name(visit, &exchange.provider), url.as_str()),
        Err(error) => {
            driver.log_upstream(&exchange, &error);
            driver.redeemed = Some((exchange.id, Err(UpstreamFailure::Unavailable)));
            let event = Event::Returned { provider: exchange.provider, exchange: exchange.id, params: CallbackParams::default() };
            stay(visit, handle, driver.drive(&Handle::Stored(session.key), event).await)
        }
    }
}

fn arrive(visit: &Visit, handle: &str, session: &AuthenticationSession, next: &Next) -> Response {
    match next {
        Next::Show | Next::Redirect(_) | Next::Denied(Denial { to_client: false, .. }) => respond::redirect(&hub_path(handle)),
        Next::Denied(_) | Next::Finished(_) => to_client(visit, session, next),
    }
}

/// Back to the client: with a code and the new browser session's cookie, or with an error.
pub(super) fn to_client(visit: &Visit, session: &AuthenticationSession, next: &Next) -> Response {
    let (realm, request) = (&visit.realm, &session.request);
    if realm.clients.get(&request.client).is_none_or(|client| !client.still_allows(request)) {
        return respond::error_page(realm, StatusCode::BAD_REQUEST, ErrorKind::UnknownClient, None, None);
    }
    match next {
        Next::Finished(finish) => {
            let response = away(visit, &client_name(visit, session), &success_location(request, &finish.code, &realm.origin));
            match &finish.cookie {
                Some(cookie) => respond::with_cookie(response, &Cookie::Session.set(realm.id(), cookie)),
                None => response,
            }
        }
        Next::Denied(denial) => {
            let location = error_location(request, error_code(denial), denial.code.as_str(), &realm.origin);
            away(visit, &client_name(visit, session), &location)
        }
        Next::Show | Next::Redirect(_) => respond::redirect(&hub_path(&session.key.to_string())),
    }
}

/// What the client is told of a denial, as a link for a page too.
pub(super) fn leave_link(visit: &Visit, session: &AuthenticationSession, denial: &Denial) -> Option<String> {
    let request = &session.request;
    let client = visit.realm.clients.get(&request.client).filter(|client| client.still_allows(request));
    client.map(|_| error_location(request, error_code(denial), denial.code.as_str(), &visit.realm.origin))
}

fn error_code(denial: &Denial) -> ErrorCode {
    let all = [
        ErrorCode::InteractionRequired,
        ErrorCode::LoginRequired,
        ErrorCode::ConsentRequired,
        ErrorCode::TemporarilyUnavailable,
        ErrorCode::ServerError,
    ];
    all.into_iter().find(|code| code.as_str() == denial.code.oauth_error()).unwrap_or(ErrorCode::AccessDenied)
}

/// To another origin: by a redirect on arrival from elsewhere, by a page after anything that may have been a form.
fn away(visit: &Visit, to: &str, href: &str) -> Response {
    if visit.from_elsewhere { respond::redirect(href) } else { respond::onward(&visit.realm, to, href) }
}

fn client_name(visit: &Visit, session: &AuthenticationSession) -> String {
    let client = &session.request.client;
    visit.realm.policy.client(client).map_or_else(|| client.to_string(), |client| client.name.clone())
}

fn provider_name(visit: &Visit, alias: &ProviderAlias) -> String {
    visit.realm.policy.provider(alias).map_or_else(|| alias.to_string(), |provider| provider.name.clone())
}
