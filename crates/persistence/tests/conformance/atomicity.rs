//! All of a commit happens or nothing of it, wherever it ends.

use crate::clients::code_for;
use crate::database::Database;
use crate::on_every_database;
use crate::outbox::notice;
use crate::scene::*;
use domain::Version;
use flow_runtime::{NewUser, Write};
use persistence::{Commit, Committed, SessionWrite, Store};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

on_every_database!(rel_22_a_commit_that_fails_at_any_write_leaves_nothing, a_commit_that_is_dropped_at_any_moment_is_whole);

/// A first login with everything in it.
fn first_login(ada: &NewUser) -> Commit {
    Commit {
        session: Some(SessionWrite { session: login("l"), read_at: None, decisions: vec![decision("create")] }),
        writes: vec![
            Write::CreateUser(Box::new(ada.clone())),
            Write::Link(Box::new(link("ada", "a1"))),
            Write::IssueToken(Box::new(token("t", "l"))),
            Write::StartBrowserSession(Box::new(browser_session("s", ada))),
            Write::GrantConsent { user: ada.id, client: client(), scopes: vec!["openid".into()], at: at(0) },
        ],
        notices: vec![notice("a")],
        code: Some(code_for(ada, 1).1),
        ..nothing()
    }
}

/// How much of the first login is there, counted in things that can be seen from outside.
async fn seen(store: &Store, ada: &NewUser) -> usize {
    let code = code_for(ada, 1).1.digest;
    let redeemable = store.redeem_code(&realm(), &code, at(1), |_, _| Err::<_, ()>(())).await.unwrap();
    [
        store.session(&realm(), login_key("l")).await.unwrap().is_some(),
        store.find_user(&realm(), ada.id).await.unwrap().is_some(),
        store.find_user_by_subject(&realm(), &ada.subject).await.unwrap().is_some(),
        store.find_identity(&realm(), &identity("a1")).await.unwrap().is_some(),
        store.find_token(&realm(), &digest("t"), at(0)).await.unwrap().is_some(),
        store.live_session(&realm(), &digest("s"), at(0)).await.unwrap().is_some(),
        !store.granted_scopes(&realm(), ada.id, &client()).await.unwrap().is_empty(),
        !store.decisions(&realm(), login_key("l")).await.unwrap().is_empty(),
        !store.take_due(at(0), 1, Duration::ZERO).await.unwrap().is_empty(),
        !store.audit_records(&realm(), 1).await.unwrap().is_empty(),
        redeemable != persistence::Redeemed::Unknown,
    ]
    .into_iter()
    .filter(|seen| *seen)
    .count()
}

const ALL: usize = 11;

async fn rel_22_a_commit_that_fails_at_any_write_leaves_nothing(database: &Database) {
    let (store, ada) = (&database.store, person_called("ada"));
    let good = first_login(&ada);
    let broken = Write::StartBrowserSession(Box::new(browser_session("nobody's", &person("nobody"))));
    for position in 0..=good.writes.len() {
        let mut bad = good.clone();
        bad.writes.insert(position, broken.clone());
        store.commit(&realm(), &bad).await.unwrap_err();
        assert_eq!(seen(store, &ada).await, 0, "it failed at write {position}");
    }
    let mut bad_code = good.clone();
    bad_code.code = Some(code_for(&person("nobody"), 1).1);
    store.commit(&realm(), &bad_code).await.unwrap_err();
    assert_eq!(seen(store, &ada).await, 0, "it failed at the code");
    assert_eq!(store.commit(&realm(), &good).await.unwrap(), Committed::Done { version: Some(Version(1)) });
    assert_eq!(seen(store, &ada).await, ALL);
}

async fn a_commit_that_is_dropped_at_any_moment_is_whole(database: &Database) {
    let store = &database.store;
    let mut whole = 0;
    for polls in 0..200 {
        let name = format!("ada{polls}");
        let ada = person_called(&name);
        let commit = writes(vec![
            Write::CreateUser(Box::new(ada.clone())),
            Write::Link(Box::new(link(&name, &name))),
            Write::StartBrowserSession(Box::new(browser_session(&name, &ada))),
        ]);
        let finished = for_some_polls(polls, Box::pin(store.commit(&realm(), &commit))).await;
        let parts = [
            store.find_user(&realm(), ada.id).await.unwrap().is_some(),
            store.find_identity(&realm(), &identity(&name)).await.unwrap().is_some(),
            store.live_session(&realm(), &digest(&name), at(0)).await.unwrap().is_some(),
        ];
        assert!(parts.iter().all(|part| *part == parts[0]), "after {polls} polls: {parts:?}");
        assert!(finished.is_none() || parts[0], "what is said to be done is done");
        whole += usize::from(finished.is_some());
        if whole > 3 {
            return;
        }
    }
    panic!("no commit ever came to its end");
}

/// Drives a future for so many polls and drops it then, as a node that is stopped would.
async fn for_some_polls<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(move |context| {
        let Some(fewer) = left.checked_sub(1) else { return Poll::Ready(None) };
        left = fewer;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
