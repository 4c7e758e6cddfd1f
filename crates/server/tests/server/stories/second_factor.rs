//! The second factor: how it is set up, what it is asked for, and what counts.

use crate::people::*;
use domain::{AuditKind, User};
use serde_json::json;
use testkit::{Answer, Begun, Browser, Phone, Place, Scene, World, on_every_database};

on_every_database!(in_memory:
    whoever_has_one_shows_a_code_after_the_password,
    whoever_comes_from_a_provider_shows_one_too,
    one_is_set_up_when_an_application_asks_for_it,
    a_phone_takes_the_place_of_another_one_after_a_code_of_that,
    a_session_that_showed_a_code_counts_until_a_fresh_login_is_wanted,
    a_new_identity_is_linked_after_a_code_of_the_account,
    an_administrator_takes_it_away_and_the_password_is_enough,
    a_code_that_is_sent_twice_leads_on_all_the_same,
    the_page_with_the_key_is_kept_nowhere,
);

pub(crate) const ASKS: &str = "Enter a code from your authenticator app";
pub(crate) const SETS_UP: &str = "Set up an authenticator app";

/// Vic, who has a phone.
pub(crate) async fn vic_with_a_phone(world: &World) -> (User, Phone) {
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let phone = world.phone_of(&vic).await;
    (vic, phone)
}

/// As far as the page that asks for a code.
pub(crate) async fn gives_the_password(world: &World, browser: &mut Browser) -> (Begun, Answer) {
    let begun = world.app("app").begin().with("prompt", "login");
    let page = browser.visit(&begun.url()).await.shows("Sign in");
    let page = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    (begun, page.shows(ASKS))
}

pub(crate) async fn types(browser: &mut Browser, page: &Answer, code: &str) -> Answer {
    browser.submit(page, "continue", &[("code", code)]).await
}

async fn whoever_has_one_shows_a_code_after_the_password(place: Place) {
    let world = Scene::on(place).open().await;
    let (vic, mut phone) = vic_with_a_phone(&world).await;
    let mut browser = world.browser();
    let (begun, page) = gives_the_password(&world, &mut browser).await;
    assert!(page.text().contains("signing in as vic"), "{}", page.text());
    assert_eq!(signed_in_as(&world, &mut browser).await, None, "the password alone opens nothing");
    for (code, said) in
        [(phone.wrong_code(), "isn't the code"), ("12 34".into(), "isn't the code"), (String::new(), "Enter the code")]
    {
        let page = types(&mut browser, &page, &code).await.shows(ASKS);
        assert!(page.text().contains(said), "{code}: {}", page.text());
    }
    let page = browser.open(&page.at).await;
    let code = phone.code();
    let tokens = begun.finish(&types(&mut browser, &page, &format!("{} {}", &code[..3], &code[3..])).await).await;
    assert_eq!((tokens.sub().as_str(), &tokens.claims()["amr"]), (vic.subject.as_str(), &json!(["mfa", "otp", "pwd"])));
    // The code is used up for everybody; the next one is good.
    let mut other = world.browser();
    let (begun, page) = gives_the_password(&world, &mut other).await;
    let page = types(&mut other, &page, &phone.same_code()).await.shows(ASKS);
    assert!(page.text().contains("used already"), "{}", page.text());
    assert_eq!(begun.finish(&types(&mut other, &page, &phone.code()).await).await.sub(), vic.subject.as_str());
    world.finish().await;
}

async fn whoever_comes_from_a_provider_shows_one_too(place: Place) {
    let world = Scene::on(place).open().await;
    world.provider("campus").will_assert(person("vic-at-campus", VIC, true));
    let sub = sign_in_through(&mut world.browser(), &world.app("app"), "campus").await.sub();
    let mut phone = world.phone_of(&world.account(&sub).await).await;
    let mut browser = world.browser();
    let (begun, page) = go_through(&mut browser, &world.app("app"), "campus").await;
    let page = types(&mut browser, &page.shows(ASKS), &phone.wrong_code()).await.shows(ASKS);
    let tokens = begun.finish(&types(&mut browser, &page, &phone.code()).await).await;
    assert_eq!((tokens.sub(), &tokens.claims()["amr"]), (sub, &json!(["fed", "otp"])), "what the provider asked for isn't known");
    world.finish().await;
}

