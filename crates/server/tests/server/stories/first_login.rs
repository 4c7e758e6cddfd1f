//! The stories of the tour: the first login with an identity, and the ones after it.

use crate::people::*;
use domain::ProofKind;
use serde_json::json;
use testkit::{Place, Scene, on_every_database};

on_every_database!(in_memory:
    someone_new_gets_an_account,
    the_same_address_is_linked_by_mail_in_the_same_browser,
    the_same_address_is_linked_by_the_code_of_a_mail_opened_elsewhere,
    the_same_address_is_linked_by_the_accounts_password,
    a_trusted_provider_links_without_a_question,
    the_same_person_comes_back_without_a_question,
    an_attacker_with_a_strangers_address_gets_nowhere,
    a_missing_address_is_asked_for,
    whoever_changes_their_mind_starts_again,
    an_unproved_account_keeps_its_password_and_loses_its_address,
);

async fn someone_new_gets_an_account(place: Place) {
    let world = Scene::on(place).open().await;
    world.provider("campus").will_assert(person("ada-1", "ada@campus.example", true));
    let app = world.app("app");
    let mut browser = world.browser();
    let begun = app.begin();
    let page = browser.visit(&begun.url()).await.shows("Sign in");
    let answer = browser.choose(&page, "campus").await;
    let tokens = begun.finish(&answer).await;
    let claims = tokens.claims();
    assert_eq!(claims["nonce"], begun.nonce.as_str());
    assert_eq!(claims["amr"], json!(["fed"]));
    assert_eq!((&claims["email"], &claims["email_verified"]), (&json!("ada@campus.example"), &json!(true)));
    let userinfo = tokens.userinfo().await.unwrap();
    assert_eq!((&userinfo["sub"], &userinfo["given_name"]), (&claims["sub"], &json!("Vic")));
    let links = world.links_of(&world.account(&tokens.sub()).await).await;
    assert_eq!(links.len(), 1);
    assert!(links[0].primary && links[0].proof.kind == ProofKind::Created);
    world.finish().await;
}

async fn the_same_address_is_linked_by_mail_in_the_same_browser(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (begun, _) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let link = world.latest_to(VIC).await.link();
    let page = browser.open(&link).await.shows("Is this you?");
    let answer = browser.submit(&page, "continue", &[]).await;
    let tokens = begun.finish(&answer).await;
    assert_eq!(tokens.sub(), vic.subject.as_str());
    assert_eq!(tokens.claims()["amr"], json!(["fed", "mail"]));
    assert_eq!(world.links_of(&vic).await[0].proof.kind, ProofKind::Mailbox);
    assert!(world.latest_to(VIC).await.mail().subject.contains("A new way to sign in"));
    world.finish().await;
}

async fn the_same_address_is_linked_by_the_code_of_a_mail_opened_elsewhere(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (begun, page) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let code = code_elsewhere(&world, &world.latest_to(VIC).await.link()).await;
    let typed = format!("{} {}", &code[..4], &code[4..]);
    let answer = browser.submit(&page, "continue", &[("code", &typed)]).await;
    assert_eq!(begun.finish(&answer).await.sub(), vic.subject.as_str());
    world.finish().await;
}

async fn the_same_address_is_linked_by_the_accounts_password(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (begun, page) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let page = browser.press(&page, "Use the account's password").await.shows("Show us who you are");
    let page = browser.submit(&page, "continue", &[("password", "wrong password")]).await;
    assert!(page.text().contains("There is a problem") && !page.body.contains("wrong password"), "{}", page.text());
    let answer = browser.submit(&page, "continue", &[("password", PASSWORD)]).await;
    let tokens = begun.finish(&answer).await;
    assert_eq!(tokens.sub(), vic.subject.as_str());
    assert_eq!(tokens.claims()["amr"], json!(["fed", "pwd"]));
    assert_eq!(world.links_of(&vic).await[0].proof.kind, ProofKind::Password);
    world.finish().await;
}

async fn a_trusted_provider_links_without_a_question(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    world.provider("campus").will_assert(person("vic-at-campus", VIC, true));
    let tokens = sign_in_through(&mut world.browser(), &world.app("app"), "campus").await;
    assert_eq!(tokens.sub(), vic.subject.as_str());
    assert_eq!(world.links_of(&vic).await[0].proof.kind, ProofKind::TrustedAssertion);
    world.finish().await;
}

