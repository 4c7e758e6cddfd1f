//! A refresh token becomes the next one.
//!
//! There is no grace for a repeated refresh: a client whose answer was lost has to start a new login. Two holders of one
//! family can't be told apart, and a grace would let both live (RFC 9700 §4.14.2).

use super::{Grant, Issuance, RefreshToken};
use crate::token::RefreshRequest;
use crate::{Client, ErrorCode, TokenError, scope};
use domain::{Digest, Entropy, Timestamp, User};

/// Why a refresh gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefreshRefusal {
    /// Nothing changes.
    #[error(transparent)]
    Refused(TokenError),
    /// An old generation came back: somebody has a copy. The grant must be revoked before the answer is sent.
    #[error(transparent)]
    Reused(TokenError),
}

impl RefreshRefusal {
    /// The answer for the client, the same for both.
    pub const fn error(&self) -> TokenError {
        match self {
            Self::Refused(error) | Self::Reused(error) => *error,
        }
    }
}

const WIDER: TokenError = TokenError::new(ErrorCode::InvalidScope, "the scope is wider than what was granted");
const MAY_NOT: TokenError = TokenError::new(ErrorCode::UnauthorizedClient, "this client may not use refresh tokens");

/// Consumes the presented generation and makes the next (RFC 6749 §6, RFC 9700 §4.14).
///
/// `token` and `grant` are the rows as they are now, the client has proved itself, and `user` is the account of the grant
/// (`None` if it is gone). Storage writes the result only if the grant still has the generation of `token`; otherwise
/// the server reads again and calls again.
pub fn refresh(
    request: &RefreshRequest,
    token: &RefreshToken,
    grant: &Grant,
    client: &Client,
    user: Option<&User>,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<Issuance, RefreshRefusal> {
    let refused = Err(RefreshRefusal::Refused(TokenError::REFRESH_TOKEN_NOT_GOOD));
    if token.digest != Digest::of(&request.refresh_token) || token.grant != grant.id || grant.client != client.id {
        return refused;
    }
    if token.generation != grant.generation {
        return Err(RefreshRefusal::Reused(TokenError::REFRESH_TOKEN_NOT_GOOD));
    }
    if !client.may_refresh() {
        return Err(RefreshRefusal::Refused(MAY_NOT));
    }
    if now >= token.expires_at || !user.is_some_and(|user| grant.is_alive(user, client, now)) {
        return refused;
    }
    let scopes = narrowed(request.scopes.as_deref(), &grant.scopes).ok_or(RefreshRefusal::Refused(WIDER))?;
    let grant = Grant { generation: grant.generation.saturating_add(1), ..grant.clone() };
    let refresh = grant.next_refresh_token(now, entropy);
    Ok(Issuance { scopes, nonce: None, refresh, grant })
}

fn narrowed(asked: Option<&[String]>, granted: &[String]) -> Option<Vec<String>> {
    match asked {
        None => Some(granted.to_vec()),
        Some(asked) => asked.iter().all(|scope| scope::has(granted, scope)).then(|| asked.to_vec()),
    }
}
