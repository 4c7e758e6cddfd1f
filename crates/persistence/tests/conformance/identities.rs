//! Linked identities.

use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use domain::{AssertedEmail, AuditKind, User, Version, Vouched};
use flow_runtime::{Conflict, Write};
use persistence::Committed;
use std::collections::BTreeMap;

on_every_database!(
    inv_2_a_link_reads_back_with_its_proof,
    ph_36_an_identity_is_tied_once,
    inv_1_identities_are_compared_byte_for_byte,
    realms_tie_the_same_identity_each_for_itself,
    the_first_identity_is_primary,
    a_sign_in_keeps_what_the_provider_says_now,
);

async fn inv_2_a_link_reads_back_with_its_proof(database: &Database) {
    let (store, ada) = (&database.store, person("ada"));
    let mut tie = link("ada", "a1");
    tie.email = Some(AssertedEmail { address: address("ada@campus.example"), vouched: Vouched::Yes });
    tie.claims.insert("faculty".into(), "\"math\"".into());
    done(store, vec![Write::CreateUser(Box::new(ada.clone())), Write::Link(Box::new(tie.clone()))]).await;
    let known = store.find_identity(&realm(), &tie.key).await.unwrap().unwrap();
    assert_eq!((known.link, known.user), (tie, User { version: Version(1), ..ada.as_user() }));
    assert!(store.find_identity(&other_realm(), &identity("a1")).await.unwrap().is_none());
    assert_eq!(recorded(store, AuditKind::IdentityLinked).await, 1);
}

async fn ph_36_an_identity_is_tied_once(database: &Database) {
    let store = &database.store;
    make(store, &person("ada")).await;
    make(store, &person("eve")).await;
    done(store, vec![Write::Link(Box::new(link("ada", "a1")))]).await;
    let stolen = store.commit(&realm(), &writes(vec![Write::Link(Box::new(link("eve", "a1")))])).await.unwrap();
    assert_eq!(stolen, Committed::Conflict(Conflict::Identity));
    let known = store.find_identity(&realm(), &identity("a1")).await.unwrap().unwrap();
    assert_eq!(known.user.id, id("ada"));
    assert_eq!(recorded(store, AuditKind::IdentityLinked).await, 1);
}

async fn inv_1_identities_are_compared_byte_for_byte(database: &Database) {
    let store = &database.store;
    let subjects = ["x", "X", "x ", " x", "x\u{301}", "ẍ", "x%", "_", "1", "01"];
    for (number, subject) in subjects.iter().enumerate() {
        let owner = format!("owner {number}");
        make(store, &person(&owner)).await;
        done(store, vec![Write::Link(Box::new(link(&owner, subject)))]).await;
    }
    for (number, subject) in subjects.iter().enumerate() {
        let known = store.find_identity(&realm(), &identity(subject)).await.unwrap().unwrap();
        assert_eq!(known.user.id, id(&format!("owner {number}")), "{subject:?}");
    }
    let mut elsewhere = identity("x");
    elsewhere.issuer = "https://campus.example/".into();
    assert!(store.find_identity(&realm(), &elsewhere).await.unwrap().is_none(), "the issuer is part of the key");
}

async fn realms_tie_the_same_identity_each_for_itself(database: &Database) {
    let store = &database.store;
    for (realm, owner) in [(realm(), "ada"), (other_realm(), "eve")] {
        let tie = vec![Write::CreateUser(Box::new(person(owner))), Write::Link(Box::new(link(owner, "a1")))];
        assert_eq!(store.commit(&realm, &writes(tie)).await.unwrap(), Committed::Done { version: None });
    }
    let touch = Write::TouchIdentity {
        key: identity("a1"),
        label: "new".into(),
        email: None,
        assured: None,
        claims: BTreeMap::new(),
        at: at(9),
    };
    done(store, vec![touch, Write::Arrive(identity("a1"))]).await;
    let here = store.find_identity(&realm(), &identity("a1")).await.unwrap().unwrap();
    let there = store.find_identity(&other_realm(), &identity("a1")).await.unwrap().unwrap();
    assert_eq!((here.user.id, here.link.last_sign_in_at, here.link.arrived), (id("ada"), at(9), true));
    assert_eq!((there.user.id, there.link.last_sign_in_at, there.link.arrived), (id("eve"), at(0), false));
}

async fn the_first_identity_is_primary(database: &Database) {
    let store = &database.store;
    make(store, &person("ada")).await;
    for subject in ["a1", "a2", "a3"] {
        done(store, vec![Write::Link(Box::new(link("ada", subject)))]).await;
    }
    let identities = store.identities_of(&realm(), id("ada")).await.unwrap();
    let primary: Vec<bool> = identities.iter().map(|identity| identity.primary).collect();
    assert_eq!(primary, [true, false, false]);
    assert_eq!(identities[0].key, identity("a1"));
}

async fn a_sign_in_keeps_what_the_provider_says_now(database: &Database) {
    let (store, ada) = (&database.store, person("ada"));
    done(store, vec![Write::CreateUser(Box::new(ada)), Write::Link(Box::new(link("ada", "a1")))]).await;
    let touch = |label: &str, seconds| Write::TouchIdentity {
        key: identity("a1"),
        label: label.into(),
        email: Some(AssertedEmail { address: address("new@campus.example"), vouched: Vouched::Silent }),
        assured: None,
        claims: BTreeMap::new(),
        at: at(seconds),
    };
    for (label, seconds, updated) in [("new", 10, 10), ("new", 20, 10), ("newer", 30, 30)] {
        done(store, vec![touch(label, seconds)]).await;
        let known = store.find_identity(&realm(), &identity("a1")).await.unwrap().unwrap();
        assert_eq!((known.link.updated_at, known.link.last_sign_in_at), (at(updated), at(seconds)));
        assert_eq!(known.link.label, label);
        assert_eq!(known.user.version, Version(1), "the tie moved it once, and signing in changes no account");
    }
}