async fn the_same_person_comes_back_without_a_question(place: Place) {
    let world = Scene::on(place).open().await;
    world.provider("campus").will_assert(person("ada-1", "ada@campus.example", true));
    let (app, spa) = (world.app("app"), world.app("spa"));
    let mut browser = world.browser();
    let first = sign_in_through(&mut browser, &app, "campus").await;
    let begun = spa.begin();
    let answer = browser.visit(&begun.url()).await;
    assert_eq!(begun.finish(&answer).await.sub(), first.sub(), "another client, the same browser: not even a provider");
    assert_eq!(world.provider("campus").trips().len(), 1);
    world.provider("campus").will_assert(person("ada-1", "ada@married.example", true));
    let again = sign_in_through(&mut world.browser(), &app, "campus").await;
    assert_eq!(again.sub(), first.sub(), "another browser, another address, the same identity");
    assert_eq!(again.claims()["email"], "ada@campus.example", "the account's address is the account's own");
    world.finish().await;
}

async fn an_attacker_with_a_strangers_address_gets_nowhere(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut attacker = world.browser();
    let (_, page) = as_far_as_the_mail(&world, &mut attacker, "evil-1").await;
    for guess in ["00000000", "12345678", "99999999"] {
        assert_eq!(attacker.submit(&page, "continue", &[("code", guess)]).await.heading(), "Check your mail");
    }
    let page = attacker.press(&page, "Use the account's password").await;
    attacker.submit(&page, "continue", &[("password", "letmein-letmein")]).await.shows("Show us who you are");
    assert_eq!(world.links_of(&vic).await, []);
    assert_eq!(signed_in_as(&world, &mut attacker).await, None);
    world.finish().await;
}

async fn a_missing_address_is_asked_for(place: Place) {
    let world = Scene::on(place).open().await;
    world.provider("social").will_assert(json!({"sub": "bob-1", "preferred_username": "bob"}));
    let mut browser = world.browser();
    let (begun, page) = go_through(&mut browser, &world.app("app"), "social").await;
    let page = page.shows("Check your details");
    let page = browser.submit(&page, "continue", &[("email", "not an address")]).await.shows("Check your details");
    assert!(page.text().contains("There is a problem"), "{}", page.text());
    let answer = browser.submit(&page, "continue", &[("email", "bob@home.example")]).await;
    let claims = begun.finish(&answer).await.claims();
    assert_eq!((&claims["email"], &claims["email_verified"]), (&json!("bob@home.example"), &json!(false)));
    assert_eq!(claims["preferred_username"], "bob");
    world.finish().await;
}

async fn whoever_changes_their_mind_starts_again(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (begun, page) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let page = browser.submit(&page, "restart", &[]).await.shows("Sign in");
    world.provider("social").will_assert(person("other", "other@home.example", false));
    let answer = browser.choose(&page, "social").await;
    assert_ne!(begun.finish(&answer).await.claims()["email"], VIC);
    let (begun, page) = as_far_as_the_mail(&world, &mut world.browser(), "vic-at-social").await;
    let mut browser = world.browser();
    drop((begun, page));
    let (begun, page) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let left = browser.submit(&page, "leave", &[]).await;
    assert_eq!((left.query("error").as_deref(), left.query("state")), (Some("access_denied"), Some(begun.state)));
    world.finish().await;
}

async fn an_unproved_account_keeps_its_password_and_loses_its_address(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    let first = register(&mut world.browser(), &app, "vic", VIC, PASSWORD).await;
    let mut browser = world.browser();
    world.provider("social").will_assert(person("vic-at-social", VIC, false));
    let (begun, page) = go_through(&mut browser, &app, "social").await;
    let page = page.shows("Show us who you are");
    let page = browser.submit(&page, "continue", &[]).await.shows("Check your mail");
    let link = world.latest_to(VIC).await.link();
    let press = browser.open(&link).await.shows("Is this you?");
    let answer = browser.submit(&press, "continue", &[]).await;
    let fresh = begun.finish(&answer).await;
    assert_ne!(fresh.sub(), first.sub(), "whoever proves the mailbox takes the address to a fresh account: {}", page.at);
    assert_eq!(fresh.claims()["email_verified"], true);
    assert_eq!(world.account(&first.sub()).await.email, None);
    assert_eq!(sign_in_by_password(&mut world.browser(), &app, "vic", PASSWORD).await.sub(), first.sub());
    world.finish().await;
}
