//! The same thing twice: back buttons, reloads, double clicks, two tabs.

use crate::people::*;
use testkit::{Place, Scene, on_every_database};

on_every_database!(in_memory:
    the_back_button_leads_to_the_current_page,
    a_finished_login_repeats_its_redirect,
    a_double_click_has_one_effect,
    two_tabs_of_one_login_have_one_effect,
    two_logins_in_two_tabs_finish_both,
    a_reloaded_callback_changes_nothing,
    web_32_pressing_twice_in_the_mail_is_no_dead_end,
);

async fn the_back_button_leads_to_the_current_page(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    world.provider("social").will_assert(person("vic-at-social", VIC, false));
    let mut browser = world.browser();
    let (_, exists) = go_through(&mut browser, &world.app("app"), "social").await;
    let mail = browser.submit(&exists, "continue", &[]).await.shows("Check your mail");
    browser.submit(&exists, "continue", &[]).await.shows("Check your mail");
    browser.submit(&exists, "restart", &[]).await.shows("Check your mail");
    assert_eq!(world.mails_to(VIC).await.len(), 1);
    browser.submit(&mail, "restart", &[]).await.shows("Sign in");
    world.finish().await;
}

async fn a_finished_login_repeats_its_redirect(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let begun = world.app("app").begin();
    let page = browser.visit(&begun.url()).await;
    let first = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    let reloaded = browser.open(&page.at).await;
    assert_eq!(begun.code(&reloaded), begun.code(&first));
    world.browser().open(&page.at).await.shows("Your browser didn't send its cookie");
    assert_eq!(world.recorded(domain::AuditKind::SignedIn).await, 1);
    world.finish().await;
}

async fn a_double_click_has_one_effect(place: Place) {
    let world = Scene::on(place).open().await;
    let begun = world.app("app").begin().with("prompt", "create");
    let mut browser = world.browser();
    let page = browser.visit(&begun.url()).await;
    let fields = [("username", "ada"), ("email", "ada@home.example"), ("password", PASSWORD)];
    let mut second = browser.clone();
    let (one, other) = tokio::join!(browser.submit(&page, "continue", &fields), second.submit(&page, "continue", &fields));
    assert_eq!(begun.code(&one), begun.code(&other), "both windows end at the client, with the same code");
    assert_eq!(world.accounts_with("ada@home.example").await.len(), 1);
    assert_eq!(world.recorded(domain::AuditKind::SignedIn).await, 1);
    world.finish().await;
}

async fn two_tabs_of_one_login_have_one_effect(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let begun = world.app("app").begin();
    let tab = browser.visit(&begun.url()).await;
    let other = browser.open(&tab.at).await.shows("Sign in");
    let there = browser.leave_for(&tab, "social").await;
    browser.submit(&other, "continue", &[("username", "vic"), ("password", PASSWORD)]).await.shows("Go on at Social");
    world.provider("social").will_assert(person("new", "new@home.example", false));
    let answer = browser.through(there).await;
    assert_eq!(begun.finish(&answer).await.claims()["email"], "new@home.example");
    world.finish().await;
}

async fn two_logins_in_two_tabs_finish_both(place: Place) {
    let world = Scene::on(place).open().await;
    let (app, spa) = (world.app("app"), world.app("spa"));
    let mut browser = world.browser();
    let (one, other) = (app.begin().with("provider_hint", "social"), spa.begin().with("provider_hint", "social"));
    let at_one = browser.open(&one.url()).await;
    let at_other = browser.open(&other.url()).await;
    let social = world.provider("social");
    social.will_assert(person("new", "new@home.example", false));
    let (back_one, back_other) = (social.receives(&at_one.at), social.receives(&at_other.at));
    let second = browser.open(&back_other).await;
    let first = browser.open(&back_one).await;
    let (first, second) = (one.finish(&first).await, other.finish(&second).await);
    assert_eq!(first.sub(), second.sub());
    world.finish().await;
}

async fn a_reloaded_callback_changes_nothing(place: Place) {
    let world = Scene::on(place).open().await;
    let social = world.provider("social");
    social.will_assert(person("new", "new@home.example", false));
    let begun = world.app("app").begin().with("provider_hint", "social");
    let mut browser = world.browser();
    let there = browser.open(&begun.url()).await;
    let back = social.receives(&there.at);
    let first = browser.open(&back).await;
    let again = browser.open(&back).await;
    assert_eq!(begun.code(&first), begun.code(&again));
    assert_eq!(social.token_requests().len(), 1, "the provider's code is never tried again");
    world.finish().await;
}

async fn web_32_pressing_twice_in_the_mail_is_no_dead_end(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (begun, _) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let page = browser.open(&world.latest_to(VIC).await.link()).await.shows("Is this you?");
    let first = browser.submit(&page, "continue", &[]).await;
    let again = browser.submit(&page, "continue", &[]).await;
    assert_eq!(begun.code(&again), begun.code(&first), "{}", again.text());
    world.finish().await;
}
