//! Which redirect URIs may be registered, and which ones a request may name.

use super::fixture::{CALLBACK, confidential, request_with, with_redirect_uris};
use crate::authorize::authorize;
use crate::{Client, PageReason, RedirectUri, RedirectUriError, Refusal};
use proptest::prelude::*;

fn goes_to(client: &Client, uri: &str) -> Result<String, Refusal> {
    authorize(&request_with(&[("redirect_uri", uri)]), Some(client), super::fixture::ISSUER).map(|request| request.redirect_uri)
}

const PAGE: Result<String, Refusal> = Err(Refusal::Page(PageReason::RedirectUri));

#[test]
fn oidc_op_1_an_unregistered_or_missing_redirect_uri_is_answered_by_a_page() {
    let one = confidential("app");
    let two = with_redirect_uris(&[CALLBACK, "https://app.example.com/other"]);
    for client in [&one, &two] {
        assert_eq!(goes_to(client, "https://evil.example.net/callback"), PAGE);
        assert_eq!(goes_to(client, ""), PAGE);
    }
    assert_eq!(goes_to(&two, "https://app.example.com/other"), Ok("https://app.example.com/other".to_owned()));
}

#[test]
fn oidc_op_4_a_query_is_part_of_the_redirect_uri() {
    let plain = confidential("app");
    let with_query = with_redirect_uris(&["https://app.example.com/callback?a=1"]);
    assert_eq!(goes_to(&plain, "https://app.example.com/callback?a=1"), PAGE);
    assert_eq!(goes_to(&plain, "https://app.example.com/callback?"), PAGE);
    assert_eq!(goes_to(&with_query, "https://app.example.com/callback?a=2"), PAGE);
    assert_eq!(goes_to(&with_query, "https://app.example.com/callback?a=1&b=2"), PAGE);
    let equal = "https://app.example.com/callback?a=1";
    assert_eq!(goes_to(&with_query, equal), Ok(equal.to_owned()));
}

#[test]
fn oidc_op_4_a_fragment_is_refused_at_registration() {
    for uri in ["https://app.example.com/callback#", "https://app.example.com/callback#x", "com.example.app:/cb#x"] {
        assert_eq!(RedirectUri::parse(uri), Err(RedirectUriError::Fragment), "{uri}");
    }
}

#[test]
fn oidc_op_5_nothing_but_the_registered_string_is_redirected_to() {
    let client = confidential("app");
    let tricks = [
        "https://app.example.com/callback/..",
        "https://app.example.com/x/../callback",
        "https://app.example.com/callback/..;/x",
        "https://app.example.com/%2e%2e/callback",
        "https://app.example.com/%252e%252e/callback",
        "https://app.example.com\\callback",
        "https://app.example.com\\@evil.net/callback",
        "//app.example.com/callback",
        "///app.example.com/callback",
        "https:/app.example.com/callback",
        "https:app.example.com/callback",
        "https://app.example.com//callback",
        "https://app.example.com/callback\t",
        "https://app.example.com/call\rback",
        "https://app.example.com/callback\n",
        "https://app.example.com/callback\r\nSet-Cookie: a=b",
        "https://app.example.com/callback\0",
        " https://app.example.com/callback",
        "https://a@app.example.com/callback",
        "https://app.example.com@evil.net/callback",
        "https://a@b@app.example.com/callback",
        "https://evil.net#@app.example.com/callback",
        "https://app.example.com:443/callback",
        "https://app.example.com:8443/callback",
        "https://app.example.com./callback",
        "https://APP.example.com/callback",
        "HTTPS://app.example.com/callback",
        "https://app.example.com/Callback",
        "https://app.example.com/callback/",
        "https://[::1]/callback",
        "https://app.example.com.evil.net/callback",
        "https://xn--pp-xkc.example.com/callback",
        "https://аpp.example.com/callback",
        "https://app。example.com/callback",
        "https://app.example.com/*",
        "https://*.example.com/callback",
        "http://app.example.com/callback",
        "javascript:alert(1)//https://app.example.com/callback",
        "/callback",
    ];
    for trick in tricks {
        assert_eq!(goes_to(&client, trick), PAGE, "{trick}");
    }
    assert_eq!(goes_to(&client, &format!("{CALLBACK}{}", "x".repeat(100 * 1024))), PAGE);
}

