//! Token requests and client authentication.

use super::fixture::{CALLBACK, SECRET, confidential, pairs, public, registration};
use crate::{Client, ClientKind, ClientRegistration, ErrorCode, GrantRequest, SecretMethod, TokenError, TokenRequest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Digest, Secret};

const FORM: [(&str, &str); 2] = [("grant_type", "authorization_code"), ("code", "x")];

fn read(more: &[(&str, &str)], header: Option<&str>) -> Result<TokenRequest, TokenError> {
    TokenRequest::read(&[pairs(&FORM), pairs(more)].concat(), header)
}

fn basic(credentials: &str) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}

/// Whether the client is proved: `None`, or the error code.
fn error(client: &Client, more: &[(&str, &str)], header: Option<&str>) -> Option<ErrorCode> {
    read(more, header).and_then(|request| request.authenticate(Some(client)).map(drop)).err().map(|error| error.code)
}

fn with_secret(secret: &str) -> Client {
    let secrets = vec![Digest::of(&Secret::new(secret))];
    Client::register(ClientRegistration::new("app", "An application", secrets, vec![CALLBACK.to_owned()])).unwrap()
}

const INVALID_CLIENT: Option<ErrorCode> = Some(ErrorCode::InvalidClient);
const INVALID_REQUEST: Option<ErrorCode> = Some(ErrorCode::InvalidRequest);

#[test]
fn a_confidential_client_proves_itself_in_the_header_or_in_the_form() {
    let client = confidential("app");
    let header = basic(&format!("app:{}", SECRET.replace(' ', "+")));
    assert_eq!(error(&client, &[], Some(&header)), None);
    assert_eq!(error(&client, &[("client_id", "app")], Some(&header)), None);
    assert_eq!(error(&client, &[("client_id", "app"), ("client_secret", SECRET)], None), None);
    assert_eq!(error(&client, &[("client_id", "app"), ("client_secret", "wrong")], None), INVALID_CLIENT);
    assert_eq!(error(&client, &[], Some(&basic("app:wrong"))), INVALID_CLIENT);
}

#[test]
fn a_client_sends_its_secret_only_as_registered() {
    let secrets = vec![Digest::of_bytes(b"old"), Digest::of_bytes(b"new")];
    let kind = ClientKind::Confidential { secrets, methods: vec![SecretMethod::Post] };
    let client = Client::register(ClientRegistration { kind, ..registration("app") }).unwrap();
    for secret in ["old", "new"] {
        assert_eq!(error(&client, &[("client_id", "app"), ("client_secret", secret)], None), None, "{secret}");
        assert_eq!(error(&client, &[], Some(&basic(&format!("app:{secret}")))), INVALID_CLIENT, "{secret}");
    }
}

#[test]
fn unknown_disabled_and_wrongly_proved_clients_get_one_answer() {
    let disabled = Client::register(ClientRegistration { enabled: false, ..registration("app") }).unwrap();
    let request = read(&[("client_id", "app"), ("client_secret", SECRET)], None).unwrap();
    let wrong = read(&[("client_id", "app"), ("client_secret", "wrong")], None).unwrap();
    let answer = wrong.authenticate(Some(&confidential("app"))).unwrap_err();
    assert_eq!(request.authenticate(None), Err(answer));
    assert_eq!(request.authenticate(Some(&disabled)), Err(answer));
    assert_eq!(request.authenticate(Some(&confidential("other"))), Err(answer));
}

#[test]
fn oidc_tk_3_two_names_of_a_client_prove_nothing() {
    let header = basic("app:a+secret+of+the+client");
    assert_eq!(error(&confidential("app"), &[("client_id", "other")], Some(&header)), INVALID_CLIENT);
    assert_eq!(error(&confidential("other"), &[("client_id", "other")], Some(&header)), INVALID_CLIENT);
    assert_eq!(error(&confidential("app"), &[("client_id", "app"), ("client_id", "other")], Some(&header)), INVALID_REQUEST);
    assert_eq!(error(&confidential("app"), &[], None), INVALID_CLIENT);
}

