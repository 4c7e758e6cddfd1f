//! Authorization requests, and the locations that answer them.

use super::fixture::{
    CALLBACK, CHALLENGE, ISSUER, answer_in, authorize_request, confidential, pairs, public, registration, request_with, value_in,
    with_redirect_uris,
};
use crate::authorize::{authorize, requested_client};
use crate::location::{error_location, success_location};
use crate::{Client, ClientRegistration, ErrorCode, PageReason, Refusal};
use domain::{AuthorizeRequest, Prompt, ProviderAlias, Secret, Wish};
use proptest::prelude::*;

fn ask(changes: &[(&str, &str)]) -> Result<AuthorizeRequest, Refusal> {
    authorize(&request_with(changes), Some(&confidential("app")), ISSUER)
}

/// The location of a refusal that the client hears of.
#[track_caller]
fn told(answer: Result<AuthorizeRequest, Refusal>) -> (ErrorCode, String) {
    match answer {
        Err(Refusal::Redirect { location, error }) => {
            assert_eq!(value_in(&location, "error").as_deref(), Some(error.as_str()));
            assert_eq!(value_in(&location, "iss").as_deref(), Some(ISSUER));
            assert!(location.starts_with(&format!("{CALLBACK}?")), "{location}");
            (error, location)
        }
        other => panic!("the client should hear of it: {other:?}"),
    }
}

#[track_caller]
fn error_of(changes: &[(&str, &str)]) -> ErrorCode {
    told(ask(changes)).0
}

#[test]
fn a_good_request_is_read_whole() {
    assert_eq!(ask(&[]), Ok(authorize_request()));
    let hinted =
        ask(&[("login_hint", "ada@example.org"), ("max_age", "60"), ("prompt", "login consent"), ("kc_idp_hint", "campus")]);
    assert_eq!(
        hinted,
        Ok(AuthorizeRequest {
            login_hint: Some("ada@example.org".to_owned()),
            max_age: Some(60),
            prompt: Prompt { login: true, consent: true, ..Prompt::default() },
            provider_hint: Some(ProviderAlias::parse("campus").unwrap()),
            ..authorize_request()
        })
    );
}

#[test]
fn oidc_op_2_an_unknown_and_a_disabled_client_get_the_same_page() {
    let disabled = Client::register(ClientRegistration { enabled: false, ..registration("app") }).unwrap();
    let other = confidential("other");
    let page = Err(Refusal::Page(PageReason::Client));
    for client in [None, Some(&disabled), Some(&other)] {
        assert_eq!(authorize(&request_with(&[]), client, ISSUER), page);
    }
    for id in ["", "no such client", "app\0"] {
        assert_eq!(requested_client(&request_with(&[("client_id", id)])), Err(Refusal::Page(PageReason::Client)));
    }
}

#[test]
fn oidc_op_3_an_error_without_a_proved_redirect_uri_never_redirects() {
    let others =
        [("scope", "nonsense"), ("response_type", "token"), ("prompt", "none"), ("request", "x"), ("code_challenge", "")];
    for wrong in others {
        for uri in ["", "https://evil.example.net/"] {
            assert_eq!(ask(&[wrong, ("redirect_uri", uri)]), Err(Refusal::Page(PageReason::RedirectUri)));
        }
        let unknown = authorize(&request_with(&[wrong]), None, ISSUER);
        assert_eq!(unknown, Err(Refusal::Page(PageReason::Client)));
    }
}

#[test]
fn oidc_op_7_no_parameter_is_picked_from_two() {
    let client = confidential("app");
    let twice = |name: &str, value: &str| {
        let mut query = request_with(&[(name, "1")]);
        if let Some(first) = request_with(&[]).into_iter().find(|(known, _)| known == name) {
            query = request_with(&[(name, &first.1)]);
        }
        // The second one stands for another place in the query, or for the body.
        query.extend(pairs(&[(name, value)]));
        authorize(&query, Some(&client), ISSUER)
    };
    let known = [
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "login_hint",
        "request",
        "request_uri",
        "registration",
        "provider_hint",
        "provider-hint",
        "kc_idp_hint",
    ];
    for name in known {
        for value in ["x", "", "openid", CHALLENGE] {
            assert_eq!(told(twice(name, value)).0, ErrorCode::InvalidRequest, "{name}={value}");
        }
    }
    for value in ["app", "other", "", CALLBACK, "https://evil.example.net/"] {
        for name in ["client_id", "redirect_uri"] {
            assert_eq!(twice(name, value), Err(Refusal::Page(PageReason::Ambiguous)), "{name}={value}");
        }
    }
    assert_eq!(value_in(&told(twice("state", "another")).1, "state"), None, "neither of two states is handed back");
}

#[test]
fn oidc_op_9_an_unknown_parameter_is_ignored() {
    let mut query =
        request_with(&[("claims", "{\"userinfo\":{}}"), ("ui_locales", "de"), ("acr_values", "\u{0}<b>"), ("display", "popup")]);
    query.extend(pairs(&[("utm", "1"), ("utm", "2")]));
    assert_eq!(authorize(&query, Some(&confidential("app")), ISSUER), Ok(authorize_request()));
}