async fn one_is_set_up_when_an_application_asks_for_it(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut elsewhere = world.browser();
    let before = sign_in_by_password(&mut elsewhere, &world.app("app"), "vic", PASSWORD).await;
    let mut browser = world.browser();
    let (begun, page) = goes_to(&world, &mut browser, "second-factor", "vic").await;
    let page = page.shows(SETS_UP);
    let mut phone = Phone::reads(&page);
    assert_eq!((phone.issuer.as_str(), phone.account.as_str()), ("Demo", "vic"));
    let groups: Vec<&str> = phone.seed.reveal().as_bytes().chunks(4).map(|four| str::from_utf8(four).unwrap()).collect();
    assert!(page.text().contains(&groups.join(" ")), "{}", page.text());
    let page = types(&mut browser, &page, &phone.wrong_code()).await.shows(SETS_UP);
    assert_eq!(Phone::reads(&page).seed, phone.seed, "the key stays, so that the phone need not be set up again");
    assert!(!world.account(vic.subject.as_str()).await.has_one_time_codes, "it counts once a code of it was typed");
    let tokens = begun.finish(&types(&mut browser, &page, &phone.code()).await).await;
    assert_eq!((tokens.sub().as_str(), &tokens.claims()["amr"]), (vic.subject.as_str(), &json!(["mfa", "otp", "pwd"])));
    assert_eq!(signed_in_as(&world, &mut browser).await.as_deref(), Some(vic.subject.as_str()), "and is signed in");
    assert_eq!(signed_in_as(&world, &mut elsewhere).await, None, "what lived on the account without it is over");
    assert_eq!(before.refresh().await.error(), "invalid_grant");
    assert_eq!(world.recorded(AuditKind::SecondFactorSet).await, 1);
    assert!(world.latest_to(VIC).await.mail().subject.contains("second factor"), "the owner is told");
    let (begun, page) = gives_the_password(&world, &mut elsewhere).await;
    let page = types(&mut elsewhere, &page, &phone.same_code()).await.shows(ASKS);
    assert!(page.text().contains("used already"), "the code that set it up is used up: {}", page.text());
    begun.finish(&types(&mut elsewhere, &page, &phone.code()).await).await.sub();
    world.finish().await;
}

async fn a_phone_takes_the_place_of_another_one_after_a_code_of_that(place: Place) {
    let world = Scene::on(place).open().await;
    let (_, mut old) = vic_with_a_phone(&world).await;
    let mut browser = world.browser();
    let (begun, page) = goes_to(&world, &mut browser, "second-factor", "vic").await;
    let page = types(&mut browser, &page.shows(ASKS), &old.wrong_code()).await.shows(ASKS);
    let page = types(&mut browser, &page, &old.code()).await.shows(SETS_UP);
    assert!(page.text().contains("takes the place"), "{}", page.text());
    let mut new = Phone::reads(&page);
    begun.finish(&types(&mut browser, &page, &new.code()).await).await.sub();
    let mut other = world.browser();
    let (begun, page) = gives_the_password(&world, &mut other).await;
    let page = types(&mut other, &page, &old.code()).await.shows(ASKS);
    assert!(page.text().contains("isn't the code"), "{}", page.text());
    begun.finish(&types(&mut other, &page, &new.code()).await).await.sub();
    world.finish().await;
}

async fn a_session_that_showed_a_code_counts_until_a_fresh_login_is_wanted(place: Place) {
    let world = Scene::on(place).open().await;
    let (vic, mut phone) = vic_with_a_phone(&world).await;
    let mut browser = world.browser();
    let (begun, page) = gives_the_password(&world, &mut browser).await;
    begun.finish(&types(&mut browser, &page, &phone.code()).await).await.sub();
    let silent = world.app("app").begin().with("prompt", "none");
    let tokens = silent.finish(&browser.visit(&silent.url()).await).await;
    assert_eq!((tokens.sub().as_str(), &tokens.claims()["amr"]), (vic.subject.as_str(), &json!(["mfa", "otp", "pwd"])));
    let (begun, page) = gives_the_password(&world, &mut browser).await;
    begun.finish(&types(&mut browser, &page, &phone.code()).await).await.sub();
    world.finish().await;
}