#[test]
fn oidc_op_6_only_the_port_of_a_loopback_literal_is_free() {
    let client = with_redirect_uris(&["http://127.0.0.1/cb", "http://[::1]:9000/cb", "http://localhost:3000/cb"]);
    for good in
        ["http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", "http://[::1]:1/cb", "http://[::1]/cb", "http://localhost:3000/cb"]
    {
        assert_eq!(goes_to(&client, good), Ok(good.to_owned()));
    }
    let strange = [
        "http://localhost:3001/cb",
        "http://localhost/cb",
        "http://127.0.0.1:51004/other",
        "http://127.0.0.1:51004",
        "http://127.0.0.1.evil/cb",
        "http://127.0.0.1.evil:80/cb",
        "http://127.0.0.1@evil.net/cb",
        "http://127.0.0.1:80@evil.net/cb",
        "http://127.0.0.1:80.evil.net/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:080/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:+80/cb",
        "http://127.0.0.1:51004/cb?x=1",
        "https://127.0.0.1:51004/cb",
        "http://127.1/cb",
        "http://127.0.0.2/cb",
        "http://0.0.0.0/cb",
        "http://2130706433/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
    ];
    for uri in strange {
        assert_eq!(goes_to(&client, uri), PAGE, "{uri}");
    }
}

#[test]
fn registration_takes_web_loopback_and_private_uris() {
    let good = [
        CALLBACK,
        "https://app.example.com",
        "https://app.example.com:8443/cb?a=1",
        "http://127.0.0.1/cb",
        "http://[::1]:9000/cb",
        "http://localhost:3000/cb",
        "com.example.app:/callback",
    ];
    for uri in good {
        assert_eq!(RedirectUri::parse(uri).map(String::from), Ok(uri.to_owned()));
    }
}

#[test]
fn registration_says_what_is_wrong_with_a_redirect_uri() {
    use RedirectUriError as E;
    let normal = |uri: &str| E::NotNormal(uri.to_owned());
    let wrong = [
        ("/callback", E::NotAbsolute),
        ("", E::NotAbsolute),
        ("http://app.example.com/cb", E::Scheme),
        ("http://127.0.0.1.evil/cb", E::Scheme),
        ("ftp://app.example.com/cb", E::Scheme),
        ("javascript:alert(1)", E::Scheme),
        ("data:text/html,x", E::Scheme),
        ("myapp:/cb", E::Scheme),
        ("com.example.app:cb", E::Path),
        ("https://ada@app.example.com/cb", E::UserInfo),
        ("https://:x@app.example.com/cb", E::UserInfo),
        ("https://@app.example.com/cb", normal("https://app.example.com/cb")),
        ("https://app.example.com/*", E::Wildcard),
        ("https://app.example.com/a b", E::Character),
        ("https://app.example.com/a\\b", E::Character),
        ("https://äpp.example.com/cb", E::Character),
        ("https://app.example.com/cb?state=1", E::AnswerParameter("state".to_owned())),
        ("https://app.example.com/cb?%63ode=1", E::AnswerParameter("code".to_owned())),
        ("https://APP.example.com/cb", normal("https://app.example.com/cb")),
        ("https://app.example.com:443/cb", normal("https://app.example.com/cb")),
        ("https://app.example.com/a/../cb", normal("https://app.example.com/cb")),
        ("https://app.example.com/a/%2e%2e/cb", normal("https://app.example.com/cb")),
        ("http://127.1/cb", normal("http://127.0.0.1/cb")),
    ];
    for (uri, reason) in wrong {
        assert_eq!(RedirectUri::parse(uri), Err(reason), "{uri}");
    }
    assert_eq!(RedirectUri::parse(&format!("https://a.example/{}", "x".repeat(2048))), Err(E::TooLong));
}

proptest! {
    #[test]
    fn oidc_op_5_any_other_text_is_refused(text in "(https?://|//|)?[a-z.@:#/\\\\%0-9é\u{0}\n-]{0,40}") {
        prop_assume!(text != CALLBACK);
        prop_assert!(!confidential("app").may_redirect_to(&text));
    }

    #[test]
    fn oidc_op_5_one_changed_character_is_refused(at in 0..CALLBACK.len(), with in any::<char>()) {
        let changed: String = CALLBACK.chars().enumerate().map(|(place, c)| if place == at { with } else { c }).collect();
        prop_assume!(changed != CALLBACK);
        prop_assert!(!confidential("app").may_redirect_to(&changed));
    }

    #[test]
    fn oidc_op_6_any_port_of_the_loopback_literal_is_good(port in 1..=u16::MAX) {
        let client = with_redirect_uris(&["http://127.0.0.1/cb"]);
        let uri = format!("http://127.0.0.1:{port}/cb");
        prop_assert!(client.may_redirect_to(&uri));
    }
}
