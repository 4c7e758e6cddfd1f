//! Counters with a limit.

use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use flow_runtime::{Counter, Reservation, Write};
use persistence::{CountKey, Counted};
use std::time::Duration;

on_every_database!(
    counts_end_with_their_window,
    all_are_counted_or_none,
    keys_and_counters_are_apart,
    a_right_password_forgets_the_wrong_ones,
    a_limit_of_none_lets_nobody_through,
);

fn count(counter: Counter, key: CountKey, limit: u32) -> Counted {
    Counted { reservation: Reservation { counter, limit, window: Duration::from_mins(1) }, key }
}

async fn counts_end_with_their_window(database: &Database) {
    let store = &database.store;
    let one = [count(Counter::MailByAddress, CountKey::text("ada@example.org"), 2)];
    for (seconds, full_until) in [(0, None), (30, None), (59, Some(60)), (60, None), (70, None), (119, Some(120)), (500, None)] {
        let full = store.reserve(&realm(), &one, at(seconds)).await.unwrap();
        assert_eq!(full, full_until.map(at), "after {seconds} seconds");
    }
}

async fn all_are_counted_or_none(database: &Database) {
    let store = &database.store;
    let network = count(Counter::PasswordByNetwork, CountKey::text("192.0.2.0/24"), 1);
    let account = count(Counter::PasswordByAccount, CountKey::user(id("ada")), 2);
    let both = [account.clone(), network.clone()];
    assert_eq!(store.reserve(&realm(), &both, at(0)).await.unwrap(), None);
    for _ in 0..5 {
        assert_eq!(store.reserve(&realm(), &both, at(1)).await.unwrap(), Some(at(60)), "the network is full");
    }
    assert_eq!(store.reserve(&realm(), std::slice::from_ref(&account), at(2)).await.unwrap(), None, "the account wasn't counted");
    assert_eq!(store.reserve(&realm(), &[account], at(3)).await.unwrap(), Some(at(60)));
}

async fn keys_and_counters_are_apart(database: &Database) {
    let store = &database.store;
    let user = id("ada");
    for one in [
        count(Counter::PasswordByAccount, CountKey::user(user), 1),
        count(Counter::PasswordByAccount, CountKey::text(&user.to_string()), 1),
        count(Counter::MailByAddress, CountKey::user(user), 1),
    ] {
        assert_eq!(store.reserve(&realm(), std::slice::from_ref(&one), at(0)).await.unwrap(), None);
        assert_eq!(store.reserve(&other_realm(), std::slice::from_ref(&one), at(0)).await.unwrap(), None);
        assert_eq!(store.reserve(&realm(), &[one], at(0)).await.unwrap(), Some(at(60)));
    }
}

async fn a_right_password_forgets_the_wrong_ones(database: &Database) {
    let store = &database.store;
    let account = count(Counter::PasswordByAccount, CountKey::user(id("ada")), 1);
    let network = count(Counter::PasswordByNetwork, CountKey::text("192.0.2.0/24"), 1);
    assert_eq!(store.reserve(&realm(), &[account.clone(), network.clone()], at(0)).await.unwrap(), None);
    done(store, vec![Write::ForgetWrongPasswords(id("ada"))]).await;
    assert_eq!(store.reserve(&realm(), &[account], at(1)).await.unwrap(), None);
    assert_eq!(store.reserve(&realm(), &[network], at(1)).await.unwrap(), Some(at(60)), "a network is forgiven nothing");
}

async fn a_limit_of_none_lets_nobody_through(database: &Database) {
    let none = [count(Counter::CodeByToken, CountKey::text("t"), 0)];
    assert_eq!(database.store.reserve(&realm(), &none, at(0)).await.unwrap(), Some(at(60)));
}