async fn a_new_identity_is_linked_after_a_code_of_the_account(place: Place) {
    let world = Scene::on(place).open().await;
    let (vic, mut phone) = vic_with_a_phone(&world).await;
    // A provider whose word for the address is taken…
    world.provider("campus").will_assert(person("vic-at-campus", VIC, true));
    let mut browser = world.browser();
    let (begun, page) = go_through(&mut browser, &world.app("app"), "campus").await;
    let page = types(&mut browser, &page.shows(ASKS), &phone.wrong_code()).await.shows(ASKS);
    assert_eq!(world.links_of(&vic).await, []);
    assert_eq!(begun.finish(&types(&mut browser, &page, &phone.code()).await).await.sub(), vic.subject.as_str());
    assert_eq!(world.links_of(&vic).await.len(), 1);
    // …and one where the account is proved with its password.
    world.provider("social").will_assert(person("vic-at-social", VIC, false));
    let mut browser = world.browser();
    let (begun, page) = go_through(&mut browser, &world.app("app"), "social").await;
    let page = browser.submit(&page.shows("Show us who you are"), "continue", &[]).await.shows("Check your mail");
    let page = browser.press(&page, "Use the account's password").await.shows("Show us who you are");
    let page = browser.submit(&page, "continue", &[("password", PASSWORD)]).await.shows(ASKS);
    assert!(page.text().contains(&format!("signing in as {VIC}.")), "by the address that they brought: {}", page.text());
    assert_eq!(world.links_of(&vic).await.len(), 1);
    assert_eq!(begun.finish(&types(&mut browser, &page, &phone.code()).await).await.sub(), vic.subject.as_str());
    assert_eq!(world.links_of(&vic).await.len(), 2);
    world.finish().await;
}

async fn an_administrator_takes_it_away_and_the_password_is_enough(place: Place) {
    let world = Scene::on(place).open().await;
    let (vic, mut phone) = vic_with_a_phone(&world).await;
    let mut browser = world.browser();
    let (begun, page) = gives_the_password(&world, &mut browser).await;
    begun.finish(&types(&mut browser, &page, &phone.code()).await).await.sub();
    let by = persistence::ByHand { by: "help desk".into(), reason: "lost phone, seen in person".into() };
    world.store().remove_second_factor(world.realm(), vic.id, &by, server::now()).await.unwrap().unwrap();
    assert_eq!(signed_in_as(&world, &mut browser).await, None);
    let tokens = sign_in_by_password(&mut browser, &world.app("app"), "vic", PASSWORD).await;
    assert_eq!((tokens.sub().as_str(), &tokens.claims()["amr"]), (vic.subject.as_str(), &json!(["pwd"])));
    world.finish().await;
}

async fn a_code_that_is_sent_twice_leads_on_all_the_same(place: Place) {
    let world = Scene::on(place).open().await;
    let (vic, mut phone) = vic_with_a_phone(&world).await;
    let mut browser = world.browser();
    let (begun, page) = gives_the_password(&world, &mut browser).await;
    let (code, mut second) = (phone.code(), browser.clone());
    let (one, other) = tokio::join!(types(&mut browser, &page, &code), types(&mut second, &page, &code));
    assert_eq!(begun.code(&one), begun.code(&other), "a double click is no second use");
    assert_eq!(begun.finish(&one).await.sub(), vic.subject.as_str());
    world.finish().await;
}

async fn the_page_with_the_key_is_kept_nowhere(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (_, page) = goes_to(&world, &mut browser, "second-factor", "vic").await;
    let page = page.shows(SETS_UP);
    assert!(page.header("cache-control").contains("no-store"), "{:?}", page.headers);
    assert!(page.header("content-security-policy").contains("default-src 'none'"), "{:?}", page.headers);
    let seed = Phone::reads(&page).seed;
    assert!(page.body.matches(seed.reveal()).count() == 1, "in its link only; the picture and the letters say it their way");
    let again = browser.open(&page.at).await;
    assert_eq!(Phone::reads(&again).seed, seed, "a reload shows the same key");
    let stranger = world.browser().open(&page.at).await;
    assert!(!stranger.body.contains("otpauth:"), "{}", stranger.text());
    world.finish().await;
}
