//! The token endpoint and what its tokens open.

use crate::people::*;
use serde_json::json;
use testkit::{App, Begun, Place, Scene, World, on_every_database};

on_every_database!(in_memory:
    oidc_tk_1_a_code_is_good_once_and_its_tokens_die_with_the_second_try,
    oidc_tk_3_a_code_is_for_one_client_that_proves_itself,
    oidc_tk_4_the_redirect_uri_is_said_again,
    oidc_tk_5_one_way_to_prove_oneself,
    oidc_tk_6_credentials_in_the_address_are_refused,
    oidc_tk_10_no_answer_with_tokens_is_kept,
    oidc_tk_11_a_refresh_token_is_good_once_for_its_client_and_account,
    oidc_pk_3_a_wrong_verifier_kills_the_code,
    oidc_ui_2_only_an_access_token_opens_userinfo,
    oidc_ui_3_a_closed_account_tells_nothing,
    oidc_ky_1_an_rs256_client_gets_rs256,
);

/// A code that waits to be traded.
async fn code_for(world: &World, app: &App) -> (Begun, String) {
    if world.accounts_with(VIC).await.is_empty() {
        world.user("vic", VIC, PASSWORD, true).await;
    }
    let begun = app.begin();
    let mut browser = world.browser();
    let page = browser.visit(&begun.url()).await.shows("Sign in");
    let answer = browser.submit(&page, "continue", &[("username", "vic"), ("password", PASSWORD)]).await;
    let code = begun.code(&answer);
    (begun, code)
}

async fn oidc_tk_1_a_code_is_good_once_and_its_tokens_die_with_the_second_try(place: Place) {
    let world = Scene::on(place).open().await;
    let (begun, code) = code_for(&world, &world.app("app")).await;
    let tokens = begun.trade(&code).await;
    assert!(tokens.userinfo().await.is_some());
    assert_eq!(begun.trade(&code).await.error(), "invalid_grant");
    assert_eq!(tokens.userinfo().await, None);
    assert_eq!(tokens.refresh().await.error(), "invalid_grant");
    assert_eq!(world.recorded(domain::AuditKind::CodeReused).await, 1);
    world.finish().await;
}

async fn oidc_tk_3_a_code_is_for_one_client_that_proves_itself(place: Place) {
    let world = Scene::on(place).client("other", "secret", "marker-secret-of-other").open().await;
    let app = world.app("app");
    let other = world.app("other");
    let (begun, code) = code_for(&world, &app).await;
    let callback = app.callback();
    let form =
        [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &callback), ("code_verifier", &begun.verifier)];
    assert_eq!(other.token(&form).await.error(), "invalid_grant", "another client");
    assert_eq!(app.token(&form).await.error(), "invalid_grant", "and the code is dead");

    for (name, app) in [("no proof", app.clone().with_secret(None)), ("a wrong proof", app.clone().with_secret(Some("wrong")))] {
        let (begun, code) = code_for(&world, &world.app("app")).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &callback),
            ("code_verifier", &begun.verifier),
        ];
        let refused = app.token(&form).await;
        assert_eq!((refused.error(), refused.status.as_u16()), ("invalid_client", 401), "{name}");
        assert_eq!(begun.trade(&code).await.error(), "invalid_grant", "{name}: and the code is dead");
    }
    let (_, code) = code_for(&world, &app).await;
    let two_names = [form[0], ("code", code.as_str()), form[2], form[3], ("client_id", "other")];
    let refused = app.token(&two_names).await;
    assert!(["invalid_client", "invalid_request"].contains(&refused.error()), "two names: {}", refused.body);
    world.finish().await;
}

async fn oidc_tk_4_the_redirect_uri_is_said_again(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    for uri in [None, Some("https://app.example/callback/"), Some("https://app.example/other")] {
        let (begun, code) = code_for(&world, &app).await;
        let mut form = vec![("grant_type", "authorization_code"), ("code", &code), ("code_verifier", &begun.verifier)];
        form.extend(uri.map(|uri| ("redirect_uri", uri)));
        assert_eq!(app.token(&form).await.error(), "invalid_grant", "{uri:?}");
    }
    world.finish().await;
}

async fn oidc_tk_5_one_way_to_prove_oneself(place: Place) {
    let world = Scene::on(place).open().await;
    let app = world.app("app");
    let (begun, code) = code_for(&world, &app).await;
    let secret = app.secret.clone().unwrap();
    let callback = app.callback();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", &callback),
        ("code_verifier", &begun.verifier),
        ("client_id", "app"),
        ("client_secret", &secret),
    ];
    assert_eq!(app.token(&form).await.error(), "invalid_request", "in the header and in the form");
    let (begun, code) = code_for(&world, &app).await;
    let form = [form[0], ("code", code.as_str()), form[2], ("code_verifier", &begun.verifier), form[4], form[5]];
    assert!(app.token_with(&form, &[]).await.status.is_success(), "in the form alone is fine");
    world.finish().await;
}

