//! Logins in progress, and browser sessions.

use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use domain::{AccountState, AuditKind, Version};
use flow_runtime::{ExecutionId, Rest, Write};
use persistence::{Committed, Keyring, SealingKey, SessionWrite, Store, StoreError};
use sea_orm::ConnectionTrait as _;

on_every_database!(
    a_login_reads_back_with_its_version,
    a_login_begins_once,
    a_login_goes_on_from_its_newest_version_only,
    decisions_are_kept_in_order,
    a_browser_session_lives_until_it_expires,
    a_browser_session_dies_with_its_epoch,
    a_browser_session_is_ended_once,
    a_login_of_another_place_does_not_open,
    a_login_without_its_key_does_not_open,
);

async fn a_login_reads_back_with_its_version(database: &Database) {
    let store = &database.store;
    assert_eq!(store.session(&realm(), login_key("l")).await.unwrap(), None);
    let outcome = store.commit(&realm(), &keeps(login("l"), None)).await.unwrap();
    assert_eq!(outcome, Committed::Done { version: Some(Version(1)) });
    assert_eq!(store.session(&realm(), login_key("l")).await.unwrap(), Some((login("l"), Version(1))));
    assert_eq!(store.session(&other_realm(), login_key("l")).await.unwrap(), None);
}

async fn a_login_begins_once(database: &Database) {
    let store = &database.store;
    store.commit(&realm(), &keeps(login("l"), None)).await.unwrap();
    assert_eq!(store.commit(&realm(), &keeps(login("l"), None)).await.unwrap(), Committed::Stale);
}

async fn a_login_goes_on_from_its_newest_version_only(database: &Database) {
    let store = &database.store;
    store.commit(&realm(), &keeps(login("l"), None)).await.unwrap();
    let mut second = login("l");
    second.rest = Rest::Showing(ExecutionId(2));
    let outcome = store.commit(&realm(), &keeps(second.clone(), Some(Version(1)))).await.unwrap();
    assert_eq!(outcome, Committed::Done { version: Some(Version(2)) });
    let mut stale = keeps(login("l"), Some(Version(1)));
    stale.writes = vec![Write::CreateUser(Box::new(person("ada")))];
    assert_eq!(store.commit(&realm(), &stale).await.unwrap(), Committed::Stale);
    assert_eq!(store.session(&realm(), login_key("l")).await.unwrap(), Some((second, Version(2))));
    assert_eq!(store.find_user(&realm(), id("ada")).await.unwrap(), None, "a stale commit writes nothing");
    let never = keeps(login("never"), Some(Version(1)));
    assert_eq!(store.commit(&realm(), &never).await.unwrap(), Committed::Stale);
}

async fn decisions_are_kept_in_order(database: &Database) {
    let store = &database.store;
    for (read_at, names) in [(None, vec!["a", "b"]), (Some(Version(1)), vec!["c"]), (Some(Version(2)), vec!["d", "e"])] {
        let decisions = names.into_iter().map(decision).collect();
        let write = SessionWrite { session: login("l"), read_at, decisions };
        store.commit(&realm(), &persistence::Commit { session: Some(write), ..nothing() }).await.unwrap();
    }
    let kept = store.decisions(&realm(), login_key("l")).await.unwrap();
    assert_eq!(kept, ["a", "b", "c", "d", "e"].map(decision));
}

async fn a_browser_session_lives_until_it_expires(database: &Database) {
    let (store, ada) = (&database.store, person("ada"));
    make(store, &ada).await;
    let session = browser_session("s", &ada);
    done(store, vec![Write::StartBrowserSession(Box::new(session.clone()))]).await;
    let live = store.live_session(&realm(), &session.id, at(3599)).await.unwrap().unwrap();
    assert_eq!((live.session, live.user), (session.clone(), ada.as_user()));
    assert!(store.live_session(&realm(), &session.id, at(3600)).await.unwrap().is_none());
    assert!(store.live_session(&realm(), &digest("another"), at(0)).await.unwrap().is_none());
    assert!(store.live_session(&other_realm(), &session.id, at(0)).await.unwrap().is_none());
    assert_eq!(recorded(store, AuditKind::SignedIn).await, 1);
}

async fn a_browser_session_dies_with_its_epoch(database: &Database) {
    let (store, ada) = (&database.store, person("ada"));
    make(store, &ada).await;
    done(store, vec![Write::StartBrowserSession(Box::new(browser_session("s", &ada)))]).await;
    store.set_state(&realm(), ada.id, AccountState::Disabled, &by(), at(1)).await.unwrap();
    assert!(store.live_session(&realm(), &digest("s"), at(2)).await.unwrap().is_none());
    store.set_state(&realm(), ada.id, AccountState::Open, &by(), at(3)).await.unwrap();
    assert!(store.live_session(&realm(), &digest("s"), at(4)).await.unwrap().is_none(), "the dead stay dead");
}

async fn a_browser_session_is_ended_once(database: &Database) {
    let (store, ada) = (&database.store, person("ada"));
    make(store, &ada).await;
    for name in ["s", "t"] {
        done(store, vec![Write::StartBrowserSession(Box::new(browser_session(name, &ada)))]).await;
    }
    done(store, vec![Write::EndBrowserSession(digest("t"))]).await;
    assert!(store.live_session(&realm(), &digest("t"), at(0)).await.unwrap().is_none());
    assert!(store.sign_out(&realm(), &digest("s"), at(1)).await.unwrap());
    assert!(!store.sign_out(&realm(), &digest("s"), at(2)).await.unwrap());
    assert_eq!(recorded(store, AuditKind::SignedOut).await, 1, "an ending by a new login is no sign-out");
}

async fn a_login_of_another_place_does_not_open(database: &Database) {
    if database.is_in_memory() {
        return;
    }
    let store = &database.store;
    let raw = database.raw().await;
    for name in ["mine", "theirs"] {
        store.commit(&realm(), &keeps(login(name), None)).await.unwrap();
    }
    let (mine, theirs) = (login_key("mine"), login_key("theirs"));
    for change in [
        format!("UPDATE authentication_sessions SET version = 9 WHERE key = '{mine}'"),
        format!(
            "UPDATE authentication_sessions SET version = 1, document = \
             (SELECT document FROM authentication_sessions WHERE key = '{theirs}') WHERE key = '{mine}'"
        ),
    ] {
        raw.execute_unprepared(&change).await.unwrap();
        let error = store.session(&realm(), mine).await.unwrap_err();
        assert!(matches!(error, StoreError::Sealed { .. }), "{change}: {error:?}");
    }
    raw.execute_unprepared("DELETE FROM authentication_sessions").await.unwrap();
    raw.close().await.unwrap();
}

async fn a_login_without_its_key_does_not_open(database: &Database) {
    if database.is_in_memory() {
        return;
    }
    database.store.commit(&realm(), &keeps(login("l"), None)).await.unwrap();
    let open = async |keys| Store::open(database.url(), Keyring::new(keys).unwrap()).await.unwrap();
    let stranger = open(vec![SealingKey::new("stranger", [8; 32])]).await;
    let error = stranger.session(&realm(), login_key("l")).await.unwrap_err();
    assert!(matches!(error, StoreError::Sealed { .. }), "{error:?}");
    let rotated = open(vec![SealingKey::new("new", [8; 32]), SealingKey::new("test", [7; 32])]).await;
    assert!(rotated.session(&realm(), login_key("l")).await.unwrap().is_some());
}
