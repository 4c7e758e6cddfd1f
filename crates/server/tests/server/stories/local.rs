//! Accounts with a password.

use crate::people::*;
use serde_json::json;
use testkit::{Place, Scene, on_every_database};

on_every_database!(in_memory:
    somebody_registers_and_comes_back,
    a_form_says_all_that_is_wrong_with_it,
    a_wrong_password_says_nothing_and_a_right_one_opens,
    a_closed_account_opens_nothing,
    a_password_that_was_changed_in_another_tab_is_said_and_starting_again_works,
    a_new_account_is_made_once_its_address_is_proved,
    whoever_is_sent_for_something_else_meets_what_everybody_meets,
);

/// Everybody makes an account whose address is proved before it is there.
const PROVED: &str = "flow: proved\nassumes: [mail]\nexecutions:\n  - register\n  - verify-address\n";

/// Everybody accepts the terms.
const WITH_TERMS: &str = "flow: with-terms\nexecutions:\n  - flow: sign in\n    executions:\n      - cookie: { requirement: alternative }\n      \
    - username-and-password: { requirement: alternative }\n  - terms: { version: '1', document: Be kind. }\n  \
    - flow: second factor\n    when: user.second-factor-configured\n    executions:\n      - one-time-code\n";

fn with_flow(place: Place, name: &'static str, text: &str) -> Scene {
    let named = domain::FlowName::parse(name).unwrap();
    Scene::on(place)
        .flow(&format!("{name}.yaml"), text)
        .with(move |settings| settings.realms[0].policy.bindings.browser = named.clone())
}

async fn somebody_registers_and_comes_back(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    let made = register(&mut world.browser(), &app, "Ada", "ada@home.example", PASSWORD).await;
    let claims = made.claims();
    assert_eq!((&claims["email_verified"], &claims["preferred_username"]), (&json!(false), &json!("ada")));
    assert_eq!(claims["amr"], json!(["pwd"]));
    for name in ["ada", "ADA", "Ada@Home.example"] {
        assert_eq!(sign_in_by_password(&mut world.browser(), &app, name, PASSWORD).await.sub(), made.sub(), "{name}");
    }
    world.finish().await;
}

async fn a_form_says_all_that_is_wrong_with_it(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("taken", "taken@home.example", PASSWORD, true).await;
    let mut browser = world.browser();
    let begun = world.app("app").begin();
    let page = browser.visit(&begun.url()).await;
    let page = browser.press(&page, "Create an account").await.shows("Create an account");
    let fields = [("username", "a b"), ("email", "nothing"), ("password", "short")];
    let page = browser.submit(&page, "continue", &fields).await.shows("Create an account");
    assert_eq!(page.text().matches("Error: ").count(), 1 + fields.len(), "{}", page.text());
    assert!(!page.body.contains("short"), "a password is never shown again");
    let fields = [("username", "taken"), ("email", "new@home.example"), ("password", PASSWORD)];
    let page = browser.submit(&page, "continue", &fields).await.shows("Create an account");
    let fields = [("username", "new"), ("email", "taken@home.example"), ("password", PASSWORD)];
    let answer = browser.submit(&page, "continue", &fields).await;
    assert_eq!(begun.finish(&answer).await.claims()["email_verified"], false, "an address may be claimed; it opens nothing");
    world.finish().await;
}

async fn a_wrong_password_says_nothing_and_a_right_one_opens(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let begun = world.app("app").begin();
    let mut browser = world.browser();
    let page = browser.visit(&begun.url()).await;
    let wrong = browser.submit(&page, "continue", &[("username", "vic"), ("password", "wrong password")]).await;
    let nobody = browser.submit(&page, "continue", &[("username", "who"), ("password", "wrong password")]).await;
    let told = |page: &testkit::Answer| page.text().replace("vic", "").replace("who", "");
    assert_eq!(told(&wrong), told(&nobody));
    let answer = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    assert_eq!(begun.finish(&answer).await.sub(), vic.subject.as_str());
    world.finish().await;
}

