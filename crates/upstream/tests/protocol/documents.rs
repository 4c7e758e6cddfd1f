//! From claims to the identity that Braid decides about.

use crate::scene::{Scene, with};
use domain::{AttributeName, EmailAddress, Timestamp, Vouched};
use serde_json::{Value, json};

async fn vouched(scene: &Scene, flag: &Value) -> Vouched {
    let mut claims = scene.claims();
    claims["email_verified"] = flag.clone();
    scene.who(&claims).await.email.unwrap().vouched
}

#[tokio::test]
async fn ph_13_only_a_json_true_vouches() {
    let mut scene = Scene::new().await;
    let absent = with(&scene.claims(), json!({"email_verified": null}));
    let odd = [
        json!("True"),
        json!("TRUE"),
        json!("yes"),
        json!(""),
        json!(1),
        json!(0),
        json!(1.0),
        json!("1"),
        json!([true]),
        json!([]),
        json!({"v": true}),
        json!({}),
        Value::Null,
    ];
    for may_be_text in [false, true] {
        scene.settings.email_verified_may_be_text = may_be_text;
        assert_eq!(vouched(&scene, &json!(true)).await, Vouched::Yes);
        assert_eq!(vouched(&scene, &json!(false)).await, Vouched::No);
        assert_eq!(scene.who(&absent).await.email.unwrap().vouched, Vouched::Silent);
        for flag in &odd {
            assert_eq!(vouched(&scene, flag).await, Vouched::Silent, "{flag}");
        }
    }
    for (flag, as_text) in [("true", Vouched::Yes), ("false", Vouched::No)] {
        scene.settings.email_verified_may_be_text = false;
        assert_eq!(vouched(&scene, &json!(flag)).await, Vouched::Silent);
        scene.settings.email_verified_may_be_text = true;
        assert_eq!(vouched(&scene, &json!(flag)).await, as_text);
    }
}

#[tokio::test]
async fn ph_16_no_address_is_made_of_something_else() {
    let scene = Scene::new().await;
    let lookalikes = json!({
        "email": null, "email_verified": null, "preferred_username": "vic@corp.example", "upn": "vic@corp.example",
        "unique_name": "vic@corp.example", "verified_primary_email": ["vic@corp.example"], "xms_edov": true,
    });
    assert_eq!(scene.who(&with(&scene.claims(), lookalikes)).await.email, None);
    for edov in [json!(true), json!(1), json!("1"), json!(false), json!("0")] {
        let claims = with(&scene.claims(), json!({"email_verified": null, "xms_edov": edov}));
        assert_eq!(scene.who(&claims).await.email.unwrap().vouched, Vouched::Silent, "{edov}");
    }
}

#[tokio::test]
async fn ph_58_an_address_is_one_plain_text_or_not_there() {
    let scene = Scene::new().await;
    for email in [
        json!(["ada@campus.example"]),
        json!({"address": "ada@campus.example"}),
        json!(5),
        json!(true),
        json!(""),
        json!("ada"),
        json!("\"e@att.com\"@vic.com"),
        json!("vic@a@b"),
        json!("att@evil.org,vic@corp.org"),
        json!("vic@corp.org\r\nBcc: x@evil.org"),
        json!("vic@[127.0.0.1]"),
        json!(" ada@campus.example"),
        json!("a\u{0}@campus.example"),
    ] {
        assert_eq!(scene.who(&with(&scene.claims(), json!({"email": email}))).await.email, None, "{email}");
    }
    let who = scene.who(&with(&scene.claims(), json!({"email": "Ada@BÜCHER.example"}))).await;
    assert_eq!(who.email.unwrap().address, EmailAddress::parse("Ada@xn--bcher-kva.example").unwrap());
}

#[tokio::test]
async fn what_is_shown_of_a_person_is_made_fit_to_be_shown() {
    let scene = Scene::new().await;
    let who = scene
        .who(&with(
            &scene.claims(),
            json!({"preferred_username": "  ada\r\n\u{202e}l ", "given_name": "A".repeat(500), "family_name": ["x"], "auth_time": 1_799_999_000}),
        ))
        .await;
    assert_eq!(who.username.as_deref(), Some("ada l"));
    assert_eq!(who.given_name.map(|name| name.len()), Some(domain::text::NAME_MAX));
    assert_eq!(who.family_name, None);
    assert_eq!(who.auth_time, Some(Timestamp::from_seconds(1_799_999_000)));
}

