//! A code becomes a grant.

use super::{GRANT_LIFETIME, Grant, Issuance};
use crate::mint::ACCESS_TOKEN_LIFETIME;
use crate::token::CodeRequest;
use crate::{Client, CodeGrant, ErrorCode, TokenError, pkce, scope};
use domain::{Entropy, Timestamp, User};

const PKCE: TokenError = TokenError::new(ErrorCode::InvalidGrant, "code_verifier does not answer the code_challenge");

/// Checks a code against the request and the client that proved itself, and makes a grant of it (RFC 6749 §4.1.3,
/// RFC 7636 §4.6). The code is given away: it is used up, whether this succeeds or not.
///
/// `user` is the account of the code as it is now; `None` if it is gone.
pub fn redeem(
    code: CodeGrant,
    request: &CodeRequest,
    client: &Client,
    user: Option<&User>,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<Issuance, TokenError> {
    check_code(&code, request, client, now)?;
    let grant = grant_from(&code, now);
    if !user.is_some_and(|user| grant.is_alive(user, client, now)) {
        return Err(TokenError::CODE_NOT_GOOD);
    }
    let refresh = if client.may_refresh() { grant.next_refresh_token(now, entropy) } else { None };
    Ok(Issuance { scopes: grant.scopes.clone(), nonce: code.nonce, refresh, grant })
}

fn check_code(code: &CodeGrant, request: &CodeRequest, client: &Client, now: Timestamp) -> Result<(), TokenError> {
    let same_redirect = match &request.redirect_uri {
        Some(uri) => *uri == code.redirect_uri,
        None => !code.redirect_uri_was_given,
    };
    if request.digest() != code.digest || code.client != client.id || !same_redirect || now >= code.expires_at {
        return Err(TokenError::CODE_NOT_GOOD);
    }
    match (&code.code_challenge, &request.code_verifier) {
        (Some(challenge), Some(verifier)) if pkce::answers(verifier, challenge) => Ok(()),
        (None, None) if !client.pkce_required => Ok(()),
        // A verifier without a challenge is the downgrade of RFC 9700 §4.8.2.
        _ => Err(PKCE),
    }
}

fn grant_from(code: &CodeGrant, now: Timestamp) -> Grant {
    // Without refresh tokens nothing outlives the access token.
    let lifetime = if scope::has(&code.scopes, scope::OFFLINE_ACCESS) { GRANT_LIFETIME } else { ACCESS_TOKEN_LIFETIME };
    Grant {
        id: CodeGrant::grant_of(&code.digest),
        user: code.user,
        subject: code.subject.clone(),
        client: code.client.clone(),
        scopes: code.scopes.clone(),
        epoch: code.epoch,
        auth_time: code.auth_time,
        methods: code.methods.clone(),
        identity: code.identity.clone(),
        browser_session: code.browser_session.clone(),
        generation: 0,
        created_at: now,
        expires_at: now.plus(lifetime),
        revoked_at: None,
    }
}
