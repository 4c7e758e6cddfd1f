//! Where requests go, and where they don't.

use crate::fake::{Fake, Reply};
use crate::scene::{DISCOVERY, NOW, Scene, chain, trip};
use domain::{ProviderAlias, Secret, UpstreamFailure};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use upstream::{Http, HttpSettings, OidcProvider, OidcSettings, SettingsError, SigningAlg, TokenAuth};

fn settings(issuer: &str) -> OidcSettings {
    OidcSettings::new(ProviderAlias::parse("campus").unwrap(), issuer, "braid")
}

fn client(http: &HttpSettings) -> Arc<Http> {
    Arc::new(Http::new(http).unwrap())
}

fn provider(settings: OidcSettings, client: &Arc<Http>) -> Result<OidcProvider, SettingsError> {
    OidcProvider::new(settings, client.clone())
}

#[tokio::test]
async fn web_52_an_issuer_in_the_internal_network_has_to_be_listed() {
    let http = client(&HttpSettings::default());
    for issuer in [
        "https://127.0.0.1",
        "https://[::1]",
        "https://0.0.0.0",
        "https://169.254.169.254",
        "https://[fd00::1]",
        "https://[::ffff:127.0.0.1]",
        "https://[64:ff9b::a00:1]",
        "https://2130706433",
        "https://0x7f.1",
        "https://017700000001",
        "https://localhost",
        "https://localhost.",
        "http://idp.example",
        "file:///etc",
        "gopher://idp.example",
    ] {
        assert!(matches!(provider(settings(issuer), &http), Err(SettingsError::Unreachable { .. })), "{issuer}");
    }
    assert!(provider(settings("https://idp.example"), &http).is_ok());
}

#[tokio::test]
async fn web_53_a_redirect_to_the_inside_is_not_followed() {
    let scene = Scene::new().await;
    let inside = Fake::start().await;
    inside.answer("/secret", Reply::json(&scene.metadata()));
    let secret = format!("{}/secret", inside.origin);
    for status in [301, 302, 303, 307, 308] {
        for path in [DISCOVERY, "/keys", "/token"] {
            scene.publish(&scene.metadata());
            scene.publish_keys(&[crate::signing::RSA.jwk(json!({"kid": "k1"}))]);
            scene.assert(&scene.claims());
            scene.idp.answer(path, Reply::redirect(status, &secret));
            let refused = scene.come_back().await.unwrap_err();
            assert!(chain(&refused).contains(&format!("redirect ({status})")), "{}", chain(&refused));
        }
    }
    assert!(!inside.asked_anything());
}

#[tokio::test]
async fn web_54_closed_and_refused_and_silent_ports_look_alike_to_a_person() {
    let mut scene = Scene::new().await;
    scene.http.total_timeout = Duration::from_millis(300);
    let told = |failure| assert_eq!(failure, UpstreamFailure::Unavailable);
    scene.idp.answer(DISCOVERY, Reply::Hang);
    told(scene.provider().authorize_url(&trip(), NOW).await.unwrap_err().failure());
    scene.idp.answer(DISCOVERY, Reply::Reset);
    told(scene.provider().authorize_url(&trip(), NOW).await.unwrap_err().failure());
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let http = client(&HttpSettings { allow_internal: vec![closed.to_string()], ..HttpSettings::default() });
    let nobody = provider(settings(&format!("http://{closed}")), &http).unwrap();
    told(nobody.authorize_url(&trip(), NOW).await.unwrap_err().failure());
}

#[tokio::test]
async fn web_55_answers_are_bounded_in_time_and_size() {
    let mut scene = Scene::new().await;
    scene.http.total_timeout = Duration::from_millis(150);
    scene.settings.user_info = true;
    for path in [DISCOVERY, "/keys", "/userinfo"] {
        for reply in [Reply::Hang, Reply::Trickle, Reply::EndlessHeaders, Reply::Endless] {
            scene.publish(&scene.metadata());
            scene.publish_keys(&[crate::signing::RSA.jwk(json!({"kid": "k1"}))]);
            scene.idp.answer(path, reply);
            assert!(scene.come_back().await.is_err(), "{path}");
        }
    }
}

#[tokio::test]
async fn web_55_the_size_limit_is_the_configured_one() {
    let mut scene = Scene::new().await;
    let padded = |size: usize| {
        let metadata = scene.metadata().to_string();
        Reply::text(200, "application/json", format!("{metadata}{}", " ".repeat(size - metadata.len())))
    };
    let (fits, too_long) = (padded(4000), padded(4001));
    scene.http.max_body = 4000;
    scene.idp.answer(DISCOVERY, fits);
    assert!(scene.provider().authorize_url(&trip(), NOW).await.is_ok());
    scene.idp.answer(DISCOVERY, too_long);
    assert!(chain(&scene.provider().authorize_url(&trip(), NOW).await.unwrap_err()).contains("longer than 4000 bytes"));
}

