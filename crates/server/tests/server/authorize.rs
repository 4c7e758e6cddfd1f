//! The authorization endpoint: what it never redirects to, and what it hands back.

use crate::people::*;
use testkit::{Begun, ORIGIN, Place, Scene, World, on_every_database};

on_every_database!(in_memory:
    oidc_op_1_an_unregistered_redirect_uri_is_a_page,
    oidc_op_2_an_unknown_and_a_disabled_client_get_the_same_page,
    oidc_op_3_nothing_redirects_before_the_redirect_uri_is_proved,
    oidc_op_4_a_query_in_the_redirect_uri_counts,
    oidc_op_5_nothing_is_redirected_elsewhere,
    oidc_op_6_only_the_port_of_a_loopback_address_is_free,
    oidc_op_7_a_repeated_parameter_is_no_choice,
    oidc_op_8_authorize_takes_a_form_too,
    oidc_op_10_only_the_code_flow_is_answered,
    oidc_op_16_state_and_nonce_come_back_as_they_went,
    oidc_op_19_after_a_form_the_browser_asks_with_get,
    oidc_op_20_a_form_counts_in_its_own_browser_with_its_token,
    oidc_op_27_every_answer_names_the_issuer,
);

async fn is_a_page(world: &World, begun: &Begun, why: &str) -> String {
    let answer = world.browser().get(&begun.url()).await;
    assert!(answer.status == 400 && answer.location().is_none() && answer.refresh().is_none(), "{why}: {}", answer.status);
    assert!(answer.reference().is_some(), "{why}");
    answer.heading()
}

async fn oidc_op_1_an_unregistered_redirect_uri_is_a_page(place: Place) {
    let two = r#"["https://two.example/a", "https://two.example/b"]"#;
    let world = Scene::on(place).client("two", "public", "true").client("two", "redirect-uris", two).open().await;
    let begun = world.app("app").begin();
    is_a_page(&world, &begun.clone().with("redirect_uri", "https://evil.example/callback"), "unregistered").await;
    is_a_page(&world, &begun.without("redirect_uri"), "missing with one").await;
    is_a_page(&world, &world.app("two").begin().without("redirect_uri"), "missing with two").await;
    world.finish().await;
}

async fn oidc_op_2_an_unknown_and_a_disabled_client_get_the_same_page(place: Place) {
    let world = Scene::on(place).client("gone", "public", "true").client("gone", "enabled", "false").open().await;
    let disabled = is_a_page(&world, &world.app("gone").begin(), "disabled").await;
    let unknown = is_a_page(&world, &world.app("app").begin().with("client_id", "nobody"), "unknown").await;
    let missing = is_a_page(&world, &world.app("app").begin().without("client_id"), "missing").await;
    assert_eq!((&disabled, &disabled), (&unknown, &missing));
    world.finish().await;
}

async fn oidc_op_3_nothing_redirects_before_the_redirect_uri_is_proved(place: Place) {
    let world = Scene::on(place).open().await;
    let wrong = world.app("app").begin().with("redirect_uri", "https://evil.example/");
    for (name, value) in [("scope", "x"), ("response_type", "token"), ("prompt", "none"), ("prompt", "what"), ("request", "x")] {
        is_a_page(&world, &wrong.clone().with(name, value), name).await;
    }
    world.finish().await;
}

async fn oidc_op_4_a_query_in_the_redirect_uri_counts(place: Place) {
    let world = Scene::on(place)
        .client("q", "public", "true")
        .client("q", "redirect-uris", "[\"https://q.example/cb?a=1\"]")
        .open()
        .await;
    let begun = world.app("q").begin();
    for uri in ["https://q.example/cb", "https://q.example/cb?a=2", "https://q.example/cb?a=1&b=2", "https://q.example/cb?a=1#x"]
    {
        is_a_page(&world, &begun.clone().with("redirect_uri", uri), uri).await;
    }
    let good = begun.with("redirect_uri", "https://q.example/cb?a=1").with("prompt", "none");
    let answer = world.browser().visit(&good.url()).await;
    assert!(answer.at.starts_with("https://q.example/cb?a=1&") && answer.query("error").is_some(), "{}", answer.at);
    world.finish().await;
}

