//! Which identity came back, from where, and to whom.

use crate::people::*;
use serde_json::json;
use testkit::{Place, Scene, on_every_database};

on_every_database!(in_memory:
    ph_24_an_identity_without_a_name_signs_nobody_in,
    ph_26_an_identity_never_comes_from_a_form,
    ph_30_the_browser_that_returns_must_be_the_one_that_started,
    ph_31_an_answer_that_names_another_issuer_reaches_no_token_endpoint,
    ph_32_an_answer_for_one_provider_is_nothing_at_another,
    ph_40_the_same_subject_at_two_providers_is_two_accounts,
    ph_42_the_provider_in_the_address_must_be_the_logins,
    ph_43_an_issuer_spelled_otherwise_is_another_issuer,
);

async fn ph_24_an_identity_without_a_name_signs_nobody_in(place: Place) {
    let world = Scene::on(place).open().await;
    for sub in [json!(""), json!("  "), json!(null), json!(0), json!(["x"]), json!("a\0b"), json!("x".repeat(256))] {
        world.provider("campus").will_assert(json!({"sub": sub, "email": VIC, "email_verified": true}));
        let (_, page) = go_through(&mut world.browser(), &world.app("app"), "campus").await;
        assert_eq!(page.heading(), "Sign in", "{sub}");
    }
    world.provider("campus").will_bend(|_, claims| _ = claims.remove("sub"));
    let (_, page) = go_through(&mut world.browser(), &world.app("app"), "campus").await;
    page.shows("Sign in");
    assert_eq!(world.accounts_with(VIC).await, []);
    world.finish().await;
}

async fn ph_26_an_identity_never_comes_from_a_form(place: Place) {
    let world = Scene::on(place).open().await;
    world.provider("social").will_assert(json!({"sub": "evil"}));
    let mut attacker = world.browser();
    let (begun, page) = go_through(&mut attacker, &world.app("app"), "social").await;
    let (mut form, button) = page.form_with(|button| button.value == "continue").unwrap();
    let forged = [
        ("sub", "vic"),
        ("subject", "vic"),
        ("provider", "campus"),
        ("alias", "campus"),
        ("issuer", "https://campus.example"),
        ("identity", "vic"),
        ("email_verified", "true"),
        ("user", "vic"),
        ("email", "evil@home.example"),
    ];
    for (name, value) in forged {
        form.set(name, value);
    }
    let answer = attacker.go(&form, button).await;
    let tokens = begun.finish(&answer).await;
    assert_eq!(tokens.claims()["email_verified"], false);
    let links = world.links_of(&world.account(&tokens.sub()).await).await;
    let [link] = links.as_slice() else { panic!("{links:?}") };
    assert_eq!((link.key.subject.as_str(), link.key.provider.as_str()), ("evil", "social"));
    assert_eq!(link.key.issuer, world.provider("social").issuer);
    world.finish().await;
}

async fn ph_30_the_browser_that_returns_must_be_the_one_that_started(place: Place) {
    let world = Scene::on(place).open().await;
    let (social, app) = (world.provider("social"), world.app("app"));
    let mut attacker = world.browser();
    let there = attacker.open(&app.begin().with("provider_hint", "social").url()).await;
    let mut vic = world.browser();
    vic.visit(&app.begin().url()).await;
    social.will_assert(person("vic", VIC, true));
    let back = social.receives(&there.at);
    let refused = vic.open(&back).await.shows("Your browser didn't send its cookie");
    assert!(refused.reference().is_some() && refused.link("Start again").is_some());
    world.browser().open(&back).await.shows("Your browser didn't send its cookie");
    assert_eq!(social.token_requests().len(), 0, "Vic's code went nowhere");
    attacker.open(&there.at.replace(&social.issuer, testkit::ORIGIN)).await;
    assert_eq!(signed_in_as(&world, &mut attacker).await, None);
    assert_eq!(world.accounts_with(VIC).await, []);
    world.finish().await;
}

