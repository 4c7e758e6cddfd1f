//! What userinfo may add, and when it ends the login.

use crate::fake::Reply;
use crate::scene::{ACCESS_TOKEN, Scene, chain, with};
use crate::signing::{OTHER_RSA, RSA};
use domain::{UpstreamFailure, Vouched};
use serde_json::{Value, json};

async fn scene(token: Value, user_info: &Value) -> Scene {
    let mut scene = Scene::new().await;
    scene.settings.user_info = true;
    scene.assert(&with(&scene.claims(), token));
    scene.idp.answer("/userinfo", Reply::json(user_info));
    scene
}

#[tokio::test]
async fn oidc_rp_3_userinfo_fills_what_is_missing() {
    let info = json!({"sub": "ada-1815", "given_name": "Ada", "family_name": "Byron", "email": "ada@info.example", "email_verified": false});
    let scene = scene(json!({"family_name": "Lovelace"}), &info).await;
    let who = scene.come_back().await.unwrap();
    assert_eq!((who.given_name.as_deref(), who.family_name.as_deref()), (Some("Ada"), Some("Lovelace")));
    let email = who.email.unwrap();
    assert_eq!((email.address.as_str(), email.vouched), ("ada@campus.example", Vouched::Yes));
    assert_eq!(scene.idp.asked("/userinfo")[0].headers["authorization"], format!("Bearer {ACCESS_TOKEN}"));
}

#[tokio::test]
async fn oidc_rp_3_an_address_and_its_flag_come_from_the_same_source() {
    let gone = Value::Null;
    for (token, info, expected) in [
        (json!({"email": gone}), json!({"email": "a@i.example", "email_verified": true}), Some(("a@i.example", Vouched::Yes))),
        (json!({"email": gone}), json!({"email": "a@i.example"}), Some(("a@i.example", Vouched::Silent))),
        (json!({"email_verified": gone}), json!({"email_verified": true}), Some(("ada@campus.example", Vouched::Silent))),
        (
            json!({"email_verified": gone}),
            json!({"email": "ada@campus.example", "email_verified": true}),
            Some(("ada@campus.example", Vouched::Silent)),
        ),
        (json!({"email": "not an address"}), json!({"email": "a@i.example", "email_verified": true}), None),
        (json!({"email": gone}), json!({}), None),
    ] {
        let scene = scene(token.clone(), &with(&info, json!({"sub": "ada-1815"}))).await;
        let email = scene.come_back().await.unwrap().email;
        let got = email.as_ref().map(|email| (email.address.as_str(), email.vouched));
        assert_eq!(got, expected, "{token} {info}");
    }
}

#[tokio::test]
async fn oidc_rp_3_userinfo_about_somebody_else_ends_the_login() {
    for subject in [json!("victim"), json!("ADA-1815"), json!("ada-1815 "), json!(1815), Value::Null] {
        let scene = scene(json!({}), &with(&json!({"given_name": "Vic"}), json!({"sub": subject}))).await;
        let refused = scene.come_back().await.unwrap_err();
        assert!(chain(&refused).contains("another subject"), "{subject}");
        assert_eq!(refused.failure(), UpstreamFailure::Refused);
    }
}

#[tokio::test]
async fn oidc_rp_3_userinfo_never_changes_who_it_is() {
    let info = json!({"sub": "ada-1815", "iss": "https://evil.example", "aud": "x", "nonce": "x", "auth_time": 5});
    let scene = scene(json!({}), &info).await;
    let who = scene.come_back().await.unwrap();
    assert_eq!((who.key.issuer, who.key.subject.as_str()), (scene.idp.origin.clone(), "ada-1815"));
    assert_eq!(who.auth_time, None);
}

#[tokio::test]
async fn oidc_rp_3_an_answer_that_cant_be_read_ends_the_login() {
    let scene = scene(json!({}), &json!({})).await;
    let body = r#"{"sub":"ada-1815"}"#;
    let twice = r#"{"sub":"ada-1815","email_verified":false,"email_verified":true}"#;
    for (reply, told) in [
        (Reply::text(200, "text/html", "<html>"), UpstreamFailure::Refused),
        (Reply::text(200, "text/html", body), UpstreamFailure::Refused),
        (Reply::text(200, "application/json", twice), UpstreamFailure::Refused),
        (Reply::text(200, "application/json", format!("{body}{}", " ".repeat(1_000_000))), UpstreamFailure::Refused),
        (Reply::text(200, "application/jwt", "a.b.c.d.e"), UpstreamFailure::Refused),
        (Reply::redirect(302, "http://169.254.169.254/"), UpstreamFailure::Refused),
        (Reply::text(401, "application/json", body), UpstreamFailure::Error),
        (Reply::text(500, "application/json", body), UpstreamFailure::Unavailable),
        (Reply::Reset, UpstreamFailure::Unavailable),
    ] {
        scene.idp.answer("/userinfo", reply);
        assert_eq!(scene.come_back().await.unwrap_err().failure(), told);
    }
}

#[tokio::test]
async fn oidc_rp_3_a_signed_answer_is_checked_like_a_token() {
    let scene = scene(json!({}), &json!({})).await;
    let claims = json!({"iss": scene.idp.origin, "aud": "braid", "sub": "ada-1815", "given_name": "Ada"});
    let header = json!({"alg": "RS256", "kid": "k1"});
    let signed = |claims: Value| Reply::text(200, "application/jwt", RSA.token(&header, claims.to_string()));
    scene.idp.answer("/userinfo", signed(claims.clone()));
    assert_eq!(scene.come_back().await.unwrap().given_name.as_deref(), Some("Ada"));
    for (reply, why) in [
        (signed(with(&claims, json!({"iss": "https://evil.example"}))), "by or for somebody else"),
        (signed(with(&claims, json!({"aud": "another"}))), "by or for somebody else"),
        (signed(with(&claims, json!({"aud": null}))), "by or for somebody else"),
        (signed(with(&claims, json!({"sub": "victim"}))), "another subject"),
        (Reply::text(200, "application/jwt", OTHER_RSA.token(&header, claims.to_string())), "signature is wrong"),
        (Reply::text(200, "application/jwt", RSA.token(&json!({"alg": "none"}), claims.to_string())), "“none”"),
    ] {
        scene.idp.answer("/userinfo", reply);
        let told = chain(&scene.come_back().await.unwrap_err());
        assert!(told.contains(why), "{told}");
    }
}

#[tokio::test]
async fn userinfo_that_isnt_wanted_isnt_asked_for() {
    let scene = Scene::new().await;
    scene.come_back().await.unwrap();
    assert!(scene.idp.asked("/userinfo").is_empty());
}

#[tokio::test]
async fn userinfo_that_is_wanted_has_to_be_there() {
    let scene = scene(json!({}), &json!({"sub": "ada-1815"})).await;
    let tokens = json!({"id_token": RSA.token(&json!({"alg": "RS256", "kid": "k1"}), scene.claims().to_string())});
    scene.idp.answer("/token", Reply::json(&tokens));
    assert!(chain(&scene.come_back().await.unwrap_err()).contains("no access token"));
    scene.publish(&with(&scene.metadata(), json!({"userinfo_endpoint": null})));
    assert!(chain(&scene.come_back().await.unwrap_err()).contains("“userinfo_endpoint” is missing"));
}