async fn a_closed_account_opens_nothing(place: Place) {
    let world = Scene::on(place).open().await;
    let vic = world.user("vic", VIC, PASSWORD, true).await;
    let app = world.app("app");
    let mut browser = world.browser();
    let tokens = sign_in_by_password(&mut browser, &app, "vic", PASSWORD).await;
    let begun = app.begin();
    let in_flight = browser.visit(&begun.url()).await;
    world.set_enabled(&vic, false).await;
    assert_eq!(begun.trade(&begun.code(&in_flight)).await.error(), "invalid_grant", "a code in flight");
    assert_eq!(tokens.userinfo().await, None, "an access token");
    assert_eq!(tokens.refresh().await.error(), "invalid_grant", "a refresh token");
    assert_eq!(signed_in_as(&world, &mut browser).await, None, "a browser session");
    let page = world.browser().visit(&app.begin().url()).await;
    let mut other = world.browser();
    let begun = app.begin();
    let own = other.visit(&begun.url()).await;
    drop(page);
    let no = other.submit(&own, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    assert!(no.body.contains("account-disabled"), "{}", no.text());
    assert!(no.link("Back to").unwrap().starts_with(&app.callback()), "there is a way on");
    world.set_enabled(&vic, true).await;
    assert_eq!(signed_in_as(&world, &mut browser).await, None, "what died stays dead");
    assert_eq!(tokens.refresh().await.error(), "invalid_grant");
    world.finish().await;
}

async fn a_password_that_was_changed_in_another_tab_is_said_and_starting_again_works(place: Place) {
    let world = Scene::on(place).open().await;
    world.user("vic", VIC, PASSWORD, true).await;
    let mut browser = world.browser();
    let begun = world.app("desk").begin();
    let page = browser.visit(&begun.url()).await;
    let consent = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    recover(&world, &mut world.browser(), "vic", VIC, "another horse battery").await;
    let over = browser.submit(&consent, "continue", &[]).await.shows("Your account was changed meanwhile");
    assert!(!over.text().contains("closed"), "{}", over.text());
    let page = browser.submit(&over, "restart", &[]).await.shows("Sign in");
    let page = browser.submit(&page, "continue", &[("username", "vic"), ("password", "another horse battery")]).await;
    let answer = browser.submit(&page, "continue", &[]).await;
    begun.code(&answer);
    world.finish().await;
}

/// Until then nothing is stored but the login: another device shows the code that counts here, and a login that was left is nobody's.
async fn a_new_account_is_made_once_its_address_is_proved(place: Place) {
    let world = with_flow(place, "proved", PROVED).open().await;
    let app = world.app("app");
    let fields = [("username", "ada"), ("email", "ada@home.example"), ("password", PASSWORD)];
    let mut closed = world.browser();
    let page = closed.visit(&app.begin().url()).await.shows("Create an account");
    closed.submit(&page, "continue", &fields).await.shows("Check your mail");
    assert!(world.accounts_with("ada@home.example").await.is_empty());

    let mut browser = world.browser();
    let begun = app.begin();
    let page = browser.visit(&begun.url()).await;
    let page = browser.submit(&page, "continue", &fields).await.shows("Check your mail");
    let code = code_elsewhere(&world, &world.latest_to("ada@home.example").await.link()).await;
    let answer = browser.submit(&page, "continue", &[("code", &code)]).await;
    let made = begun.finish(&answer).await;
    assert_eq!((&made.claims()["email_verified"], &made.claims()["preferred_username"]), (&json!(true), &json!("ada")));
    assert_eq!(world.accounts_with("ada@home.example").await.len(), 1);
    world.finish().await;
}

async fn whoever_is_sent_for_something_else_meets_what_everybody_meets(place: Place) {
    let world = with_flow(place, "with-terms", WITH_TERMS).open().await;
    let mut browser = world.browser();
    let begun = world.app("app").begin().with("prompt", "create");
    let page = browser.visit(&begun.url()).await.shows("Create an account");
    let fields = [("username", "ada"), ("email", "ada@home.example"), ("password", PASSWORD)];
    let terms = browser.submit(&page, "continue", &fields).await;
    assert!(terms.text().contains("Be kind."), "{}", terms.text());
    assert!(world.accounts_with("ada@home.example").await.is_empty(), "who doesn't accept gets no account");
    let answer = browser.submit(&terms, "continue", &[]).await;
    let made = begun.finish(&answer).await;
    assert_eq!(world.account(&made.sub()).await.accepted_terms.len(), 1);
    world.finish().await;
}
