//! Proof Key for Code Exchange.

use super::fixture::{CHALLENGE, ISSUER, VERIFIER, authorize_request, confidential, public, redeem, registration, request_with};
use crate::authorize::authorize;
use crate::{Client, ClientRegistration, ErrorCode, Refusal};
use domain::{AuthorizeRequest, Digest, Secret};
use proptest::prelude::*;

fn without_pkce() -> Client {
    Client::register(ClientRegistration { pkce_required: false, ..registration("app") }).unwrap()
}

fn ask(client: &Client, challenge: &str, method: &str) -> Result<Option<String>, ErrorCode> {
    let params = request_with(&[("code_challenge", challenge), ("code_challenge_method", method)]);
    match authorize(&params, Some(client), ISSUER) {
        Ok(request) => Ok(request.code_challenge),
        Err(Refusal::Redirect { error, .. }) => Err(error),
        Err(Refusal::Page(reason)) => panic!("no page should come: {reason}"),
    }
}

fn error_for(request: &AuthorizeRequest, client: &Client, verifier: &str) -> Option<ErrorCode> {
    redeem(request, client, &[("code_verifier", verifier)]).err().map(|error| error.code)
}

const INVALID_GRANT: Option<ErrorCode> = Some(ErrorCode::InvalidGrant);

#[test]
fn oidc_pk_1_a_client_that_must_use_pkce_cannot_leave_it_out() {
    for client in [public("app"), confidential("app")] {
        assert_eq!(ask(&client, "", ""), Err(ErrorCode::InvalidRequest));
        assert_eq!(ask(&client, CHALLENGE, "S256"), Ok(Some(CHALLENGE.to_owned())));
    }
    assert_eq!(ask(&without_pkce(), "", ""), Ok(None));
}

#[test]
fn oidc_pk_2_plain_is_refused() {
    for client in [public("app"), without_pkce()] {
        // No method means plain (RFC 7636 §4.3).
        for method in ["plain", "", "s256", "S512"] {
            assert_eq!(ask(&client, CHALLENGE, method), Err(ErrorCode::InvalidRequest), "{method}");
        }
        for challenge in
            ["", &CHALLENGE[1..], &format!("{CHALLENGE}="), &CHALLENGE.replace('-', "+"), VERIFIER.trim_end_matches('k')]
        {
            assert_eq!(ask(&client, challenge, "S256"), Err(ErrorCode::InvalidRequest), "{challenge}");
        }
    }
}

#[test]
fn oidc_pk_2_the_challenge_itself_is_no_verifier() {
    let request = AuthorizeRequest { code_challenge: Some(VERIFIER.to_owned()), ..authorize_request() };
    assert_eq!(error_for(&request, &confidential("app"), VERIFIER), INVALID_GRANT);
}

#[test]
fn oidc_pk_3_a_verifier_that_is_wrong_or_none_is_refused() {
    let client = confidential("app");
    assert_eq!(error_for(&authorize_request(), &client, VERIFIER), None);
    assert_eq!(error_for(&authorize_request(), &client, &VERIFIER.to_lowercase()), INVALID_GRANT);
    // Each of these answers its challenge; only its form is wrong.
    for malformed in
        ["a".repeat(42), "a".repeat(129), format!("{}+", "a".repeat(43)), format!("{} ", "a".repeat(43)), "ä".repeat(30)]
    {
        let challenge = Digest::of(&Secret::new(&*malformed)).as_str().to_owned();
        let request = AuthorizeRequest { code_challenge: Some(challenge), ..authorize_request() };
        assert_eq!(error_for(&request, &client, &malformed), INVALID_GRANT, "{malformed}");
    }
}

#[test]
fn oidc_pk_4_a_verifier_cannot_be_left_out() {
    assert_eq!(error_for(&authorize_request(), &confidential("app"), ""), INVALID_GRANT);
    assert_eq!(error_for(&authorize_request(), &without_pkce(), ""), INVALID_GRANT);
}

#[test]
fn oidc_pk_5_a_verifier_without_a_challenge_is_a_downgrade() {
    let request = AuthorizeRequest { code_challenge: None, ..authorize_request() };
    assert_eq!(error_for(&request, &without_pkce(), VERIFIER), INVALID_GRANT);
    assert_eq!(error_for(&request, &without_pkce(), ""), None);
    assert_eq!(error_for(&request, &confidential("app"), ""), INVALID_GRANT, "PKCE may have become a must since");
}

#[test]
fn oidc_pk_6_a_verifier_of_another_flow_is_refused() {
    let other = "another-verifier-of-the-same-client-0123456789";
    let challenge = Digest::of(&Secret::new(other)).as_str().to_owned();
    let flow_2 = AuthorizeRequest { code_challenge: Some(challenge), ..authorize_request() };
    let client = confidential("app");
    assert_eq!(error_for(&authorize_request(), &client, other), INVALID_GRANT);
    assert_eq!(error_for(&flow_2, &client, VERIFIER), INVALID_GRANT);
    assert_eq!(error_for(&flow_2, &client, other), None);
}

proptest! {
    #[test]
    fn oidc_pk_3_only_the_verifier_of_the_challenge_is_good(verifier in "[A-Za-z0-9._~-]{43,128}", other in "[A-Za-z0-9._~-]{43,128}") {
        let challenge = Digest::of(&Secret::new(&*verifier)).as_str().to_owned();
        let request = AuthorizeRequest { code_challenge: Some(challenge), ..authorize_request() };
        prop_assert_eq!(error_for(&request, &confidential("app"), &verifier), None);
        prop_assume!(verifier != other);
        prop_assert_eq!(error_for(&request, &confidential("app"), &other), INVALID_GRANT);
    }
}
