//! Cookies: which there are, and how they are read.
//!
//! | cookie | for | SameSite | lives |
//! | --- | --- | --- | --- |
//! | `__Host-braid-REALM-browser` | binds logins to the browser that started them | Lax | 180 days |
//! | `__Host-braid-REALM-session` | the finished browser login | Lax | until the browser closes |

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use domain::{Digest, RealmId, Secret};

/// One of the realm's cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// Binds logins to a browser.
    Browser,
    /// Holds a browser session.
    Session,
}

impl Cookie {
    fn name(self, realm: &RealmId) -> String {
        match self {
            Self::Browser => format!("__Host-braid-{realm}-browser"),
            Self::Session => format!("__Host-braid-{realm}-session"),
        }
    }

    /// The digest of the cookie's secret. Names are compared byte for byte; a cookie that came twice counts as none,
    /// because one of the two was planted.
    pub(crate) fn read(self, realm: &RealmId, headers: &HeaderMap) -> Option<Digest> {
        let name = self.name(realm);
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split("; ")).filter_map(|pair| pair.split_once('='));
        let mut found = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
        match (found.next(), found.next()) {
            (Some(value), None) if is_secret(value) => Some(Digest::of(&Secret::new(value))),
            _ => None,
        }
    }

    /// The `Set-Cookie` line.
    pub(crate) fn set(self, realm: &RealmId, secret: &Secret) -> String {
        let name = self.name(realm);
        let life = match self {
            Self::Browser => "; Max-Age=15552000",
            Self::Session => "",
        };
        format!("{name}={}; Path=/; Secure; HttpOnly; SameSite=Lax{life}", secret.reveal())
    }
}

fn is_secret(value: &str) -> bool {
    value.len() == 43 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read(lines: &[&str]) -> Option<Digest> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        Cookie::Session.read(&RealmId::parse("demo").unwrap(), &headers)
    }

    #[test]
    fn web_1_cookies_are_locked_to_the_host() {
        let realm = RealmId::parse("demo").unwrap();
        for cookie in [Cookie::Browser, Cookie::Session] {
            let line = cookie.set(&realm, &Secret::new("s".repeat(43)));
            assert!(line.starts_with("__Host-braid-demo-"), "{line}");
            for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
                assert!(line.contains(part), "{line}");
            }
            assert!(!line.contains("Domain") && line.len() < 4096);
        }
    }

    #[test]
    fn web_4_only_the_exact_name_once_is_read() {
        let secret = "s".repeat(43);
        let good = format!("a=b; __Host-braid-demo-session={secret}");
        assert!(read(&[&good]).is_some());
        for bad in [
            format!("__Host-braid-demo-session={secret}; __Host-braid-demo-session={secret}"),
            format!(" __Host-braid-demo-session={secret}"),
            format!("\u{2000}__Host-braid-demo-session={secret}"),
            format!("=__Host-braid-demo-session={secret}"),
            format!("__Host-braid-demo-session=\"{secret}\""),
            format!("$Version=1;__Host-braid-demo-session={secret}"),
            format!("__host-braid-demo-session={secret}"),
            "__Host-braid-demo-session=short".to_owned(),
        ] {
            assert_eq!(read(&[&bad]), None, "{bad}");
        }
        assert_eq!(read(&[&good, &good]), None);
    }

    #[test]
    fn web_2_what_is_kept_of_a_cookie_is_its_digest() {
        let secret = "s".repeat(43);
        let kept = read(&[&format!("__Host-braid-demo-session={secret}")]).unwrap();
        assert_ne!(kept.as_str(), secret);
    }
}
