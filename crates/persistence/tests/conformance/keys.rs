//! Signing keys and the secrets of a realm.

use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use downstream::{SigningAlg, SigningKey};

on_every_database!(a_key_reads_back, two_nodes_that_start_at_once_share_one_key, two_nodes_that_start_at_once_share_one_secret,);

async fn a_key_reads_back(database: &Database) {
    let store = &database.store;
    let (first, next) = (SigningKey::generate_es256().unwrap(), SigningKey::generate_es256().unwrap());
    assert!(store.insert_signing_key(&realm(), 0, &first, at(0)).await.unwrap());
    assert!(store.insert_signing_key(&realm(), 1, &next, at(1)).await.unwrap());
    assert!(!store.insert_signing_key(&realm(), 1, &first, at(2)).await.unwrap(), "the slot is taken");
    let keys = store.signing_keys(&realm()).await.unwrap();
    assert_eq!(keys.iter().map(SigningKey::kid).collect::<Vec<_>>(), [first.kid(), next.kid()]);
    assert_eq!(keys[0].alg(), SigningAlg::Es256);
    assert!(store.signing_keys(&other_realm()).await.unwrap().is_empty());
}

async fn two_nodes_that_start_at_once_share_one_key(database: &Database) {
    let mut nodes = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let node = database.second_node().await;
        nodes.spawn(async move {
            let key = SigningKey::generate_es256().unwrap();
            let won = node.insert_signing_key(&realm(), 0, &key, at(0)).await.unwrap();
            let keys = node.signing_keys(&realm()).await.unwrap();
            (won, keys.iter().map(|key| key.kid().to_owned()).collect::<Vec<_>>())
        });
    }
    let nodes = nodes.join_all().await;
    assert_eq!(nodes.iter().filter(|(won, _)| *won).count(), 1);
    assert!(nodes.iter().all(|(_, keys)| keys.len() == 1 && *keys == nodes[0].1), "{nodes:?}");
}

async fn two_nodes_that_start_at_once_share_one_secret(database: &Database) {
    let mut nodes = tokio::task::JoinSet::new();
    for number in 0..4 {
        let node = database.second_node().await;
        nodes.spawn(async move { node.realm_secret(&realm(), "exchange", [number; 32], at(0)).await.unwrap().to_vec() });
    }
    let secrets = nodes.join_all().await;
    assert!(secrets.iter().all(|secret| *secret == secrets[0] && secret.len() == 32));
    let other = database.store.realm_secret(&other_realm(), "exchange", [99; 32], at(0)).await.unwrap();
    assert_eq!(other.as_slice(), [99; 32]);
}
