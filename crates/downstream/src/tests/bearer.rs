//! Access tokens at the userinfo endpoint.

use super::fixture::{ISSUER, KEYS, SECRET, ada, confidential, in_seconds, issued, minted, new_keys, registration};
use crate::access::{AccessToken, BearerError, bearer_token, verify_access_token};
use crate::{Client, ClientRegistration, KeyRing, SigningAlg, SigningKey, jwt};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Epoch, Secret, Timestamp, User};
use proptest::prelude::*;
use serde_json::{Value, json};

fn access_token() -> Secret {
    minted(&issued(), &confidential("app")).access_token
}

fn verify_at(token: &Secret, now: Timestamp) -> Result<AccessToken, BearerError> {
    verify_access_token(token, &KEYS, ISSUER, now)
}

fn verify(token: &Secret) -> Result<AccessToken, BearerError> {
    verify_at(token, in_seconds(2))
}

fn good_claims() -> Value {
    super::fixture::part_of(&access_token(), 1)
}

/// A token with this header and these claims, signed by the realm's ES256 key, whatever the header says.
fn forged(header: &Value, claims: &str) -> Secret {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims));
    let signature = es256().sign(message.as_bytes()).unwrap();
    Secret::new(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn es256() -> &'static SigningKey {
    KEYS.signing(SigningAlg::Es256).unwrap()
}

fn good_header() -> Value {
    json!({ "alg": "ES256", "typ": "at+jwt", "kid": es256().kid() })
}

const INVALID: Result<AccessToken, BearerError> = Err(BearerError::Invalid);

#[test]
fn a_good_access_token_names_its_grant() {
    let grant = issued().grant;
    let expected = AccessToken { grant: grant.id, client: grant.client, subject: grant.subject, scopes: issued().scopes };
    assert_eq!(verify(&access_token()), Ok(expected.clone()));
    assert_eq!(verify(&forged(&good_header(), &good_claims().to_string())), Ok(expected), "the forger of these tests can sign");
}

#[test]
fn oidc_ui_2_no_other_token_is_an_access_token() {
    let answer = minted(&issued(), &confidential("app"));
    assert_eq!(verify(&answer.id_token.unwrap()), INVALID);
    assert_eq!(verify(&answer.refresh_token.unwrap()), INVALID);
    let rs256 = Client::register(ClientRegistration { signing_alg: SigningAlg::Rs256, ..registration("app") }).unwrap();
    assert_eq!(verify(&minted(&issued(), &rs256).id_token.unwrap()), INVALID);
}

#[test]
fn oidc_ui_2_another_audience_issuer_or_time_is_refused() {
    for (name, value) in
        [("aud", json!("app")), ("aud", json!([ISSUER])), ("aud", json!(null)), ("iss", json!("https://id.example.org"))]
    {
        let mut claims = good_claims();
        claims[name] = value;
        assert_eq!(verify(&forged(&good_header(), &claims.to_string())), INVALID, "{name}");
    }
    assert_eq!(verify_access_token(&access_token(), &KEYS, "https://id.example.org/realms/other", in_seconds(2)), INVALID);
    assert!(verify_at(&access_token(), in_seconds(300)).is_ok());
    assert_eq!(verify_at(&access_token(), in_seconds(301)), INVALID);
}

#[test]
fn jwt_1_jwt_13_type_and_algorithm_are_fixed() {
    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("alg", json!("ES256K")),
        ("alg", json!(null)),
        ("alg", json!(1)),
        ("typ", json!("JWT")),
        ("typ", json!("AT+JWT")),
        ("typ", json!("application/at+jwt")),
        ("typ", json!(null)),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
    ] {
        let mut header = good_header();
        header[name] = value.clone();
        assert_eq!(verify(&forged(&header, &good_claims().to_string())), INVALID, "{name} {value}");
    }
    let unsigned = forged(&json!({ "alg": "none", "typ": "at+jwt", "kid": es256().kid() }), &good_claims().to_string());
    let (message, _) = unsigned.reveal().rsplit_once('.').unwrap();
    assert_eq!(verify(&Secret::new(format!("{message}."))), INVALID);
    let rs256 = jwt::sign(KEYS.signing(SigningAlg::Rs256).unwrap(), "at+jwt", &good_claims()).unwrap();
    assert_eq!(verify(&rs256), INVALID, "the right type with the other algorithm");
}

#[test]
fn jwt_2_the_header_does_not_choose_another_kind_of_key() {
    let rsa = KEYS.signing(SigningAlg::Rs256).unwrap();
    let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": rsa.kid() });
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(good_claims().to_string()));
    let signature = URL_SAFE_NO_PAD.encode(rsa.sign(message.as_bytes()).unwrap());
    assert_eq!(verify(&Secret::new(format!("{message}.{signature}"))), INVALID);
}

#[test]
fn jwt_3_signatures_that_are_none_are_refused() {
    let token = access_token();
    let (message, signature) = token.reveal().rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    for wrong in [
        vec![],
        vec![0; 64],
        vec![0; 63],
        bytes[1..].to_vec(),
        [&bytes[..], &[0]].concat(),
        [&bytes[32..], &bytes[..32]].concat(),
    ] {
        assert_eq!(verify(&Secret::new(format!("{message}.{}", URL_SAFE_NO_PAD.encode(wrong)))), INVALID);
    }
}

