//! The web around it all: headers, hosts, methods, caches.

use crate::people::*;
use axum::http::Method;
use testkit::{Browser, ORIGIN, Place, Scene, Trouble, World, on_every_database};

on_every_database!(in_memory:
    web_20_and_web_22_every_answer_has_its_headers,
    web_21_no_page_has_a_script_and_forms_stay_here,
    web_23_what_belongs_to_a_person_is_not_kept,
    web_25_no_parameter_sends_a_browser_elsewhere,
    web_28_no_header_changes_where_links_lead,
    web_29_a_forged_address_escapes_no_limit,
    web_58_other_methods_do_nothing,
    web_24_no_page_is_shared_with_other_origins,
    a_request_that_is_too_large_is_a_page,
    readiness_is_told,
);

/// One of each kind of answer.
async fn all_kinds(world: &World, browser: &mut Browser) -> Vec<testkit::Answer> {
    world.user("vic", VIC, PASSWORD, true).await;
    let begun = world.app("app").begin();
    let mut all = vec![browser.get(&begun.url()).await];
    let page = browser.visit(&begun.url()).await;
    all.push(browser.send_form(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await);
    let (_, mail) = as_far_as_the_mail(world, &mut world.browser(), "vic-at-social").await;
    all.extend([page, mail]);
    let link = world.latest_to(VIC).await.link();
    all.push(browser.get(&link).await);
    for path in [
        "/nowhere",
        "/authorize",
        "/token",
        "/userinfo",
        "/login/x",
        "/mail/x",
        "/broker/campus/callback?state=x",
        "/health/live",
    ] {
        all.push(browser.get(path).await);
    }
    for path in ["/jwks", "/.well-known/openid-configuration", "/health/ready"] {
        all.push(browser.get(path).await);
    }
    all
}

async fn web_20_and_web_22_every_answer_has_its_headers(place: Place) {
    let world = Scene::on(place).open().await;
    let mut browser = world.browser();
    let answers = all_kinds(&world, &mut browser).await;
    for answer in &answers {
        assert_eq!(answer.header("x-frame-options"), "DENY", "{}", answer.at);
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{}", answer.at);
        assert!(!answer.headers.contains_key("server"), "{}", answer.at);
    }
    let wrong_host = browser.get_with("/authorize", &[("host", "evil.example")]).await;
    assert_eq!((wrong_host.status.as_u16(), wrong_host.header("x-frame-options")), (421, "DENY"));
    world.finish().await;
}

async fn web_21_no_page_has_a_script_and_forms_stay_here(place: Place) {
    let world = Scene::on(place).open().await;
    let mut browser = world.browser();
    for answer in
        all_kinds(&world, &mut browser).await.iter().filter(|answer| answer.header("content-type").starts_with("text/html"))
    {
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "style-src 'self'"] {
            assert!(policy.contains(part), "{}: {policy}", answer.at);
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
        for inline in ["<script", "<style", " style=", " onclick=", " onload=", "javascript:"] {
            assert!(!answer.body.contains(inline), "{inline} at {}", answer.at);
        }
        for form in answer.forms() {
            assert!(form.action.starts_with('/') && !form.action.starts_with("//") && form.method == "post", "{form:?}");
        }
    }
    world.finish().await;
}

async fn web_23_what_belongs_to_a_person_is_not_kept(place: Place) {
    let world = Scene::on(place).open().await;
    let mut browser = world.browser();
    for answer in all_kinds(&world, &mut browser).await {
        let public = answer.at.ends_with("/jwks") || answer.at.contains("/.well-known/");
        let kept = answer.header("cache-control");
        assert!(if public { kept.starts_with("public, max-age=") } else { kept == "no-store" }, "{}: {kept}", answer.at);
    }
    let page = browser.visit(&world.app("app").begin().with("prompt", "login").url()).await.shows("Sign in");
    for fake in ["/x.css", "/x.js", "%2Fx.css", ".css", "/../assets/x.css"] {
        let answer = browser.get(&format!("{}{fake}", page.at)).await;
        assert!(answer.status.is_client_error() && answer.header("cache-control") == "no-store", "{fake}: {}", answer.status);
    }
    world.finish().await;
}

async fn web_25_no_parameter_sends_a_browser_elsewhere(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let targets = ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "javascript:alert(1)"];
    for target in targets {
        let mut begun = world.app("app").begin();
        for name in ["next", "return_to", "RelayState", "callbackURL", "post_logout_redirect_uri", "redirect", "error_uri"] {
            begun = begun.with(name, target);
        }
        let mut browser = world.browser();
        let page = browser.visit(&begun.url()).await.shows("Sign in");
        assert!(!page.body.contains("evil.example") && !page.body.contains("javascript:"));
        let answer = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
        begun.finish(&answer).await.sub();
    }
    for path in ["//evil.example", "//evil.example/%2e%2e", "/%5cevil.example", "/login//evil.example", "/.//evil.example"] {
        let answer = world.browser().get(path).await;
        assert!(answer.status.is_client_error() && answer.location().is_none(), "{path}: {}", answer.status);
    }
    world.finish().await;
}