async fn oidc_op_5_nothing_is_redirected_elsewhere(place: Place) {
    let world = Scene::on(place).open().await;
    let long = format!("https://app.example/callback?{}", "x".repeat(8000));
    let corpus = [
        "https://app.example/callback/..",
        "https://app.example/callback/..;/",
        "https://app.example/%2e%2e/callback",
        "https://app.example/%252e%252e/callback",
        "https://app.example\\callback",
        "//app.example/callback",
        "///app.example/callback",
        "https:app.example/callback",
        "https://app.example/callback\t",
        "https://app.example/callback\r\nX: y",
        "https://app.example/callback\0",
        " https://app.example/callback",
        "https://a@app.example/callback",
        "https://app.example@evil.example/callback",
        "https://evil.example#@app.example/callback",
        "https://app.example:443/callback",
        "https://app.example:8443/callback",
        "https://app.example./callback",
        "https://APP.example/callback",
        "https://app.example/Callback",
        "https://[::1]/callback",
        "https://xn--app-.example/callback",
        "https://app\u{3002}example/callback",
        "https://*.example/callback",
        "https://app.example/callback*",
        "http://app.example/callback",
        "https://app.example.evil.example/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://app.example/callback#",
        "",
        &long,
    ];
    for uri in corpus {
        is_a_page(&world, &world.app("app").begin().with("redirect_uri", uri), uri).await;
    }
    let huge = world.app("app").begin().with("redirect_uri", &"x".repeat(50_000));
    let answer = world.browser().get(&huge.url()).await;
    assert!(answer.status == 414 && answer.location().is_none());
    world.finish().await;
}

async fn oidc_op_6_only_the_port_of_a_loopback_address_is_free(place: Place) {
    let uris = "[\"http://127.0.0.1/cb\", \"http://[::1]/cb\", \"http://localhost/cb\"]";
    let world = Scene::on(place).client("native", "public", "true").client("native", "redirect-uris", uris).open().await;
    let begun = world.app("native").begin().with("prompt", "none");
    for good in ["http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", "http://[::1]:51004/cb", "http://localhost/cb"] {
        let answer = world.browser().visit(&begun.clone().with("redirect_uri", good).url()).await;
        assert!(answer.at.starts_with(&format!("{good}?error=login_required")), "{}", answer.at);
    }
    for bad in [
        "http://localhost:51004/cb",
        "http://127.0.0.1:51004/other",
        "http://127.0.0.1.evil.example:51004/cb",
        "http://127.1:51004/cb",
        "http://0.0.0.0:51004/cb",
        "https://127.0.0.1:51004/cb",
        "http://127.0.0.1:x/cb",
        "http://127.0.0.1:0/cb",
    ] {
        is_a_page(&world, &begun.clone().with("redirect_uri", bad), bad).await;
    }
    world.finish().await;
}

async fn oidc_op_7_a_repeated_parameter_is_no_choice(place: Place) {
    let world = Scene::on(place).open().await;
    let begun = world.app("app").begin();
    for name in ["client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "prompt", "response_type"] {
        let value = begun.params.iter().find(|(key, _)| key == name).map_or("login", |(_, value)| value);
        let pair = form_pair(name, value);
        let twice = format!("{}&{pair}", begun.clone().with(name, value).url());
        let answer = world.browser().open(&twice).await;
        let as_error = answer.query("error").as_deref() == Some("invalid_request");
        assert!(answer.status == 400 || as_error, "{name} twice in the query: {} {}", answer.status, answer.at);
        assert!(answer.query("code").is_none());
        let split = world.browser().post_with(&begun.clone().with(name, value).url(), &[(name, value)], &[]).await;
        let refused = split.location().is_some_and(|to| to.contains("error=invalid_request"));
        assert!(split.status == 400 || refused, "{name} in query and body: {}", split.status);
    }
    world.finish().await;
}

fn form_pair(name: &str, value: &str) -> String {
    let pair = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    pair.replace('+', "%20")
}

async fn oidc_op_8_authorize_takes_a_form_too(place: Place) {
    let world = Scene::on(place).open().await;
    let begun = world.app("app").begin();
    let form: Vec<(&str, &str)> = begun.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut browser = world.browser();
    let sent =
        browser.post_with("/authorize", &form, &[("origin", "https://app.example"), ("sec-fetch-site", "cross-site")]).await;
    browser.open(sent.location().unwrap()).await.shows("Sign in");
    world.finish().await;
}

async fn oidc_op_10_only_the_code_flow_is_answered(place: Place) {
    let world = Scene::on(place).open().await;
    for response_type in ["token", "id_token", "code token", "none", "garbage", ""] {
        let answer = world.browser().visit(&world.app("app").begin().with("response_type", response_type).url()).await;
        let error = answer.query("error").unwrap_or_default();
        assert!(["unsupported_response_type", "invalid_request"].contains(&error.as_str()), "{response_type}: {}", answer.at);
        assert!(!answer.at.contains('#'));
    }
    let answer = world.browser().visit(&world.app("app").begin().without("response_type").url()).await;
    assert_eq!(answer.query("error").as_deref(), Some("invalid_request"));
    world.finish().await;
}

