//! Which discovery documents are used, and how long.

use crate::fake::Reply;
use crate::scene::{DISCOVERY, NOW, Scene, chain, trip, with};
use domain::UpstreamFailure;
use serde_json::json;
use std::time::Duration;
use tokio::task::JoinSet;

#[tokio::test]
async fn oidc_rp_4_a_document_that_isnt_the_providers_or_leads_astray_is_refused() {
    let scene = Scene::new().await;
    for (change, why) in [
        (json!({"issuer": "https://evil.example"}), "it is for the issuer “https://evil.example”"),
        (json!({"issuer": null}), "“issuer” is missing"),
        (json!({"jwks_uri": null}), "“jwks_uri” is missing"),
        (json!({"jwks_uri": 5}), "“jwks_uri” is missing"),
        (json!({"token_endpoint": null}), "“token_endpoint” is missing"),
        (json!({"authorization_endpoint": null}), "“authorization_endpoint” is missing"),
        (json!({"authorization_endpoint": "/authorize"}), "“authorization_endpoint” is not a URL"),
        (json!({"authorization_endpoint": "http://idp.example/a"}), "only https"),
        (json!({"authorization_endpoint": "javascript:alert(1)"}), "only https"),
        (json!({"authorization_endpoint": "https://u:p@idp.example/a"}), "credentials"),
        (json!({"authorization_endpoint": "https://idp.example/a#b"}), "has a fragment"),
        (json!({"token_endpoint": "http://idp.example/t"}), "only https"),
        (json!({"token_endpoint": "https://127.0.0.1/t"}), "internal network"),
        (json!({"token_endpoint": "https://[::ffff:10.0.0.1]/t"}), "internal network"),
        (json!({"jwks_uri": "https://169.254.169.254/latest"}), "internal network"),
        (json!({"jwks_uri": "https://idp.example:22/"}), "port"),
        (json!({"jwks_uri": "file:///etc/passwd"}), "only https"),
    ] {
        scene.publish(&with(&scene.metadata(), change.clone()));
        let refused = scene.provider().authorize_url(&trip(), NOW).await.expect_err(&change.to_string());
        assert!(chain(&refused).contains(why), "{change}: {}", chain(&refused));
        assert_eq!(refused.failure(), UpstreamFailure::Refused);
    }
}

#[tokio::test]
async fn oidc_rp_4_endpoints_stay_on_the_hosts_that_the_operator_lists() {
    let mut scene = Scene::new().await;
    scene.publish(&with(&scene.metadata(), json!({"token_endpoint": "https://tokens.example/t"})));
    assert!(scene.provider().authorize_url(&trip(), NOW).await.is_ok(), "nothing listed");
    scene.settings.endpoint_hosts = vec!["keys.example".into()];
    let refused = scene.provider().authorize_url(&trip(), NOW).await.unwrap_err();
    assert!(chain(&refused).contains("isn't listed: “tokens.example”"));
    scene.settings.endpoint_hosts.push("Tokens.example".into());
    assert!(scene.provider().authorize_url(&trip(), NOW).await.is_ok());
}

#[tokio::test]
async fn oidc_rp_4_whatever_is_no_document_is_refused() {
    let scene = Scene::new().await;
    let metadata = scene.metadata().to_string();
    let big = format!("{}{}", metadata, " ".repeat(10_000_000));
    let twice = format!("{},\"token_endpoint\":\"https://evil.example/\"}}", metadata.trim_end_matches('}'));
    for (reply, told) in [
        (Reply::text(200, "text/html", metadata.clone()), UpstreamFailure::Refused),
        (Reply::text(200, "application/json", "<html>"), UpstreamFailure::Refused),
        (Reply::text(200, "application/json", "\u{fffd}\u{0}"), UpstreamFailure::Refused),
        (Reply::text(200, "application/json", twice), UpstreamFailure::Refused),
        (Reply::text(200, "application/json", big), UpstreamFailure::Refused),
        (Reply::Endless, UpstreamFailure::Refused),
        (Reply::redirect(301, "http://127.0.0.1:1/"), UpstreamFailure::Refused),
        (Reply::text(404, "application/json", metadata.clone()), UpstreamFailure::Error),
        (Reply::text(503, "application/json", metadata), UpstreamFailure::Unavailable),
        (Reply::Reset, UpstreamFailure::Unavailable),
    ] {
        scene.idp.answer(DISCOVERY, reply);
        let refused = scene.provider().authorize_url(&trip(), NOW).await.unwrap_err();
        assert_eq!(refused.failure(), told, "{}", chain(&refused));
    }
}

