//! Codes: issued, redeemed, refused.

use super::fixture::{
    CALLBACK, SECRET, ada, authorize_request, code_for, code_form, code_request, confidential, entropy, in_seconds, issued,
    public, redeem, registration, signed_in,
};
use crate::code::CODE_LIFETIME;
use crate::{Client, ClientRegistration, CodeGrant, ErrorCode, GrantRequest, TokenError, TokenRequest, grant};
use domain::{AuthorizeRequest, Digest, Epoch, Timestamp, User};

const NOT_GOOD: TokenError = TokenError::CODE_NOT_GOOD;

fn redeem_at(now: Timestamp, user: Option<&User>, client: &Client) -> Result<(), TokenError> {
    let (secret, code) = code_for(&authorize_request());
    grant::redeem(code, &code_request(&code_form(&secret, &[])), client, user, now, &entropy(2)).map(drop)
}

#[test]
fn a_code_is_stored_as_its_digest_with_everything_about_the_login() {
    let (secret, code) = code_for(&authorize_request());
    assert_eq!(code.digest, Digest::of(&secret));
    assert!(!serde_json::to_string(&code).unwrap().contains(secret.reveal()));
    assert_eq!(code.expires_at.since(code.issued_at), CODE_LIFETIME);
}

#[test]
fn a_good_code_becomes_a_grant() {
    let issuance = issued();
    let grant = &issuance.grant;
    assert_eq!((grant.user, &grant.subject, grant.epoch), (ada().id, &ada().subject, ada().epoch));
    assert_eq!(
        (grant.auth_time, &grant.methods, &grant.identity),
        (in_seconds(-100), &signed_in().methods, &signed_in().identity)
    );
    assert_eq!(issuance.scopes, authorize_request().scopes);
    assert_eq!(issuance.nonce.as_deref(), Some("a nonce"));
    let (token, row) = issuance.refresh.unwrap();
    assert_eq!((row.digest, row.grant, row.generation), (Digest::of(&token), grant.id, grant.generation));
}

#[test]
fn oidc_tk_1_a_code_that_comes_back_names_the_grant_to_revoke() {
    let (secret, code) = code_for(&authorize_request());
    let request = code_request(&code_form(&secret, &[]));
    let first = grant::redeem(code, &request, &confidential("app"), Some(&ada()), in_seconds(1), &entropy(2)).unwrap();
    // The row of the code is gone: `redeem` took it. What is left is the digest in the second request.
    assert_eq!(CodeGrant::grant_of(&request.digest()), first.grant.id);
    assert_ne!(CodeGrant::grant_of(&Digest::of_bytes(b"another code")), first.grant.id);
    let revoked = grant::Grant { revoked_at: Some(in_seconds(30)), ..first.grant };
    assert!(!revoked.is_alive(&ada(), &confidential("app"), in_seconds(31)));
}

#[test]
fn oidc_tk_3_a_code_is_good_for_its_client_only() {
    assert_eq!(redeem(&authorize_request(), &confidential("other"), &[]), Err(NOT_GOOD));
    assert_eq!(redeem(&authorize_request(), &public("other"), &[]), Err(NOT_GOOD));
}

#[test]
fn oidc_tk_3_a_code_dies_also_when_the_client_is_not_proved() {
    let (secret, code) = code_for(&authorize_request());
    // A request that can be read gives the digest to consume before anybody is authenticated.
    for (changes, header) in
        [(&[("client_id", "app")][..], None), (&[], None), (&[("client_id", "app")], Some("Basic b3RoZXI6eA=="))]
    {
        let request = TokenRequest::read(&code_form(&secret, changes), header).unwrap();
        let refused = request.authenticate(Some(&confidential("app"))).unwrap_err();
        assert_eq!((refused.code, refused.status(), refused.challenge), (ErrorCode::InvalidClient, 401, header.is_some()));
        assert!(matches!(&request.grant, GrantRequest::Code(request) if request.digest() == code.digest));
    }
}

#[test]
fn oidc_tk_4_the_redirect_uri_is_repeated_exactly() {
    let client = confidential("app");
    for other in ["", "https://app.example.com/callback/", "https://app.example.com/other"] {
        assert_eq!(redeem(&authorize_request(), &client, &[("redirect_uri", other)]), Err(NOT_GOOD), "{other}");
    }
    let unnamed = AuthorizeRequest { redirect_uri_was_given: false, ..authorize_request() };
    assert!(redeem(&unnamed, &client, &[("redirect_uri", "")]).is_ok());
    assert!(redeem(&unnamed, &client, &[("redirect_uri", CALLBACK)]).is_ok());
    assert_eq!(redeem(&unnamed, &client, &[("redirect_uri", "https://evil.example.net/")]), Err(NOT_GOOD));
}

#[test]
fn oidc_op_26_a_code_ends_after_a_minute() {
    let client = confidential("app");
    assert_eq!(redeem_at(in_seconds(59), Some(&ada()), &client), Ok(()));
    assert_eq!(redeem_at(in_seconds(60), Some(&ada()), &client), Err(NOT_GOOD));
    assert_eq!(redeem_at(in_seconds(61), Some(&ada()), &client), Err(NOT_GOOD));
}

#[test]
fn inv_7_a_code_is_nothing_when_its_account_or_client_was_closed() {
    let client = confidential("app");
    let closed_client = Client::register(ClientRegistration { enabled: false, ..registration("app") }).unwrap();
    let closed = User { state: domain::AccountState::Disabled, ..ada() };
    let moved = User { epoch: Epoch(5), ..ada() };
    for (user, client) in [(None, &client), (Some(&closed), &client), (Some(&moved), &client), (Some(&ada()), &closed_client)] {
        assert_eq!(redeem_at(in_seconds(1), user, client), Err(NOT_GOOD));
    }
}

#[test]
fn a_code_is_not_good_for_the_request_of_another_code() {
    let (_, code) = code_for(&authorize_request());
    let request = code_request(&code_form(&domain::Secret::new("another code"), &[]));
    assert_eq!(grant::redeem(code, &request, &confidential("app"), Some(&ada()), in_seconds(1), &entropy(2)), Err(NOT_GOOD));
}

#[test]
fn refresh_tokens_come_with_offline_access_only() {
    let online = AuthorizeRequest { scopes: vec!["openid".to_owned()], ..authorize_request() };
    let issuance = redeem(&online, &confidential("app"), &[]).unwrap();
    assert_eq!(issuance.refresh, None);
    let lifetime = issuance.grant.expires_at.since(issuance.grant.created_at);
    assert_eq!(lifetime, crate::mint::ACCESS_TOKEN_LIFETIME, "nothing outlives the access token");
    let may_not = ClientRegistration { scopes: vec!["openid".to_owned()], ..registration("app") };
    let issuance = redeem(&authorize_request(), &Client::register(may_not).unwrap(), &[]).unwrap();
    assert_eq!(issuance.refresh, None);
}

#[test]
fn inv_9_no_secret_is_in_a_debug_text() {
    let (secret, _) = code_for(&authorize_request());
    let form = code_form(&secret, &[("client_id", "app"), ("client_secret", SECRET)]);
    let text = format!("{:?} {:?}", TokenRequest::read(&form, None), issued());
    let refresh = issued().refresh.unwrap().0;
    for hidden in [secret.reveal(), SECRET, super::fixture::VERIFIER, refresh.reveal()] {
        assert!(!text.contains(hidden), "{text}");
    }
}
