//! Tokens for an [`Issuance`].

use crate::access::{ACCESS_TOKEN_TYPE, AccessClaims};
use crate::{Claims, Client, Grant, Issuance, KeyError, KeyRing, SigningAlg, jwt, scope};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{AuthenticationMethod, Entropy, Secret, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::Digest as _;
use std::collections::BTreeSet;
use std::time::Duration;

/// How long an access token is good.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_mins(5);

/// How long an ID token may be taken for news.
pub const ID_TOKEN_LIFETIME: Duration = Duration::from_mins(5);

/// The good answer of the token endpoint (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3). Serialise it into the response
/// and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: Secret,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    pub expires_in: u64,
    /// The ID token, where `openid` is among the scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Secret>,
    /// The refresh token, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// The scopes of the access token.
    pub scope: String,
}

/// Signs the tokens of an issuance that has been stored.
pub fn mint(
    issuance: &Issuance,
    client: &Client,
    claims: &Claims,
    keys: &KeyRing,
    issuer: &str,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<TokenResponse, KeyError> {
    let access_token = access_token(issuance, keys, issuer, now, entropy)?;
    let id_token = if scope::has(&issuance.scopes, scope::OPENID) {
        let claims = id_claims(issuance, claims, &access_token, issuer, now);
        Some(jwt::sign(keys.signing(client.signing_alg)?, "JWT", &claims)?)
    } else {
        None
    };
    Ok(TokenResponse {
        access_token,
        token_type: "Bearer",
        expires_in: ACCESS_TOKEN_LIFETIME.as_secs(),
        id_token,
        refresh_token: issuance.refresh.as_ref().map(|(token, _)| token.clone()),
        scope: issuance.scopes.join(" "),
    })
}

/// An access token for the userinfo endpoint (RFC 9068 §2.2).
fn access_token(
    issuance: &Issuance,
    keys: &KeyRing,
    issuer: &str,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<Secret, KeyError> {
    let Grant { id, subject, client, .. } = &issuance.grant;
    let claims = AccessClaims {
        iss: issuer.to_owned(),
        sub: subject.clone(),
        aud: issuer.to_owned(),
        client_id: client.clone(),
        scope: issuance.scopes.join(" "),
        iat: now.as_seconds(),
        exp: now.plus(ACCESS_TOKEN_LIFETIME).as_seconds(),
        jti: URL_SAFE_NO_PAD.encode(entropy.id("jti")),
        sid: *id,
    };
    jwt::sign(keys.signing(SigningAlg::Es256)?, ACCESS_TOKEN_TYPE, &claims)
}

/// How the person authenticated (RFC 8176 §2). `mfa` where they showed something that they know and something that they have; what a
/// provider asked of them is nothing that Braid has seen.
fn amr(methods: &[AuthenticationMethod]) -> BTreeSet<&'static str> {
    let mut values: BTreeSet<&str> = methods.iter().map(|method| method.amr()).collect();
    if [AuthenticationMethod::Password, AuthenticationMethod::OneTimeCode].iter().all(|method| methods.contains(method)) {
        values.insert("mfa");
    }
    values
}

/// The claims of an ID token (OpenID Connect Core §2; §12.2 after a refresh).
fn id_claims(issuance: &Issuance, claims: &Claims, access_token: &Secret, issuer: &str, now: Timestamp) -> Map<String, Value> {
    let grant = &issuance.grant;
    let mut all = claims.opened_by(&issuance.scopes);
    let protocol = [
        ("iss", json!(issuer)),
        ("sub", json!(grant.subject)),
        ("aud", json!(grant.client)),
        ("exp", json!(now.plus(ID_TOKEN_LIFETIME).as_seconds())),
        ("iat", json!(now.as_seconds())),
        ("auth_time", json!(grant.auth_time.as_seconds())),
        ("amr", json!(amr(&grant.methods))),
        ("at_hash", json!(left_half_hash(access_token))),
        ("sid", json!(grant.id)),
    ];
    all.extend(protocol.map(|(name, value)| (name.to_owned(), value)));
    let optional = [
        ("nonce", issuance.nonce.as_deref()),
        ("identity_provider", grant.identity.as_ref().map(|identity| identity.provider.as_str())),
    ];
    all.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?)))));
    all
}

/// `at_hash` (OpenID Connect Core §3.1.3.6). Both algorithms hash with SHA-256.
fn left_half_hash(access_token: &Secret) -> String {
    let hash = sha2::Sha256::digest(access_token.reveal());
    URL_SAFE_NO_PAD.encode(hash.get(..16).unwrap_or_default())
}
