//! Which ID tokens are believed.

use crate::scene::{ACCESS_TOKEN, CODE, NOW, Scene, chain, with};
use crate::signing::{EC, EC384, ED, OTHER_RSA, RSA, b64, hmac_token};
use aws_lc_rs::digest::{SHA256, SHA512, digest};
use domain::UpstreamFailure;
use serde_json::{Value, json};
use upstream::{SigningAlg, UpstreamError};

fn half(hash: &aws_lc_rs::digest::Digest) -> String {
    b64(&hash.as_ref()[..hash.as_ref().len() / 2])
}

#[tokio::test]
async fn oidc_rp_1_each_broken_claim_is_refused_by_its_own_check() {
    let scene = Scene::new().await;
    let good = scene.claims();
    let seconds = NOW.as_seconds();
    for (change, why) in [
        (json!({"iss": "https://evil.example"}), "`iss` is “https://evil.example”"),
        (json!({"iss": null}), "`iss` is “”"),
        (json!({"iss": [scene.idp.origin]}), "`iss` is “”"),
        (json!({"sub": null}), "`sub` is missing"),
        (json!({"aud": null}), "`aud`"),
        (json!({"aud": "somebody"}), "`aud`"),
        (json!({"aud": []}), "`aud`"),
        (json!({"aud": ["somebody"]}), "`aud`"),
        (json!({"aud": ["braid", "somebody"]}), "`aud`"),
        (json!({"aud": ["braid", "somebody"], "azp": "braid"}), "`aud`"),
        (json!({"aud": ["braid", 7]}), "`aud`"),
        (json!({"aud": {"braid": true}}), "`aud`"),
        (json!({"aud": "Braid"}), "`aud`"),
        (json!({"azp": "somebody"}), "`azp`"),
        (json!({"azp": ["braid"]}), "`azp`"),
        (json!({"exp": null}), "`exp` is missing"),
        (json!({"exp": "1900000000"}), "`exp` is missing or not a date"),
        (json!({"exp": 1e300}), "`exp` is missing or not a date"),
        (json!({"exp": seconds - 60}), "expired"),
        (json!({"exp": 0}), "expired"),
        (json!({"exp": -1}), "expired"),
        (json!({"iat": null}), "`iat` is missing"),
        (json!({"iat": true}), "`iat` is missing or not a date"),
        (json!({"iat": seconds + 61}), "issued in the future"),
        (json!({"nbf": seconds + 61}), "not valid yet"),
        (json!({"nbf": "soon"}), "`nbf` is missing or not a date"),
        (json!({"nonce": null}), "`nonce`"),
        (json!({"nonce": ""}), "`nonce`"),
        (json!({"nonce": "the-nonce-of-another-login"}), "`nonce`"),
        (json!({"at_hash": half(&digest(&SHA256, b"another token"))}), "`at_hash`"),
        (json!({"at_hash": ""}), "`at_hash`"),
        (json!({"at_hash": 5}), "`at_hash`"),
        (json!({"c_hash": half(&digest(&SHA256, b"another code"))}), "`c_hash`"),
    ] {
        let told = scene.why_not(&with(&good, change.clone())).await;
        assert!(told.contains(why), "{change}: {told}");
    }
    scene.assert(&with(&good, json!({"nonce": "other"})));
    let refused = scene.come_back().await.unwrap_err();
    assert!(matches!(refused, UpstreamError::IdToken { .. }) && refused.failure() == UpstreamFailure::Refused);
}

#[tokio::test]
async fn oidc_rp_1_what_the_standard_allows_is_believed() {
    let mut scene = Scene::new().await;
    let good = scene.claims();
    let seconds = NOW.as_seconds();
    for change in [
        json!({}),
        json!({"aud": ["braid"]}),
        json!({"aud": ["braid", "braid"]}),
        json!({"azp": "braid"}),
        json!({"exp": seconds - 59}),
        json!({"exp": 1_800_000_000.5}),
        json!({"iat": seconds + 60, "nbf": seconds + 60}),
        json!({"at_hash": half(&digest(&SHA256, ACCESS_TOKEN.as_bytes()))}),
        json!({"c_hash": half(&digest(&SHA256, CODE.as_bytes()))}),
        json!({"aggregated": {"deep": [1, 2, {"x": null}]}, "_claim_sources": {"a": {"endpoint": "http://169.254.169.254/"}}}),
    ] {
        assert_eq!(scene.who(&with(&good, change)).await.key.subject.as_str(), "ada-1815");
    }
    scene.settings.trusted_audiences = vec!["partner".into()];
    scene.who(&with(&good, json!({"aud": ["braid", "partner"], "azp": "braid"}))).await;
    let told = scene.why_not(&with(&good, json!({"aud": ["braid", "partner"]}))).await;
    assert!(told.contains("`azp`"), "{told}");
}

