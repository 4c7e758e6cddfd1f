//! Cookies, and whose browser it is.

use crate::people::*;
use testkit::{Place, Scene, on_every_database};

on_every_database!(in_memory:
    web_1_every_cookie_is_locked_to_the_host,
    web_3_a_planted_cookie_is_never_honoured,
    web_4_a_cookie_that_comes_twice_counts_as_none,
    web_7_a_callback_without_its_cookie_is_refused,
    web_8_nobody_is_signed_in_to_somebody_elses_account,
    web_13_signing_in_changes_the_session_and_kills_the_old_one,
);

async fn web_1_every_cookie_is_locked_to_the_host(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    sign_in_by_password(&mut browser, &world.app("app"), "vic", PASSWORD).await;
    let names: Vec<&str> = browser.jar.all().map(|(name, _)| name).collect();
    assert_eq!(names, ["__Host-braid-demo-browser", "__Host-braid-demo-session"], "the jar checks their attributes");
    for (_, cookie) in browser.jar.all() {
        assert_eq!(cookie.value.len(), 43, "WEB-2: 256 bits");
    }
    assert!(!browser.jar.get("-session").unwrap().line.contains("Max-Age"), "a session ends with the browser");
    world.finish().await;
}

async fn web_3_a_planted_cookie_is_never_honoured(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let app = world.app("app");
    let fixed = "f".repeat(43);
    let mut vic = world.browser();
    vic.jar.plant("__Host-braid-demo-session", &fixed);
    sign_in_by_password(&mut vic, &app, "vic", PASSWORD).await;
    assert_ne!(vic.jar.get("-session").unwrap().value, fixed);
    let mut attacker = world.browser();
    for name in ["__Host-braid-demo-session", "braid-demo-session", "__host-braid-demo-session", "__Host-braid-other-session"] {
        let own = vic.jar.get("-session").unwrap().value.clone();
        attacker.jar = testkit::Jar::default();
        attacker.jar.plant(name, if name == "__Host-braid-demo-session" { &fixed } else { &own });
        assert_eq!(signed_in_as(&world, &mut attacker).await, None, "{name}");
    }
    world.finish().await;
}

async fn web_4_a_cookie_that_comes_twice_counts_as_none(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    sign_in_by_password(&mut browser, &world.app("app"), "vic", PASSWORD).await;
    let own = browser.jar.get("-session").unwrap().value.clone();
    let name = "__Host-braid-demo-session";
    let silent = world.app("app").begin().with("prompt", "none").url();
    let lines = [
        (format!("{name}={own}"), true),
        (format!("a=b; {name}={own}; c=d"), true),
        (format!("{name}={own}; {name}={own}"), false),
        (format!("{name}={}; {name}={own}", "f".repeat(43)), false),
        (format!("{name}=\"{own}\""), false),
        (format!("$Version=1;{name}={own}"), false),
        (format!("={name}={own}"), false),
        (format!("{name} ={own}"), false),
        (format!("  {name}={own}"), false),
    ];
    for (line, good) in lines {
        let answer = browser.clone().get_with(&silent, &[("cookie", &line)]).await;
        assert_eq!(answer.location().unwrap().contains("code="), good, "{line}");
    }
    world.finish().await;
}

async fn web_7_a_callback_without_its_cookie_is_refused(place: Place) {
    let world = Scene::on(place).open().await;
    let social = world.provider("social");
    social.will_assert(person("new", "new@home.example", false));
    let begun = world.app("app").begin().with("provider_hint", "social");
    let mut browser = world.browser();
    let there = browser.open(&begun.url()).await;
    let back = social.receives(&there.at);
    let mut bare = browser.clone();
    bare.jar = testkit::Jar::default();
    let refused = bare.open(&back).await.shows("Your browser didn't send its cookie");
    assert!(refused.link("Start again").is_some());
    assert_eq!(social.token_requests().len(), 0);
    let answer = browser.open(&back).await;
    begun.finish(&answer).await.sub();
    world.finish().await;
}

async fn web_8_nobody_is_signed_in_to_somebody_elses_account(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("eve", "eve@home.example", PASSWORD, true).await;
    let (app, social) = (world.app("app"), world.provider("social"));
    social.will_assert(person("eve", "eve2@home.example", false));
    let mut eve = world.browser();
    let there = eve.open(&app.begin().with("provider_hint", "social").url()).await;
    let back = social.receives(&there.at);
    let page = eve.visit(&app.begin().url()).await;
    let (mut form, at) = page.form_with(|button| button.value == "continue").unwrap();
    form.set("username", "eve");
    form.set("password", PASSWORD);
    let pressed = form.pressed(at);
    let fields: Vec<(&str, &str)> = pressed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut vic = world.browser();
    vic.visit(&app.begin().url()).await;
    let cross: &[(&str, &str)] = &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    for headers in [cross, &[("sec-fetch-site", "same-origin"), ("origin", "null")], &[]] {
        assert_eq!(vic.post_with(&page.at, &fields, headers).await.status, 403, "{headers:?}");
    }
    vic.open(&back).await.shows("Your browser didn't send its cookie");
    assert_eq!(signed_in_as(&world, &mut vic).await, None);
    world.finish().await;
}

async fn web_13_signing_in_changes_the_session_and_kills_the_old_one(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let app = world.app("app");
    let mut browser = world.browser();
    sign_in_by_password(&mut browser, &app, "vic", PASSWORD).await;
    let mut old = browser.clone();
    assert!(signed_in_as(&world, &mut old).await.is_some());
    world.provider("campus").will_assert(person("vic-at-campus", VIC, true));
    let begun = app.begin().with("prompt", "login").with("provider_hint", "campus");
    let answer = browser.visit(&begun.url()).await;
    assert_eq!(begun.finish(&answer).await.sub(), vic.subject.as_str());
    assert_ne!(old.jar.get("-session"), browser.jar.get("-session"));
    assert_eq!(signed_in_as(&world, &mut old).await, None, "the old value is dead");
    assert!(signed_in_as(&world, &mut browser).await.is_some());
    world.finish().await;
}