async fn oidc_tk_6_credentials_in_the_address_are_refused(place: Place) {
    let world = Scene::on(place).open().await;
    let mut browser = world.browser();
    let answer = browser.post_with("/token?client_id=app&client_secret=x", &[("grant_type", "refresh_token")], &[]).await;
    assert!(answer.status == 400 && answer.body.contains("invalid_request"), "{}", answer.body);
    assert_eq!(browser.get("/token").await.status, 405);
    let answer = browser.get("/userinfo?access_token=x").await;
    assert_eq!(answer.status, 401);
    world.finish().await;
}

async fn oidc_tk_10_no_answer_with_tokens_is_kept(place: Place) {
    let world = Scene::on(place).open().await;
    let (begun, code) = code_for(&world, &world.app("app")).await;
    let tokens = begun.trade(&code).await;
    assert_eq!(tokens.headers["cache-control"], "no-store");
    assert!(tokens.headers["content-type"].to_str().unwrap().starts_with("application/json"));
    let refused = begun.trade(&code).await;
    assert_eq!(refused.headers["cache-control"], "no-store");
    world.finish().await;
}

async fn oidc_tk_11_a_refresh_token_is_good_once_for_its_client_and_account(place: Place) {
    let world = Scene::on(place).client("other", "secret", "marker-secret-of-other").open().await;
    let (app, other) = (world.app("app"), world.app("other"));
    let (begun, code) = code_for(&world, &app).await;
    let first = begun.trade(&code).await;
    assert_eq!(other.refresh(first.get("refresh_token")).await.error(), "invalid_grant", "another client");
    let second = first.refresh().await;
    assert_eq!(second.claims()["sub"], first.claims()["sub"], "which ends nothing");
    assert_eq!(second.claims()["auth_time"], first.claims()["auth_time"]);
    let third = second.refresh().await;
    assert!(third.userinfo().await.is_some());
    assert_eq!(first.refresh().await.error(), "invalid_grant", "an old one");
    assert_eq!(third.refresh().await.error(), "invalid_grant", "ends the family");
    assert_eq!(third.userinfo().await, None);
    assert_eq!(world.recorded(domain::AuditKind::RefreshReused).await, 1);
    let (begun, code) = code_for(&world, &app).await;
    let tokens = begun.trade(&code).await;
    let vic = world.account(&tokens.sub()).await;
    let hash = world.braid().hash_password(&domain::Secret::new("another password")).await.unwrap();
    world.store().set_password_hash(world.realm(), vic.id, &hash, server::now()).await.unwrap();
    assert_eq!(tokens.refresh().await.error(), "invalid_grant", "after a new password");
    world.finish().await;
}

async fn oidc_pk_3_a_wrong_verifier_kills_the_code(place: Place) {
    let world = Scene::on(place).open().await;
    for app in [world.app("app"), world.app("spa")] {
        let (mut begun, code) = code_for(&world, &app).await;
        let right = std::mem::replace(&mut begun.verifier, "x".repeat(43));
        assert_eq!(begun.trade(&code).await.error(), "invalid_grant");
        begun.verifier = right;
        assert_eq!(begun.trade(&code).await.error(), "invalid_grant", "and the code is dead");
    }
    world.finish().await;
}

async fn oidc_ui_2_only_an_access_token_opens_userinfo(place: Place) {
    let world = Scene::on(place).open().await;
    let (begun, code) = code_for(&world, &world.app("app")).await;
    let tokens = begun.trade(&code).await;
    for name in ["id_token", "refresh_token"] {
        assert_eq!(world.app("app").userinfo(tokens.get(name)).await, None, "{name}");
    }
    let answer = world.browser().get("/userinfo").await;
    assert!(answer.status == 401 && answer.header("www-authenticate").starts_with("Bearer"));
    world.finish().await;
}

async fn oidc_ui_3_a_closed_account_tells_nothing(place: Place) {
    let world = Scene::on(place).open().await;
    let (begun, code) = code_for(&world, &world.app("app")).await;
    let tokens = begun.trade(&code).await;
    let vic = world.account(&tokens.sub()).await;
    world.set_enabled(&vic, false).await;
    assert_eq!(tokens.userinfo().await, None);
    world.finish().await;
}

async fn oidc_ky_1_an_rs256_client_gets_rs256(place: Place) {
    let scene = Scene::on(place).client("old", "secret", "marker-secret-of-old").client("old", "signing-alg", "RS256");
    let world = scene.open().await;
    let (begun, code) = code_for(&world, &world.app("old")).await;
    let tokens = begun.trade(&code).await;
    let header = tokens.header("id_token");
    let keys: serde_json::Value = serde_json::from_str(&world.browser().get("/jwks").await.body).unwrap();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    assert_eq!((&header["alg"], &key["alg"], &key["kty"]), (&json!("RS256"), &json!("RS256"), &json!("RSA")));
    assert!(key.get("d").is_none() && key.get("p").is_none());
    assert_eq!(tokens.header("access_token")["alg"], "ES256");
    world.finish().await;
}
