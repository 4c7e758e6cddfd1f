//! Providers that are down, hang, talk nonsense, or say no.

use crate::people::*;
use testkit::{Place, Scene, Trouble, on_every_database};

on_every_database!(in_memory:
    a_provider_that_is_down_leaves_the_other_ways,
    a_provider_that_breaks_on_the_way_back_says_so,
    whoever_says_no_at_the_provider_is_back_at_the_login_page,
    oidc_rp_10_an_error_code_is_told_in_our_own_words,
    a_hinted_provider_that_is_down_leaves_the_login_page,
);

async fn a_provider_that_is_down_leaves_the_other_ways(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    world.provider("social").is_in(Trouble::Down);
    let mut browser = world.browser();
    let begun = world.app("app").begin();
    let page = browser.visit(&begun.url()).await.shows("Sign in");
    let page = browser.choose(&page, "social").await.shows("Sign in");
    assert!(page.text().contains("Social") && page.reference().is_some(), "{}", page.text());
    let answer = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    assert_eq!(begun.finish(&answer).await.sub(), vic.subject.as_str());
    world.finish().await;
}

async fn a_provider_that_breaks_on_the_way_back_says_so(place: Place) {
    let world = Scene::on(place).open().await;
    let social = world.provider("social");
    social.will_assert(person("new", "new@home.example", false));
    for trouble in [Trouble::Down, Trouble::Garbage, Trouble::Redirects, Trouble::Hangs] {
        social.is_in(Trouble::None);
        let mut browser = world.browser();
        let begun = world.app("app").begin().with("provider_hint", "social");
        let there = browser.open(&begun.url()).await;
        social.is_in(trouble);
        let page = browser.through(there).await;
        assert_eq!(page.heading(), "Sign in", "{trouble:?}");
        assert!(page.text().contains("Social") && page.reference().is_some(), "{trouble:?}: {}", page.text());
        social.is_in(Trouble::None);
        let answer = browser.choose(&page, "social").await;
        assert_eq!(begun.finish(&answer).await.claims()["email"], "new@home.example", "{trouble:?}: nothing is lost");
    }
    assert_eq!(world.accounts_with("new@home.example").await.len(), 1);
    world.finish().await;
}

async fn whoever_says_no_at_the_provider_is_back_at_the_login_page(place: Place) {
    let world = Scene::on(place).open().await;
    world.provider("social").will_refuse_with("access_denied");
    let mut browser = world.browser();
    let (begun, page) = go_through(&mut browser, &world.app("app"), "social").await;
    let left = browser.submit(&page.shows("Sign in"), "leave", &[]).await;
    assert_eq!((left.query("error").as_deref(), left.query("state")), (Some("access_denied"), Some(begun.state)));
    assert_eq!(world.provider("social").token_requests().len(), 0);
    world.finish().await;
}

async fn oidc_rp_10_an_error_code_is_told_in_our_own_words(place: Place) {
    let world = Scene::on(place).open().await;
    for error in ["temporarily_unavailable", "server_error", "login_required", "<script>alert(1)</script>", ""] {
        world.provider("social").will_refuse_with(error);
        let (_, page) = go_through(&mut world.browser(), &world.app("app"), "social").await;
        let page = page.shows("Sign in");
        assert!(page.text().contains("Social") && !page.body.contains("script"), "{error}: {}", page.text());
    }
    world.finish().await;
}

async fn a_hinted_provider_that_is_down_leaves_the_login_page(place: Place) {
    let world = Scene::on(place).open().await;
    world.provider("social").is_in(Trouble::Down);
    let mut browser = world.browser();
    let (_, page) = go_through(&mut browser, &world.app("app"), "social").await;
    let page = page.shows("Sign in");
    assert!(page.text().contains("Social"), "{}", page.text());
    browser.open(&page.at).await.shows("Sign in");
    world.finish().await;
}