async fn web_28_no_header_changes_where_links_lead(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    world.provider("social").will_assert(person("vic-at-social", VIC, false));
    let forged = [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "gopher"),
        ("x-forwarded-port", "666"),
        ("x-forwarded-prefix", "/evil"),
        ("forwarded", "host=evil.example"),
        ("x-original-url", "/evil"),
        ("x-rewrite-url", "/evil"),
        ("x-host", "evil.example"),
    ];
    let mut browser = world.browser();
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let plain = browser.get(path).await.body;
        assert_eq!(browser.get_with(path, &forged).await.body, plain);
        assert!(plain.contains(ORIGIN));
    }
    let answer = browser.get_with(&world.app("app").begin().with("provider_hint", "social").url(), &forged).await;
    let location = answer.location().unwrap().to_owned();
    assert!(location.contains("redirect_uri=http%3A%2F%2Flocalhost%3A4700%2Fbroker") && !location.contains("evil"), "{location}");
    let back = world.provider("social").receives(&location);
    let sent = browser.get_with(&back, &forged).await;
    let page = browser.open(sent.location().unwrap()).await.shows("Show us who you are");
    let (form, at) = page.form_with(|button| button.value == "continue").unwrap();
    let pressed = form.pressed(at);
    let fields: Vec<(&str, &str)> = pressed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let sent = browser.post_with(&form.action, &fields, &forged).await;
    assert!(sent.location().unwrap().starts_with("/login/"));
    let letter = world.latest_to(VIC).await;
    assert!(letter.link().starts_with(ORIGIN) && !letter.raw().contains("evil"));
    for host in
        ["evil.example", "localhost:4701", "localhost", "LOCALHOST:4700", "localhost:4700.evil.example", "a@localhost:4700", ""]
    {
        assert_eq!(browser.get_with("/authorize", &[("host", host)]).await.status, 421, "{host}");
    }
    let two = [("host", "localhost:4700"), ("host", "evil.example")];
    assert_eq!(browser.get_with("/.well-known/openid-configuration", &two).await.status, 421, "two hosts");
    world.finish().await;
}

async fn web_29_a_forged_address_escapes_no_limit(place: Place) {
    let world = Scene::on(place).limits(|limits| limits.passwords_per_network = 3).open().await;
    let mut browser = world.browser();
    let page = browser.visit(&world.app("app").begin().url()).await;
    let mut stopped = 0;
    for n in 0..6 {
        let (mut form, at) = page.form_with(|button| button.value == "continue").unwrap();
        form.set("username", &format!("somebody{n}"));
        form.set("password", "wrong password");
        let pressed = form.pressed(at);
        let fields: Vec<(&str, &str)> = pressed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let forged = format!("203.0.113.{n}");
        browser.post_with(&page.at, &fields, &[("x-forwarded-for", &forged), ("forwarded", &format!("for={forged}"))]).await;
        stopped += usize::from(browser.open(&page.at).await.text().contains("Too many"));
    }
    assert_eq!(stopped, 3, "three were compared");
    world.finish().await;
}

async fn web_58_other_methods_do_nothing(place: Place) {
    let world = Scene::on(place).open().await;
    let mut browser = world.browser();
    let page = browser.visit(&world.app("app").begin().url()).await;
    for method in ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "OPTIONS", "BREW"] {
        for path in ["/authorize", page.at.as_str(), "/token", "/mail/x", "/broker/campus/callback", "/jwks"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = browser.request(method.clone(), path, &[], None).await;
            assert_eq!(answer.status, 405, "{method} {path}");
        }
    }
    let (form, at) = page.form_with(|button| button.value == "leave").unwrap();
    let pressed = form.pressed(at);
    let fields: Vec<(&str, &str)> = pressed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let override_headers = [("x-http-method-override", "DELETE"), ("x-method-override", "GET")];
    assert_eq!(browser.post_with("/jwks", &fields, &override_headers).await.status, 405);
    browser.open(&page.at).await.shows("Sign in");
    world.finish().await;
}

async fn web_24_no_page_is_shared_with_other_origins(place: Place) {
    let world = Scene::on(place).open().await;
    let mut browser = world.browser();
    for origin in ["https://evil.example", "null", "http://localhost:4700.evil.example"] {
        for path in [world.app("app").begin().url().as_str(), "/userinfo", "/login/x"] {
            let answer = browser.get_with(path, &[("origin", origin)]).await;
            assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{path}");
        }
    }
    world.finish().await;
}

async fn a_request_that_is_too_large_is_a_page(place: Place) {
    let world = Scene::on(place).open().await;
    let mut browser = world.browser();
    let page = browser.visit(&world.app("app").begin().url()).await;
    let answer = browser.post(&page.at, &[("username", &"x".repeat(100_000))]).await;
    assert!(answer.status == 413 && answer.reference().is_some(), "{} {}", answer.status, answer.text());
    browser.open(&page.at).await.shows("Sign in");
    world.finish().await;
}

async fn readiness_is_told(place: Place) {
    let world = Scene::on(place).open().await;
    world.provider("campus").is_in(Trouble::Down);
    let mut browser = world.browser();
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(browser.get(path).await.status, 204, "{path}: a provider that is down is no trouble of ours");
    }
    world.finish().await;
}