#[test]
fn jwt_4_jwt_5_keys_come_from_the_realm_only() {
    let stranger = new_keys();
    let key = stranger.signing(SigningAlg::Es256).unwrap();
    assert_eq!(verify(&jwt::sign(key, "at+jwt", &good_claims()).unwrap()), INVALID);
    // The stranger's key under our key's id, and the stranger's key in the header.
    for header in [
        good_header(),
        json!({ "alg": "ES256", "typ": "at+jwt", "kid": key.kid(), "jwk": key.jwk(), "jku": "https://evil.example.net" }),
    ] {
        let message =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(good_claims().to_string()));
        let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).unwrap());
        assert_eq!(verify(&Secret::new(format!("{message}.{signature}"))), INVALID);
    }
    for kid in ["../../keys", "' OR 1=1", "https://evil.example.net/key", "\0", ""] {
        let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": kid });
        assert_eq!(verify(&forged(&header, &good_claims().to_string())), INVALID, "{kid}");
    }
}

#[test]
fn oidc_ky_1_a_token_of_the_former_key_is_good_while_the_key_is_published() {
    let bytes = es256().to_pkcs8().unwrap();
    let former = || SigningKey::from_pkcs8(SigningAlg::Es256, &bytes).unwrap();
    let rotated = KeyRing::new(vec![SigningKey::generate_es256().unwrap(), former()]).unwrap();
    assert_ne!(rotated.signing(SigningAlg::Es256).unwrap().kid(), es256().kid());
    assert!(verify_access_token(&access_token(), &rotated, ISSUER, in_seconds(2)).is_ok());
}

#[test]
fn jwt_7_jwt_11_claims_are_read_strictly() {
    let good = good_claims().to_string();
    let exp = in_seconds(301).as_seconds();
    let odd = [
        good.replace('{', "{\"sub\":\"usr_00000000000000000000000000\","),
        good.replace(&format!("\"exp\":{exp}"), &format!("\"exp\":\"{exp}\"")),
        good.replace(&format!("\"exp\":{exp}"), &format!("\"exp\":{exp}.5")),
        good.replace(&format!("\"exp\":{exp}"), "\"exp\":1e400"),
        good.replace(&format!("\"exp\":{exp}"), "\"exp\":null"),
        good.replace("\"exp\"", "\"EXP\""),
        format!("{good}{good}"),
        format!("\u{feff}{good}"),
        String::new(),
    ];
    for claims in odd {
        assert_ne!(claims, good);
        assert_eq!(verify(&forged(&good_header(), &claims)), INVALID, "{claims}");
    }
}

#[test]
fn jwt_14_jwt_15_only_the_one_spelling_of_a_token_is_read() {
    let token = access_token();
    let text = token.reveal();
    let long = format!("{text}{}", "A".repeat(10_000_000));
    let odd = [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        &format!("{text}="),
        &format!("{text}."),
        &format!(".{text}"),
        &format!(" {text}"),
        &format!("{text}\n"),
        &long,
        &".".repeat(1_000_000),
    ];
    for text in odd {
        assert_eq!(verify(&Secret::new(text)), INVALID);
    }
}

#[test]
fn inv_7_a_token_is_nothing_without_a_living_grant() {
    let grant = issued().grant;
    let (app, user) = (confidential("app"), ada());
    assert!(grant.is_alive(&user, &app, in_seconds(2)));
    let disabled = Client::register(ClientRegistration { enabled: false, ..registration("app") }).unwrap();
    assert!(!grant.is_alive(&user, &disabled, in_seconds(2)));
    assert!(!grant.is_alive(&User { state: domain::AccountState::Disabled, ..ada() }, &app, in_seconds(2)));
    assert!(!grant.is_alive(&User { epoch: Epoch(5), ..ada() }, &app, in_seconds(2)));
    assert!(!grant.is_alive(&user, &confidential("other"), in_seconds(2)));
    assert!(!grant.is_alive(&user, &app, grant.expires_at));
}

#[test]
fn oidc_ui_1_the_token_comes_in_the_header() {
    assert_eq!(bearer_token(Some("Bearer abc")), Ok(Secret::new("abc")));
    assert_eq!(bearer_token(Some("bearer abc")), Ok(Secret::new("abc")));
    for header in [None, Some(""), Some("Bearer"), Some("Basic YTpi"), Some("DPoP abc")] {
        assert_eq!(bearer_token(header), Err(BearerError::Missing));
    }
    assert_eq!(
        (BearerError::Missing.status(), BearerError::Missing.www_authenticate().as_str()),
        (401, "Bearer realm=\"userinfo\"")
    );
    assert!(BearerError::Invalid.www_authenticate().contains("error=\"invalid_token\""));
}

#[test]
fn a_token_without_openid_does_not_open_userinfo() {
    let mut issuance = issued();
    issuance.scopes = vec!["email".to_owned()];
    let refused = verify(&minted(&issuance, &confidential("app")).access_token).unwrap_err();
    assert_eq!((refused, refused.status()), (BearerError::Scope, 403));
}

#[test]
fn inv_9_a_secret_of_the_client_is_in_no_token() {
    let answer = serde_json::to_string(&minted(&issued(), &confidential("app"))).unwrap();
    assert!(!answer.contains(SECRET));
}

proptest! {
    #[test]
    fn jwt_14_one_changed_character_ruins_a_token(place in any::<prop::sample::Index>(), with in "[A-Za-z0-9_.=-]") {
        let token = access_token();
        let text = token.reveal();
        let at = place.index(text.len());
        let changed = format!("{}{with}{}", &text[..at], &text[at + 1..]);
        prop_assume!(changed != text);
        prop_assert_eq!(verify(&Secret::new(changed)), INVALID);
    }
}
