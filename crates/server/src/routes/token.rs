//! `/token`: codes and refresh tokens become tokens (RFC 6749 §3.2).

use super::form::pairs;
use super::visit::Visit;
use crate::adapters;
use crate::respond;
use axum::Json;
use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, PRAGMA, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::{Entropy, Timestamp};
use downstream::mint::mint;
use downstream::token::{CodeRequest, RefreshRequest};
use downstream::{Claims, Client, ErrorCode, GrantRequest, Issuance, TokenError, TokenRequest, TokenResponse, grant};
use persistence::{Redeemed, Refreshed, StoreError};
use std::error::Error;

/// Why a request gets no tokens.
#[derive(Debug, thiserror::Error)]
enum NoTokens {
    #[error("the request was refused")]
    Refused(TokenError),
    #[error("the database failed")]
    Store(#[from] StoreError),
    #[error("the tokens can't be signed")]
    Sign(#[source] downstream::KeyError),
}

pub(super) async fn post(visit: Visit, headers: HeaderMap, RawQuery(query): RawQuery, body: Bytes) -> Response {
    match answer(&visit, &headers, query.as_deref(), &body).await {
        Ok(tokens) => ([(PRAGMA, "no-cache")], Json(tokens)).into_response(),
        Err(NoTokens::Refused(error)) => {
            tracing::info!(realm = %visit.realm.id(), error = error.code.as_str(), "a token request was refused");
            refuse(&error)
        }
        Err(error) => {
            let reference = respond::reference();
            tracing::error!(error = &error as &dyn Error, realm = %visit.realm.id(), reference, "a token request failed");
            let body = serde_json::json!({ "error": "server_error", "error_description": format!("reference {reference}") });
            (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
        }
    }
}

async fn answer(visit: &Visit, headers: &HeaderMap, query: Option<&str>, body: &[u8]) -> Result<TokenResponse, NoTokens> {
    let invalid = |text| NoTokens::Refused(TokenError::new(ErrorCode::InvalidRequest, text));
    if query.is_some_and(|query| !query.is_empty()) {
        return Err(invalid("parameters belong into the body"));
    }
    let form = headers.get(CONTENT_TYPE).is_some_and(|found| found.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if !form {
        return Err(invalid("the body must be application/x-www-form-urlencoded"));
    }
    let authorization = match headers.get(AUTHORIZATION).map(HeaderValue::to_str) {
        Some(Ok(line)) => Some(line),
        Some(Err(_)) => return Err(invalid("the Authorization header can't be read")),
        None => None,
    };
    let request = TokenRequest::read(&pairs(body), authorization).map_err(NoTokens::Refused)?;
    let client = request.authenticate(request.client().and_then(|id| visit.realm.clients.get(id)));
    let (now, entropy) = (adapters::now(), adapters::fresh_entropy());
    let issuance = match &request.grant {
        GrantRequest::Code(code) => redeem(visit, code, client, now, &entropy).await?,
        GrantRequest::Refresh(refresh) => renew(visit, refresh, client.map_err(NoTokens::Refused)?, now, &entropy).await?,
    };
    let client = client.map_err(NoTokens::Refused)?;
    let user = visit.shared.store.find_user(visit.realm.id(), issuance.grant.user).await?;
    let claims = user.as_ref().map(Claims::of).unwrap_or_default();
    mint(&issuance, client, &claims, &visit.realm.keys, &visit.realm.origin, now, &entropy).map_err(NoTokens::Sign)
}

/// A code that was presented is used up, even by a client that didn't prove itself.
async fn redeem(
    visit: &Visit,
    request: &CodeRequest,
    client: Result<&Client, TokenError>,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<Issuance, NoTokens> {
    let decide =
        |code, user: Option<&domain::User>| client.and_then(|client| grant::redeem(code, request, client, user, now, entropy));
    match visit.shared.store.redeem_code(visit.realm.id(), &request.digest(), now, decide).await? {
        Redeemed::Issued(issuance) => Ok(*issuance),
        Redeemed::Refused(error) => Err(NoTokens::Refused(error)),
        Redeemed::Reused | Redeemed::Unknown => Err(NoTokens::Refused(client.err().unwrap_or(TokenError::CODE_NOT_GOOD))),
    }
}

async fn renew(
    visit: &Visit,
    request: &RefreshRequest,
    client: &Client,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<Issuance, NoTokens> {
    let decide =
        |token: &_, family: &_, user: Option<&domain::User>| grant::refresh(request, token, family, client, user, now, entropy);
    match visit.shared.store.refresh(visit.realm.id(), &request.digest(), now, decide).await? {
        Refreshed::Issued(issuance) => Ok(*issuance),
        Refreshed::Refused(error) => Err(NoTokens::Refused(error)),
        Refreshed::Unknown => Err(NoTokens::Refused(TokenError::REFRESH_TOKEN_NOT_GOOD)),
    }
}

fn refuse(error: &TokenError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, [(PRAGMA, "no-cache")], Json(error.body())).into_response();
    if let Some(challenge) = error.www_authenticate() {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}
