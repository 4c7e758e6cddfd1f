//! Commits as a whole: guards, order, consents.

use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use domain::{AccountState, AuditEvent, AuditKind, Version};
use flow_runtime::{Guard, Write};
use persistence::{Commit, Committed};

on_every_database!(
    a_guard_stops_what_rests_on_an_old_version,
    a_guard_on_nobody_stops_everything,
    two_tabs_are_told_that_they_are_stale_before_that_a_guard_moved,
    consents_add_up,
    an_event_is_recorded_with_all_that_it_says,
);

fn guard(name: &str, version: i64) -> Guard {
    Guard { user: id(name), version: Version(version) }
}

async fn a_guard_stops_what_rests_on_an_old_version(database: &Database) {
    let store = &database.store;
    for name in ["ada", "bob"] {
        make(store, &person(name)).await;
    }
    store.set_state(&realm(), id("ada"), AccountState::Disabled, &by(), at(1)).await.unwrap();
    let changes = vec![Write::Link(Box::new(link("bob", "b1")))];
    let commit = |guards| Commit { guards, ..writes(changes.clone()) };
    let moved = store.commit(&realm(), &commit(vec![guard("bob", 0), guard("ada", 0)])).await.unwrap();
    assert_eq!(moved, Committed::GuardMoved);
    assert!(store.find_identity(&realm(), &identity("b1")).await.unwrap().is_none());
    let both = store.commit(&realm(), &commit(vec![guard("bob", 0), guard("bob", 1)])).await.unwrap();
    assert_eq!(both, Committed::GuardMoved, "two versions can't both be true");
    let held = store.commit(&realm(), &commit(vec![guard("bob", 0), guard("ada", 1), guard("bob", 0)])).await.unwrap();
    assert_eq!(held, Committed::Done { version: None });
}

async fn a_guard_on_nobody_stops_everything(database: &Database) {
    let commit = Commit { guards: vec![guard("nobody", 0)], ..nothing() };
    assert_eq!(database.store.commit(&realm(), &commit).await.unwrap(), Committed::GuardMoved);
}

async fn two_tabs_are_told_that_they_are_stale_before_that_a_guard_moved(database: &Database) {
    let store = &database.store;
    make(store, &person("ada")).await;
    store.commit(&realm(), &keeps(login("l"), None)).await.unwrap();
    store.set_state(&realm(), id("ada"), AccountState::Disabled, &by(), at(1)).await.unwrap();
    let old = Commit { guards: vec![guard("ada", 0)], ..keeps(login("l"), Some(Version(0))) };
    assert_eq!(store.commit(&realm(), &old).await.unwrap(), Committed::Stale);
    let moved = Commit { guards: vec![guard("ada", 0)], ..keeps(login("l"), Some(Version(1))) };
    assert_eq!(store.commit(&realm(), &moved).await.unwrap(), Committed::GuardMoved);
    let (_, version) = store.session(&realm(), login_key("l")).await.unwrap().unwrap();
    assert_eq!(version, Version(1), "the login stays where it was");
}

async fn consents_add_up(database: &Database) {
    let (store, ada) = (&database.store, id("ada"));
    make(store, &person("ada")).await;
    assert!(store.granted_scopes(&realm(), ada, &client()).await.unwrap().is_empty());
    for scopes in [vec!["openid", "email"], vec!["email", "profile"]] {
        let scopes = scopes.into_iter().map(String::from).collect();
        done(store, vec![Write::GrantConsent { user: ada, client: client(), scopes, at: at(1) }]).await;
    }
    let granted = store.granted_scopes(&realm(), ada, &client()).await.unwrap();
    assert_eq!(granted, ["openid", "email", "profile"]);
    assert!(store.granted_scopes(&other_realm(), ada, &client()).await.unwrap().is_empty());
    assert_eq!(recorded(store, AuditKind::ConsentGranted).await, 2);
}

async fn an_event_is_recorded_with_all_that_it_says(database: &Database) {
    let (store, ada) = (&database.store, person("ada"));
    make(store, &ada).await;
    let event = AuditEvent {
        kind: AuditKind::LoginRefused,
        user: Some(ada.id),
        subject: Some(ada.subject.clone()),
        provider: Some(identity("a1").provider),
        detail: Some("account-disabled".into()),
    };
    let commit = Commit { now: at(5), ..writes(vec![Write::Record(event.clone())]) };
    store.commit(&realm(), &commit).await.unwrap();
    let newest = store.audit_records(&realm(), 1).await.unwrap().remove(0);
    assert_eq!((newest.kind.as_str(), newest.user, newest.at), (event.kind.as_str(), event.user, at(5)));
    assert_eq!((newest.subject, newest.provider, newest.detail), (event.subject, event.provider, event.detail));
}
