//! What the browser is sent with, and what it may come back with.

use crate::fake::Reply;
use crate::scene::{ACCESS_TOKEN, CLIENT_SECRET, CODE, Scene, chain, code, trip};
use crate::scene::{DISCOVERY, NOW};
use domain::{CallbackParams, Secret, UpstreamFailure};
use serde_json::json;
use std::collections::BTreeMap;
use upstream::{TokenAuth, Trip};
use url::Url;

fn query(url: &Url) -> BTreeMap<String, String> {
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let map: BTreeMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(map.len(), pairs.len(), "a parameter is there twice: {url}");
    map
}

#[tokio::test]
async fn oidc_rp_7_state_nonce_and_challenge_are_always_sent() {
    let scene = Scene::new().await;
    let url = scene.provider().authorize_url(&trip(), NOW).await.unwrap();
    assert!(url.as_str().starts_with(&format!("{}/authorize?", scene.idp.origin)));
    let sent = query(&url);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "braid"),
        ("redirect_uri", "https://braid.example/realms/demo/callback/campus"),
        ("scope", "openid profile email"),
        ("state", "the-state-111"),
        ("nonce", "the-nonce-222"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(sent[name], value);
    }
    assert_eq!(sent["code_challenge"].len(), 43);
    assert_ne!(sent["code_challenge"], trip().verifier.reveal());
    assert!(!url.as_str().contains(trip().verifier.reveal()));
    assert!(!sent.contains_key("prompt") && !sent.contains_key("max_age"));
}

#[tokio::test]
async fn oidc_rp_8_a_fresh_trip_asks_for_credentials_again() {
    let mut scene = Scene::new().await;
    scene.settings.authorize_params =
        BTreeMap::from([("prompt".into(), "select_account".into()), ("hd".into(), "x.example".into())]);
    let plain = query(&scene.provider().authorize_url(&trip(), NOW).await.unwrap());
    assert_eq!((plain["prompt"].as_str(), plain["hd"].as_str()), ("select_account", "x.example"));
    let fresh =
        Trip { fresh: true, login_hint: Some("ada@x.example".into()), ui_locales: vec!["de".into(), "en".into()], ..trip() };
    let sent = query(&scene.provider().authorize_url(&fresh, NOW).await.unwrap());
    for (name, value) in [("prompt", "login"), ("max_age", "0"), ("login_hint", "ada@x.example"), ("ui_locales", "de en")] {
        assert_eq!(sent[name], value);
    }
}

#[tokio::test]
async fn the_endpoints_own_query_stays_but_never_speaks_for_braid() {
    let scene = Scene::new().await;
    let endpoint = format!("{}/authorize?tenant=a%20b&state=evil&client_id=evil&code_challenge_method=plain", scene.idp.origin);
    let mut metadata = scene.metadata();
    metadata["authorization_endpoint"] = json!(endpoint);
    scene.publish(&metadata);
    let sent = query(&scene.provider().authorize_url(&trip(), NOW).await.unwrap());
    assert_eq!(sent["tenant"], "a b");
    assert_eq!((sent["state"].as_str(), sent["client_id"].as_str()), ("the-state-111", "braid"));
    assert_eq!(sent["code_challenge_method"], "S256");
}

#[tokio::test]
async fn oidc_rp_6_the_code_goes_once_to_the_token_endpoint_with_the_verifier() {
    let mut scene = Scene::new().await;
    for (auth, basic) in [(TokenAuth::Basic, true), (TokenAuth::Post, false)] {
        scene.settings.token_auth = auth;
        scene.come_back().await.unwrap();
        let asked = scene.idp.asked("/token").pop().unwrap();
        let form: BTreeMap<_, _> = url::form_urlencoded::parse(asked.body.as_bytes()).into_owned().collect();
        assert_eq!(asked.method, "POST");
        assert_eq!(form["grant_type"], "authorization_code");
        assert_eq!(form["code"], CODE);
        assert_eq!(form["code_verifier"], trip().verifier.reveal());
        assert_eq!(form["redirect_uri"], trip().redirect_uri);
        // base64 of "braid:the+client%3Asecret"
        let header = asked.headers.get("authorization").map(String::as_str);
        assert_eq!(header, basic.then_some("Basic YnJhaWQ6dGhlK2NsaWVudCUzQXNlY3JldA=="));
        assert_eq!(form.get("client_secret").map(String::as_str), (!basic).then_some(CLIENT_SECRET));
        assert_eq!(form.get("client_id").map(String::as_str), (!basic).then_some("braid"));
    }
    assert_eq!(scene.idp.asked("/token").len(), 2);
    scene.settings.client_secret = None;
    scene.settings.token_auth = TokenAuth::None;
    scene.come_back().await.unwrap();
    let asked = scene.idp.asked("/token").pop().unwrap();
    assert!(!asked.headers.contains_key("authorization") && asked.body.ends_with("&client_id=braid"));
}

