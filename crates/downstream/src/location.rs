//! The URLs that carry an answer back to the client: always with `state` and `iss` (RFC 9207).

use crate::ErrorCode;
use domain::{AuthorizeRequest, Secret};

/// Where the browser goes with a code (RFC 6749 §4.1.2).
pub fn success_location(request: &AuthorizeRequest, code: &Secret, issuer: &str) -> String {
    answer(&request.redirect_uri, &[("code", code.reveal())], request.state.as_deref(), issuer)
}

/// Where the browser goes with an error (RFC 6749 §4.1.2.1). The description is for the client's developer.
pub fn error_location(request: &AuthorizeRequest, error: ErrorCode, description: &str, issuer: &str) -> String {
    error_answer(&request.redirect_uri, error, description, request.state.as_deref(), issuer)
}

/// The same for a request that wasn't read to its end.
pub(crate) fn error_answer(uri: &str, error: ErrorCode, description: &str, state: Option<&str>, issuer: &str) -> String {
    let description = plain(description);
    answer(uri, &[("error", error.as_str()), ("error_description", &description)], state, issuer)
}

fn answer(uri: &str, parameters: &[(&str, &str)], state: Option<&str>, issuer: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    query.extend_pairs(state.map(|state| ("state", state)));
    query.append_pair("iss", issuer);
    let joint = match uri.rsplit_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{uri}{joint}{}", query.finish())
}

/// The characters that a description may have (RFC 6749 §4.1.2.1); others become `?`.
fn plain(description: &str) -> String {
    description.chars().map(|c| if matches!(c, ' '..='~') && c != '"' && c != '\\' { c } else { '?' }).collect()
}