#[tokio::test]
async fn no_cookie_and_no_compression_is_asked_for_or_kept() {
    let scene = Scene::new().await;
    scene.idp.answer(DISCOVERY, Reply::json(&scene.metadata()).with_header("set-cookie", "a=b; Path=/"));
    let provider = scene.provider();
    provider.redeem(&trip(), &crate::scene::code(), NOW).await.unwrap();
    for asked in [DISCOVERY, "/token", "/keys"].iter().flat_map(|path| scene.idp.asked(path)) {
        for absent in ["cookie", "accept-encoding", "referer"] {
            assert!(!asked.headers.contains_key(absent), "{absent}: {asked:?}");
        }
        assert_eq!(asked.headers["user-agent"], concat!("Braid/", env!("CARGO_PKG_VERSION")));
    }
}

#[tokio::test]
async fn web_56_a_listed_place_over_https_has_to_show_a_certificate() {
    let mut scene = Scene::new().await;
    scene.http.connect_timeout = Duration::from_millis(150);
    let issuer = scene.idp.origin.replace("http:", "https:");
    let refused = provider(settings(&issuer), &client(&scene.http)).unwrap().authorize_url(&trip(), NOW).await.unwrap_err();
    assert_eq!(refused.failure(), UpstreamFailure::Unavailable);
    assert!(!scene.idp.asked_anything());
}

#[test]
fn settings_that_would_be_unsafe_are_refused() {
    let base = || settings("https://idp.example");
    let change = |change: fn(&mut OidcSettings)| {
        let mut settings = base();
        change(&mut settings);
        settings
    };
    let mut cases: Vec<(OidcSettings, &str)> = vec![
        (settings("idp.example"), "not a URL"),
        (settings(""), "not a URL"),
        (settings("https://idp.example?x=1"), "no query"),
        (settings("https://idp.example#x"), "no query"),
        (change(|s| s.client_id.clear()), "client id is empty"),
        (change(|s| s.token_auth = TokenAuth::Basic), "need a client secret"),
        (change(|s| s.client_secret = Some(Secret::new("x"))), "need a client secret"),
        (change(|s| s.signing_algs.clear()), "at least one"),
        (change(|s| s.scopes.push("a b".into())), "a scope has"),
        (change(|s| s.claims.email = "upn".into()), "“upn”"),
        (change(|s| s.claims.email = "preferred_username".into()), "“preferred_username”"),
        (change(|s| s.claims.email_verified = "xms_edov".into()), "“xms_edov”"),
        (change(|s| s.claims.keep = vec!["nonce".into()]), "“nonce”"),
        (change(|s| drop(s.authorize_params.insert("prompt".into(), "none".into()))), "“prompt”"),
    ];
    for name in [
        "state",
        "nonce",
        "client_id",
        "redirect_uri",
        "code_challenge",
        "code_challenge_method",
        "response_mode",
        "request",
        "scope",
    ] {
        let mut settings = base();
        settings.authorize_params.insert(name.into(), "x".into());
        cases.push((settings, name));
    }
    let http = client(&HttpSettings::default());
    for (settings, why) in cases {
        let refused = provider(settings, &http).err().expect(why);
        assert!(chain(&refused).contains(why), "{why}: {}", chain(&refused));
    }
    assert!(provider(change(|s| drop(s.authorize_params.insert("claims".into(), "{}".into()))), &http).is_ok());
}

#[test]
fn algorithms_without_a_public_key_have_no_name() {
    for name in ["none", "HS256", "HS384", "HS512", "rs256", ""] {
        assert!(serde_json::from_value::<SigningAlg>(json!(name)).is_err(), "{name}");
    }
    assert_eq!(serde_json::from_value::<SigningAlg>(json!("EdDSA")).unwrap(), SigningAlg::EdDSA);
}

#[test]
fn an_extra_authority_has_to_be_a_certificate() {
    let http = |pem: &str| Http::new(&HttpSettings { extra_roots: vec![pem.into()], ..HttpSettings::default() });
    assert!(http("-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n").is_err());
}

#[tokio::test]
async fn one_connection_serves_many_logins() {
    let scene = Scene::new().await;
    let provider = scene.provider();
    for _ in 0..3 {
        provider.redeem(&trip(), &crate::scene::code(), NOW).await.unwrap();
    }
    assert_eq!(scene.idp.connections(), 1);
}
