//! The one way out: a pooled client with timeouts and size limits that doesn't follow redirects, keeps no cookies, uses
//! no proxy, and goes only where the guard lets it.

mod answer;
mod client;
mod guard;
mod resolver;

pub(crate) use answer::Answer;
pub use client::HttpSetupError;
pub use guard::GuardError;
pub(crate) use guard::{Guard, Reach};

use domain::{Secret, UpstreamFailure};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder};
use std::time::Duration;
use url::Url;

/// How requests leave, and where they may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSettings {
    /// Places in the internal network that are meant to be reached, as `host` or `host:port`. Only there is `http://`
    /// allowed, and any port.
    pub allow_internal: Vec<String>,
    /// The ports that may be reached elsewhere.
    pub ports: Vec<u16>,
    /// How long resolving and connecting may take.
    pub connect_timeout: Duration,
    /// How long a whole exchange may take, from resolving to the last byte.
    pub total_timeout: Duration,
    /// The longest answer, in bytes.
    pub max_body: usize,
    /// Further certificate authorities, each a PEM text with one or more certificates.
    pub extra_roots: Vec<String>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            allow_internal: Vec::new(),
            ports: vec![443, 8443],
            connect_timeout: Duration::from_secs(3),
            total_timeout: Duration::from_secs(8),
            max_body: 256 * 1024,
            extra_roots: Vec::new(),
        }
    }
}

/// Asks identity providers. One for the whole process: the connections in it are worth keeping.
#[derive(Debug)]
pub struct Http {
    guard: Guard,
    public: Client,
    listed: Client,
    max_body: usize,
}

impl Http {
    /// Reads the settings and the certificate authorities: the system's and the extra ones; Mozilla's, which come with
    /// Braid, where the system has none.
    pub fn new(settings: &HttpSettings) -> Result<Self, HttpSetupError> {
        let guard = Guard::new(&settings.allow_internal, &settings.ports)?;
        let (public, listed) = client::build(settings)?;
        Ok(Self { guard, public, listed, max_body: settings.max_body })
    }

    pub(crate) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Asks for a JSON document.
    pub(crate) async fn get(&self, url: &Url) -> Result<Answer, HttpError> {
        self.send(self.client_for(url)?.get(url.clone()).header(ACCEPT, "application/json")).await
    }

    /// Asks with an access token (RFC 6750 §2.1).
    pub(crate) async fn get_with_token(&self, url: &Url, token: &Secret) -> Result<Answer, HttpError> {
        let authorization = sensitive(&format!("Bearer {}", token.reveal()))?;
        let request = self.client_for(url)?.get(url.clone()).header(ACCEPT, "application/json, application/jwt");
        self.send(request.header(AUTHORIZATION, authorization)).await
    }

    /// Sends an encoded form, once.
    pub(crate) async fn post(&self, url: &Url, form: String, authorization: Option<Secret>) -> Result<Answer, HttpError> {
        let mut request = self.client_for(url)?.post(url.clone()).header(ACCEPT, "application/json");
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, sensitive(authorization.reveal())?);
        }
        self.send(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)).await
    }

    fn client_for(&self, url: &Url) -> Result<&Client, HttpError> {
        Ok(match self.guard.admit(url)? {
            Reach::Public => &self.public,
            Reach::Listed => &self.listed,
        })
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, HttpError> {
        // A URL may hold what an operator put there, so errors go without it.
        let response = request.send().await.map_err(|error| HttpError::Exchange(error.without_url()))?;
        Answer::read(response, self.max_body).await
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, HttpError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| HttpError::Header)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Why there is no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The request was never sent.
    #[error("the address is not allowed")]
    Guard(#[from] GuardError),
    /// A secret or token with a character that headers can't carry.
    #[error("a credential doesn't fit into a header")]
    Header,
    /// No connection, no TLS, no answer in time, or an answer that broke off.
    #[error("the exchange failed")]
    Exchange(#[source] reqwest::Error),
    /// The answer is longer than allowed.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// The answer is compressed, though nobody asked for that.
    #[error("the answer is compressed")]
    Compressed,
    /// The answer sends us elsewhere. Nobody goes there.
    #[error("the answer is a redirect ({0})")]
    Redirect(u16),
    /// Another status than was needed.
    #[error("the status is {0}")]
    Status(u16),
}

impl HttpError {
    pub(crate) fn failure(&self) -> UpstreamFailure {
        match self {
            Self::Guard(_) | Self::Exchange(_) | Self::Status(429 | 500..) => UpstreamFailure::Unavailable,
            Self::TooLong(_) | Self::Compressed | Self::Redirect(_) | Self::Header => UpstreamFailure::Refused,
            Self::Status(_) => UpstreamFailure::Error,
        }
    }
}
