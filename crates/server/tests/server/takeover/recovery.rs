//! Forgotten passwords: whoever can't open the mailbox gets nothing, and learns nothing.

use super::got_nothing;
use crate::people::*;
use domain::AuditKind;
use std::time::Duration;
use testkit::{Place, Scene, on_every_database};

on_every_database!(in_memory:
    ph_1_a_recovered_address_opens_a_fresh_account,
    ph_2_a_mailbox_alone_adds_no_password_to_an_account_of_a_provider,
    ph_4_a_new_password_ends_sessions_tokens_and_codes,
    ph_7_an_identity_that_was_linked_before_opens_nothing_of_the_fresh_account,
    ph_8_what_clients_were_granted_before_is_gone,
    ph_11_an_old_reset_mail_is_dead,
    ph_53_a_reset_mail_goes_to_the_address_as_it_is_stored,
    ph_62_the_page_for_a_new_password_needs_the_mail,
    ph_67_reset_mails_are_bounded,
    web_38_a_forgotten_password_says_the_same_to_everybody,
);

const NEW: &str = "another horse battery";

async fn ph_1_a_recovered_address_opens_a_fresh_account(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    let mut attacker = world.browser();
    let trap = register(&mut attacker, &app, "trap", VIC, PASSWORD).await;
    let vic = recover(&world, &mut world.browser(), VIC, VIC, NEW).await;
    assert_ne!(vic.sub(), trap.sub());
    assert_eq!(vic.claims()["email_verified"], true);
    assert_eq!(world.account(&trap.sub()).await.email, None, "the claim is dropped");
    assert_eq!(world.recorded(AuditKind::AddressReleased).await, 1);
    let begun = app.begin().with("prompt", "login");
    let page = attacker.visit(&begun.url()).await;
    attacker.submit(&page, "continue", &[("username", VIC), ("password", PASSWORD)]).await.shows("Sign in");
    assert_eq!(signed_in_as(&world, &mut attacker).await, Some(trap.sub()));
    assert_eq!(sign_in_by_password(&mut world.browser(), &app, VIC, NEW).await.sub(), vic.sub());
    world.finish().await;
}

async fn ph_2_a_mailbox_alone_adds_no_password_to_an_account_of_a_provider(place: Place) {
    let world = Scene::on(place).open().await;
    world.provider("campus").will_assert(person("vic-at-campus", VIC, true));
    let vic = sign_in_through(&mut world.browser(), &world.app("app"), "campus").await;
    let (mut attacker, mut other) = (world.browser(), world.browser());
    let (_, page) = forgot(&world, &mut attacker, VIC).await;
    let (_, nobody) = forgot(&world, &mut other, "nobody@corp.example").await;
    assert_eq!(page.text().replace(VIC, ""), nobody.text().replace("nobody@corp.example", ""));
    let mail = world.latest_to(VIC).await;
    assert!(mail.mail().text.contains("You sign in with Campus") && !mail.mail().text.contains("/mail/"));
    let mut trap = world.browser();
    let trapped = register(&mut trap, &world.app("app"), "trap", VIC, PASSWORD).await;
    assert_ne!(trapped.sub(), vic.sub(), "registering with the address makes another account");
    let page = trap.visit(&world.app("app").begin().with("prompt", "login").url()).await;
    trap.submit(&page, "continue", &[("username", VIC), ("password", PASSWORD)]).await.shows("Sign in");
    assert!(!world.account(&vic.sub()).await.has_password);
    got_nothing_new(&world, &vic.sub()).await;
    world.finish().await;
}

/// The account has the one identity that it was made with.
async fn got_nothing_new(world: &testkit::World, sub: &str) {
    assert_eq!(world.links_of(&world.account(sub).await).await.len(), 1);
}

async fn ph_4_a_new_password_ends_sessions_tokens_and_codes(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut attacker = world.browser();
    let stolen = sign_in_by_password(&mut attacker, &app, "vic", PASSWORD).await;
    let in_flight = app.begin();
    let arrived = attacker.visit(&in_flight.url()).await;
    let code = in_flight.code(&arrived);
    let (change, page) = goes_to(&world, &mut world.browser(), "change-address", "vic").await;
    drop((change, page.shows("Change your mail address")));
    let own = recover(&world, &mut world.browser(), "vic", VIC, NEW).await;
    assert_eq!(own.sub(), vic.subject.as_str());
    assert_eq!(signed_in_as(&world, &mut attacker).await, None);
    assert_eq!(stolen.refresh().await.error(), "invalid_grant");
    assert_eq!(stolen.userinfo().await, None);
    assert_eq!(in_flight.trade(&code).await.error(), "invalid_grant");
    assert!(own.userinfo().await.is_some(), "and who set the password goes on");
    assert_eq!(world.recorded(AuditKind::PasswordChanged).await, 1);
    assert!(world.latest_to(VIC).await.mail().text.contains("was changed"), "the owner is told");
    world.finish().await;
}

async fn ph_7_an_identity_that_was_linked_before_opens_nothing_of_the_fresh_account(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    let mut attacker = world.browser();
    world.provider("social").will_assert(person("evil", VIC, false));
    let trap = sign_in_through(&mut attacker, &app, "social").await;
    let vic = recover(&world, &mut world.browser(), VIC, VIC, NEW).await;
    assert_ne!(vic.sub(), trap.sub());
    assert_eq!(sign_in_through(&mut attacker, &app, "social").await.sub(), trap.sub());
    got_nothing(&world, &mut world.browser(), &world.account(&vic.sub()).await).await;
    world.finish().await;
}

