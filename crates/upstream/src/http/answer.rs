//! What came back, read no further than the limit.

use super::HttpError;
use crate::DocumentError;
use crate::json::{self, Object};
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};

/// An answer that fits into memory and is no redirect.
pub(crate) struct Answer {
    pub(crate) status: u16,
    media: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    pub(super) async fn read(mut response: Response, max: usize) -> Result<Self, HttpError> {
        let status = response.status();
        if status.is_redirection() {
            return Err(HttpError::Redirect(status.as_u16()));
        }
        if response.headers().contains_key(CONTENT_ENCODING) {
            return Err(HttpError::Compressed);
        }
        if response.content_length().is_some_and(|length| usize::try_from(length).map_or(true, |length| length > max)) {
            return Err(HttpError::TooLong(max));
        }
        let media = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(essence);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| HttpError::Exchange(error.without_url()))? {
            if body.len().saturating_add(chunk.len()) > max {
                return Err(HttpError::TooLong(max));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self { status: status.as_u16(), media, body })
    }

    /// The JSON object of a successful answer.
    pub(crate) fn json(&self) -> Result<Object, DocumentError> {
        if self.status == 200 { self.json_whatever_the_status() } else { Err(HttpError::Status(self.status).into()) }
    }

    /// The JSON object, also of an error answer.
    pub(crate) fn json_whatever_the_status(&self) -> Result<Object, DocumentError> {
        let media = self.media.as_deref().unwrap_or_default();
        if media == "application/json" || (media.starts_with("application/") && media.ends_with("+json")) {
            Ok(json::object(&self.body)?)
        } else {
            Err(DocumentError::Media)
        }
    }

    /// The text of a successful answer that is a JWT (RFC 7519 §10.3.1).
    pub(crate) fn jwt(&self) -> Option<&str> {
        let is_jwt = self.status == 200 && self.media.as_deref() == Some("application/jwt");
        if is_jwt { std::str::from_utf8(&self.body).ok() } else { None }
    }
}

fn essence(media: &str) -> String {
    media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
