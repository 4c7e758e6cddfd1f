//! `prompt`, `max_age` and hints.

use crate::people::*;
use std::time::Duration;
use testkit::{Place, Scene, on_every_database};

on_every_database!(in_memory:
    oidc_op_12_prompt_none_shows_nothing,
    oidc_op_13_a_fresh_login_is_fresh,
    oidc_op_13_a_session_that_is_too_old_is_asked_again,
    oidc_op_15_a_login_hint_fills_the_form_and_selects_nobody,
    a_provider_hint_leads_straight_there,
);

async fn oidc_op_12_prompt_none_shows_nothing(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let (app, desk) = (world.app("app"), world.app("desk"));
    let silent = |app: &testkit::App| app.begin().with("prompt", "none");
    let mut browser = world.browser();
    let answer = browser.visit(&silent(&app).url()).await;
    assert_eq!(answer.query("error").as_deref(), Some("login_required"), "nobody is signed in");
    let answer = browser.visit(&silent(&app).with("provider_hint", "campus").url()).await;
    assert_eq!(answer.query("error").as_deref(), Some("login_required"), "a provider would be a page");
    sign_in_by_password(&mut browser, &app, "vic", PASSWORD).await;
    let begun = silent(&app);
    let answer = browser.visit(&begun.url()).await;
    assert_eq!(begun.finish(&answer).await.sub(), vic.subject.as_str());
    let answer = browser.visit(&silent(&desk).url()).await;
    assert_eq!(answer.query("error").as_deref(), Some("consent_required"));
    let answer = browser.visit(&silent(&app).with("max_age", "0").url()).await;
    assert_eq!(answer.query("error").as_deref(), Some("login_required"), "too old");
    let answer = browser.visit(&silent(&app).with("prompt", "none login").url()).await;
    assert_eq!(answer.query("error").as_deref(), Some("invalid_request"));
    world.finish().await;
}

async fn oidc_op_13_a_fresh_login_is_fresh(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let app = world.app("app");
    let mut browser = world.browser();
    let first = sign_in_by_password(&mut browser, &app, "vic", PASSWORD).await;
    for (name, value) in [("prompt", "login"), ("max_age", "0"), ("prompt", "select_account")] {
        let begun = app.begin().with(name, value);
        let page = browser.visit(&begun.url()).await.shows("Sign in");
        let reloaded = browser.open(&page.at).await.shows("Sign in");
        let cancelled = browser.clone().submit(&reloaded, "leave", &[]).await;
        assert_eq!(cancelled.query("error").as_deref(), Some("access_denied"), "{name}={value}");
        let begun = app.begin().with(name, value);
        let page = browser.visit(&begun.url()).await;
        let old = browser.jar.get("-session").unwrap().value.clone();
        let answer = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
        let again = begun.finish(&answer).await;
        assert!(again.claims()["auth_time"].as_i64() >= first.claims()["auth_time"].as_i64());
        assert_ne!(browser.jar.get("-session").unwrap().value, old, "a new session");
    }
    world.provider("campus").will_assert(person("vic-at-campus", VIC, true));
    let begun = app.begin().with("prompt", "login").with("provider_hint", "campus");
    begun.finish(&browser.visit(&begun.url()).await).await.sub();
    assert_eq!(world.provider("campus").trips()[0]["prompt"], "login", "the provider is asked for a fresh login too");
    world.finish().await;
}

async fn oidc_op_13_a_session_that_is_too_old_is_asked_again(place: Place) {
    let scene = Scene::on(place).limits(|limits| limits.session_lifetime = Duration::ZERO);
    let world = scene.open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    sign_in_by_password(&mut browser, &world.app("app"), "vic", PASSWORD).await;
    assert_eq!(signed_in_as(&world, &mut browser).await, None);
    browser.visit(&world.app("app").begin().url()).await.shows("Sign in");
    world.finish().await;
}

async fn oidc_op_15_a_login_hint_fills_the_form_and_selects_nobody(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let page = world.browser().visit(&world.app("app").begin().with("login_hint", VIC).url()).await.shows("Sign in");
    assert!(page.forms().iter().any(|form| form.field("username") == Some(VIC)));
    let hostile = "\"><script>alert(1)</script>";
    let page = world.browser().visit(&world.app("app").begin().with("login_hint", hostile).url()).await.shows("Sign in");
    assert!(!page.body.contains("<script"), "{}", page.body);
    world.finish().await;
}

async fn a_provider_hint_leads_straight_there(place: Place) {
    let world = Scene::on(place).open().await;
    for name in ["provider_hint", "provider-hint", "kc_idp_hint"] {
        let answer = world.browser().open(&world.app("app").begin().with(name, "social").url()).await;
        assert!(answer.at.starts_with(&world.provider("social").issuer), "{name}: {}", answer.at);
        let page = world.browser().open(&world.app("app").begin().with(name, "nobody").url()).await;
        page.shows("Sign in");
    }
    world.finish().await;
}