async fn ph_31_an_answer_that_names_another_issuer_reaches_no_token_endpoint(place: Place) {
    let world = Scene::on(place).open().await;
    let (campus, social) = (world.provider("campus"), world.provider("social"));
    campus.will_assert(person("vic", VIC, true));
    let mut browser = world.browser();
    let there = browser.open(&world.app("app").begin().with("provider_hint", "campus").url()).await;
    let back = campus.receives(&there.at);
    let encode = |text: &str| url_encoded(text);
    for other in [back.replace(&encode(&campus.issuer), &encode(&social.issuer)), back.replace("&iss=", "&was=")] {
        let mut browser = browser.clone();
        assert_ne!(other, back);
        let page = browser.open(&other).await;
        assert!(["Sign in", "Go on at Campus"].contains(&page.heading().as_str()), "{}", page.text());
    }
    assert_eq!((campus.token_requests().len(), social.token_requests().len()), (0, 0));
    assert_eq!(world.accounts_with(VIC).await, []);
    world.finish().await;
}

fn url_encoded(text: &str) -> String {
    text.replace(':', "%3A").replace('/', "%2F")
}

async fn ph_32_an_answer_for_one_provider_is_nothing_at_another(place: Place) {
    let world = Scene::on(place).open().await;
    let (campus, social) = (world.provider("campus"), world.provider("social"));
    campus.will_assert(person("vic", VIC, true));
    let begun = world.app("app").begin().with("provider_hint", "campus");
    let mut browser = world.browser();
    let there = browser.open(&begun.url()).await;
    let back = campus.receives(&there.at);
    let page = browser.open(&back.replace("/broker/campus/", "/broker/social/")).await;
    assert!(page.status == 400 && page.reference().is_some(), "{}", page.text());
    assert_eq!((campus.token_requests().len(), social.token_requests().len()), (0, 0));
    let answer = browser.open(&back).await;
    assert_eq!(begun.finish(&answer).await.claims()["email"], VIC, "and at its own it is still good");
    world.finish().await;
}

async fn ph_40_the_same_subject_at_two_providers_is_two_accounts(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    let mut subs = vec![];
    for provider in ["campus", "social"] {
        world
            .provider(provider)
            .will_assert(json!({"sub": "1234", "email": format!("a@{provider}.example"), "email_verified": true}));
        subs.push(sign_in_through(&mut world.browser(), &app, provider).await.sub());
    }
    assert_ne!(subs[0], subs[1]);
    world.finish().await;
}

async fn ph_42_the_provider_in_the_address_must_be_the_logins(place: Place) {
    let world = Scene::on(place).open().await;
    let (campus, social) = (world.provider("campus"), world.provider("social"));
    let mut browser = world.browser();
    let at_campus = browser.open(&world.app("app").begin().with("provider_hint", "campus").url()).await;
    let at_social = browser.open(&world.app("app").begin().with("provider_hint", "social").url()).await;
    social.will_assert(person("evil", VIC, true));
    let (to_campus, from_social) = (campus.receives(&at_campus.at), social.receives(&at_social.at));
    let code = from_social.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let own = to_campus.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let page = browser.open(&to_campus.replace(own, code)).await;
    assert_eq!(page.heading(), "Sign in", "{}", page.text());
    assert_eq!(social.token_requests().len(), 0, "a code goes to the provider of the login");
    assert_eq!(world.accounts_with(VIC).await, []);
    world.finish().await;
}

async fn ph_43_an_issuer_spelled_otherwise_is_another_issuer(place: Place) {
    let world = Scene::on(place).open().await;
    let campus = world.provider("campus");
    let issuer = campus.issuer.clone();
    let port = issuer.rsplit(':').next().unwrap();
    for other in [
        format!("{issuer}/"),
        issuer.replace("http", "HTTP"),
        issuer.replace("http", "https"),
        format!("http://localhost:{port}"),
        format!("{issuer}?"),
        format!("http://127.0.0.1:0{port}"),
        format!(" {issuer}"),
    ] {
        campus.will_assert(person("vic", VIC, true));
        let spelled = other.clone();
        campus.will_bend(move |_, claims| _ = claims.insert("iss".into(), json!(spelled)));
        let (_, page) = go_through(&mut world.browser(), &world.app("app"), "campus").await;
        assert_eq!(page.heading(), "Sign in", "{other}");
    }
    assert_eq!(world.accounts_with(VIC).await, []);
    world.finish().await;
}