#[tokio::test]
async fn oidc_rp_1_only_a_right_signature_by_an_allowed_algorithm_is_believed() {
    let scene = Scene::new().await;
    let claims = scene.claims().to_string();
    let modulus = RSA.jwk(json!({}))["n"].as_str().unwrap().to_owned();
    let good = RSA.token(&json!({"alg": "RS256", "kid": "k1"}), &claims);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = signed.split_once('.').unwrap();
    let forged = b64(with(&scene.claims(), json!({"sub": "somebody-else"})).to_string());
    let none = b64(json!({"alg": "none"}).to_string());
    let cases = [
        ("another key", OTHER_RSA.token(&json!({"alg": "RS256", "kid": "k1"}), &claims), "signature is wrong"),
        ("another payload", format!("{header}.{forged}.{signature}"), "signature is wrong"),
        ("no signature", format!("{signed}."), "signature is wrong"),
        ("half a signature", format!("{signed}.{}", &signature[..100]), "signature is wrong"),
        ("none", format!("{none}.{}.", b64(&claims)), "signed with “none”"),
        ("None", RSA.token(&json!({"alg": "None", "kid": "k1"}), &claims), "signed with “None”"),
        ("no alg", RSA.token(&json!({"kid": "k1"}), &claims), "“alg”"),
        ("HS256 by the client secret", hmac_token(b"the client:secret", &json!({"alg": "HS256"}), &claims), "“HS256”"),
        ("HS256 by the public key", hmac_token(modulus.as_bytes(), &json!({"alg": "HS256", "kid": "k1"}), &claims), "“HS256”"),
        ("not on the list", RSA.token(&json!({"alg": "RS384", "kid": "k1"}), &claims), "“RS384”"),
        ("not what the key is for", RSA.token(&json!({"alg": "PS256", "kid": "k1"}), &claims), "no key"),
        ("another kind of key", EC.token(&json!({"alg": "ES256", "kid": "k1"}), &claims), "no key"),
        ("critical", RSA.token(&json!({"alg": "RS256", "kid": "k1", "crit": ["x"], "x": 1}), &claims), "“crit”"),
        ("unencoded", RSA.token(&json!({"alg": "RS256", "kid": "k1", "b64": false}), &claims), "“b64”"),
        ("nested", RSA.token(&json!({"alg": "RS256", "kid": "k1", "cty": "JWT"}), &claims), "“cty”"),
        ("an access token", RSA.token(&json!({"alg": "RS256", "kid": "k1", "typ": "at+jwt"}), &claims), "“typ”"),
        ("a logout token", RSA.token(&json!({"alg": "RS256", "kid": "k1", "typ": "logout+jwt"}), &claims), "“typ”"),
        ("kid as number", RSA.token(&json!({"alg": "RS256", "kid": 1}), &claims), "“kid”"),
        ("encrypted", format!("{header}.a.b.c.d"), "form of a signed token"),
        ("padded", format!("{signed}.{signature}="), "form of a signed token"),
        ("white space", format!("{good}\n"), "form of a signed token"),
        ("empty", String::new(), "form of a signed token"),
        ("dots", "..".into(), "header can't be read"),
        ("payload is no object", RSA.token(&json!({"alg": "RS256", "kid": "k1"}), "[]"), "payload can't be read"),
    ];
    for (what, token, why) in cases {
        scene.give(&token);
        let told = chain(&scene.come_back().await.expect_err(what));
        assert!(told.contains(why), "{what}: {told}");
    }
}

#[tokio::test]
async fn oidc_rp_1_a_key_in_the_header_is_never_used() {
    let scene = Scene::new().await;
    let own = OTHER_RSA.jwk(json!({"kid": "k1"}));
    for header in [
        json!({"alg": "RS256", "kid": "k1", "jwk": own}),
        json!({"alg": "RS256", "kid": "k1", "jku": format!("{}/evil-keys", scene.idp.origin)}),
        json!({"alg": "RS256", "kid": "k1", "x5u": format!("{}/evil-keys", scene.idp.origin)}),
    ] {
        scene.assert_signed(&OTHER_RSA, &header, &scene.claims());
        assert!(chain(&scene.come_back().await.unwrap_err()).contains("signature is wrong"));
    }
    assert!(scene.idp.asked("/evil-keys").is_empty());
}

