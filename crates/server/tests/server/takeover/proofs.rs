//! Proofs: whose, for what, how often, and by whom.

use super::got_nothing;
use crate::people::*;
use serde_json::json;
use std::time::Duration;
use testkit::{Place, Scene, on_every_database};

on_every_database!(in_memory:
    ph_22_an_address_typed_at_the_review_is_only_a_claim,
    ph_23_a_proof_is_for_one_identity_in_one_login,
    ph_25_a_proof_is_used_once_and_dies_with_the_account,
    ph_61_a_secret_of_one_purpose_is_nothing_elsewhere,
    ph_64_a_mail_goes_to_the_stored_address_only,
    ph_67_codes_are_counted_and_a_new_mail_kills_the_old_code,
    ph_67_mails_to_one_address_are_bounded_over_all_logins,
);

async fn ph_22_an_address_typed_at_the_review_is_only_a_claim(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    world.provider("campus").will_assert(person("vic-at-campus", VIC, true));
    let vic = sign_in_through(&mut world.browser(), &app, "campus").await;
    let vic = world.account(&vic.sub()).await;
    let before = world.links_of(&vic).await;
    for provider in ["social", "campus"] {
        world.provider(provider).will_assert(json!({"sub": "evil", "email_verified": true}));
        let mut attacker = world.browser();
        let (_, page) = go_through(&mut attacker, &app, provider).await;
        let page = attacker.submit(&page.shows("Check your details"), "continue", &[("email", VIC)]).await;
        assert!(page.body.contains("no-proof-possible"), "the account has no password, and no mail is sent: {}", page.text());
        assert!(page.link("Back to").is_some() || page.form_with(|button| button.value == "restart").is_some(), "a way on");
        assert_eq!(signed_in_as(&world, &mut attacker).await, None);
    }
    assert_eq!(world.mails_to(VIC).await.len(), 0, "Vic is not even asked");
    assert_eq!(world.links_of(&vic).await, before);
    world.finish().await;
}

async fn ph_23_a_proof_is_for_one_identity_in_one_login(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let (mut browser, mut attacker) = (world.browser(), world.browser());
    let (_, page) = as_far_as_the_mail(&world, &mut attacker, "evil").await;
    let (begun, _) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let mails = world.mails_to(VIC).await;
    let [vics, attackers] = mails.as_slice() else { panic!("{}", mails.len()) };
    let press = attacker.open(&vics.link()).await.shows("Your code");
    assert!(press.forms().is_empty(), "there is nothing to press elsewhere");
    let vics_code = code_elsewhere(&world, &vics.link()).await;
    assert_eq!(attacker.submit(&page, "continue", &[("code", &vics_code)]).await.heading(), "Check your mail");
    got_nothing(&world, &mut attacker, &vic).await;
    let press = browser.open(&vics.link()).await.shows("Is this you?");
    let answer = browser.submit(&press, "continue", &[]).await;
    assert_eq!(begun.finish(&answer).await.sub(), vic.subject.as_str());
    let again = attacker.open(&page.at).await;
    assert_eq!(attacker.submit(&again, "continue", &[("code", &vics_code)]).await.heading(), "Check your mail");
    let links = world.links_of(&vic).await;
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].key.subject.as_str(), "vic-at-social");
    drop(attackers.link());
    assert_eq!(signed_in_as(&world, &mut attacker).await, None);
    world.finish().await;
}

async fn ph_25_a_proof_is_used_once_and_dies_with_the_account(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (begun, page) = as_far_as_the_mail(&world, &mut browser, "vic-at-social").await;
    let link = world.latest_to(VIC).await.link();
    let code = code_elsewhere(&world, &link).await;
    let press = browser.open(&link).await.shows("Is this you?");
    let answer = browser.submit(&page, "continue", &[("code", &code)]).await;
    begun.code(&answer);
    let second = browser.submit(&press, "continue", &[]).await;
    assert_eq!(begun.code(&second), begun.code(&answer), "the other path leads where the first one led");
    assert_eq!(world.recorded(domain::AuditKind::IdentityLinked).await, 1);
    browser.open(&link).await.shows("This link doesn't work any more");

    let mut browser = world.browser();
    let (_, page) = as_far_as_the_mail(&world, &mut browser, "vic-2").await;
    let link = world.latest_to(VIC).await.link();
    let code = code_elsewhere(&world, &link).await;
    world.set_enabled(&vic, false).await;
    world.set_enabled(&vic, true).await;
    assert_eq!(browser.submit(&page, "continue", &[("code", &code)]).await.heading(), "Check your mail", "its past died");
    let press = browser.open(&link).await;
    if press.form_with(|button| button.value == "continue").is_some() {
        browser.submit(&press, "continue", &[]).await.shows("This link doesn't work any more");
    }
    assert_eq!(world.links_of(&vic).await.len(), 1);
    world.finish().await;
}

