//! Authorization requests: which are good, and where the answer to the others goes.

mod parameters;

use crate::location::error_answer;
use crate::params::Params;
use crate::{Client, ErrorCode};
use domain::{AuthorizeRequest, ClientId};

/// Why a request gets no code before anybody was asked anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody proved where the answer may go, so a page says it and nothing is redirected.
    Page(PageReason),
    /// The client hears of it.
    Redirect {
        /// Where the browser goes.
        location: String,
        /// What the client hears.
        error: ErrorCode,
    },
}

/// What a page says about a request that nobody can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageReason {
    /// The client is unknown, disabled or not named: one text for all.
    #[error("the application that sent you here isn't known")]
    Client,
    /// The redirect URI is missing or not the client's.
    #[error("the application that sent you here named an address to return to that isn't registered for it")]
    RedirectUri,
    /// The client or the redirect URI was named twice.
    #[error("the application that sent you here asked in a way that can be read in two ways")]
    Ambiguous,
}

/// A request that names its client and a redirect URI of it, so that errors may go there.
struct Trusted<'a> {
    params: Params<'a>,
    client: &'a Client,
    redirect_uri: &'a str,
    state: Option<&'a str>,
}

/// An error for the client.
struct Wrong(ErrorCode, &'static str);

/// Whom the request says it comes from. `params` are those of the query, then those of the body.
pub fn requested_client(params: &[(String, String)]) -> Result<ClientId, Refusal> {
    let id = Params(params).one("client_id").map_err(|_| Refusal::Page(PageReason::Ambiguous))?;
    id.and_then(|id| ClientId::parse(id).ok()).ok_or(Refusal::Page(PageReason::Client))
}

/// Reads an authorization request (OpenID Connect Core §3.1.2.1). `client` is what [`requested_client`] names, if there
/// is one; `params` are those of the query, then those of the body.
///
/// Parameters that Braid doesn't know are ignored, and so are scopes that don't exist or aren't the client's.
pub fn authorize(params: &[(String, String)], client: Option<&Client>, issuer: &str) -> Result<AuthorizeRequest, Refusal> {
    let id = requested_client(params)?;
    let client = client.filter(|client| client.enabled && client.id == id).ok_or(Refusal::Page(PageReason::Client))?;
    let params = Params(params);
    let redirect_uri = match params.one("redirect_uri") {
        Err(_) => return Err(Refusal::Page(PageReason::Ambiguous)),
        Ok(Some(uri)) if client.may_redirect_to(uri) => uri,
        Ok(_) => return Err(Refusal::Page(PageReason::RedirectUri)),
    };
    let state = params.one("state").ok().flatten().filter(|state| parameters::is_plain(state));
    let request = Trusted { params, client, redirect_uri, state };
    request.read().map_err(|Wrong(error, description)| Refusal::Redirect {
        location: error_answer(redirect_uri, error, description, state, issuer),
        error,
    })
}
