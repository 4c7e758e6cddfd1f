//! The metadata document: every listed value works, and what isn't listed doesn't.

use super::fixture::{ISSUER, KEYS, authorize_request, confidential, issued, minted, part_of, request_with};
use crate::authorize::authorize;
use crate::discovery::{Endpoints, discovery};
use crate::{ClientRegistration, KeyRing, SigningKey, TokenRequest};
use serde_json::{Value, json};

fn document() -> Value {
    let at = |path: &str| format!("{ISSUER}/{path}");
    discovery(
        ISSUER,
        &Endpoints { authorization: at("authorize"), token: at("token"), userinfo: at("userinfo"), jwks: at("jwks") },
        &KEYS,
    )
}

fn listed(name: &str) -> Vec<String> {
    serde_json::from_value(document()[name].clone()).unwrap()
}

#[test]
fn oidc_di_1_the_document_has_what_the_standards_require() {
    let document = document();
    assert_eq!(document["issuer"], ISSUER);
    for endpoint in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
        assert!(document[endpoint].as_str().is_some_and(|url| url.starts_with(ISSUER)), "{endpoint}");
    }
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    // It would be true if it were left out.
    assert_eq!(document["request_uri_parameter_supported"], false);
}

#[test]
fn oidc_di_1_every_listed_value_is_accepted() {
    let accepted = |name, value: &str| authorize(&request_with(&[(name, value)]), Some(&confidential("app")), ISSUER).is_ok();
    for (list, parameter) in [
        ("response_types_supported", "response_type"),
        ("response_modes_supported", "response_mode"),
        ("prompt_values_supported", "prompt"),
        ("code_challenge_methods_supported", "code_challenge_method"),
    ] {
        for value in listed(list) {
            assert!(accepted(parameter, &value), "{list}: {value}");
        }
        assert!(!accepted(parameter, "another"), "{list}");
    }
    let scopes = listed("scopes_supported").join(" ");
    let request = authorize(&request_with(&[("scope", &scopes)]), Some(&confidential("app")), ISSUER).unwrap();
    assert_eq!(request.scopes, authorize_request().scopes);
    for grant_type in listed("grant_types_supported") {
        let form = super::fixture::pairs(&[("grant_type", &grant_type), ("code", "x"), ("refresh_token", "x")]);
        assert!(TokenRequest::read(&form, None).is_ok(), "{grant_type}");
    }
    let kind = json!({ "type": "confidential", "secrets": ["x"], "methods": ["client_secret_basic", "client_secret_post"] });
    let registration = ClientRegistration { kind: serde_json::from_value(kind).unwrap(), ..super::fixture::registration("app") };
    assert!(crate::Client::register(registration).is_ok());
}

#[test]
fn oidc_di_1_every_claim_of_an_id_token_is_listed() {
    let claims = part_of(&minted(&issued(), &confidential("app")).id_token.unwrap(), 1);
    let listed = listed("claims_supported");
    for name in claims.as_object().unwrap().keys() {
        assert!(listed.contains(name), "{name}");
    }
}

#[test]
fn oidc_di_1_only_algorithms_with_a_key_are_listed() {
    assert_eq!(listed("id_token_signing_alg_values_supported"), ["ES256", "RS256"]);
    let ring = KeyRing::new(vec![SigningKey::generate_es256().unwrap()]).unwrap();
    let endpoints =
        Endpoints { authorization: String::new(), token: String::new(), userinfo: String::new(), jwks: String::new() };
    assert_eq!(discovery(ISSUER, &endpoints, &ring)["id_token_signing_alg_values_supported"], json!(["ES256"]));
}
