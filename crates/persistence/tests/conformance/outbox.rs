//! Mails that wait to be sent.

use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use domain::Secret;
use flow_runtime::{MailKind, Notice};
use persistence::{Commit, Store};
use sea_orm::ConnectionTrait as _;
use std::time::Duration;

on_every_database!(
    a_mail_is_taken_by_one_node_at_a_time,
    a_failed_mail_is_tried_again_when_it_is_time,
    a_mail_is_not_sent_after_its_time,
    a_mail_that_does_not_open_keeps_nobody_back,
    no_mail_can_be_read_in_the_database,
);

const LEASE: Duration = Duration::from_mins(1);

pub(crate) fn notice(name: &str) -> Notice {
    Notice {
        to: address("ada@example.org"),
        mail: MailKind::ProveAddress {
            token: Secret::new(format!("token {name}")),
            provider: "Campus".into(),
            identity: name.into(),
            client: "App".into(),
            links: true,
        },
        expires_at: at(900),
    }
}

async fn put(store: &Store, names: &[&str]) {
    let notices = names.iter().map(|name| notice(name)).collect();
    store.commit(&realm(), &Commit { notices, ..nothing() }).await.unwrap();
}

async fn a_mail_is_taken_by_one_node_at_a_time(database: &Database) {
    let (store, other) = (&database.store, database.second_node().await);
    put(store, &["a", "b", "c"]).await;
    let mine = store.take_due(at(1), 2, LEASE).await.unwrap();
    let theirs = other.take_due(at(1), 10, LEASE).await.unwrap();
    assert_eq!((mine.len(), theirs.len()), (2, 1));
    let mut taken: Vec<_> = mine.iter().chain(&theirs).map(|due| due.notice.clone()).collect();
    taken.sort_by_key(|notice| format!("{:?}", notice.mail));
    assert_eq!(taken, ["a", "b", "c"].map(notice));
    store.sent(&mine[0]).await.unwrap();
    other.sent(&theirs[0]).await.unwrap();
    let again = other.take_due(at(62), 10, LEASE).await.unwrap();
    assert_eq!(again.len(), 1, "a lease that ended gives the mail back");
    assert_eq!((&again[0].notice, again[0].tries, &again[0].realm), (&mine[1].notice, 2, &realm()));
}

async fn a_failed_mail_is_tried_again_when_it_is_time(database: &Database) {
    let (store, other) = (&database.store, database.second_node().await);
    put(store, &["a"]).await;
    let first = store.take_due(at(1), 1, LEASE).await.unwrap().remove(0);
    store.failed(&first, at(300)).await.unwrap();
    assert!(store.take_due(at(299), 1, LEASE).await.unwrap().is_empty());
    let second = other.take_due(at(300), 1, LEASE).await.unwrap().remove(0);
    assert_eq!(second.tries, 2);
    store.failed(&first, at(301)).await.unwrap();
    assert!(store.take_due(at(302), 1, LEASE).await.unwrap().is_empty(), "who lost the lease decides nothing");
}

async fn a_mail_is_not_sent_after_its_time(database: &Database) {
    let store = &database.store;
    put(store, &["a"]).await;
    assert!(store.take_due(at(900), 1, LEASE).await.unwrap().is_empty());
    assert_eq!(store.purge_expired(at(900)).await.unwrap(), 1);
}

async fn a_mail_that_does_not_open_keeps_nobody_back(database: &Database) {
    if database.is_in_memory() {
        return;
    }
    let (store, raw) = (&database.store, database.raw().await);
    put(store, &["a"]).await;
    raw.execute_unprepared("UPDATE outbox SET id = 'moved'").await.unwrap();
    put(store, &["b"]).await;
    let due = store.take_due(at(1), 10, LEASE).await.unwrap();
    assert_eq!(due.into_iter().map(|due| due.notice).collect::<Vec<_>>(), [notice("b")]);
    raw.execute_unprepared("DELETE FROM outbox WHERE id = 'moved'").await.unwrap();
    raw.close().await.unwrap();
}

async fn no_mail_can_be_read_in_the_database(database: &Database) {
    if database.is_in_memory() {
        return;
    }
    put(&database.store, &["a"]).await;
    let raw = database.raw().await;
    let row = raw
        .query_one_raw(sea_orm::Statement::from_string(raw.get_database_backend(), "SELECT payload FROM outbox"))
        .await
        .unwrap()
        .unwrap();
    let payload: Vec<u8> = row.try_get_by_index(0).unwrap();
    let text = String::from_utf8_lossy(&payload);
    for secret in ["token a", "ada@example.org", "Campus"] {
        assert!(!text.contains(secret), "{secret}");
    }
    raw.close().await.unwrap();
}
