//! Federations: which authority stands behind a login, and what claims would come to without one.

use crate::scene::{Scene, chain, with};
use domain::{AttributeName, Vouched};
use serde_json::{Value, json};
use upstream::{ClaimsError, SettingsError};

const CAMPUS: &str = "https://idp.campus.example/shibboleth";

async fn federation() -> Scene {
    let mut scene = Scene::new().await;
    scene.settings.authority_claim = Some("idp".into());
    scene
}

#[tokio::test]
async fn ph_49_the_authority_behind_a_federation_is_part_of_the_key() {
    let scene = federation().await;
    let key = |change: Value| {
        let claims = with(&scene.claims(), change);
        let scene = &scene;
        async move { scene.who(&claims).await.key }
    };
    let home = key(json!({"idp": CAMPUS})).await;
    assert_eq!((home.authority.as_deref(), home.subject.as_str()), (Some(CAMPUS), "ada-1815"));
    let elsewhere = json!({"idp": CAMPUS, "email": "new@campus.example", "eppn": "other@campus.example"});
    assert_eq!(key(elsewhere).await, home, "an address may change, and names nobody");
    for other in
        ["https://idp.campus.example/shibboleth/", "HTTPS://idp.campus.example/shibboleth", "https://accounts.social.example"]
    {
        assert_ne!(key(json!({"idp": other})).await, home, "{other}");
    }
}

#[tokio::test]
async fn ph_49_a_login_without_its_authority_is_refused() {
    let mut scene = federation().await;
    for bad in [
        Value::Null,
        json!(""),
        json!("  "),
        json!(7),
        json!([CAMPUS]),
        json!({"id": CAMPUS}),
        json!("x".repeat(256)),
        json!("a\u{0}b"),
    ] {
        let told = scene.why_not(&with(&scene.claims(), json!({"idp": bad}))).await;
        assert!(told.contains("`idp` is missing or can't name an authority"), "{bad}: {told}");
    }
    scene.settings.user_info = true;
    scene.idp.answer("/userinfo", crate::fake::Reply::json(&json!({"sub": "ada-1815", "idp": CAMPUS})));
    let told = scene.why_not(&scene.claims()).await;
    assert!(told.contains("`idp` is missing"), "only what is signed names the authority: {told}");
}

#[tokio::test]
async fn an_authority_that_nobody_asked_for_is_no_part_of_the_key() {
    let scene = Scene::new().await;
    assert_eq!(scene.who(&with(&scene.claims(), json!({"idp": CAMPUS}))).await.key.authority, None);
}

#[tokio::test]
async fn ph_51_what_may_change_is_never_part_of_the_key() {
    let mut scene = Scene::new().await;
    let http = std::sync::Arc::new(upstream::Http::new(&scene.http).unwrap());
    for claim in ["email", "preferred_username", "upn", "eppn", "name", "sub", "nonce", "iat"] {
        scene.settings.authority_claim = Some(claim.into());
        let refused = upstream::OidcProvider::new(scene.settings.clone(), http.clone()).err().unwrap();
        assert!(matches!(refused, SettingsError::Authority { .. }), "{claim}: {refused}");
    }
    for claim in ["idp", "hd", "tid", "acr", "http://example.org/claims/idp"] {
        scene.settings.authority_claim = Some(claim.into());
        assert!(upstream::OidcProvider::new(scene.settings.clone(), http.clone()).is_ok(), "{claim}");
    }
}

#[tokio::test]
async fn claims_can_be_tried_out_and_nobody_is_asked() {
    let mut scene = federation().await;
    scene.settings.claims.attributes.insert(AttributeName::parse("upn").unwrap(), "upn".into());
    let claims =
        json!({"sub": "ada-1815", "idp": CAMPUS, "email": "ada@campus.example", "email_verified": true, "upn": "ada@corp"});
    let who = scene.provider().read_claims(&claims.to_string()).unwrap();
    assert_eq!((who.key.issuer.as_str(), who.key.authority.as_deref()), (scene.idp.origin.as_str(), Some(CAMPUS)));
    assert_eq!(who.email.unwrap().vouched, Vouched::Yes);
    assert_eq!(who.attributes.into_values().collect::<Vec<_>>(), [["ada@corp"]]);

    for (bad, why) in [
        (with(&claims, json!({"iss": "https://evil.example"})), "`iss` is"),
        (with(&claims, json!({"iss": 7})), "`iss` is"),
        (with(&claims, json!({"sub": null})), "`sub` is missing"),
        (with(&claims, json!({"sub": "x".repeat(256)})), "longer than 255"),
        (with(&claims, json!({"idp": null})), "`idp` is missing"),
    ] {
        let refused = scene.provider().read_claims(&bad.to_string()).unwrap_err();
        assert!(chain(&refused).contains(why), "{}", chain(&refused));
    }
    for broken in ["", "[]", r#"{"sub":"a","sub":"b"}"#] {
        assert!(matches!(scene.provider().read_claims(broken), Err(ClaimsError::Json(_))), "{broken}");
    }
    assert!(!scene.idp.asked_anything());
}
