//! The provider's metadata (OpenID Connect Discovery §3, §4): what is read of it, and what is refused.

use crate::error::{DocumentError, shown};
use crate::http::Guard;
use crate::json::{self, Object};
use crate::{GuardError, Http, OidcSettings};
use domain::UpstreamFailure;
use serde_json::Value;
use url::Url;

/// What Braid uses of a discovery document.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) jwks_uri: Url,
    pub(crate) userinfo_endpoint: Option<Url>,
    /// RFC 9207 §3, `authorization_response_iss_parameter_supported`.
    pub(crate) promises_iss: bool,
}

/// Why a discovery document can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// There is no document.
    #[error("the discovery document can't be had")]
    Document(#[from] DocumentError),
    /// The document is another issuer's (OpenID Connect Discovery §4.3). Compared byte for byte.
    #[error("it is for the issuer “{got}”, not for “{expected}”")]
    Issuer {
        /// The configured issuer.
        expected: String,
        /// What the document names, shortened.
        got: String,
    },
    /// A member that Braid can't do without.
    #[error("“{0}” is missing or not a text")]
    Missing(&'static str),
    /// An endpoint that is no URL.
    #[error("“{name}” is not a URL")]
    Url {
        /// Which endpoint.
        name: &'static str,
        /// What the parser said.
        #[source]
        source: url::ParseError,
    },
    /// An endpoint that Braid may not reach or send people to.
    #[error("“{name}” is not a place to go")]
    Guard {
        /// Which endpoint.
        name: &'static str,
        /// Which rule.
        #[source]
        source: GuardError,
    },
    /// An endpoint with a fragment, which endpoints don't have (RFC 6749 §3.1).
    #[error("“{0}” has a fragment")]
    Fragment(&'static str),
    /// An endpoint on a host that the operator didn't list.
    #[error("“{name}” is on a host that isn't listed: “{host}”")]
    Host {
        /// Which endpoint.
        name: &'static str,
        /// The host.
        host: String,
    },
}

impl DiscoveryError {
    pub(crate) fn failure(&self) -> UpstreamFailure {
        match self {
            Self::Document(source) => source.failure(),
            _ => UpstreamFailure::Refused,
        }
    }
}

/// Where the document of this issuer is.
pub(crate) fn location(issuer: &Url) -> Url {
    let mut url = issuer.clone();
    let path = format!("{}/.well-known/openid-configuration", issuer.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

/// Asks for the document and checks it.
pub(crate) async fn fetch(http: &Http, issuer: &Url, settings: &OidcSettings) -> Result<Metadata, DiscoveryError> {
    let document = http.get(&location(issuer)).await.map_err(DocumentError::from)?.json()?;
    read(&document, http.guard(), issuer, settings)
}

fn read(document: &Object, guard: &Guard, issuer: &Url, settings: &OidcSettings) -> Result<Metadata, DiscoveryError> {
    let got = json::text(document, "issuer").ok_or(DiscoveryError::Missing("issuer"))?;
    if got != settings.issuer {
        return Err(DiscoveryError::Issuer { expected: settings.issuer.clone(), got: shown(got) });
    }
    let endpoint = |name: &'static str| {
        let text = json::text(document, name).ok_or(DiscoveryError::Missing(name))?;
        let url = Url::parse(text).map_err(|source| DiscoveryError::Url { name, source })?;
        guard.admit(&url).map_err(|source| DiscoveryError::Guard { name, source })?;
        let host = url.host_str().unwrap_or_default();
        if url.fragment().is_some() {
            Err(DiscoveryError::Fragment(name))
        } else if is_listed(host, issuer, &settings.endpoint_hosts) {
            Ok(url)
        } else {
            Err(DiscoveryError::Host { name, host: host.to_owned() })
        }
    };
    let userinfo_endpoint = if settings.user_info { Some(endpoint("userinfo_endpoint")?) } else { None };
    Ok(Metadata {
        authorization_endpoint: endpoint("authorization_endpoint")?,
        token_endpoint: endpoint("token_endpoint")?,
        jwks_uri: endpoint("jwks_uri")?,
        userinfo_endpoint,
        promises_iss: document.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true)),
    })
}

fn is_listed(host: &str, issuer: &Url, listed: &[String]) -> bool {
    listed.is_empty() || issuer.host_str() == Some(host) || listed.iter().any(|other| other.eq_ignore_ascii_case(host))
}