#[tokio::test]
async fn ph_31_an_answer_that_is_refused_reaches_no_token_endpoint() {
    let scene = Scene::new().await;
    let answer = |code: Option<&str>, error: Option<&str>, iss: Option<&str>| CallbackParams {
        code: code.map(Secret::new),
        error: error.map(Into::into),
        iss: iss.map(Into::into),
    };
    let long = "c".repeat(8192);
    let own = scene.idp.origin.as_str();
    let spelled = format!("{own}/");
    for (params, promised, told) in [
        (answer(Some(CODE), None, Some("https://evil.example")), false, UpstreamFailure::Refused),
        (answer(Some(CODE), None, Some(&spelled)), false, UpstreamFailure::Refused),
        (answer(Some(CODE), None, None), true, UpstreamFailure::Refused),
        (answer(None, Some("access_denied"), None), true, UpstreamFailure::Refused),
        (answer(Some(CODE), Some("access_denied"), Some(own)), true, UpstreamFailure::Refused),
        (answer(Some(""), None, Some(own)), true, UpstreamFailure::Refused),
        (answer(Some(&long), None, Some(own)), true, UpstreamFailure::Refused),
        (answer(None, None, Some(own)), true, UpstreamFailure::Refused),
        (answer(None, Some("access_denied"), Some(own)), true, UpstreamFailure::Cancelled),
        (answer(None, Some("temporarily_unavailable"), None), false, UpstreamFailure::Unavailable),
        (answer(None, Some("login_required"), None), false, UpstreamFailure::Error),
    ] {
        let mut metadata = scene.metadata();
        metadata["authorization_response_iss_parameter_supported"] = json!(promised);
        scene.publish(&metadata);
        let refused = scene.provider().redeem(&trip(), &params, NOW).await.unwrap_err();
        assert_eq!(refused.failure(), told, "{params:?}");
    }
    assert!(scene.idp.asked("/token").is_empty());
    let mut promising = scene.metadata();
    promising["authorization_response_iss_parameter_supported"] = json!(true);
    scene.publish(&promising);
    assert!(scene.provider().redeem(&trip(), &answer(Some(CODE), None, Some(own)), NOW).await.is_ok());
}

