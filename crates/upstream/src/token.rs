//! The token call: the code goes once, to the token endpoint of the provider that was asked, with the PKCE verifier.

use crate::error::{DocumentError, failure_of_code, shown};
use crate::http::Answer;
use crate::json;
use crate::{Http, HttpError, OidcSettings, TokenAuth, Trip};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Secret, UpstreamFailure};
use url::{Url, form_urlencoded};

/// What the token endpoint gave.
pub(crate) struct Tokens {
    pub(crate) id_token: Secret,
    pub(crate) access_token: Option<Secret>,
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// No answer, or none that can be read.
    #[error("the answer can't be used")]
    Document(#[from] DocumentError),
    /// An error code (RFC 6749 §5.2).
    #[error("the provider says “{code}” (status {status})")]
    Said {
        /// Its code, shortened.
        code: String,
        /// The status.
        status: u16,
    },
    /// An answer without an ID token.
    #[error("the answer has no ID token")]
    NoIdToken,
    /// An access token of a kind that Braid can't use (RFC 6749 §7.1).
    #[error("the access token is not a bearer token")]
    NotBearer,
}

impl TokenError {
    pub(crate) fn failure(&self) -> UpstreamFailure {
        match self {
            Self::Document(source) => source.failure(),
            Self::Said { status: 429 | 500.., .. } => UpstreamFailure::Unavailable,
            // A person says no at the authorization endpoint, never here.
            Self::Said { code, .. } => match failure_of_code(code) {
                UpstreamFailure::Unavailable => UpstreamFailure::Unavailable,
                _ => UpstreamFailure::Error,
            },
            Self::NoIdToken | Self::NotBearer => UpstreamFailure::Refused,
        }
    }
}

/// Redeems the code.
pub(crate) async fn redeem(
    http: &Http,
    endpoint: &Url,
    settings: &OidcSettings,
    trip: &Trip,
    code: &Secret,
) -> Result<Tokens, TokenError> {
    let (form, authorization) = request(settings, trip, code);
    let answer = http.post(endpoint, form, authorization).await.map_err(DocumentError::from)?;
    read(&answer)
}

fn request(settings: &OidcSettings, trip: &Trip, code: &Secret) -> (String, Option<Secret>) {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code.reveal())
        .append_pair("redirect_uri", &trip.redirect_uri)
        .append_pair("code_verifier", trip.verifier.reveal());
    match (settings.token_auth, &settings.client_secret) {
        (TokenAuth::Basic, Some(secret)) => (form.finish(), Some(basic(&settings.client_id, secret))),
        (TokenAuth::Post, Some(secret)) => {
            form.append_pair("client_id", &settings.client_id).append_pair("client_secret", secret.reveal());
            (form.finish(), None)
        }
        _ => (form.append_pair("client_id", &settings.client_id).finish(), None),
    }
}

/// Id and secret are encoded as in a form before they are joined (RFC 6749 §2.3.1).
fn basic(client_id: &str, secret: &Secret) -> Secret {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(client_id), encoded(secret.reveal()));
    Secret::new(format!("Basic {}", STANDARD.encode(pair)))
}

fn read(answer: &Answer) -> Result<Tokens, TokenError> {
    if answer.status != 200 {
        let code = answer.json_whatever_the_status().ok().and_then(|error| json::text(&error, "error").map(shown));
        return Err(match code {
            Some(code) => TokenError::Said { code, status: answer.status },
            None => DocumentError::from(HttpError::Status(answer.status)).into(),
        });
    }
    let document = answer.json()?;
    let id_token = json::text(&document, "id_token").map(Secret::new).ok_or(TokenError::NoIdToken)?;
    let access_token = json::text(&document, "access_token").map(Secret::new);
    let is_bearer = json::text(&document, "token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    if access_token.is_some() && !is_bearer {
        return Err(TokenError::NotBearer);
    }
    Ok(Tokens { id_token, access_token })
}
