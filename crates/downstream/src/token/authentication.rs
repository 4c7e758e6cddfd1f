//! How a client proves who it is at the token endpoint (RFC 6749 §2.3).

use super::TokenRequest;
use crate::client::SecretMethod;
use crate::params::Params;
use crate::{Client, ClientKind, ErrorCode, TokenError};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{ClientId, Secret};

/// What a client shows to prove itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presented {
    /// Nothing, as public clients do.
    Nothing,
    /// A secret in the `Authorization` header.
    Basic(Secret),
    /// A secret in the form.
    Post(Secret),
    /// Something that proves nothing here: another scheme, an unreadable header, a second name, an assertion.
    /// `true` if it was in the header.
    Unusable {
        /// Whether it was in the `Authorization` header.
        in_header: bool,
    },
}

/// Reads who the client says it is and what it shows. Two ways at once make the request invalid (RFC 6749 §2.3); what
/// proves nothing is for [`TokenRequest::authenticate`] to refuse, so that a code in the request is still used up.
pub(super) fn read(params: Params<'_>, authorization: Option<&str>) -> Result<(Option<ClientId>, Presented), TokenError> {
    let get = |name| params.one(name).ok().flatten();
    let has_assertion = params.has("client_assertion") || params.has("client_assertion_type");
    let ways = [authorization.is_some(), params.has("client_secret"), has_assertion];
    if ways.into_iter().filter(|&way| way).count() > 1 {
        return Err(TokenError::new(ErrorCode::InvalidRequest, "more than one way of client authentication"));
    }
    let named = get("client_id").map(ClientId::parse);
    let Some(header) = authorization else {
        let presented = match get("client_secret") {
            Some(secret) => Presented::Post(Secret::new(secret)),
            None if has_assertion => Presented::Unusable { in_header: false },
            None => Presented::Nothing,
        };
        return Ok((named.and_then(Result::ok), presented));
    };
    match (basic(header), named) {
        (Some((id, secret)), None) => Ok((Some(id), Presented::Basic(secret))),
        (Some((id, secret)), Some(Ok(name))) if name == id => Ok((Some(id), Presented::Basic(secret))),
        _ => Ok((None, Presented::Unusable { in_header: true })),
    }
}

impl TokenRequest {
    /// Checks what the client shows against the client that [`TokenRequest::client`] names, if there is one. Unknown,
    /// disabled and wrongly proved clients get the same answer.
    pub fn authenticate<'a>(&self, client: Option<&'a Client>) -> Result<&'a Client, TokenError> {
        let proved = |client: &&Client| match (&client.kind, &self.presented) {
            (ClientKind::Public, Presented::Nothing) => true,
            (_, Presented::Basic(secret)) => client.accepts_secret(secret, SecretMethod::Basic),
            (_, Presented::Post(secret)) => client.accepts_secret(secret, SecretMethod::Post),
            _ => false,
        };
        let is_the_one = |client: &&Client| client.enabled && Some(&client.id) == self.client.as_ref();
        let in_header = matches!(self.presented, Presented::Basic(_) | Presented::Unusable { in_header: true });
        client.filter(is_the_one).filter(proved).ok_or(TokenError {
            code: ErrorCode::InvalidClient,
            description: "client authentication failed",
            challenge: in_header,
        })
    }
}

/// Reads `Basic` credentials: both parts are form-encoded before they are joined (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(ClientId, Secret)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let joined = Secret::new(String::from_utf8(STANDARD.decode(encoded.trim_matches(' ')).ok()?).ok()?);
    let (id, secret) = joined.reveal().split_once(':')?;
    let id = ClientId::parse(&form_decode(id)?).ok()?;
    scheme.eq_ignore_ascii_case("basic").then_some((id, Secret::new(form_decode(secret)?)))
}

/// Decodes `+` and `%XX`. `None` for a percent sign that starts no escape, and for what isn't UTF-8.
fn form_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => 16 * hex(bytes.next()?)? + hex(bytes.next()?)?,
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