#[test]
fn oidc_tk_5_two_ways_at_once_are_refused() {
    let header = basic("app:a+secret+of+the+client");
    let client = confidential("app");
    let assertion =
        [("client_assertion", "eyJ"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")];
    assert_eq!(error(&client, &[("client_secret", SECRET)], Some(&header)), INVALID_REQUEST);
    assert_eq!(error(&client, &[("client_id", "app"), ("client_secret", SECRET)], Some("Bearer x")), INVALID_REQUEST);
    assert_eq!(error(&client, &assertion, Some(&header)), INVALID_REQUEST);
    assert_eq!(
        error(&client, &[&assertion[..], &[("client_id", "app"), ("client_secret", SECRET)]].concat(), None),
        INVALID_REQUEST
    );
    assert_eq!(
        error(&client, &[&assertion[..], &[("client_id", "app")]].concat(), None),
        INVALID_CLIENT,
        "assertions aren't supported"
    );
}

#[test]
fn oidc_tk_6_basic_credentials_are_form_decoded() {
    for (secret, sent) in [
        ("a b", "a+b"),
        ("a b", "a%20b"),
        ("a+b", "a%2Bb"),
        ("100%", "100%25"),
        ("a:b", "a:b"),
        ("a:b", "a%3ab"),
        ("grün&=", "gr%C3%BCn%26%3D"),
        ("grün", "grün"),
    ] {
        assert_eq!(error(&with_secret(secret), &[], Some(&basic(&format!("app:{sent}")))), None, "{sent}");
    }
    for (secret, sent) in
        [("a+b", "a+b"), ("a%20b", "a%20b"), ("100%", "100%"), ("a%zz", "a%zz"), ("%f", "%f"), ("x", "%FF"), ("x", "")]
    {
        assert_eq!(error(&with_secret(secret), &[], Some(&basic(&format!("app:{sent}")))), INVALID_CLIENT, "{sent}");
    }
    let encoded_id = Client::register(ClientRegistration { id: "a:b".to_owned(), ..registration("app") }).unwrap();
    assert_eq!(error(&encoded_id, &[], Some(&basic("a%3Ab:a+secret+of+the+client"))), None);
}

#[test]
fn oidc_tk_6_an_unreadable_header_proves_nothing() {
    let good = basic("app:a+secret+of+the+client");
    let odd = [
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Bearer abc",
        "Digest x",
        &good.replace("Basic", "Basi"),
        &basic("app"),
        &basic(":x"),
        &format!("{good}="),
    ];
    for header in odd {
        assert_eq!(error(&confidential("app"), &[("client_id", "app")], Some(header)), INVALID_CLIENT, "{header}");
        assert_eq!(error(&public("app"), &[("client_id", "app")], Some(header)), INVALID_CLIENT, "{header}");
    }
    assert_eq!(error(&confidential("app"), &[], Some(&good.replace("Basic", "bASIC"))), None, "the scheme has no case");
}

#[test]
fn oidc_tk_7_a_public_client_sends_no_secret_and_a_confidential_one_must() {
    let spa = public("app");
    assert_eq!(error(&spa, &[("client_id", "app")], None), None);
    assert_eq!(error(&spa, &[("client_id", "app"), ("client_secret", "x")], None), INVALID_CLIENT);
    assert_eq!(error(&spa, &[], Some(&basic("app:x"))), INVALID_CLIENT);
    assert_eq!(error(&spa, &[], Some(&basic("app:"))), INVALID_CLIENT);
    assert_eq!(error(&confidential("app"), &[("client_id", "app")], None), INVALID_CLIENT);
    assert_eq!(error(&confidential("app"), &[("client_id", "app"), ("client_secret", "")], None), INVALID_CLIENT);
}

#[test]
fn oidc_tk_15_other_grants_are_not_for_any_client() {
    let code_for =
        |grant_type: &str| TokenRequest::read(&pairs(&[("grant_type", grant_type), ("code", "x")]), None).unwrap_err().code;
    for grant_type in [
        "password",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ] {
        assert_eq!(code_for(grant_type), ErrorCode::UnauthorizedClient, "{grant_type}");
    }
    for grant_type in ["implicit", "authorization_code ", "AUTHORIZATION_CODE", "x"] {
        assert_eq!(code_for(grant_type), ErrorCode::UnsupportedGrantType, "{grant_type}");
    }
    assert_eq!(code_for(""), ErrorCode::InvalidRequest);
}

#[test]
fn oidc_op_7_no_parameter_of_a_token_request_is_picked_from_two() {
    for name in [
        "grant_type",
        "code",
        "client_id",
        "client_secret",
        "redirect_uri",
        "code_verifier",
        "refresh_token",
        "scope",
        "resource",
    ] {
        let twice = read(&[(name, "x"), (name, "x")], None).unwrap_err();
        assert_eq!(Some(twice.code), INVALID_REQUEST, "{name}");
    }
}

#[test]
fn oidc_tk_12_another_resource_is_refused() {
    assert_eq!(read(&[("resource", "https://api.example.com")], None).unwrap_err().code, ErrorCode::InvalidTarget);
}

#[test]
fn what_a_grant_needs_must_be_there() {
    for grant_type in ["authorization_code", "refresh_token"] {
        let refused = TokenRequest::read(&pairs(&[("grant_type", grant_type)]), None).unwrap_err();
        assert_eq!(Some(refused.code), INVALID_REQUEST);
    }
    let form = pairs(&[("grant_type", "refresh_token"), ("refresh_token", "t"), ("client_id", "app")]);
    let request = TokenRequest::read(&form, None).unwrap();
    assert_eq!(request.client().map(ToString::to_string).as_deref(), Some("app"));
    assert!(matches!(&request.grant, GrantRequest::Refresh(refresh) if refresh.digest() == Digest::of_bytes(b"t")));
}

#[test]
fn an_error_says_status_body_and_challenge() {
    let refused = read(&[], Some("Bearer x")).unwrap().authenticate(None).unwrap_err();
    assert_eq!(refused.status(), 401);
    assert!(refused.www_authenticate().is_some_and(|challenge| challenge.starts_with("Basic realm=")));
    assert_eq!(refused.body()["error"], "invalid_client");
    let quiet = read(&[("client_id", "app")], None).unwrap().authenticate(None).unwrap_err();
    assert_eq!((quiet.status(), quiet.www_authenticate()), (401, None));
    assert_eq!((TokenError::CODE_NOT_GOOD.status(), TokenError::CODE_NOT_GOOD.www_authenticate()), (400, None));
}