#[tokio::test]
async fn oidc_rp_4_the_last_good_document_serves_for_a_day() {
    let scene = Scene::new().await;
    let provider = scene.provider();
    let before = provider.authorize_url(&trip(), NOW).await.unwrap();
    let other = with(&scene.metadata(), json!({"authorization_endpoint": format!("{}/moved", scene.idp.origin)}));
    let evil = with(&other, json!({"issuer": "https://evil.example"}));
    for (hours, broken) in [(2, Reply::text(500, "text/html", "")), (3, Reply::Reset), (4, Reply::json(&evil))] {
        scene.idp.answer(DISCOVERY, broken);
        let asked = scene.idp.asked(DISCOVERY).len();
        let later = NOW.plus(Duration::from_hours(hours));
        for _ in 0..5 {
            assert_eq!(provider.authorize_url(&trip(), later).await.unwrap(), before);
        }
        assert_eq!(scene.idp.asked(DISCOVERY).len(), asked + 1, "a failure is remembered for a moment");
    }
    assert!(provider.authorize_url(&trip(), NOW.plus(Duration::from_hours(25))).await.is_err(), "but not for ever");
    scene.publish(&other);
    let moved = provider.authorize_url(&trip(), NOW.plus(Duration::from_hours(26))).await.unwrap();
    assert_eq!(moved.path(), "/moved");
}

#[tokio::test]
async fn a_document_is_asked_for_once_an_hour_by_however_many() {
    let scene = Scene::new().await;
    let provider = scene.provider();
    for (minutes, expected) in [(0, 1), (59, 1), (60, 2)] {
        let now = NOW.plus(Duration::from_mins(minutes));
        let mut logins = JoinSet::new();
        for _ in 0..50 {
            let provider = provider.clone();
            logins.spawn(async move { provider.authorize_url(&trip(), now).await });
        }
        assert!(logins.join_all().await.into_iter().all(|url| url.is_ok()));
        assert_eq!(scene.idp.asked(DISCOVERY).len(), expected);
    }
}

#[tokio::test]
async fn a_provider_that_is_down_is_asked_once_by_however_many_and_again_soon() {
    let scene = Scene::new().await;
    let provider = scene.provider();
    scene.idp.answer(DISCOVERY, Reply::Reset);
    let mut logins = JoinSet::new();
    for _ in 0..50 {
        let provider = provider.clone();
        logins.spawn(async move { provider.authorize_url(&trip(), NOW).await });
    }
    assert!(logins.join_all().await.into_iter().all(|url| url.is_err()));
    assert_eq!(scene.idp.asked(DISCOVERY).len(), 1);
    scene.publish(&scene.metadata());
    assert!(provider.authorize_url(&trip(), NOW.plus(Duration::from_secs(5))).await.is_ok());
}

#[tokio::test]
async fn an_issuer_with_a_path_has_its_document_below_it() {
    for path in ["/realms/campus", "/realms/campus/"] {
        let mut scene = Scene::new().await;
        scene.settings.issuer = format!("{}{path}", scene.idp.origin);
        let at = "/realms/campus/.well-known/openid-configuration";
        scene.idp.answer(at, Reply::json(&with(&scene.metadata(), json!({"issuer": scene.settings.issuer}))));
        assert!(scene.provider().authorize_url(&trip(), NOW).await.is_ok());
        assert_eq!(scene.idp.asked(at).len(), 1);
    }
}
