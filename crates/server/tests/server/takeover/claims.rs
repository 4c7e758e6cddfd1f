//! Claims to an address: whoever claims it first, whoever vouches for it, and how.

use super::got_nothing;
use crate::people::*;
use serde_json::{Value, json};
use testkit::{Place, Scene, on_every_database};

on_every_database!(in_memory:
    ph_1_a_password_set_before_opens_nothing_of_the_owners_account,
    ph_3_a_claim_by_another_provider_is_never_joined_to_the_owners_login,
    ph_12_a_provider_that_verifies_nothing_makes_nothing_verified,
    ph_13_whatever_is_not_a_json_true_vouches_for_nothing,
    ph_13_a_member_that_stands_there_twice_ends_the_login,
    ph_14_a_trusted_provider_is_trusted_for_its_domains_only,
    ph_17_both_sides_must_be_proved,
    ph_18_only_a_proof_of_the_mailbox_makes_an_address_verified,
    ph_46_a_new_subject_with_a_known_address_is_a_new_identity,
);

async fn ph_1_a_password_set_before_opens_nothing_of_the_owners_account(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    let mut attacker = world.browser();
    let trap = register(&mut attacker, &app, "trap", VIC, PASSWORD).await;
    world.provider("campus").will_assert(person("vic-at-campus", VIC, true));
    let mut browser = world.browser();
    let vic = sign_in_through(&mut browser, &app, "campus").await;
    assert_ne!(vic.sub(), trap.sub(), "a fresh account");
    assert_eq!((&vic.claims()["email"], &vic.claims()["email_verified"]), (&json!(VIC), &json!(true)));
    assert_eq!(world.account(&trap.sub()).await.email, None, "the claim is dropped");
    assert_eq!(world.recorded(domain::AuditKind::AddressReleased).await, 1);
    let begun = app.begin().with("prompt", "login");
    let page = attacker.visit(&begun.url()).await;
    let refused = attacker.submit(&page, "continue", &[("username", VIC), ("password", PASSWORD)]).await;
    assert_eq!(refused.heading(), "Sign in", "by the address the attacker's password is wrong");
    let own = sign_in_by_password(&mut attacker, &app, "trap", PASSWORD).await;
    assert_eq!(own.sub(), trap.sub());
    assert_eq!(own.claims()["email"], Value::Null, "and what the attacker's own account says of the address is nothing");
    assert_eq!(trap.userinfo().await.unwrap()["email"], Value::Null, "also to tokens of before");
    assert_eq!(signed_in_as(&world, &mut browser).await, Some(vic.sub()));
    world.finish().await;
}

async fn ph_3_a_claim_by_another_provider_is_never_joined_to_the_owners_login(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    let mut attacker = world.browser();
    world.provider("social").will_assert(person("evil", VIC, true));
    let trap = sign_in_through(&mut attacker, &app, "social").await;
    assert_eq!(trap.claims()["email_verified"], false, "what an untrusted provider says verifies nothing");
    world.provider("campus").will_assert(person("vic-at-campus", VIC, true));
    let vic = sign_in_through(&mut world.browser(), &app, "campus").await;
    assert_ne!(vic.sub(), trap.sub());
    assert_eq!(world.account(&trap.sub()).await.email, None);
    assert_eq!(
        sign_in_through(&mut attacker, &app, "social").await.sub(),
        trap.sub(),
        "the attacker's identity opens the attacker's own"
    );
    assert_eq!(world.links_of(&world.account(&vic.sub()).await).await.len(), 1);
    world.finish().await;
}

async fn ph_12_a_provider_that_verifies_nothing_makes_nothing_verified(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    for (provider, verified) in [("campus", Some(false)), ("campus", None), ("social", Some(true)), ("social", None)] {
        let address = format!("{provider}-{}@home.example", verified.map_or("silent".into(), |verified| verified.to_string()));
        let mut claims = person(&address, &address, verified.unwrap_or_default());
        if verified.is_none() {
            claims.as_object_mut().unwrap().remove("email_verified");
        }
        world.provider(provider).will_assert(claims);
        let tokens = sign_in_through(&mut world.browser(), &app, provider).await;
        assert_eq!(tokens.claims()["email_verified"], false, "{address}");
        assert!(world.account(&tokens.sub()).await.email.unwrap().proof.is_none());
    }
    world.finish().await;
}