async fn ph_61_a_secret_of_one_purpose_is_nothing_elsewhere(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let app = world.app("app");
    let mut browser = world.browser();
    let tokens = sign_in_by_password(&mut browser, &app, "vic", PASSWORD).await;
    let in_flight = app.begin();
    let arrived = browser.visit(&in_flight.url()).await;
    let mut waiting = world.browser();
    let (begun, page) = as_far_as_the_mail(&world, &mut waiting, "vic-at-social").await;
    let letter = world.latest_to(VIC).await;
    let state = world.provider("social").trips()[0]["state"].clone();
    let secrets = [
        ("mail token", letter.token()),
        ("mail code", code_elsewhere(&world, &letter.link()).await),
        ("code", in_flight.code(&arrived)),
        ("refresh token", tokens.get("refresh_token").to_owned()),
        ("access token", tokens.get("access_token").to_owned()),
        ("ID token", tokens.get("id_token").to_owned()),
        ("browser session", browser.jar.get("-session").unwrap().value.clone()),
        ("browser", browser.jar.get("-browser").unwrap().value.clone()),
        ("state", state),
        ("client secret", app.secret.clone().unwrap()),
    ];
    for (name, secret) in &secrets {
        if *name != "code" {
            assert_eq!(in_flight.trade(secret).await.error(), "invalid_grant", "{name} as a code");
        }
        if *name != "refresh token" {
            assert_eq!(app.refresh(secret).await.error(), "invalid_grant", "{name} as a refresh token");
        }
        if *name != "access token" {
            assert_eq!(app.userinfo(secret).await, None, "{name} as an access token");
        }
        let mut other = world.browser();
        if *name != "mail token" {
            assert_eq!(other.get(&format!("/mail/{secret}")).await.status, 410, "{name} as a mail's link");
        }
        assert_eq!(other.get(&format!("/login/{secret}")).await.status, 404, "{name} as a login");
        let forged = format!("/broker/social/callback?state={secret}&code=x");
        if *name != "state" {
            assert_eq!(other.get(&forged).await.status, 400, "{name} as a state");
        }
        if *name != "browser session" && secret.len() == 43 {
            other.jar.plant("__Host-braid-demo-session", secret);
            assert_eq!(signed_in_as(&world, &mut other).await, None, "{name} as a browser session");
        }
    }
    let code = &secrets[1].1;
    let answer = waiting.submit(&page, "continue", &[("code", code)]).await;
    assert!(begun.finish(&answer).await.status.is_success(), "and where it belongs it is still good");
    world.finish().await;
}

async fn ph_64_a_mail_goes_to_the_stored_address_only(place: Place) {
    let world = Scene::on(place).limits(|limits| limits.resend_after = Duration::ZERO).open().await;
    world.user("vic", "Vic@corp.example", PASSWORD, true).await;
    let mut attacker = world.browser();
    let (_, page) = {
        world.provider("social").will_assert(person("evil", "VIC@CORP.EXAMPLE", false));
        let (begun, page) = go_through(&mut attacker, &world.app("app"), "social").await;
        let (mut form, at) = page.form_with(|button| button.value == "continue").unwrap();
        form.set("email", "evil@home.example");
        form.set("to", "evil@home.example");
        (begun, attacker.go(&form, at).await.shows("Check your mail"))
    };
    let (mut form, at) = page.form_with(|button| button.value == "resend").unwrap();
    for field in ["email", "to", "address", "recipient", "username"] {
        form.set(field, "evil@home.example");
    }
    attacker.go(&form, at).await.shows("Check your mail");
    assert_eq!(world.mails_to("evil@home.example").await.len(), 0);
    assert_eq!(world.mails_to("Vic@corp.example").await.len(), 2, "as the account spells it");
    world.finish().await;
}

async fn ph_67_codes_are_counted_and_a_new_mail_kills_the_old_code(place: Place) {
    let world = Scene::on(place).limits(|limits| limits.resend_after = Duration::ZERO).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut attacker = world.browser();
    let (_, page) = as_far_as_the_mail(&world, &mut attacker, "evil").await;
    let code = code_elsewhere(&world, &world.latest_to(VIC).await.link()).await;
    let wrong = if code == "00000000" { "11111111" } else { "00000000" };
    for _ in 0..5 {
        attacker.submit(&page, "continue", &[("code", wrong)]).await.shows("Check your mail");
    }
    attacker.submit(&page, "continue", &[("code", &code)]).await.shows("Check your mail");
    attacker.clone().submit(&page, "continue", &[("code", &code)]).await.shows("Check your mail");
    let page = attacker.submit(&page, "resend", &[]).await.shows("Check your mail");
    attacker.submit(&page, "continue", &[("code", &code)]).await.shows("Check your mail");
    got_nothing(&world, &mut attacker, &vic).await;
    world.finish().await;
}

async fn ph_67_mails_to_one_address_are_bounded_over_all_logins(place: Place) {
    let world = Scene::on(place).limits(|limits| limits.mails_per_address = 3).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    for sub in 0..6 {
        as_far_as_the_mail(&world, &mut world.browser(), &format!("evil-{sub}")).await;
    }
    assert_eq!(world.mails_to(VIC).await.len(), 3);
    world.finish().await;
}
