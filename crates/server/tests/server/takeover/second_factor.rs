//! Whoever has one factor of an account, and not the other.

use super::got_nothing;
use crate::people::*;
use crate::stories::second_factor::{ASKS, SETS_UP, gives_the_password, types, vic_with_a_phone};
use domain::AuditKind;
use testkit::{Phone, Place, Scene, on_every_database};

on_every_database!(in_memory:
    ph_48_a_mailbox_alone_opens_no_account_with_a_second_factor,
    ph_62_a_new_password_is_no_way_around_the_second_factor,
    ph_67_one_time_codes_are_counted_over_all_logins,
    a_signed_in_browser_sets_up_no_second_factor,
    ph_4_a_second_factor_ends_what_lived_without_it,
    a_closed_account_is_opened_by_no_code,
);

async fn ph_48_a_mailbox_alone_opens_no_account_with_a_second_factor(place: Place) {
    let world = Scene::on(place).open().await;
    let (vic, phone) = vic_with_a_phone(&world).await;
    // Whoever reads the mailbox comes with an identity of their own.
    let mut attacker = world.browser();
    let (_, page) = as_far_as_the_mail(&world, &mut attacker, "evil").await;
    let code = code_elsewhere(&world, &world.latest_to(VIC).await.link()).await;
    let page = types(&mut attacker, &page, &code).await.shows(ASKS);
    types(&mut attacker, &page, &phone.wrong_code()).await.shows(ASKS);
    got_nothing(&world, &mut attacker, &vic).await;
    // The wish to prove the address doesn't help either.
    let begun = world.app("app").begin().with("braid_action", "verify-address");
    attacker.visit(&begun.url()).await.shows("Sign in");
    got_nothing(&world, &mut attacker, &vic).await;
    world.finish().await;
}

async fn ph_62_a_new_password_is_no_way_around_the_second_factor(place: Place) {
    let world = Scene::on(place).open().await;
    let (vic, mut phone) = vic_with_a_phone(&world).await;
    let mut attacker = world.browser();
    forgot(&world, &mut attacker, "vic").await;
    let press = attacker.open(&world.latest_to(VIC).await.link()).await.shows("Is this you?");
    let page = attacker.submit(&press, "continue", &[]).await.shows("Choose a new password");
    let page = attacker.submit(&page, "continue", &[("password", "another horse battery")]).await.shows(ASKS);
    let (form, _) = page.form_with(|button| button.value == "continue").unwrap();
    let (csrf, step) = (form.field("csrf").unwrap(), form.field("step").unwrap());
    for button in ["continue", "resend", "way", "review", "leave", ""] {
        let pressed = [("csrf", csrf), ("step", step), ("action", button), ("way", "0"), ("password", "another horse battery")];
        attacker.clone().post(&page.at, &pressed).await;
        got_nothing(&world, &mut attacker.clone(), &vic).await;
    }
    let begun = world.app("app").begin().with("prompt", "login");
    let page = attacker.visit(&begun.url()).await.shows("Sign in");
    let page =
        attacker.submit(&page, "continue", &[("username", "vic"), ("password", "another horse battery")]).await.shows(ASKS);
    got_nothing(&world, &mut attacker, &vic).await;
    // Nor is setting up another one: that wants a code of the one that is there.
    let action = attacker.visit(&world.app("app").begin().with("braid_action", "second-factor").url()).await.shows("Sign in");
    attacker.submit(&action, "continue", &[("username", "vic"), ("password", "another horse battery")]).await.shows(ASKS);
    assert!(world.latest_to(VIC).await.mail().text.contains("was changed"), "the owner hears of it");
    assert_eq!(begun.finish(&types(&mut attacker, &page, &phone.code()).await).await.sub(), vic.subject.as_str());
    world.finish().await;
}

async fn ph_67_one_time_codes_are_counted_over_all_logins(place: Place) {
    let world = Scene::on(place).limits(|limits| limits.one_time_codes_per_account = 4).open().await;
    let (vic, mut phone) = vic_with_a_phone(&world).await;
    for _ in 0..2 {
        let mut attacker = world.browser();
        let (_, page) = gives_the_password(&world, &mut attacker).await;
        let page = types(&mut attacker, &page, &phone.wrong_code()).await.shows(ASKS);
        types(&mut attacker, &page, &phone.wrong_code()).await.shows(ASKS);
    }
    let mut attacker = world.browser();
    let (_, page) = gives_the_password(&world, &mut attacker).await;
    let page = types(&mut attacker, &page, &phone.code()).await.shows(ASKS);
    assert!(page.text().contains("Too many tries"), "also with a right one: {}", page.text());
    got_nothing(&world, &mut attacker, &vic).await;
    world.finish().await;
}

/// Somebody finds a browser signed in, and would like to shut the owner out.
async fn a_signed_in_browser_sets_up_no_second_factor(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    sign_in_by_password(&mut browser, &world.app("app"), "vic", PASSWORD).await.sub();
    for (name, value) in [("braid_action", "second-factor"), ("kc_action", "CONFIGURE_TOTP")] {
        browser.visit(&world.app("app").begin().with(name, value).url()).await.shows("Sign in");
        let silent = world.app("app").begin().with(name, value).with("prompt", "none");
        assert_eq!(browser.visit(&silent.url()).await.query("error").as_deref(), Some("login_required"));
    }
    assert!(!world.account(vic.subject.as_str()).await.has_one_time_codes);
    world.finish().await;
}

async fn ph_4_a_second_factor_ends_what_lived_without_it(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let app = world.app("app");
    let mut attacker = world.browser();
    let stolen = sign_in_by_password(&mut attacker, &app, "vic", PASSWORD).await;
    let in_flight = app.begin();
    let arrived = attacker.visit(&in_flight.url()).await;
    let waiting = in_flight.code(&arrived);
    // And one who is about to set up their own.
    let (mut late, mut vics) = (world.browser(), world.browser());
    let (_, trap) = goes_to(&world, &mut late, "second-factor", "vic").await;
    let trap = trap.shows(SETS_UP);
    let (begun, page) = goes_to(&world, &mut vics, "second-factor", "vic").await;
    let mut phone = Phone::reads(&page);
    let own = begun.finish(&types(&mut vics, &page, &phone.code()).await).await;
    assert_eq!(stolen.refresh().await.error(), "invalid_grant");
    assert_eq!(stolen.userinfo().await, None);
    assert_eq!(in_flight.trade(&waiting).await.error(), "invalid_grant");
    assert!(own.userinfo().await.is_some());
    let lost = types(&mut late, &trap, &Phone::reads(&trap).code()).await;
    assert_eq!(lost.query("error").as_deref().or(Some(lost.heading().as_str())), Some("Your account was changed meanwhile"));
    assert_eq!(world.recorded(AuditKind::SecondFactorSet).await, 1);
    got_nothing(&world, &mut attacker, &vic).await;
    got_nothing(&world, &mut late, &vic).await;
    world.finish().await;
}

async fn a_closed_account_is_opened_by_no_code(place: Place) {
    let world = Scene::on(place).open().await;
    let (vic, mut phone) = vic_with_a_phone(&world).await;
    let mut browser = world.browser();
    let (_, page) = gives_the_password(&world, &mut browser).await;
    world.set_enabled(&vic, false).await;
    let page = types(&mut browser, &page, &phone.code()).await;
    assert_eq!(page.heading(), "This account is closed", "{}", page.text());
    world.set_enabled(&vic, true).await;
    got_nothing(&world, &mut browser, &vic).await;
    world.finish().await;
}