async fn oidc_op_16_state_and_nonce_come_back_as_they_went(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let app = world.app("app");
    let mut browser = world.browser();
    sign_in_by_password(&mut browser, &app, "vic", PASSWORD).await;
    let long = "s".repeat(384);
    for text in ["x", &long, "<script>alert(1)</script>", "\"'&=+%20?#", "ünïcode ☃", "a b"] {
        let mut begun = app.begin().with("state", text).with("nonce", text);
        begun.state = text.to_owned();
        let answer = browser.visit(&begun.url()).await;
        let tokens = begun.finish(&answer).await;
        assert_eq!(tokens.claims()["nonce"], text);
    }
    for text in ["a\r\nb", "\0", &"s".repeat(4096)] {
        let answer = browser.visit(&app.begin().with("state", text).url()).await;
        assert_eq!((answer.query("error").as_deref(), answer.query("state")), (Some("invalid_request"), None));
    }
    world.finish().await;
}

async fn oidc_op_19_after_a_form_the_browser_asks_with_get(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let page = browser.visit(&world.app("desk").begin().url()).await;
    let wrong = browser.send_form(&page, "continue", &[("username", "vic"), ("password", "wrong password")]).await;
    let right = browser.send_form(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    assert_eq!((wrong.status.as_u16(), right.status.as_u16()), (303, 303));
    let page = browser.open(&page.at).await.shows("Allow access for The desk?");
    let allowed = browser.send_form(&page, "continue", &[]).await;
    assert!(allowed.status == 200 && allowed.refresh().is_some(), "a page that asks with GET by itself");
    world.finish().await;
}

async fn oidc_op_20_a_form_counts_in_its_own_browser_with_its_token(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let desk = world.app("desk");
    let mut browser = world.browser();
    let page = browser.visit(&desk.begin().url()).await;
    refused(&world, &mut browser, &page, &[("username", "vic"), ("password", PASSWORD)]).await;
    let page = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    refused(&world, &mut browser, &page.shows("Allow access for The desk?"), &[]).await;
    world.finish().await;
}

type Pairs = Vec<(String, String)>;
type Headers<'a> = &'a [(&'a str, &'a str)];

/// The same form cross-site, without its token, and with the token of another login.
async fn refused(world: &World, browser: &mut testkit::Browser, page: &testkit::Answer, fields: &[(&str, &str)]) {
    let other = browser.visit(&world.app("app").begin().with("prompt", "login").url()).await;
    let foreign = other.forms()[0].field("csrf").unwrap().to_owned();
    let (mut form, at) = page.form_with(|button| button.value == "continue").unwrap();
    for (name, value) in fields {
        form.set(name, value);
    }
    let pressed = |form: &testkit::Form| form.pressed(at);
    let good = pressed(&form);
    form.set("csrf", "");
    let empty = pressed(&form);
    form.set("csrf", &foreign);
    let strange = pressed(&form);
    let missing: Vec<_> = good.iter().filter(|(name, _)| name != "csrf").cloned().collect();
    let same: &[(&str, &str)] = &[("sec-fetch-site", "same-origin"), ("origin", "null")];
    let tries: [(&str, &Pairs, Headers<'_>); 7] = [
        ("WEB-9 empty", &empty, same),
        ("WEB-9 another login's", &strange, same),
        ("WEB-9 missing", &missing, same),
        ("WEB-11 cross-site", &good, &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]),
        ("WEB-11 same-site", &good, &[("sec-fetch-site", "same-site")]),
        ("WEB-11 an old browser", &good, &[("origin", "https://evil.example")]),
        ("WEB-11 look-alike", &good, &[("origin", "http://localhost:4700.evil.example")]),
    ];
    for (name, form, headers) in tries {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = browser.post_with(&page.at, &form, headers).await;
        assert!(answer.status == 403 && answer.link("Go on").is_some(), "{name}: {} {}", answer.status, answer.text());
        assert_eq!(browser.open(&page.at).await.heading(), page.heading(), "{name}");
    }
}

async fn oidc_op_27_every_answer_names_the_issuer(place: Place) {
    let world = Scene::on(place).open().await;
    let mut browser = world.browser();
    let document: serde_json::Value = serde_json::from_str(&browser.get("/.well-known/openid-configuration").await.body).unwrap();
    assert_eq!(document["issuer"], ORIGIN);
    for (name, value) in [("prompt", "none"), ("scope", "x"), ("response_type", "token")] {
        let answer = browser.visit(&world.app("app").begin().with(name, value).url()).await;
        assert_eq!(answer.query("iss").as_deref(), Some(ORIGIN), "{name}");
    }
    world.finish().await;
}
