//! `/userinfo`: what an access token tells about its person (OpenID Connect Core §5.3).

use super::visit::Visit;
use crate::adapters;
use crate::respond;
use axum::Json;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use downstream::Claims;
use downstream::access::{BearerError, bearer_token, verify_access_token};
use downstream::claims::userinfo;
use persistence::StoreError;
use std::error::Error;

pub(super) async fn answer(visit: Visit, headers: HeaderMap) -> Response {
    match claims(&visit, &headers).await {
        Ok(Ok(claims)) => Json(claims).into_response(),
        Ok(Err(refused)) => {
            let status = StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::UNAUTHORIZED);
            (status, [(WWW_AUTHENTICATE, refused.www_authenticate())]).into_response()
        }
        Err(error) => {
            let reference = respond::reference();
            tracing::error!(error = &error as &dyn Error, realm = %visit.realm.id(), reference, "userinfo failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn claims(visit: &Visit, headers: &HeaderMap) -> Result<Result<serde_json::Value, BearerError>, StoreError> {
    let (realm, store, now) = (&visit.realm, &visit.shared.store, adapters::now());
    let authorization = headers.get(AUTHORIZATION).and_then(|line| line.to_str().ok());
    let verified = bearer_token(authorization).and_then(|token| verify_access_token(&token, &realm.keys, &realm.origin, now));
    let token = match verified {
        Ok(token) => token,
        Err(refused) => return Ok(Err(refused)),
    };
    let Some(grant) = store.find_grant(realm.id(), token.grant).await? else { return Ok(Err(BearerError::Invalid)) };
    let user = store.find_user(realm.id(), grant.user).await?;
    let alive = user.zip(realm.clients.get(&grant.client)).filter(|(user, client)| grant.is_alive(user, client, now));
    Ok(match alive {
        Some((user, _)) => Ok(userinfo(&token.subject, &Claims::of(&user), &token.scopes)),
        None => Err(BearerError::Invalid),
    })
}
