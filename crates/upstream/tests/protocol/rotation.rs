//! Which key is used, and what happens when the provider changes its keys.

use crate::fake::Reply;
use crate::scene::{NOW, Scene, chain, code, trip};
use crate::signing::{EC, OTHER_EC, OTHER_RSA, RSA};
use domain::UpstreamFailure;
use serde_json::json;
use std::time::Duration;
use tokio::task::JoinSet;

#[tokio::test]
async fn oidc_rp_2_a_token_that_names_no_key_needs_a_single_one_that_fits() {
    let scene = Scene::new().await;
    scene.assert_signed(&RSA, &json!({"alg": "RS256"}), &scene.claims());
    scene.publish_keys(&[RSA.jwk(json!({"kid": "k1"}))]);
    assert!(scene.come_back().await.is_ok(), "one key");
    scene.publish_keys(&[RSA.jwk(json!({}))]);
    assert!(scene.come_back().await.is_ok(), "one key without a name");
    scene.publish_keys(&[
        EC.jwk(json!({"kid": "a"})),
        RSA.jwk(json!({"kid": "b"})),
        OTHER_RSA.jwk(json!({"kid": "c", "use": "enc"})),
        OTHER_RSA.jwk(json!({"kid": "d", "alg": "PS256"})),
        OTHER_RSA.jwk(json!({"kid": "e", "key_ops": ["encrypt"]})),
    ]);
    assert!(scene.come_back().await.is_ok(), "one key fits the algorithm");
    scene.publish_keys(&[RSA.jwk(json!({"kid": "a"})), OTHER_RSA.jwk(json!({"kid": "b"}))]);
    assert!(chain(&scene.come_back().await.unwrap_err()).contains("several keys"), "two keys fit");
}

#[tokio::test]
async fn oidc_rp_2_a_token_that_names_a_key_is_checked_with_that_one() {
    let scene = Scene::new().await;
    scene.publish_keys(&[OTHER_EC.jwk(json!({"kid": "a"})), EC.jwk(json!({"kid": "b"})), RSA.jwk(json!({"kid": "b"}))]);
    scene.assert_signed(&EC, &json!({"alg": "ES256", "kid": "b"}), &scene.claims());
    assert!(scene.come_back().await.is_ok());
    scene.assert_signed(&EC, &json!({"alg": "ES256", "kid": "a"}), &scene.claims());
    assert!(chain(&scene.come_back().await.unwrap_err()).contains("signature is wrong"));
    scene.assert_signed(&EC, &json!({"alg": "ES256", "kid": "B"}), &scene.claims());
    assert!(chain(&scene.come_back().await.unwrap_err()).contains("no key"));
}

#[tokio::test]
async fn oidc_rp_2_new_keys_are_seen_with_the_first_token_that_needs_them() {
    let scene = Scene::new().await;
    let provider = scene.provider();
    provider.redeem(&trip(), &code(), NOW).await.unwrap();
    provider.redeem(&trip(), &code(), NOW).await.unwrap();
    assert_eq!(scene.idp.asked("/keys").len(), 1, "kept");

    scene.publish_keys(&[RSA.jwk(json!({"kid": "k1"})), EC.jwk(json!({"kid": "k2"}))]);
    scene.assert_signed(&EC, &json!({"alg": "ES256", "kid": "k2"}), &scene.claims());
    provider.redeem(&trip(), &code(), NOW).await.unwrap();
    assert_eq!(scene.idp.asked("/keys").len(), 2, "asked once more, and at once");

    let later = NOW.plus(Duration::from_secs(31));
    scene.publish_keys(&[OTHER_EC.jwk(json!({"kid": "k2"}))]);
    scene.assert_signed(&OTHER_EC, &json!({"alg": "ES256", "kid": "k2"}), &scene.claims());
    provider.redeem(&trip(), &code(), later).await.unwrap();
    assert_eq!(scene.idp.asked("/keys").len(), 3, "also where an old name has a new key");
}

