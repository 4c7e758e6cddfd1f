//! Every statement that a login's look-ups send, as it is sent, goes through an index.

use super::*;
use crate::{Keyring, SealingKey};
use domain::{
    AttributeName, Digest, EmailAddress, FrameId, IdentityKey, ProviderAlias, SessionKey, Subject, Timestamp, Username,
};
use sea_orm::{ConnectionTrait as _, Statement};
use std::sync::{Arc, Mutex};

type Sent = Arc<Mutex<Vec<Statement>>>;

/// A database in memory that keeps what it is sent.
async fn listening() -> (Store, Sent) {
    let keyring = Keyring::new(vec![SealingKey::new("a", [1; 32])]).unwrap();
    let mut store = Store::open("sqlite::memory:", keyring).await.unwrap();
    store.migrate().await.unwrap();
    let sent = Sent::default();
    let kept = Arc::clone(&sent);
    store.reader.set_metric_callback(move |info| kept.lock().unwrap().push(info.statement.clone()));
    (store, sent)
}

fn everything() -> Sought {
    let email = |text| EmailAddress::parse(text).unwrap();
    let name = |text| Username::parse(text).unwrap();
    let attribute = |text, value: &str| (AttributeName::parse(text).unwrap(), value.to_owned());
    Sought {
        emails: vec![email("a@example.org"), email("b@example.org")],
        usernames: vec![name("a"), name("b")],
        attributes: vec![attribute("badge", "1"), attribute("badge", "2"), attribute("card", "1")],
        wanted: Some(name("c")),
        ..Sought::default()
    }
}

#[tokio::test]
async fn each_look_up_of_a_login_searches_an_index() {
    let (store, sent) = listening().await;
    let (realm, user) = (RealmId::parse("demo").unwrap(), UserId::from_bytes([1; 16]));
    let key = IdentityKey {
        provider: ProviderAlias::parse("campus").unwrap(),
        issuer: "https://campus.example".into(),
        authority: None,
        subject: Subject::parse("1").unwrap(),
    };
    let (sought, now) = (everything(), Timestamp::from_millis(0));
    store.find_candidates(&realm, &sought).await.unwrap();
    store.accounts(&realm, &sought, [user.to_string(), "another".into()].into()).await.unwrap();
    store.find_users(&realm, sought.wanted.as_ref(), sought.emails.first()).await.unwrap();
    store.find_identity(&realm, &key).await.unwrap();
    store.identities_of(&realm, user).await.unwrap();
    store.find_user(&realm, user).await.unwrap();
    store.live_session(&realm, &Digest::of_bytes(b"s"), now).await.unwrap();
    store.find_token(&realm, &Digest::of_bytes(b"t"), now).await.unwrap();
    store.decisions(&realm, SessionKey::from_bytes([1; 16])).await.unwrap();
    store.decisions_of_frame(&realm, FrameId::from_bytes([1; 16])).await.unwrap();
    let statements = std::mem::take(&mut *sent.lock().unwrap());
    assert!(statements.len() >= 15, "{statements:#?}");
    for mut statement in statements {
        statement.sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let sql = statement.sql.clone();
        let rows = store.reader.query_all_raw(statement).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        assert!(plan.iter().any(|step| step.starts_with("SEARCH")), "{sql}\n{plan:#?}");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{sql}\n{plan:#?}");
    }
}
