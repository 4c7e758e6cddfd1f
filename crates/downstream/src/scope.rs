//! The scopes that exist, and lists of them.

/// Every scope that a client may ask for (OpenID Connect Core §5.4 and §11).
pub const SUPPORTED: [&str; 4] = [OPENID, PROFILE, EMAIL, OFFLINE_ACCESS];

/// Makes a request one of OpenID Connect.
pub const OPENID: &str = "openid";
/// Names and picture.
pub const PROFILE: &str = "profile";
/// The address.
pub const EMAIL: &str = "email";
/// Refresh tokens.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// Whether the list has the scope.
pub fn has(scopes: &[String], scope: &str) -> bool {
    scopes.iter().any(|one| one == scope)
}

/// Splits a `scope` parameter (RFC 6749 §3.3) and drops repetitions. The order stays.
pub(crate) fn split(text: &str) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split(' ').filter(|scope| !scope.is_empty()) {
        if !has(&scopes, scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}
