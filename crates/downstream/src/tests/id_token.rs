//! ID tokens and userinfo: what a client learns.

use super::fixture::{
    ISSUER, KEYS, ada, authorize_request, confidential, entropy, in_seconds, issued, minted, part_of, redeem, refresh_request,
    registration,
};
use crate::{Claims, Client, ClientRegistration, SigningAlg, claims, grant, mint};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::AuthenticationMethod::{Federated, Mail, OneTimeCode, Password};
use domain::{AddressProof, AuthorizeRequest, OwnedAddress, Secret, User};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde_json::{Value, json};
use sha2::Digest as _;

/// What another implementation reads, with the published keys.
fn read_elsewhere(token: &Secret, alg: Algorithm, audience: &str) -> Value {
    let published: JwkSet = serde_json::from_value(KEYS.jwks()).unwrap();
    let header = jsonwebtoken::decode_header(token.reveal()).unwrap();
    let key = published.find(&header.kid.unwrap()).unwrap();
    let mut validation = Validation::new(alg);
    validation.set_audience(&[audience]);
    validation.set_issuer(&[ISSUER]);
    validation.validate_exp = false; // It would read this machine's clock.
    jsonwebtoken::decode(token.reveal(), &DecodingKey::from_jwk(key).unwrap(), &validation).unwrap().claims
}

fn scopes(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn oidc_id_1_an_id_token_says_who_when_and_how() {
    let answer = minted(&issued(), &confidential("app"));
    let id_token = answer.id_token.unwrap();
    let claims = read_elsewhere(&id_token, Algorithm::ES256, "app");
    let hash = sha2::Sha256::digest(answer.access_token.reveal());
    let at = |seconds| json!(in_seconds(seconds).as_seconds());
    let expected = json!({
        "iss": ISSUER, "sub": ada().subject, "aud": "app", "iat": at(1), "exp": at(301), "auth_time": at(-100),
        "nonce": "a nonce", "amr": ["fed"], "at_hash": URL_SAFE_NO_PAD.encode(&hash[..16]), "sid": issued().grant.id,
        "identity_provider": "campus", "preferred_username": "ada", "given_name": "Ada", "family_name": "Lovelace",
        "name": "Ada Lovelace", "email": "ada@example.org", "email_verified": false,
    });
    assert_eq!(claims, expected);
    assert_eq!(part_of(&id_token, 0)["typ"], "JWT");
}

#[test]
fn oidc_id_2_a_client_may_want_rs256() {
    let client = Client::register(ClientRegistration { signing_alg: SigningAlg::Rs256, ..registration("app") }).unwrap();
    let answer = minted(&issued(), &client);
    let claims = read_elsewhere(&answer.id_token.unwrap(), Algorithm::RS256, "app");
    assert_eq!(claims["sub"], json!(ada().subject));
    assert_eq!(part_of(&answer.access_token, 0)["alg"], "ES256", "access tokens are for Braid itself");
}

#[test]
fn the_answer_is_what_the_standard_says() {
    let issuance = issued();
    let answer = serde_json::to_value(minted(&issuance, &confidential("app"))).unwrap();
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(300)));
    assert_eq!(answer["scope"], "openid profile email offline_access");
    assert_eq!(answer["refresh_token"], json!(issuance.refresh.unwrap().0));
    let online = AuthorizeRequest { scopes: scopes(&["openid"]), nonce: None, ..authorize_request() };
    let issuance = redeem(&online, &confidential("app"), &[]).unwrap();
    let answer = serde_json::to_value(minted(&issuance, &confidential("app"))).unwrap();
    assert!(answer.get("refresh_token").is_none());
}

#[test]
fn an_access_token_has_its_own_type_audience_and_id() {
    let access = minted(&issued(), &confidential("app")).access_token;
    let claims = read_elsewhere(&access, Algorithm::ES256, ISSUER);
    assert_eq!(part_of(&access, 0)["typ"], "at+jwt");
    assert_eq!((&claims["aud"], &claims["client_id"]), (&json!(ISSUER), &json!("app")));
    assert_eq!((&claims["sid"], &claims["sub"]), (&json!(issued().grant.id), &json!(ada().subject)));
    assert!(claims.get("email").is_none());
    let again =
        mint::mint(&issued(), &confidential("app"), &Claims::of(&ada()), &KEYS, ISSUER, in_seconds(1), &entropy(4)).unwrap();
    assert_ne!(part_of(&again.access_token, 1)["jti"], claims["jti"]);
}

