//! Addresses of accounts: who may prove and change them, and what dies with that.

use crate::people::*;
use domain::{AuditKind, EmailAddress};
use serde_json::json;
use testkit::{Place, Scene, World, on_every_database};

on_every_database!(in_memory:
    ph_5_a_verification_counts_only_in_the_browser_that_asked,
    ph_9_a_pending_change_dies_with_a_new_password,
    ph_10_a_mail_about_somebody_elses_account_takes_nobody_into_it,
    ph_18_only_the_verification_proves_the_address,
    ph_19_nobody_calls_their_own_address_verified,
    rel_14_of_two_changes_the_last_one_counts,
    rel_14_parallel_changes_have_one_winner,
);

const HOME: &str = "vic@home.example";

async fn has_proved(world: &World, sub: &str, address: &str) -> bool {
    world.account(sub).await.has_proved(&EmailAddress::parse(address).unwrap())
}

async fn ph_5_a_verification_counts_only_in_the_browser_that_asked(place: Place) {
    let world = Scene::on(place).open().await;
    let mut attacker = world.browser();
    let trap = register(&mut attacker, &world.app("app"), "trap", VIC, PASSWORD).await;
    let begun = world.app("app").begin().with("kc_action", "VERIFY_EMAIL");
    let waiting = attacker.visit(&begun.url()).await.shows("Check your mail");
    let link = world.latest_to(VIC).await.link();
    let mut vic = world.browser();
    let page = vic.open(&link).await.shows("Your code");
    assert!(page.forms().is_empty() && page.text().contains("trap") && page.text().contains(VIC), "{}", page.text());
    assert_eq!(signed_in_as(&world, &mut vic).await, None, "VIC never ends inside the account");
    attacker.submit(&waiting, "continue", &[("code", "00000000")]).await.shows("Check your mail");
    assert!(!has_proved(&world, &trap.sub(), VIC).await);
    world.finish().await;
}

async fn ph_9_a_pending_change_dies_with_a_new_password(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut attacker = world.browser();
    let (_, page) = goes_to(&world, &mut attacker, "change-address", "vic").await;
    attacker.submit(&page, "continue", &[("email", "evil@home.example")]).await.shows("Check your mail");
    let link = world.latest_to("evil@home.example").await.link();
    let press = attacker.open(&link).await.shows("Is this you?");
    assert!(press.text().contains("vic") && press.text().contains("evil@home.example"), "both are named: {}", press.text());
    recover(&world, &mut world.browser(), "vic", VIC, "another horse battery").await;
    attacker.submit(&press, "continue", &[]).await.shows("This link doesn't work any more");
    assert!(has_proved(&world, vic.subject.as_str(), VIC).await);
    assert_eq!(signed_in_as(&world, &mut attacker).await, None);
    world.finish().await;
}

async fn ph_10_a_mail_about_somebody_elses_account_takes_nobody_into_it(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("evil", "evil@home.example", PASSWORD, true).await;
    let mut attacker = world.browser();
    let (_, page) = goes_to(&world, &mut attacker, "change-address", "evil").await;
    let free = attacker.submit(&page, "continue", &[("email", VIC)]).await.shows("Check your mail");
    let mut browser = world.browser();
    let page = browser.open(&world.latest_to(VIC).await.link()).await.shows("Your code");
    assert!(page.forms().is_empty() && page.text().contains("evil") && page.text().contains(VIC));
    assert_eq!(signed_in_as(&world, &mut browser).await, None);
    // Once somebody has proved the address, nothing but a mail that says so goes there.
    world.user("bob", "bob@corp.example", PASSWORD, true).await;
    let (_, page) = goes_to(&world, &mut world.browser(), "change-address", "evil").await;
    let mut again = world.browser();
    drop(page);
    let (_, page) = goes_to(&world, &mut again, "change-address", "evil").await;
    let taken = again.submit(&page, "continue", &[("email", "bob@corp.example")]).await.shows("Check your mail");
    assert_eq!(taken.text().replace("bob@corp.example", "…"), free.text().replace(VIC, "…"), "the page doesn't tell");
    let mail = world.latest_to("bob@corp.example").await;
    assert!(mail.mail().text.contains("exists already") && !mail.mail().text.contains("/mail/"));
    world.finish().await;
}

