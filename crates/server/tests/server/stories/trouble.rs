//! What goes wrong around a login, and the way on from there.

use crate::people::*;
use std::time::Duration;
use testkit::{Place, Scene, on_every_database};

on_every_database!(in_memory:
    a_deleted_cookie_has_a_way_on,
    a_page_from_another_browser_is_nothing_here,
    a_login_that_took_too_long_starts_again,
    a_wrong_address_is_a_page_with_a_reference,
);
on_every_database!(on_disk: a_disabled_provider_takes_nobody_in_flight);

async fn a_deleted_cookie_has_a_way_on(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let begun = world.app("app").begin();
    let page = browser.visit(&begun.url()).await;
    browser.jar.remove("-browser");
    let lost = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    let lost = lost.shows("Your browser didn't send its cookie");
    assert!(lost.reference().is_some());
    let page = browser.open(&lost.link("Start again").unwrap()).await.shows("Sign in");
    let answer = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    assert_eq!(begun.finish(&answer).await.sub(), vic.subject.as_str(), "the client's request is still there");
    world.finish().await;
}

async fn a_page_from_another_browser_is_nothing_here(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let page = world.browser().visit(&world.app("app").begin().url()).await;
    let mut other = world.browser();
    other.open(&page.at).await.shows("Your browser didn't send its cookie");
    other.visit(&world.app("app").begin().url()).await.shows("Sign in");
    let refused = other.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    assert_eq!(refused.status, 403);
    assert_eq!(signed_in_as(&world, &mut other).await, None);
    world.finish().await;
}

async fn a_login_that_took_too_long_starts_again(place: Place) {
    let world = Scene::on(place).limits(|limits| limits.login_lifetime = Duration::ZERO).open().await;
    let mut browser = world.browser();
    let page = browser.visit(&world.app("app").begin().url()).await.shows("This sign-in is over");
    assert!(page.reference().is_some() && page.status == 410);
    let way_on = page.link("Start again").unwrap();
    assert!(browser.get(&way_on).await.location().is_some());
    world.provider("campus").will_assert(person("ada-1", "ada@campus.example", true));
    let (_, answer) = go_through(&mut browser, &world.app("app"), "campus").await;
    let answer = answer.shows("This sign-in is over");
    assert!(answer.link("Start again").is_some());
    assert_eq!(world.accounts_with("ada@campus.example").await, []);
    world.finish().await;
}

async fn a_wrong_address_is_a_page_with_a_reference(place: Place) {
    let world = Scene::on(place).open().await;
    for path in
        ["/nowhere", "/login/nothing", "/mail/nothing", "/broker/campus/callback", "/broker/a b/callback", "/login//again"]
    {
        let answer = world.browser().get(&path.replace(' ', "%20")).await;
        assert!(answer.status.is_client_error() && answer.reference().is_some(), "{path}: {} {}", answer.status, answer.text());
    }
    world.finish().await;
}

async fn a_disabled_provider_takes_nobody_in_flight(place: Place) {
    let mut world = Scene::on(place).open().await;
    world.provider("campus").will_assert(person("ada-1", "ada@campus.example", true));
    let mut browser = world.browser();
    let there = browser.open(&world.app("app").begin().with("provider_hint", "campus").url()).await;
    let changed = world.start_node_with(|scene| scene.provider("campus", "enabled", "false")).await;
    browser.goes_to(&world.browser_at(changed));
    let no = browser.through(there).await;
    assert!(no.body.contains("provider-disabled"), "{}", no.text());
    assert!(no.link("Back to").is_some());
    assert_eq!(world.provider("campus").token_requests().len(), 0, "nobody was asked");
    assert_eq!(world.accounts_with("ada@campus.example").await, []);
    world.finish().await;
}