#[test]
fn oidc_op_10_only_the_code_flow_exists() {
    assert_eq!(error_of(&[("response_type", "")]), ErrorCode::InvalidRequest);
    for other in ["token", "id_token", "code token", "code id_token", "none", "CODE", " code", "garbage"] {
        assert_eq!(error_of(&[("response_type", other)]), ErrorCode::UnsupportedResponseType, "{other}");
    }
    for mode in ["fragment", "form_post", "query.jwt", "garbage"] {
        assert_eq!(error_of(&[("response_mode", mode)]), ErrorCode::InvalidRequest, "{mode}");
    }
    assert_eq!(ask(&[("response_mode", "query")]), Ok(authorize_request()));
}

#[test]
fn oidc_op_16_state_and_nonce_come_back_unchanged() {
    let long = "s".repeat(384);
    let longest = "s".repeat(2048);
    let texts = ["s", &long, &longest, "<script>\"'&</script>", "a b+c%20&iss=evil#x", "жß𝄞", "\u{202e}evil"];
    for text in texts {
        let request = ask(&[("state", text), ("nonce", text)]).unwrap();
        assert_eq!(request.nonce.as_deref(), Some(text));
        for location in [
            success_location(&request, &Secret::new("the code"), ISSUER),
            error_location(&request, ErrorCode::AccessDenied, "no", ISSUER),
            told(ask(&[("state", text), ("scope", "")])).1,
        ] {
            assert_eq!(value_in(&location, "state").as_deref(), Some(text));
            assert_eq!(value_in(&location, "iss").as_deref(), Some(ISSUER));
            assert_eq!(answer_in(&location).iter().filter(|(name, _)| name == "iss").count(), 1);
            assert!(location.is_ascii() && !location.contains(['#', ' ', '"', '<']), "{location}");
        }
    }
}

#[test]
fn oidc_op_16_state_and_nonce_that_nobody_needs_are_refused() {
    let too_long = "s".repeat(2049);
    for text in [&too_long, "a\r\nSet-Cookie: b=c", "a\0", "a\tb", "\u{85}"] {
        let (error, location) = told(ask(&[("state", text)]));
        assert_eq!((error, value_in(&location, "state")), (ErrorCode::InvalidRequest, None));
        let (error, location) = told(ask(&[("nonce", text)]));
        assert_eq!((error, value_in(&location, "state").as_deref()), (ErrorCode::InvalidRequest, Some("a state")));
    }
}

#[test]
fn oidc_op_17_request_objects_are_refused_as_the_standard_says() {
    assert_eq!(error_of(&[("request", "eyJ.eyJ.")]), ErrorCode::RequestNotSupported);
    assert_eq!(error_of(&[("request_uri", "https://evil.example.net/r")]), ErrorCode::RequestUriNotSupported);
    assert_eq!(error_of(&[("registration", "{}")]), ErrorCode::RegistrationNotSupported);
    assert_eq!(error_of(&[("resource", "https://api.example.com")]), ErrorCode::InvalidTarget);
}

#[test]
fn oidc_op_27_every_answer_names_the_issuer() {
    let request = authorize_request();
    let location = success_location(&request, &Secret::new("the code"), ISSUER);
    assert_eq!(answer_in(&location), pairs(&[("code", "the code"), ("state", "a state"), ("iss", ISSUER)]));
    let stateless = AuthorizeRequest { state: None, ..request };
    let location = error_location(&stateless, ErrorCode::LoginRequired, "sign in “first”", ISSUER);
    let expected = [("error", "login_required"), ("error_description", "sign in ?first?"), ("iss", ISSUER)];
    assert_eq!(answer_in(&location), pairs(&expected));
}

#[test]
fn an_answer_is_added_to_the_query_that_is_there() {
    for (uri, start) in [
        ("https://a.example/cb?x=1", "https://a.example/cb?x=1&code=c"),
        ("https://a.example/cb?", "https://a.example/cb?code=c"),
    ] {
        assert!(with_redirect_uris(&[uri]).may_redirect_to(uri));
        let request = AuthorizeRequest { redirect_uri: uri.to_owned(), ..authorize_request() };
        assert!(success_location(&request, &Secret::new("c"), ISSUER).starts_with(start));
    }
}

#[test]
fn oidc_op_28_scopes_have_no_order_and_unknown_ones_are_ignored() {
    let scopes = |text: &str| ask(&[("scope", text)]).map(|request| request.scopes.join(" "));
    assert_eq!(scopes("email openid"), Ok("email openid".to_owned()));
    assert_eq!(scopes("openid admin  openid email "), Ok("openid email".to_owned()));
    for missing in ["", "profile", "OpenID", "openid\u{a0}"] {
        assert_eq!(error_of(&[("scope", missing)]), ErrorCode::InvalidScope, "{missing}");
    }
    let narrow = Client::register(ClientRegistration { scopes: vec!["openid".to_owned()], ..registration("app") }).unwrap();
    let request = authorize(&request_with(&[]), Some(&narrow), ISSUER).unwrap();
    assert_eq!(request.scopes, ["openid"], "only what the client may have");
}