async fn ph_18_only_the_verification_proves_the_address(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    let mut browser = world.browser();
    let before = register(&mut browser, &app, "vic", VIC, PASSWORD).await;
    assert_eq!(before.claims()["email_verified"], false);
    let begun = app.begin().with("braid-action", "verify-address");
    browser.visit(&begun.url()).await.shows("Check your mail");
    let mail = world.latest_to(VIC).await;
    let press = browser.open(&mail.link()).await.shows("Is this you?");
    assert!(!has_proved(&world, &before.sub(), VIC).await, "looking proves nothing");
    let after = begun.finish(&browser.submit(&press, "continue", &[]).await).await;
    assert_eq!((after.sub(), &after.claims()["email_verified"]), (before.sub(), &json!(true)));
    assert_eq!(world.recorded(AuditKind::AddressProved).await, 1);
    assert_eq!(before.userinfo().await, None, "what lived on the account before is dead");
    assert_eq!(signed_in_as(&world, &mut browser).await, Some(after.sub()), "and this browser goes on");
    let again = browser.visit(&app.begin().with("braid_action", "verify-address").url()).await;
    assert!(again.query("code").is_some(), "there is nothing left to prove");
    world.finish().await;
}

async fn ph_19_nobody_calls_their_own_address_verified(place: Place) {
    let world = Scene::on(place).open().await;
    let mut attacker = world.browser();
    let begun = world.app("app").begin().with("prompt", "create").with("email_verified", "true");
    let page = attacker.visit(&begun.url()).await.shows("Create an account");
    let (mut form, at) = page.form_with(|button| button.value == "continue").unwrap();
    form.set("username", "evil");
    form.set("email", VIC);
    form.set("password", PASSWORD);
    for name in ["email_verified", "emailVerified", "is_verified", "email[verified]", "email.proof", "proof", "provenance"] {
        form.set(name, "true");
    }
    let answer = attacker.go(&form, at).await;
    let tokens = begun.finish(&answer).await;
    assert_eq!(tokens.claims()["email_verified"], false);
    let waiting = attacker.visit(&world.app("app").begin().with("braid_action", "verify-address").url()).await;
    let waiting = waiting.shows("Check your mail");
    let mail = world.latest_to(VIC).await;
    let code = code_elsewhere(&world, &mail.link()).await;
    assert!(!waiting.body.contains(&code) && !waiting.body.contains(&mail.token()), "the caller never gets the code");
    assert!(!has_proved(&world, &tokens.sub(), VIC).await);
    world.finish().await;
}

async fn rel_14_of_two_changes_the_last_one_counts(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let (mut one, mut two) = (world.browser(), world.browser());
    let (_, page) = goes_to(&world, &mut one, "change-address", "vic").await;
    one.submit(&page, "continue", &[("email", "first@home.example")]).await.shows("Check your mail");
    let (begun, page) = goes_to(&world, &mut two, "change-address", "vic").await;
    two.submit(&page, "continue", &[("email", HOME)]).await.shows("Check your mail");
    one.open(&world.latest_to("first@home.example").await.link()).await.shows("This link doesn't work any more");
    let press = two.open(&world.latest_to(HOME).await.link()).await.shows("Is this you?");
    let after = begun.finish(&two.submit(&press, "continue", &[]).await).await;
    assert_eq!((after.sub().as_str(), &after.claims()["email"]), (vic.subject.as_str(), &json!(HOME)));
    assert!(world.latest_to(VIC).await.mail().text.contains("doesn't belong to it any more"), "the old address is told");
    assert_eq!(signed_in_as(&world, &mut one).await, None);
    world.finish().await;
}

async fn rel_14_parallel_changes_have_one_winner(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let (mut one, mut two) = (world.browser(), world.browser());
    let (_, first) = goes_to(&world, &mut one, "change-address", "vic").await;
    let (_, second) = goes_to(&world, &mut two, "change-address", "vic").await;
    let (first, second) = tokio::join!(
        one.submit(&first, "continue", &[("email", "first@home.example")]),
        two.submit(&second, "continue", &[("email", "second@home.example")])
    );
    drop((first.shows("Check your mail"), second.shows("Check your mail")));
    let mut presses = Vec::new();
    for (browser, address) in [(&mut one, "first@home.example"), (&mut two, "second@home.example")] {
        let page = browser.open(&world.latest_to(address).await.link()).await;
        presses.extend(page.form_with(|button| button.value == "continue").is_some().then_some((browser, page, address)));
    }
    let [(browser, press, address)] = presses.as_mut_slice() else { panic!("{} mails are alive", presses.len()) };
    browser.submit(press, "continue", &[]).await;
    assert!(has_proved(&world, vic.subject.as_str(), address).await);
    world.finish().await;
}