async fn ph_8_what_clients_were_granted_before_is_gone(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let mut attacker = world.browser();
    let begun = world.app("desk").begin();
    let page = attacker.visit(&begun.url()).await;
    let page = attacker.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    let granted = begun.finish(&attacker.submit(&page, "continue", &[]).await).await;
    assert!(granted.userinfo().await.is_some());
    let mut browser = world.browser();
    recover(&world, &mut browser, "vic", VIC, NEW).await;
    assert_eq!(granted.refresh().await.error(), "invalid_grant");
    let silent = browser.visit(&world.app("desk").begin().with("prompt", "none").url()).await;
    assert_eq!(silent.query("error").as_deref(), Some("consent_required"), "the person is asked again");
    world.finish().await;
}

async fn ph_11_an_old_reset_mail_is_dead(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let (_, waiting) = forgot(&world, &mut browser, "vic").await;
    let link = world.latest_to(VIC).await.link();
    let code = code_elsewhere(&world, &link).await;
    let press = browser.open(&link).await.shows("Is this you?");
    world.set_enabled(&vic, false).await;
    world.set_enabled(&vic, true).await;
    browser.submit(&press, "continue", &[]).await.shows("This link doesn't work any more");
    browser.submit(&waiting, "continue", &[("code", &code)]).await.shows("Check your mail");
    // Also when the mailbox was opened in time, and the past dies before the password is sent.
    let mut late = world.browser();
    forgot(&world, &mut late, VIC).await;
    let press = late.open(&world.latest_to(VIC).await.link()).await.shows("Is this you?");
    let page = late.submit(&press, "continue", &[]).await.shows("Choose a new password");
    recover(&world, &mut world.browser(), "vic", VIC, NEW).await;
    late.submit(&page, "continue", &[("password", "a third horse battery")]).await.shows("Forgot your password?");
    assert_eq!(sign_in_by_password(&mut world.browser(), &world.app("app"), "vic", NEW).await.sub(), vic.subject.as_str());
    world.finish().await;
}

async fn ph_53_a_reset_mail_goes_to_the_address_as_it_is_stored(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", "Vic@corp.example", PASSWORD, true).await;
    let names = ["VIC@CORP.EXAMPLE", "v\u{131}c@corp.example", "vic@corp.example\u{17f}", "V\u{ff29}C@corp.example"];
    for name in names {
        forgot(&world, &mut world.browser(), name).await;
        assert_eq!(world.mails_to(name).await.len(), 0);
    }
    assert_eq!(world.mails_to("Vic@corp.example").await.len(), 1);
    world.finish().await;
}

async fn ph_62_the_page_for_a_new_password_needs_the_mail(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let mut attacker = world.browser();
    let (_, page) = forgot(&world, &mut attacker, "vic").await;
    let (form, at) = page.form_with(|button| button.value == "continue").unwrap();
    let step = form.field("step").unwrap().to_owned();
    for forged in [step.as_str(), &step.replace(".mail", ".opened"), &step.replace(".mail", ""), "", "0.0"] {
        for button in ["continue", "resend", "way", "", "opened"] {
            let mut form = form.clone();
            form.set("step", forged);
            form.set("password", NEW);
            form.set("email", "evil@home.example");
            button.clone_into(&mut form.buttons[at].value);
            attacker.go(&form, at).await.shows("Check your mail");
        }
    }
    assert_eq!(world.mails_to("evil@home.example").await.len(), 0, "PH-64");
    got_nothing(&world, &mut attacker, &vic).await;
    assert_eq!(world.recorded(AuditKind::PasswordChanged).await, 0);
    world.finish().await;
}

async fn ph_67_reset_mails_are_bounded(place: Place) {
    let scene = Scene::on(place).limits(|limits| (limits.mails_per_address, limits.resend_after) = (3, Duration::ZERO));
    let world = scene.open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    for _ in 0..2 {
        forgot(&world, &mut world.browser(), "vic").await;
    }
    let mut other = world.browser();
    let (_, mut page) = forgot(&world, &mut other, VIC).await;
    for _ in 0..2 {
        page = other.submit(&page, "resend", &[]).await.shows("Check your mail");
    }
    assert_eq!(world.mails_to(VIC).await.len(), 3, "by whichever name");
    let mut browser = world.browser();
    forgot(&world, &mut browser, "vic").await;
    let page = browser.visit(&world.app("app").begin().with("braid_action", "forgotten-password").url()).await;
    let page = browser.submit(&page, "continue", &[("username", "vic")]).await.shows("Forgot your password?");
    assert!(page.text().contains("Too many tries"));
    world.finish().await;
}

async fn web_38_a_forgotten_password_says_the_same_to_everybody(place: Place) {
    let world = Scene::on(place).limits(|limits| limits.resend_after = Duration::ZERO).open().await;
    world.user("q-vic", VIC, PASSWORD, true).await;
    world.user("claimed", "claimed@corp.example", PASSWORD, false).await;
    let closed = world.user("q-closed", "closed@corp.example", PASSWORD, true).await;
    world.set_enabled(&closed, false).await;
    let mut seen = Vec::new();
    for name in ["q-vic", VIC, "claimed@corp.example", "q-closed", "q-nobody", "nobody@corp.example"] {
        let mut browser = world.browser();
        let (_, page) = forgot(&world, &mut browser, name).await;
        let guessed = browser.submit(&page, "continue", &[("code", "00000000")]).await;
        let again = browser.submit(&guessed, "resend", &[]).await;
        let said = |page: &testkit::Answer| page.text().split("Reference: ").next().unwrap_or_default().replace(name, "…");
        let texts: Vec<_> = [page, guessed, again].iter().map(said).collect();
        seen.push(texts);
    }
    assert!(seen.iter().all(|texts| *texts == seen[0]), "{seen:#?}");
    world.finish().await;
}