#[tokio::test]
async fn oidc_rp_2_unknown_keys_are_asked_for_once_and_then_not_for_a_while() {
    let scene = Scene::new().await;
    let provider = scene.provider();
    scene.assert_signed(&EC, &json!({"alg": "ES256", "kid": "unknown"}), &scene.claims());
    for _ in 0..10 {
        let refused = provider.redeem(&trip(), &code(), NOW).await.unwrap_err();
        assert!(chain(&refused).contains("no key"));
        assert_eq!(refused.failure(), UpstreamFailure::Refused);
    }
    assert_eq!(scene.idp.asked("/keys").len(), 2);
    let later = NOW.plus(Duration::from_secs(31));
    provider.redeem(&trip(), &code(), later).await.unwrap_err();
    assert_eq!(scene.idp.asked("/keys").len(), 3);
}

#[tokio::test]
async fn oidc_rp_2_many_logins_at_once_ask_for_keys_once() {
    let scene = Scene::new().await;
    let provider = scene.provider();
    for (keys, expected) in [(json!({"kid": "k1"}), 1), (json!({"kid": "k1", "alg": "RS256"}), 1)] {
        scene.publish_keys(&[RSA.jwk(keys)]);
        let mut logins = JoinSet::new();
        for _ in 0..50 {
            let provider = provider.clone();
            logins.spawn(async move { provider.redeem(&trip(), &code(), NOW).await });
        }
        assert!(logins.join_all().await.into_iter().all(|login| login.is_ok()));
        assert_eq!(scene.idp.asked("/keys").len(), expected);
    }
    scene.publish_keys(&[EC.jwk(json!({"kid": "k2"}))]);
    scene.assert_signed(&EC, &json!({"alg": "ES256", "kid": "k2"}), &scene.claims());
    let mut logins = JoinSet::new();
    for _ in 0..50 {
        let provider = provider.clone();
        logins.spawn(async move { provider.redeem(&trip(), &code(), NOW).await });
    }
    assert!(logins.join_all().await.into_iter().all(|login| login.is_ok()));
    assert_eq!(scene.idp.asked("/keys").len(), 2);
}

#[tokio::test]
async fn the_last_good_keys_serve_while_there_are_no_newer_ones() {
    let scene = Scene::new().await;
    let provider = scene.provider();
    provider.redeem(&trip(), &code(), NOW).await.unwrap();
    let later = NOW.plus(Duration::from_mins(20));
    let claims = crate::scene::with(&scene.claims(), json!({"exp": later.as_seconds() + 60}));
    scene.assert(&claims);
    for broken in [Reply::text(500, "text/html", ""), Reply::Reset, Reply::json(&json!({"keys": []})), Reply::json(&json!({}))] {
        scene.idp.answer("/keys", broken);
        provider.redeem(&trip(), &code(), later).await.unwrap();
    }
    let next_day = NOW.plus(Duration::from_hours(25));
    let refused = provider.redeem(&trip(), &code(), next_day).await.unwrap_err();
    assert!(chain(&refused).contains("signing keys"), "{}", chain(&refused));
}

#[tokio::test]
async fn a_key_document_without_usable_keys_is_refused() {
    let scene = Scene::new().await;
    let oct = json!({"kty": "oct", "k": "c2VjcmV0", "kid": "k1"});
    let odd = json!([{"kty": "RSA", "kid": "k1"}, {"kty": "EC", "crv": "P-521", "x": "", "y": ""}, {"kid": "k1"}, 5, null, oct]);
    scene.idp.answer("/keys", Reply::json(&json!({ "keys": odd })));
    let refused = scene.come_back().await.unwrap_err();
    assert!(chain(&refused).contains("has no keys"));
    assert_eq!(refused.failure(), UpstreamFailure::Refused);
    let mut mixed = odd.as_array().unwrap().clone();
    mixed.push(RSA.jwk(json!({"kid": "k1"})));
    scene.idp.answer("/keys", Reply::json(&json!({ "keys": mixed })));
    assert!(scene.come_back().await.is_ok());
}