#[tokio::test]
async fn a_picture_is_a_plain_https_link_or_not_there() {
    let scene = Scene::new().await;
    let long = format!("https://cdn.example/{}", "a".repeat(2000));
    for (link, kept) in [
        (json!("https://cdn.example/a.png?s=1"), true),
        (json!("http://cdn.example/a.png"), false),
        (json!("javascript:alert(1)"), false),
        (json!("data:image/png;base64,AAAA"), false),
        (json!("//cdn.example/a.png"), false),
        (json!("https://u:p@cdn.example/a.png"), false),
        (json!(long), false),
        (json!(["https://cdn.example/a.png"]), false),
    ] {
        let who = scene.who(&with(&scene.claims(), json!({"picture": link}))).await;
        assert_eq!(who.picture.is_some(), kept, "{link}");
    }
}

#[tokio::test]
async fn oidc_rp_11_only_named_claims_are_kept_and_only_small_ones() {
    let mut scene = Scene::new().await;
    scene.settings.claims.keep = ["groups", "department", "many", "missing", "a", "b", "c", "d", "e"].map(String::from).to_vec();
    let many: Vec<String> = (0..10_000).map(|n| format!("group-{n}")).collect();
    let block = "x".repeat(2000);
    let claims = with(
        &scene.claims(),
        json!({"groups": ["staff"], "department": "maths", "many": many, "secret": "x", "a": block, "b": block, "c": block, "d": block, "e": "y"}),
    );
    let kept = scene.who(&claims).await.claims;
    assert_eq!(kept["groups"], r#"["staff"]"#);
    assert_eq!(kept["department"], r#""maths""#);
    let names: Vec<&str> = kept.keys().map(String::as_str).collect();
    assert_eq!(names, ["a", "b", "c", "d", "department", "e", "groups"]);
    assert!(kept.values().map(String::len).sum::<usize>() <= 8192);
}

#[tokio::test]
async fn a_provider_may_use_other_claims() {
    let mut scene = Scene::new().await;
    scene.settings.claims.username = "login".into();
    scene.settings.claims.email = "mail".into();
    scene.settings.claims.email_verified = "mail_ok".into();
    let who = scene.who(&with(&scene.claims(), json!({"login": "ada", "mail": "a@m.example", "mail_ok": false}))).await;
    assert_eq!(who.username.as_deref(), Some("ada"));
    let email = who.email.unwrap();
    assert_eq!((email.address.as_str(), email.vouched), ("a@m.example", Vouched::No));
}

#[tokio::test]
async fn attributes_are_texts_or_lists_of_texts_and_bounded() {
    let mut scene = Scene::new().await;
    for (name, claim) in [("employee-id", "employeeNumber"), ("teams", "groups"), ("upn", "upn")] {
        scene.settings.claims.attributes.insert(AttributeName::parse(name).unwrap(), claim.into());
    }
    let (longest, longer) = ("x".repeat(255), "x".repeat(256));
    let many: Vec<String> = (0..100).map(|n| format!("group-{n}")).collect();
    for (asserted, read) in [
        (json!("4711"), json!(["4711"])),
        (json!([" a", "A", "a", "a"]), json!([" a", "A", "a"])),
        (json!([longest, longer, "", " ", "a\u{0}b", "a\nb", 7, null, ["x"]]), json!([longest])),
        (json!(many), json!(many[..64])),
        (json!([]), Value::Null),
        (json!(""), Value::Null),
        (json!(longer), Value::Null),
        (json!(4711), Value::Null),
        (json!(true), Value::Null),
        (json!({"a": "b"}), Value::Null),
        (Value::Null, Value::Null),
    ] {
        let who = scene.who(&with(&scene.claims(), json!({"employeeNumber": asserted, "other": "x"}))).await;
        let name = AttributeName::parse("employee-id").unwrap();
        assert_eq!(json!(who.attributes.get(&name)), read, "{asserted}");
        assert_eq!(who.attributes.len(), usize::from(!read.is_null()), "only what is mapped and there");
    }
}
