//! Where providers send browsers back to. One address for each provider, good once, in the browser that started.

use super::follow::{follow, gone};
use super::form::{Repeated, once, pairs};
use super::hub::cookie_missing;
use super::visit::Visit;
use crate::driver::DriveError;
use crate::handle::Handle;
use crate::respond;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use domain::{CallbackParams, ExchangeId, ProviderAlias, Secret, SessionKey};
use flow_runtime::Event;
use ui::ErrorKind;

/// Why an answer from a provider belongs to no trip of ours.
#[derive(Debug, thiserror::Error)]
enum NoTrip {
    #[error("the answer repeats a parameter")]
    Repeated(#[from] Repeated),
    #[error("the answer's state is missing, or wasn't made for this provider")]
    State,
}

pub(super) async fn get(visit: Visit, Path(alias): Path<String>, RawQuery(query): RawQuery) -> Response {
    let Ok(provider) = ProviderAlias::parse(&alias) else { return gone(&visit) };
    let (login, exchange, params) = match read(&visit, &provider, query.unwrap_or_default().as_bytes()) {
        Ok(trip) => trip,
        Err(error) => {
            return respond::error_page(&visit.realm, StatusCode::BAD_REQUEST, ErrorKind::LoginGone, None, Some(&error));
        }
    };
    let handle = Handle::Stored(login);
    let text = login.to_string();
    let mut driver = visit.driver(login);
    match driver.look(&handle).await {
        Ok(Some(look)) if visit.browser.as_ref() == Some(&look.session.browser) => {}
        Ok(Some(_)) => return cookie_missing(&visit, &text),
        Ok(None) => return gone(&visit),
        Err(error) => return fault(&visit, &error),
    }
    let outcome = driver.drive(&handle, Event::Returned { provider, exchange, params }).await;
    follow(&visit, driver, &text, outcome).await
}

fn fault(visit: &Visit, error: &DriveError) -> Response {
    respond::fault(&visit.realm, error, None)
}

fn read(visit: &Visit, provider: &ProviderAlias, query: &[u8]) -> Result<(SessionKey, ExchangeId, CallbackParams), NoTrip> {
    let params = pairs(query);
    let state = once(&params, "state")?.ok_or(NoTrip::State)?;
    let (login, exchange) = visit.realm.hub.read_state(state, provider.as_str()).ok_or(NoTrip::State)?;
    let params = CallbackParams {
        code: once(&params, "code")?.map(Secret::new),
        iss: once(&params, "iss")?.map(String::from),
        error: once(&params, "error")?.map(String::from),
    };
    Ok((login, exchange, params))
}
