//! A cookie jar that takes `Set-Cookie` as browsers do, and refuses what they refuse.

use std::collections::BTreeMap;

/// One cookie of a jar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Its value.
    pub value: String,
    /// The line that set it.
    pub line: String,
}

/// The cookies of one browser for Braid's origin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Jar(BTreeMap<String, Cookie>);

impl Jar {
    /// Takes one `Set-Cookie` line. What browsers would refuse, or what leaves room for others, is a failed test (WEB-1).
    pub(crate) fn set(&mut self, line: &str) {
        let mut parts = line.split("; ");
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a cookie has a name");
        let attributes: Vec<&str> = parts.collect();
        let has = |attribute: &str| attributes.contains(&attribute);
        assert!(name.starts_with("__Host-"), "WEB-1: {name}");
        assert!(has("Secure") && has("HttpOnly") && has("Path=/"), "WEB-1: {line}");
        assert!(has("SameSite=Lax") || has("SameSite=Strict"), "WEB-5: {line}");
        assert!(!line.to_lowercase().contains("domain=") && line.len() <= 4096, "WEB-1: {line}");
        if has("Max-Age=0") {
            self.0.remove(name);
        } else {
            self.0.insert(name.to_owned(), Cookie { value: value.to_owned(), line: line.to_owned() });
        }
    }

    /// The `Cookie` line, if there is anything to send.
    pub(crate) fn header(&self) -> Option<String> {
        let pairs: Vec<String> = self.0.iter().map(|(name, cookie)| format!("{name}={}", cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// The cookie whose name ends like this.
    pub fn get(&self, end: &str) -> Option<&Cookie> {
        self.0.iter().find(|(name, _)| name.ends_with(end)).map(|(_, cookie)| cookie)
    }

    /// Puts a cookie in, whoever set it.
    pub fn plant(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), Cookie { value: value.to_owned(), line: String::new() });
    }

    /// Removes the cookies whose names end like this.
    pub fn remove(&mut self, end: &str) {
        self.0.retain(|name, _| !name.ends_with(end));
    }

    /// All cookies by name.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Cookie)> {
        self.0.iter().map(|(name, cookie)| (name.as_str(), cookie))
    }
}
