//! The address in a mail. Looking at it does nothing, however often and by whom; in the browser that started one press
//! finishes, and elsewhere there is only a code to type there.

use super::follow::{dead_link, follow, hub_path};
use super::form::{HubForm, once, pairs};
use super::visit::Visit;
use crate::adapters;
use crate::driver::DriveError;
use crate::handle::Handle;
use crate::realm::Realm;
use crate::respond;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use domain::{Digest, Secret, SessionKey};
use flow_runtime::{AuthenticationSession, Event, Viewer, view};
use persistence::StoreError;
use std::sync::Arc;
use ui::{Chrome, Leave};

/// Draws what the holder of the mail may see.
pub(super) async fn show(visit: Visit, Path(token): Path<String>) -> Response {
    let digest = Digest::of(&Secret::new(token.clone()));
    match waiting(&visit, &digest).await {
        Ok(Some((session, realm))) => draw(&visit, &realm, &token, &digest, &session),
        Ok(None) => dead_link(&visit, None),
        Err(error) => respond::fault(&visit.realm, &DriveError::from(error), None),
    }
}

/// The press, in the browser that started. Anybody else is shown the code again.
pub(super) async fn press(visit: Visit, Path(token): Path<String>, RawQuery(query): RawQuery, body: Bytes) -> Response {
    let digest = Digest::of(&Secret::new(token.clone()));
    let (session, realm) = match waiting(&visit, &digest).await {
        Ok(Some(found)) => found,
        Ok(None) => return pressed_before(&visit, &query.unwrap_or_default()).await,
        Err(error) => return respond::fault(&visit.realm, &DriveError::from(error), None),
    };
    let HubForm { csrf, .. } = HubForm::read(&body);
    let own = visit.browser.as_ref() == Some(&session.browser);
    if !own || !visit.same_origin || !visit.realm.hub.form_token_is(session.key, &session.browser, csrf.as_ref()) {
        return draw(&visit, &realm, &token, &digest, &session);
    }
    let (handle, text) = (Handle::Stored(session.key), session.key.to_string());
    let mut driver = visit.driver(session.key);
    let outcome = driver.drive(&handle, Event::MailPressed { token: digest }).await;
    follow(&visit, driver, &text, outcome).await
}

/// The mail doesn't count any more. In the browser that started, the form names its login: a second press of the button leads to
/// where the first one led.
async fn pressed_before(visit: &Visit, query: &str) -> Response {
    let pairs = pairs(query.as_bytes());
    let Some(key) = once(&pairs, "login").ok().flatten().and_then(|key| SessionKey::parse(key).ok()) else {
        return dead_link(visit, None);
    };
    match visit.shared.store.session(visit.realm.id(), key).await {
        Ok(Some((session, _))) if visit.browser.as_ref() == Some(&session.browser) => {
            let path = hub_path(&key.to_string());
            if session.is_over() { respond::redirect(&path) } else { dead_link(visit, Some(&path)) }
        }
        Ok(_) => dead_link(visit, None),
        Err(error) => respond::fault(&visit.realm, &DriveError::from(error), None),
    }
}

/// The login that waits for this mail, if the mail is its newest, unused and in time; and the realm with the flows that it runs.
async fn waiting(visit: &Visit, digest: &Digest) -> Result<Option<(AuthenticationSession, Arc<Realm>)>, StoreError> {
    let (store, realm, now) = (&visit.shared.store, visit.realm.id(), adapters::now());
    let Some(token) = store.find_token(realm, digest, now).await? else { return Ok(None) };
    let session = store.session(realm, token.session).await?.map(|(session, _)| session);
    let Some(session) = session.filter(|session| session.waits_for(digest) && now < session.expires_at) else { return Ok(None) };
    let realm = visit.shared.knowing(&visit.realm, &session).await?;
    Ok(Some((session, realm)))
}

fn draw(visit: &Visit, realm: &Realm, token: &str, digest: &Digest, session: &AuthenticationSession) -> Response {
    let now = adapters::now();
    let own = visit.browser.as_ref() == Some(&session.browser);
    let viewer = if own { Viewer::MailInStartingBrowser } else { Viewer::MailElsewhere };
    let Some(view) = view(&realm.policy, session, now, viewer) else { return dead_link(visit, None) };
    let csrf = own.then(|| realm.hub.form_token(session.key, &session.browser));
    let code = (!own).then(|| realm.hub.mail_code(digest));
    let action = if own { format!("/mail/{token}?login={}", session.key) } else { format!("/mail/{token}") };
    let chrome = Chrome {
        action: &action,
        csrf: csrf.as_ref().map_or("", Secret::reveal),
        base: "",
        now,
        reference: None,
        mail_code: code.as_ref().map(Secret::reveal),
        leave: Leave::Nowhere,
    };
    match ui::render(&view, &chrome) {
        Ok(html) => respond::page(StatusCode::OK, html),
        Err(error) => respond::fault(realm, &error, None),
    }
}
