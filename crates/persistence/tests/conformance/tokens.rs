//! Action tokens.

use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use domain::{ActionToken, Epoch};
use flow_runtime::{Conflict, Write};
use persistence::Committed;

on_every_database!(
    a_token_reads_back_until_it_expires,
    a_token_is_used_once,
    ph_67_a_newer_token_replaces_the_login_s_others,
    an_unknown_or_old_token_is_a_conflict,
);

fn issue(name: &str, login: &str) -> Write {
    Write::IssueToken(Box::new(token(name, login)))
}

async fn a_token_reads_back_until_it_expires(database: &Database) {
    let store = &database.store;
    let for_ada = ActionToken { user: Some((id("ada"), Epoch(3))), ..token("t", "l") };
    done(store, vec![Write::IssueToken(Box::new(for_ada.clone()))]).await;
    assert_eq!(store.find_token(&realm(), &digest("t"), at(899)).await.unwrap(), Some(for_ada));
    assert_eq!(store.find_token(&realm(), &digest("t"), at(900)).await.unwrap(), None);
    assert_eq!(store.find_token(&other_realm(), &digest("t"), at(0)).await.unwrap(), None);
}

async fn a_token_is_used_once(database: &Database) {
    let store = &database.store;
    done(store, vec![issue("t", "l")]).await;
    done(store, vec![Write::ConsumeToken(digest("t"))]).await;
    assert_eq!(store.find_token(&realm(), &digest("t"), at(0)).await.unwrap(), None);
    let again = writes(vec![Write::CreateUser(Box::new(person("ada"))), Write::ConsumeToken(digest("t"))]);
    assert_eq!(store.commit(&realm(), &again).await.unwrap(), Committed::Conflict(Conflict::Token));
    assert_eq!(store.find_user(&realm(), id("ada")).await.unwrap(), None);
}

async fn ph_67_a_newer_token_replaces_the_login_s_others(database: &Database) {
    let store = &database.store;
    done(store, vec![issue("first", "l"), issue("elsewhere", "another")]).await;
    done(store, vec![issue("second", "l")]).await;
    let is_good = async |name| store.find_token(&realm(), &digest(name), at(0)).await.unwrap().is_some();
    assert_eq!((is_good("first").await, is_good("second").await, is_good("elsewhere").await), (false, true, true));
    let old = store.commit(&realm(), &writes(vec![Write::ConsumeToken(digest("first"))])).await.unwrap();
    assert_eq!(old, Committed::Conflict(Conflict::Token));
}

async fn an_unknown_or_old_token_is_a_conflict(database: &Database) {
    let store = &database.store;
    done(store, vec![issue("t", "l")]).await;
    let late = persistence::Commit { now: at(900), ..writes(vec![Write::ConsumeToken(digest("t"))]) };
    for commit in [late, writes(vec![Write::ConsumeToken(digest("never"))])] {
        assert_eq!(store.commit(&realm(), &commit).await.unwrap(), Committed::Conflict(Conflict::Token));
    }
}