#[test]
fn oidc_tk_14_an_id_token_after_a_refresh_tells_of_the_first_login() {
    let client = confidential("app");
    let first = issued();
    let (token, row) = first.refresh.clone().unwrap();
    let request = refresh_request(&token, "");
    let later = grant::refresh(&request, &row, &first.grant, &client, Some(&ada()), in_seconds(86400), &entropy(5)).unwrap();
    let before = part_of(&minted(&first, &client).id_token.unwrap(), 1);
    let fresh = mint::mint(&later, &client, &Claims::of(&ada()), &KEYS, ISSUER, in_seconds(86400), &entropy(6)).unwrap();
    let after = part_of(&fresh.id_token.unwrap(), 1);
    for same in ["iss", "sub", "aud", "auth_time", "amr", "sid"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert!(after.get("nonce").is_none());
    assert_eq!(after["iat"], in_seconds(86400).as_seconds());
}

#[test]
fn oidc_tk_12_without_openid_there_is_no_id_token() {
    let client = confidential("app");
    let first = issued();
    let (token, row) = first.refresh.clone().unwrap();
    let narrow =
        grant::refresh(&refresh_request(&token, "email"), &row, &first.grant, &client, Some(&ada()), in_seconds(60), &entropy(5));
    assert_eq!(minted(&narrow.unwrap(), &client).id_token, None);
}

#[test]
fn oidc_id_4_amr_says_what_happened_here() {
    let mut issuance = issued();
    issuance.grant.identity = None;
    for (methods, said) in [
        (vec![Password, OneTimeCode], json!(["mfa", "otp", "pwd"])),
        (vec![Federated, OneTimeCode], json!(["fed", "otp"])),
        (vec![Mail, OneTimeCode], json!(["mail", "otp"])),
        (vec![Password, Federated], json!(["fed", "pwd"])),
    ] {
        issuance.grant.methods = methods;
        assert_eq!(part_of(&minted(&issuance, &confidential("app")).id_token.unwrap(), 1)["amr"], said);
    }
    issuance.grant.methods = vec![Password, Federated, Mail, Password];
    let claims = part_of(&minted(&issuance, &confidential("app")).id_token.unwrap(), 1);
    assert_eq!(claims["amr"], json!(["fed", "mail", "pwd"]));
    assert!(claims.get("identity_provider").is_none());
}

#[test]
fn ph_20_an_address_is_verified_only_with_a_proof() {
    let unproved = ada();
    let address = unproved.email.clone().unwrap();
    let proof = Some(AddressProof::Mailbox { at: in_seconds(0) });
    let proved = User { email: Some(OwnedAddress { proof, ..address }), ..ada() };
    let without = User { email: None, ..ada() };
    for (user, verified) in [(&unproved, Some(json!(false))), (&proved, Some(json!(true))), (&without, None)] {
        let said = Claims::of(user);
        let userinfo = claims::userinfo(&user.subject, &said, &scopes(&["openid", "email"]));
        assert_eq!(userinfo.get("email_verified"), verified.as_ref());
        assert_eq!(userinfo.get("email").is_some(), verified.is_some());
        let token = mint::mint(&issued(), &confidential("app"), &said, &KEYS, ISSUER, in_seconds(1), &entropy(3)).unwrap();
        assert_eq!(part_of(&token.id_token.unwrap(), 1).get("email_verified"), verified.as_ref());
    }
}

#[test]
fn oidc_ui_4_userinfo_tells_what_the_scopes_open() {
    let said = Claims { picture: Some("https://example.org/ada.png".to_owned()), ..Claims::of(&ada()) };
    let told = |names: &[&str]| {
        let answer = claims::userinfo(&ada().subject, &said, &scopes(names));
        answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(told(&["openid"]), "sub");
    assert_eq!(told(&["openid", "offline_access"]), "sub");
    assert_eq!(told(&["openid", "email"]), "email email_verified sub");
    assert_eq!(told(&["openid", "profile"]), "family_name given_name name picture preferred_username sub");
}