#[test]
fn prompt_is_a_set_and_none_stands_alone() {
    let prompt = |text: &str| ask(&[("prompt", text)]).map(|request| (request.prompt, request.wish == Wish::Create));
    assert_eq!(prompt("none"), Ok((Prompt { none: true, ..Prompt::default() }, false)));
    assert_eq!(prompt("create"), Ok((Prompt::default(), true)));
    assert_eq!(prompt("select_account login"), Ok((Prompt { login: true, select_account: true, ..Prompt::default() }, false)));
    for wrong in ["none login", "login none", "none create", "NONE", "login now"] {
        assert_eq!(error_of(&[("prompt", wrong)]), ErrorCode::InvalidRequest, "{wrong}");
    }
}

#[test]
fn an_application_can_send_somebody_for_a_password_or_an_address() {
    let wish = |params: &[(&str, &str)]| ask(params).map(|request| (request.wish, request.prompt.login));
    for name in ["braid_action", "braid-action"] {
        assert_eq!(wish(&[(name, "forgotten-password")]), Ok((Wish::Recover, false)));
        assert_eq!(wish(&[(name, "verify-address")]), Ok((Wish::VerifyAddress, false)));
        assert_eq!(wish(&[(name, "change-address")]), Ok((Wish::ChangeAddress, true)), "a session from before isn't enough");
        assert_eq!(wish(&[(name, "second-factor")]), Ok((Wish::SecondFactor, true)), "nor for this");
        assert_eq!(wish(&[(name, "delete-everything")]), Ok((Wish::SignIn, false)), "ignored like an unknown parameter");
    }
    assert_eq!(wish(&[("kc_action", "VERIFY_EMAIL")]), Ok((Wish::VerifyAddress, false)));
    assert_eq!(wish(&[("kc_action", "UPDATE_EMAIL")]), Ok((Wish::ChangeAddress, true)));
    assert_eq!(wish(&[("kc_action", "CONFIGURE_TOTP")]), Ok((Wish::SecondFactor, true)));
    assert_eq!(wish(&[("kc_action", "verify-address")]), Ok((Wish::SignIn, false)));
    assert_eq!(wish(&[("braid_action", "verify-address"), ("prompt", "create")]), Ok((Wish::Create, false)));
}

#[test]
fn max_age_is_a_number_of_seconds() {
    assert_eq!(ask(&[("max_age", "0")]).map(|request| request.max_age), Ok(Some(0)));
    for wrong in ["-1", "+1", "1.5", "soon", "99999999999999999999999", "१"] {
        assert_eq!(error_of(&[("max_age", wrong)]), ErrorCode::InvalidRequest, "{wrong}");
    }
}

#[test]
fn oidc_op_15_a_hint_that_is_none_is_dropped() {
    let long = "x".repeat(321);
    for hint in ["a\r\nb", "\u{202e}ada", &long] {
        assert_eq!(ask(&[("login_hint", hint)]), Ok(authorize_request()), "{hint:?}");
    }
    for name in ["provider_hint", "provider-hint", "kc_idp_hint"] {
        assert_eq!(ask(&[(name, "../admin")]), Ok(authorize_request()), "{name}");
        let hinted = ask(&[(name, "campus")]).unwrap().provider_hint;
        assert_eq!(hinted.map(String::from).as_deref(), Some("campus"), "{name}");
    }
}

#[test]
fn inv_7_a_client_that_was_disabled_or_changed_in_between_gets_nothing() {
    let request = authorize_request();
    assert!(confidential("app").still_allows(&request));
    let disabled = Client::register(ClientRegistration { enabled: false, ..registration("app") }).unwrap();
    let moved = with_redirect_uris(&["https://app.example.com/other"]);
    for client in [disabled, moved, public("other")] {
        assert!(!client.still_allows(&request));
    }
}

proptest! {
    #[test]
    fn oidc_op_3_whatever_is_asked_goes_to_a_registered_uri_or_nowhere(
        changes in prop::collection::vec(("(client_id|redirect_uri|scope|state|prompt|response_type|nonce|[a-z_]{1,8})", ".{0,20}"), 0..6)
    ) {
        let mut query = request_with(&[]);
        query.extend(changes);
        match authorize(&query, Some(&confidential("app")), ISSUER) {
            Ok(request) => prop_assert_eq!(request.redirect_uri, CALLBACK),
            Err(Refusal::Redirect { location, .. }) => prop_assert!(location.starts_with("https://app.example.com/callback?error=")),
            Err(Refusal::Page(_)) => {}
        }
    }

    #[test]
    fn oidc_op_16_any_plain_state_comes_back_unchanged(state in "[^\\p{Cc}]{1,200}") {
        let request = ask(&[("state", &state)]).unwrap();
        let location = success_location(&request, &Secret::new("c"), ISSUER);
        prop_assert_eq!(value_in(&location, "state"), Some(state));
    }
}
