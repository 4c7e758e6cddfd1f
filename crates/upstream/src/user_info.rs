//! The userinfo endpoint (OpenID Connect Core §5.3): asked with the access token, believed only about the same subject.

use crate::error::DocumentError;
use crate::id_token::check_audience;
use crate::json::{self, Object};
use crate::jws::{Jws, JwsError};
use crate::{Http, OidcSettings};
use domain::{Secret, Subject, UpstreamFailure};
use url::Url;

/// Why userinfo isn't used, and the login with it.
#[derive(Debug, thiserror::Error)]
pub enum UserInfoError {
    /// The token endpoint gave no access token to ask with.
    #[error("there is no access token to ask with")]
    NoAccessToken,
    /// No answer, or none that can be read.
    #[error("the answer can't be used")]
    Document(#[from] DocumentError),
    /// A signed answer whose signature doesn't hold.
    #[error("the signed answer is not one that the provider signed")]
    Signature(#[from] JwsError),
    /// A signed answer that was made by or for somebody else (OpenID Connect Core §5.3.2).
    #[error("the signed answer was made by or for somebody else")]
    Other,
    /// Another `sub` than the ID token's, or none (OpenID Connect Core §5.3.4).
    #[error("the answer is about another subject")]
    Subject,
}

impl UserInfoError {
    pub(crate) fn failure(&self) -> UpstreamFailure {
        match self {
            Self::Document(source) => source.failure(),
            _ => UpstreamFailure::Refused,
        }
    }
}

/// What the endpoint answered: claims, or a signed token that holds them.
pub(crate) enum UserInfo {
    Plain(Object),
    Signed(String),
}

/// Asks for the claims.
pub(crate) async fn fetch(http: &Http, endpoint: &Url, access_token: Option<&Secret>) -> Result<UserInfo, UserInfoError> {
    let access_token = access_token.ok_or(UserInfoError::NoAccessToken)?;
    let answer = http.get_with_token(endpoint, access_token).await.map_err(DocumentError::from)?;
    match answer.jwt() {
        Some(token) => Ok(UserInfo::Signed(token.to_owned())),
        None => Ok(UserInfo::Plain(answer.json()?)),
    }
}

/// The claims of a signed answer whose signature is right.
pub(crate) fn signed_claims(jws: &Jws<'_>, settings: &OidcSettings) -> Result<Object, UserInfoError> {
    let claims = jws.payload()?;
    let is_ours = json::text(&claims, "iss") == Some(&settings.issuer) && check_audience(&claims, settings).is_ok();
    if is_ours { Ok(claims) } else { Err(UserInfoError::Other) }
}

/// Whether the claims are about the person that the ID token names.
pub(crate) fn check_subject(claims: &Object, subject: &Subject) -> Result<(), UserInfoError> {
    if json::text(claims, "sub") == Some(subject.as_str()) { Ok(()) } else { Err(UserInfoError::Subject) }
}
