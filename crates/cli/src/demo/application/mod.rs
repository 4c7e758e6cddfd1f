//! The demo's application: an ordinary OpenID Connect client that shows what it learned.

mod broker;
mod browsers;
mod view;

use super::page;
use crate::failure::Failure;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use broker::{Broker, Trip, Wish};
use browsers::Browsers;
use domain::Secret;
use serde::Deserialize;
use std::sync::Arc;

/// What the application knows when it starts.
pub(super) struct Settings {
    /// The broker.
    pub(super) issuer: String,
    /// Where the application is called back at.
    pub(super) redirect_uri: String,
    /// Its secret at the broker.
    pub(super) secret: Secret,
    /// The mailbox, for a link.
    pub(super) mailbox: String,
}

struct Application {
    broker: Broker,
    browsers: Browsers,
    mailbox: String,
}

type Shared = State<Arc<Application>>;

/// The application's routes.
pub(super) fn router(settings: Settings) -> Result<Router, Failure> {
    let mailbox = settings.mailbox.clone();
    let broker = Broker::new(settings).map_err(|error| Failure::caused(&error, "check the TLS set-up of this machine"))?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/login", get(login))
        .route("/callback", get(callback))
        .route("/refresh", post(refresh))
        .route("/sign-out", post(sign_out))
        .merge(page::assets());
    Ok(routes.with_state(Arc::new(Application { broker, browsers: Browsers::default(), mailbox })))
}

async fn home(State(application): Shared, headers: HeaderMap) -> Response {
    let account = browsers::secret_of(&headers).and_then(|browser| application.browsers.account(&browser));
    match account {
        Some(account) => page::show(&view::SignedIn::new(&account, &application.mailbox)),
        None => page::show(&view::SignedOut::new(&application.mailbox)),
    }
}

/// What the link to sign in may ask for.
#[derive(Deserialize)]
struct LoginQuery {
    provider: Option<String>,
    prompt: Option<String>,
}

async fn login(State(application): Shared, headers: HeaderMap, Query(query): Query<LoginQuery>) -> Response {
    let browser = browsers::secret_of(&headers).unwrap_or_else(|| server::fresh_entropy().secret("browser"));
    let wish = Wish { provider: query.provider, prompt: query.prompt };
    match application.broker.begin(&wish).await {
        Ok((trip, url)) => {
            application.browsers.depart(&browser, trip);
            ([(header::SET_COOKIE, browsers::cookie(&browser))], Redirect::to(&url)).into_response()
        }
        Err(error) => problem(&application, &error),
    }
}

/// What came back.
#[derive(Deserialize)]
struct CallbackQuery {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

async fn callback(State(application): Shared, headers: HeaderMap, Query(query): Query<CallbackQuery>) -> Response {
    let browser = browsers::secret_of(&headers);
    let trip: Option<Trip> =
        browser.as_ref().zip(query.state).and_then(|(browser, state)| application.browsers.arrive(browser, &state));
    let (Some(browser), Some(trip)) = (browser, trip) else { return problem(&application, &broker::Problem::NotStartedHere) };
    let account = match query.error {
        Some(error) => Err(broker::Problem::Refused(error)),
        None => application.broker.finish(trip, query.code, query.iss.as_deref()).await,
    };
    match account {
        Ok(account) => {
            application.browsers.sign_in(&browser, account);
            Redirect::to("/").into_response()
        }
        Err(error) => problem(&application, &error),
    }
}

async fn refresh(State(application): Shared, headers: HeaderMap) -> Response {
    let found = browsers::secret_of(&headers).and_then(|browser| Some((application.browsers.account(&browser)?, browser)));
    let Some((account, browser)) = found else { return Redirect::to("/").into_response() };
    match application.broker.refresh(&account).await {
        Ok(account) => {
            application.browsers.sign_in(&browser, account);
            Redirect::to("/").into_response()
        }
        Err(error) => {
            application.browsers.sign_out(&browser);
            problem(&application, &error)
        }
    }
}

async fn sign_out(State(application): Shared, headers: HeaderMap) -> Response {
    if let Some(browser) = browsers::secret_of(&headers) {
        application.browsers.sign_out(&browser);
    }
    Redirect::to("/").into_response()
}

fn problem(application: &Application, error: &broker::Problem) -> Response {
    tracing::warn!(error = error as &dyn std::error::Error, "the demo's application could not sign somebody in");
    page::show(&view::Failed::new(error, &application.mailbox))
}
