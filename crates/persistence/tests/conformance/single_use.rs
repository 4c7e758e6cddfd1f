//! Things that are used once.

use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use domain::TokenPurpose;
use persistence::SingleUse;

on_every_database!(ph_61_a_thing_is_used_once_for_its_purpose, what_has_expired_is_not_used);

async fn ph_61_a_thing_is_used_once_for_its_purpose(database: &Database) {
    let store = &database.store;
    let key = digest("state");
    for purpose in [SingleUse::Exchange, SingleUse::Token(TokenPurpose::ProveAddress), SingleUse::Code] {
        assert!(store.use_once(&realm(), purpose, &key, at(600), at(0)).await.unwrap());
        assert!(!store.use_once(&realm(), purpose, &key, at(600), at(0)).await.unwrap());
        assert!(store.use_once(&other_realm(), purpose, &key, at(600), at(0)).await.unwrap());
    }
}

async fn what_has_expired_is_not_used(database: &Database) {
    let (store, key) = (&database.store, digest("state"));
    assert!(store.use_once(&realm(), SingleUse::Exchange, &key, at(600), at(0)).await.unwrap());
    store.purge_expired(at(600)).await.unwrap();
    assert!(!store.use_once(&realm(), SingleUse::Exchange, &key, at(600), at(600)).await.unwrap(), "the mark is gone");
}