#[tokio::test]
async fn every_algorithm_that_is_offered_works() {
    let mut scene = Scene::new().await;
    scene.settings.signing_algs.extend([SigningAlg::ES384, SigningAlg::RS384]);
    for (alg, key) in [("RS256", &RSA), ("RS384", &RSA), ("PS256", &RSA), ("ES256", &EC), ("ES384", &EC384), ("EdDSA", &ED)] {
        scene.publish_keys(&[key.jwk(json!({"kid": "k", "alg": alg}))]);
        scene.assert_signed(key, &json!({"alg": alg, "kid": "k"}), &scene.claims());
        assert!(scene.come_back().await.is_ok(), "{alg}");
    }
    let with_hash = with(&scene.claims(), json!({"at_hash": half(&digest(&SHA512, ACCESS_TOKEN.as_bytes()))}));
    scene.publish_keys(&[ED.jwk(json!({}))]);
    scene.assert_signed(&ED, &json!({"alg": "EdDSA"}), &with_hash);
    scene.come_back().await.unwrap();
}

#[tokio::test]
async fn ph_24_a_subject_that_names_nobody_is_refused() {
    let scene = Scene::new().await;
    for subject in
        [json!(0), json!(1234), json!(false), json!(true), json!([]), json!(["x"]), json!({}), json!(""), json!(" "), json!("\t")]
    {
        let told = scene.why_not(&with(&scene.claims(), json!({"sub": subject}))).await;
        assert!(told.contains("`sub`") && !told.contains("`iss`"), "{subject}: {told}");
    }
    let null = scene.claims().to_string().replace("\"ada-1815\"", "null");
    scene.give(&RSA.token(&json!({"alg": "RS256", "kid": "k1"}), null));
    assert!(chain(&scene.come_back().await.unwrap_err()).contains("`sub` is missing"));
}

#[tokio::test]
async fn ph_52_a_subject_is_taken_byte_for_byte_or_refused() {
    let scene = Scene::new().await;
    for subject in ["x", "X", " x", "x ", "é", "e\u{301}", "1234", &"s".repeat(255)] {
        let who = scene.who(&with(&scene.claims(), json!({"sub": subject}))).await;
        assert_eq!(who.key.subject.as_str(), subject);
    }
    for subject in ["s".repeat(256), "s".repeat(300), "a\0b".into(), "é".repeat(128)] {
        assert!(scene.why_not(&with(&scene.claims(), json!({"sub": subject}))).await.contains("`sub` can't name a person"));
    }
}

#[tokio::test]
async fn ph_13_a_claim_given_twice_spoils_the_token() {
    let scene = Scene::new().await;
    let twice = |claim: &str| format!("{},{claim}}}", scene.claims().to_string().trim_end_matches('}'));
    for claim in
        ["\"email_verified\":true", "\"sub\":\"victim\"", "\"iss\":\"x\"", "\"aud\":\"braid\"", "\"s\\u0075b\":\"victim\""]
    {
        scene.give(&RSA.token(&json!({"alg": "RS256", "kid": "k1"}), twice(claim)));
        assert!(chain(&scene.come_back().await.unwrap_err()).contains("a member is there twice"), "{claim}");
    }
}

#[tokio::test]
async fn ph_43_the_issuer_is_compared_byte_for_byte() {
    let scene = Scene::new().await;
    let own = scene.idp.origin.clone();
    let variants = [
        format!("{own}/"),
        own.replace("http", "HTTP"),
        own.replace("http", "https"),
        own.replace("127.0.0.1", "127.1"),
        own.replace("127.0.0.1", "%3127.0.0.1"),
        format!("{own} "),
    ];
    for other in &variants {
        assert!(scene.why_not(&with(&scene.claims(), json!({"iss": other}))).await.contains("`iss` is"), "{other}");
    }
    for other in &variants {
        scene.publish(&with(&scene.metadata(), json!({"issuer": other})));
        scene.assert(&scene.claims());
        assert!(chain(&scene.come_back().await.unwrap_err()).contains("it is for the issuer"), "{other}");
    }
    let issuers: Vec<Value> = vec![json!([own]), Value::Null];
    for other in issuers {
        scene.publish(&with(&scene.metadata(), json!({"issuer": other})));
        assert!(chain(&scene.come_back().await.unwrap_err()).contains("“issuer” is missing"));
    }
}

#[tokio::test]
async fn oidc_rp_1_no_claim_is_told_to_a_log_at_length() {
    let scene = Scene::new().await;
    let told = scene.why_not(&with(&scene.claims(), json!({"iss": "x\r\n\u{202e}".repeat(5000)}))).await;
    assert!(told.len() < 600 && !told.contains(['\r', '\n', '\u{202e}']));
}
