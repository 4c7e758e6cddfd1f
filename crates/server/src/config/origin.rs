//! Public origins: what a realm is found by, and its issuer.

use super::fields::Fields;
use super::problem::{Problems, Span};
use std::collections::BTreeMap;
use url::{Host, Url};

/// The origin of a realm, which no other realm has.
pub(super) fn of_realm(fields: &mut Fields, taken: &mut BTreeMap<String, Span>, problems: &mut Problems<'_>) -> Option<String> {
    let given = fields.text("origin", "https://login.example.org", problems)?;
    if let Err((reason, remedy)) = check(&given.value) {
        problems.at(given.span, reason, remedy);
        return None;
    }
    if let Some(first) = taken.get(&given.value) {
        let reason = format!("the realm on line {} has this origin already", first.line);
        problems.at(given.span, reason, "give each realm an origin of its own: it is how Braid finds the realm of a request");
        return None;
    }
    taken.insert(given.value.clone(), given.span);
    Some(given.value)
}

/// The reason and remedy for an origin that is none.
fn check(text: &str) -> Result<(), (String, String)> {
    let wrong = |reason: &str, remedy: String| Err((reason.to_owned(), remedy));
    let Ok(url) = Url::parse(text) else {
        return wrong("the origin is not a URL", "write it as https://login.example.org".to_owned());
    };
    let origin = url.origin().ascii_serialization();
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
        return wrong("the origin is neither https nor http", "write it as https://login.example.org".to_owned());
    }
    if text != origin {
        let reason = if url.path().len() > 1 || url.query().is_some() || url.fragment().is_some() {
            "an origin has no path"
        } else if text.ends_with('/') {
            "an origin has no slash at its end"
        } else {
            "browsers write the origin in another way"
        };
        return wrong(reason, format!("write `{origin}`"));
    }
    if url.scheme() == "http" && !is_this_machine(&url) {
        let remedy = format!("write `{}` and let a reverse proxy speak TLS", origin.replacen("http:", "https:", 1));
        return wrong("an origin on the network is https: people send passwords there", remedy);
    }
    Ok(())
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