async fn ph_13_whatever_is_not_a_json_true_vouches_for_nothing(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    for value in [json!("true"), json!("True"), json!(1), json!("1"), json!([true]), json!({"v": true}), json!(null), json!(1.0)]
    {
        world.provider("campus").will_assert(person("evil", VIC, value.clone()));
        let mut attacker = world.browser();
        let (_, page) = go_through(&mut attacker, &world.app("app"), "campus").await;
        assert_eq!(page.heading(), "Show us who you are", "{value}");
        got_nothing(&world, &mut attacker, &vic).await;
    }
    world.finish().await;
}

async fn ph_13_a_member_that_stands_there_twice_ends_the_login(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let now = server::now().as_seconds();
    let payload = format!(
        r#"{{"iss":"ISSUER","aud":"braid","sub":"evil","nonce":"NONCE","iat":{now},"exp":{},"email":"{VIC}","email_verified":false,"email_verified":true}}"#,
        now + 60
    );
    world.provider("campus").will_sign(&payload);
    let mut attacker = world.browser();
    let (_, page) = go_through(&mut attacker, &world.app("app"), "campus").await;
    page.shows("Sign in");
    got_nothing(&world, &mut attacker, &vic).await;
    world.finish().await;
}

async fn ph_14_a_trusted_provider_is_trusted_for_its_domains_only(place: Place) {
    let world = Scene::on(place).provider("campus", "trust-email", "[campus.example]").open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    world.provider("campus").will_assert(person("evil", VIC, true));
    let mut attacker = world.browser();
    let (_, page) = go_through(&mut attacker, &world.app("app"), "campus").await;
    page.shows("This account already exists. Is it yours?");
    got_nothing(&world, &mut attacker, &vic).await;
    let ada = world.user("ada", "ada@campus.example", PASSWORD, true).await;
    world.provider("campus").will_assert(person("ada", "ada@campus.example", true));
    let tokens = sign_in_through(&mut world.browser(), &world.app("app"), "campus").await;
    assert_eq!(tokens.sub(), ada.subject.as_str());
    world.finish().await;
}

async fn ph_17_both_sides_must_be_proved(place: Place) {
    let world = Scene::on(place).open().await;
    let claimed = world.user("claimed", "claimed@corp.example", PASSWORD, false).await;
    let proved = world.user("proved", VIC, PASSWORD, true).await;
    world.provider("campus").will_assert(person("a", "claimed@corp.example", true));
    let tokens = sign_in_through(&mut world.browser(), &world.app("app"), "campus").await;
    assert_ne!(tokens.sub(), claimed.subject.as_str(), "the account never proved it");
    world.provider("campus").will_assert(person("b", VIC, false));
    let (_, page) = go_through(&mut world.browser(), &world.app("app"), "campus").await;
    page.shows("Show us who you are");
    assert_eq!((world.links_of(&claimed).await, world.links_of(&proved).await), (vec![], vec![]));
    world.finish().await;
}

async fn ph_18_only_a_proof_of_the_mailbox_makes_an_address_verified(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    let claimed = register(&mut world.browser(), &app, "vic", VIC, PASSWORD).await;
    world.provider("social").will_assert(person("vic-at-social", VIC, true));
    let mut browser = world.browser();
    let (begun, page) = go_through(&mut browser, &app, "social").await;
    let page = browser.submit(&page, "continue", &[]).await;
    let page = browser.press(&page, "Use the account's password").await;
    let answer = browser.submit(&page, "continue", &[("password", PASSWORD)]).await;
    let linked = begun.finish(&answer).await;
    assert_eq!(linked.sub(), claimed.sub(), "its own password links it");
    assert_eq!(linked.claims()["email_verified"], false);
    assert_eq!(world.account(&linked.sub()).await.email.unwrap().proof, None, "linking proves no address");
    assert_eq!(sign_in_through(&mut world.browser(), &app, "social").await.claims()["email_verified"], false);
    assert_eq!(world.account(&linked.sub()).await.email.unwrap().proof, None, "nor does signing in");
    world.finish().await;
}

async fn ph_46_a_new_subject_with_a_known_address_is_a_new_identity(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    world.provider("social").will_assert(person("vic-1", VIC, true));
    let vic = sign_in_through(&mut world.browser(), &app, "social").await;
    world.provider("social").will_assert(person("vic-2", VIC, true));
    let mut attacker = world.browser();
    let (_, page) = go_through(&mut attacker, &app, "social").await;
    page.shows("This account already exists. Is it yours?");
    assert_eq!(signed_in_as(&world, &mut attacker).await, None);
    assert_eq!(world.links_of(&world.account(&vic.sub()).await).await.len(), 1);
    world.finish().await;
}