#[tokio::test]
async fn oidc_rp_12_only_a_plain_answer_of_the_token_endpoint_counts() {
    let scene = Scene::new().await;
    let json = |status: u16, body: &str| Reply::text(status, "application/json", body);
    let huge = format!("{{\"id_token\":\"{}\"}}", "a".repeat(10_000_000));
    for (reply, told, why) in [
        (Reply::redirect(302, "http://169.254.169.254/"), UpstreamFailure::Refused, "redirect (302)"),
        (Reply::redirect(307, &format!("{}/elsewhere", scene.idp.origin)), UpstreamFailure::Refused, "redirect (307)"),
        (Reply::text(200, "text/html", "<html>"), UpstreamFailure::Refused, "not JSON"),
        (Reply::text(200, "text/html", "{\"id_token\":\"x\"}"), UpstreamFailure::Refused, "not JSON"),
        (json(200, "<html>"), UpstreamFailure::Refused, "can't be read"),
        (json(200, "[]"), UpstreamFailure::Refused, "not a JSON object"),
        (json(200, &huge), UpstreamFailure::Refused, "longer than"),
        (Reply::Endless, UpstreamFailure::Refused, "longer than"),
        (json(200, "{}").with_header("content-encoding", "gzip"), UpstreamFailure::Refused, "compressed"),
        (json(200, "{}"), UpstreamFailure::Refused, "no ID token"),
        (json(200, "{\"id_token\":5}"), UpstreamFailure::Refused, "no ID token"),
        (json(200, "{\"id_token\":\"a\",\"id_token\":\"b\"}"), UpstreamFailure::Refused, "a member is there twice"),
        (json(200, "{\"id_token\":\"a.b.c\",\"access_token\":\"x\",\"token_type\":\"mac\"}"), UpstreamFailure::Refused, "bearer"),
        (json(400, "{\"error\":\"invalid_grant\"}"), UpstreamFailure::Error, "invalid_grant"),
        (json(400, "{\"error\":\"access_denied\"}"), UpstreamFailure::Error, "access_denied"),
        (json(401, "{\"error\":\"invalid_client\"}"), UpstreamFailure::Error, "invalid_client"),
        (json(400, "{\"error\":\"temporarily_unavailable\"}"), UpstreamFailure::Unavailable, "temporarily"),
        (json(503, "{\"error\":\"x\"}"), UpstreamFailure::Unavailable, "status 503"),
        (Reply::text(500, "text/html", "<html>"), UpstreamFailure::Unavailable, "status is 500"),
        (Reply::text(429, "text/plain", ""), UpstreamFailure::Unavailable, "status is 429"),
        (Reply::text(404, "text/plain", ""), UpstreamFailure::Error, "status is 404"),
        (Reply::Reset, UpstreamFailure::Unavailable, "exchange failed"),
        (Reply::EndlessHeaders, UpstreamFailure::Unavailable, "exchange failed"),
    ] {
        scene.idp.answer("/token", reply);
        let before = scene.idp.asked("/token").len();
        let refused = scene.come_back().await.unwrap_err();
        assert!(chain(&refused).contains(why), "{why}: {}", chain(&refused));
        assert_eq!(refused.failure(), told, "{why}");
        assert_eq!(scene.idp.asked("/token").len(), before + 1, "a code is never sent twice: {why}");
    }
    assert!(scene.idp.asked("/elsewhere").is_empty());
}

#[tokio::test]
async fn web_55_a_token_endpoint_that_hangs_or_trickles_is_given_up() {
    let mut scene = Scene::new().await;
    scene.http.total_timeout = std::time::Duration::from_millis(300);
    for reply in [Reply::Hang, Reply::Trickle] {
        scene.idp.answer("/token", reply);
        let refused = scene.come_back().await.unwrap_err();
        assert_eq!(refused.failure(), UpstreamFailure::Unavailable);
    }
}

#[tokio::test]
async fn errors_hold_no_secret() {
    let scene = Scene::new().await;
    let secrets = [CODE, ACCESS_TOKEN, CLIENT_SECRET, "the-state-111", "the-nonce-222", "the-verifier-333", "c2VjcmV0", "eyJ"];
    let tokens = |id_token: &str| json!({"id_token": id_token, "access_token": ACCESS_TOKEN, "token_type": "Bearer"}).to_string();
    let half = tokens("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl");
    for reply in [
        Reply::text(200, "application/json", half.trim_end_matches('}')),
        Reply::text(200, "text/html", half.clone()),
        Reply::text(200, "application/json", half.clone()),
        Reply::text(500, "application/json", half),
        Reply::text(200, "application/json", tokens("not a token")),
        Reply::Reset,
    ] {
        scene.idp.answer("/token", reply);
        let refused = scene.come_back().await.unwrap_err();
        let told = format!("{} {refused:?} {refused:#?}", chain(&refused));
        for secret in secrets {
            assert!(!told.contains(secret), "{secret} is in {told}");
        }
    }
    assert!(!format!("{:?}{:?}{:?}", trip(), code(), scene.settings).contains("the-"));
    assert_eq!(scene.idp.asked(DISCOVERY).len(), 6);
}
