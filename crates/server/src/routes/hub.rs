//! The hub: the one address that every page of a login has. Looking never acts; forms do.

use super::follow::{again_path, failed, follow, gone, hub_path, leave_link, to_client};
use super::form::HubForm;
use super::visit::Visit;
use crate::adapters;
use crate::driver::Look;
use crate::handle::Handle;
use crate::realm::Realm;
use crate::respond;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Timestamp;
use flow_runtime::event::action;
use flow_runtime::{AuthenticationSession, Event, Next, Page, Rest, View, Viewer, view};
use std::time::Duration;
use ui::{Chrome, ErrorKind, Leave, WayOn};

/// How long a finished login repeats its redirect.
const REPEATS: Duration = Duration::from_mins(1);

/// Draws the login's page.
pub(super) async fn show(visit: Visit, Path(text): Path<String>) -> Response {
    let Some(handle) = Handle::read(&visit.realm.hub, &text) else { return gone(&visit) };
    let mut driver = visit.driver(handle.key());
    let look = match driver.look(&handle).await {
        Ok(Some(look)) => look,
        Ok(None) => return gone(&visit),
        Err(error) => return failed(&visit, &text, &error),
    };
    if visit.browser.as_ref() != Some(&look.session.browser) {
        return cookie_missing(&visit, &text);
    }
    let now = adapters::now();
    match &look {
        Look { stored: Err(next), .. } if *next != Next::Show => respond::redirect(&again_path(&text)),
        Look { session, .. } => rest(&visit, &driver.realm, &text, session, now),
    }
}

/// Takes a form.
pub(super) async fn act(visit: Visit, Path(text): Path<String>, body: Bytes) -> Response {
    let Some(handle) = Handle::read(&visit.realm.hub, &text) else { return gone(&visit) };
    let HubForm { csrf, form } = HubForm::read(&body);
    let login = handle.key();
    let Some(browser) = &visit.browser else { return cookie_missing(&visit, &text) };
    if !visit.same_origin || !visit.realm.hub.form_token_is(login, browser, csrf.as_ref()) {
        let path = hub_path(&text);
        let way_on = Some(WayOn::GoOn(&path));
        return respond::error_page(&visit.realm, StatusCode::FORBIDDEN, ErrorKind::BadRequest, way_on, None);
    }
    let mut driver = visit.driver(login);
    match driver.look(&handle).await {
        Ok(Some(look)) if look.session.browser != *browser => return cookie_missing(&visit, &text),
        Ok(Some(look)) if look.session.is_over() && form.action == action::RESTART => {
            return respond::redirect(&again_path(&text));
        }
        Ok(Some(_)) => {}
        Ok(None) => return gone(&visit),
        Err(error) => return failed(&visit, &text, &error),
    }
    let outcome = driver.drive(&handle, Event::Form(form)).await;
    follow(&visit, driver, &text, outcome).await
}

/// The login is another browser's, or this one lost its cookie.
pub(super) fn cookie_missing(visit: &Visit, handle: &str) -> Response {
    let path = again_path(handle);
    respond::error_page(&visit.realm, StatusCode::BAD_REQUEST, ErrorKind::CookieMissing, Some(WayOn::StartAgain(&path)), None)
}

fn rest(visit: &Visit, realm: &Realm, handle: &str, session: &AuthenticationSession, now: Timestamp) -> Response {
    match &session.rest {
        Rest::Finished { finish, at } if now.since(*at) < REPEATS => to_client(visit, session, &Next::Finished(finish.clone())),
        Rest::Denied { denial, at } if denial.to_client && now.since(*at) < REPEATS => {
            to_client(visit, session, &Next::Denied(denial.clone()))
        }
        _ if !session.is_over() && now >= session.expires_at => login_gone(visit, handle),
        _ => match view(&realm.policy, session, now, Viewer::StartingBrowser) {
            Some(view) => draw(visit, handle, session, &view, now),
            None => login_gone(visit, handle),
        },
    }
}

fn login_gone(visit: &Visit, handle: &str) -> Response {
    let path = again_path(handle);
    respond::error_page(&visit.realm, StatusCode::GONE, ErrorKind::LoginGone, Some(WayOn::StartAgain(&path)), None)
}

fn draw(visit: &Visit, handle: &str, session: &AuthenticationSession, view: &View, now: Timestamp) -> Response {
    let (realm, login) = (&visit.realm, session.key);
    let csrf = realm.hub.form_token(login, &session.browser);
    let link = match &session.rest {
        Rest::Denied { denial, .. } => leave_link(visit, session, denial),
        _ => None,
    };
    let leave = match (&session.rest, &link) {
        (_, Some(link)) => Leave::Link(link),
        (Rest::Finished { .. } | Rest::Denied { .. }, None) => Leave::Nowhere,
        _ => Leave::Button,
    };
    let reference = respond::reference_of(login);
    let troubled = view.message.is_some() || matches!(view.page, Page::Denied { .. });
    let action = hub_path(handle);
    let chrome = Chrome {
        action: &action,
        csrf: csrf.reveal(),
        base: "",
        now,
        reference: troubled.then_some(reference.as_str()),
        mail_code: None,
        leave,
    };
    match ui::render(view, &chrome) {
        Ok(html) => respond::page(StatusCode::OK, html),
        Err(error) => respond::fault(realm, &error, None),
    }
}
