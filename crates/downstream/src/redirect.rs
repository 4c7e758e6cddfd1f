//! Redirect URIs: which ones a client may register, and which ones a request may name.

use serde::{Deserialize, Serialize};
use url::Url;

/// The most bytes that a redirect URI may have.
const URI_MAX: usize = 2048;

/// Parameters that Braid adds to a redirect URI, so that a registered one can't have them already.
const ANSWER_PARAMETERS: [&str; 7] = ["code", "state", "iss", "error", "error_description", "error_uri", "session_state"];

/// A registered redirect URI, in the form that browsers give it, compared as a string (RFC 9700 §4.1.3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

/// Why a redirect URI can't be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// Too many bytes.
    #[error("it is longer than 2048 bytes")]
    TooLong,
    /// Spaces, control characters, backslashes, quotes, or anything that isn't ASCII.
    #[error("it has a character that URIs don't have; percent-encode it")]
    Character,
    /// There are no patterns.
    #[error("“*” is no wildcard here: redirect URIs are compared exactly")]
    Wildcard,
    /// No scheme, or no URI at all.
    #[error("it is not an absolute URI")]
    NotAbsolute,
    /// A fragment (RFC 6749 §3.1.2).
    #[error("it has a fragment (“#”)")]
    Fragment,
    /// Text before an `@` in the authority.
    #[error("it has a user name or password")]
    UserInfo,
    /// Neither https, nor http on this machine, nor a native application's own scheme.
    #[error(
        "its scheme must be https, http (127.0.0.1, [::1] or localhost only), or a private one with a dot, as com.example.app"
    )]
    Scheme,
    /// `com.example.app:callback` instead of `com.example.app:/callback`.
    #[error("its path must start with “/”")]
    Path,
    /// A parameter of the answer is in it already.
    #[error("its query has “{0}”, which Braid adds itself")]
    AnswerParameter(String),
    /// Browsers would rewrite it.
    #[error("browsers write it as “{0}”; register that")]
    NotNormal(String),
}

impl RedirectUri {
    /// Reads a redirect URI at registration.
    pub fn parse(text: &str) -> Result<Self, RedirectUriError> {
        if text.len() > URI_MAX {
            return Err(RedirectUriError::TooLong);
        }
        if text.contains('*') {
            return Err(RedirectUriError::Wildcard);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && !br#"\"<>^`{|}"#.contains(&byte)) {
            return Err(RedirectUriError::Character);
        }
        let url = Url::parse(text).map_err(|_| RedirectUriError::NotAbsolute)?;
        check_parts(text, &url)?;
        let normal = url.as_str();
        if normal == text || normal.strip_suffix('/') == Some(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RedirectUriError::NotNormal(normal.to_owned()))
        }
    }

    /// The URI as it was registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a request may name `given`: the same string, or for a loopback IP literal the same string with another
    /// port (RFC 8252 §7.3).
    pub fn accepts(&self, given: &str) -> bool {
        let same_but_for_the_port = || Some(without_loopback_port(&self.0)? == without_loopback_port(given)?);
        self.0 == given || same_but_for_the_port() == Some(true)
    }
}

fn check_parts(text: &str, url: &Url) -> Result<(), RedirectUriError> {
    if text.contains('#') {
        return Err(RedirectUriError::Fragment);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(RedirectUriError::UserInfo);
    }
    let this_machine = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    match url.scheme() {
        "https" => {}
        "http" if this_machine => {}
        "http" => return Err(RedirectUriError::Scheme),
        private if private.contains('.') => {}
        _ => return Err(RedirectUriError::Scheme),
    }
    if url.cannot_be_a_base() {
        return Err(RedirectUriError::Path);
    }
    match url.query_pairs().find(|(name, _)| ANSWER_PARAMETERS.contains(&name.as_ref())) {
        Some((name, _)) => Err(RedirectUriError::AnswerParameter(name.into_owned())),
        None => Ok(()),
    }
}

/// Splits `http://127.0.0.1:51004/cb` into the host part and what follows the port. `None` if it isn't a loopback IP
/// literal over http, or if what should be a port is none.
fn without_loopback_port(uri: &str) -> Option<(&str, &str)> {
    let host = ["http://127.0.0.1", "http://[::1]"].into_iter().find(|host| uri.starts_with(host))?;
    let rest = uri.strip_prefix(host)?;
    let Some(after_colon) = rest.strip_prefix(':') else {
        return Some((host, rest));
    };
    let digits = after_colon.find(|c: char| !c.is_ascii_digit()).unwrap_or(after_colon.len());
    let (port, rest) = after_colon.split_at_checked(digits)?;
    let number = port.parse::<u16>().ok().filter(|&number| number != 0)?;
    (number.to_string() == port).then_some((host, rest))
}

impl std::fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RedirectUri {
    type Error = RedirectUriError;
    fn try_from(text: String) -> Result<Self, RedirectUriError> {
        Self::parse(&text)
    }
}

impl From<RedirectUri> for String {
    fn from(uri: RedirectUri) -> Self {
        uri.0
    }
}
