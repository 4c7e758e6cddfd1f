//! Forms that leave out a stage.

use crate::people::*;
use serde_json::json;
use testkit::{Answer, Browser, Place, Scene, on_every_database};

on_every_database!(in_memory: ph_63_an_empty_or_strange_form_stays_where_it_is);

/// Sends what nobody could have pressed, and stays on the page.
async fn stays(browser: &mut Browser, page: &Answer) {
    let form = page.forms().into_iter().find(|form| form.field("csrf").is_some()).unwrap();
    let (csrf, step) = (form.field("csrf").unwrap(), form.field("step").unwrap());
    let tries: [&[(&str, &str)]; 7] = [
        &[("csrf", csrf)],
        &[("csrf", csrf), ("step", step)],
        &[("csrf", csrf), ("step", step), ("action", "")],
        &[("csrf", csrf), ("step", step), ("action", "finish")],
        &[("csrf", csrf), ("step", ""), ("action", "continue")],
        &[("csrf", csrf), ("step", step), ("action", "way"), ("way", "99")],
        &[("csrf", csrf), ("step", "end"), ("action", "continue"), ("user", "vic"), ("code", "1"), ("password", "x")],
    ];
    for form in tries {
        let sent = browser.post(&page.at, form).await;
        let now = browser.open(sent.location().unwrap_or(&page.at)).await;
        assert_eq!(now.heading(), page.heading(), "{form:?}");
    }
}

async fn ph_63_an_empty_or_strange_form_stays_where_it_is(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    world.provider("social").will_assert(json!({"sub": "evil", "email": VIC}));
    let mut browser = world.browser();
    let begun = world.app("desk").begin();
    let page = browser.visit(&begun.url()).await.shows("Sign in");
    stays(&mut browser, &page).await;
    let register = browser.clone().press(&page, "Create an account").await.shows("Create an account");
    stays(&mut browser, &register).await;
    let page = browser.open(&page.at).await;
    let page = if page.heading() == "Sign in" { page } else { browser.press(&page, "Start again").await };
    let page = browser.choose(&page, "social").await.shows("Show us who you are");
    stays(&mut browser, &page).await;
    let page = browser.submit(&page, "continue", &[]).await.shows("Check your mail");
    stays(&mut browser, &page).await;
    let page = browser.press(&page, "Use the account's password").await.shows("Show us who you are");
    stays(&mut browser, &page).await;
    assert_eq!(world.links_of(&vic).await, []);
    let page = browser.submit(&page, "continue", &[("password", PASSWORD)]).await.shows("Allow access for The desk?");
    stays(&mut browser, &page).await;
    let answer = browser.submit(&page, "continue", &[]).await;
    assert_eq!(begun.finish(&answer).await.sub(), vic.subject.as_str());
    world.finish().await;
}
