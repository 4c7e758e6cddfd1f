//! What people let clients learn.

use crate::people::*;
use testkit::{Place, Scene, on_every_database};

on_every_database!(in_memory: consent_is_asked_once_and_remembered, consent_can_be_refused, more_than_before_is_asked_again);

async fn consent_is_asked_once_and_remembered(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let desk = world.app("desk");
    let mut browser = world.browser();
    let begun = desk.begin();
    let page = browser.visit(&begun.url()).await;
    let page = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    let page = page.shows("Allow access for The desk?");
    assert!(page.text().contains("vic"), "{}", page.text());
    let answer = browser.submit(&page, "continue", &[]).await;
    let tokens = begun.finish(&answer).await;
    assert_eq!(tokens.claims()["email"], VIC);
    let begun = desk.begin();
    let answer = browser.visit(&begun.url()).await;
    assert_eq!(begun.finish(&answer).await.sub(), tokens.sub(), "not asked again");
    let page = browser.visit(&desk.begin().with("prompt", "consent").url()).await;
    page.shows("Allow access for The desk?");
    world.finish().await;
}

async fn consent_can_be_refused(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let begun = world.app("desk").begin();
    let page = browser.visit(&begun.url()).await;
    let page = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    let answer = browser.submit(&page, "refuse", &[]).await;
    assert_eq!((answer.query("error").as_deref(), answer.query("code")), (Some("access_denied"), None));
    assert_eq!(answer.query("state"), Some(begun.state));
    assert_eq!(signed_in_as(&world, &mut browser).await, None);
    world.finish().await;
}

async fn more_than_before_is_asked_again(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let desk = world.app("desk");
    let mut browser = world.browser();
    let begun = desk.begin().with("scope", "openid");
    let page = browser.visit(&begun.url()).await;
    let page = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    let answer = browser.submit(&page, "continue", &[]).await;
    assert_eq!(begun.finish(&answer).await.claims()["email"], serde_json::Value::Null);
    let page = browser.visit(&desk.begin().with("scope", "openid email").url()).await;
    page.shows("Allow access for The desk?");
    world.finish().await;
}
