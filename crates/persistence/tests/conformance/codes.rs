//! Authorization codes.

use crate::clients::*;
use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use domain::{AccountState, AuditKind, Secret};
use downstream::CodeGrant;
use persistence::Redeemed;

on_every_database!(
    a_code_becomes_a_grant,
    oidc_tk_1_a_code_that_comes_back_revokes_its_grant,
    a_code_that_comes_back_late_revokes_its_grant,
    a_refused_code_is_used_up,
    a_code_of_a_closed_account_gives_nothing,
    a_grant_is_revoked_once,
);

async fn a_code_becomes_a_grant(database: &Database) {
    let store = &database.store;
    let (code, kept) = signed_in(store, "ada").await;
    let Redeemed::Issued(issuance) = redeem(store, &code, at(1)).await else { panic!("the code is good") };
    assert_eq!(issuance.grant.id, CodeGrant::grant_of(&kept.digest));
    assert_eq!(store.find_grant(&realm(), issuance.grant.id).await.unwrap(), Some(issuance.grant.clone()));
    assert_eq!(store.find_grant(&other_realm(), issuance.grant.id).await.unwrap(), None);
    let unknown = store.redeem_code(&realm(), &unknown(), at(1), |_, _| Err::<_, ()>(())).await.unwrap();
    assert_eq!(unknown, Redeemed::Unknown);
}

async fn oidc_tk_1_a_code_that_comes_back_revokes_its_grant(database: &Database) {
    let store = &database.store;
    let (code, _) = signed_in(store, "ada").await;
    let Redeemed::Issued(issuance) = redeem(store, &code, at(1)).await else { panic!("the code is good") };
    for seconds in 2..5 {
        assert_eq!(redeem(store, &code, at(seconds)).await, Redeemed::Reused);
    }
    let grant = store.find_grant(&realm(), issuance.grant.id).await.unwrap().unwrap();
    assert_eq!(grant.revoked_at, Some(at(2)));
    assert_eq!(recorded(store, AuditKind::CodeReused).await, 1, "written down once");
}

async fn a_code_that_comes_back_late_revokes_its_grant(database: &Database) {
    let store = &database.store;
    let (code, _) = signed_in(store, "ada").await;
    let Redeemed::Issued(issuance) = redeem(store, &code, at(1)).await else { panic!("the code is good") };
    assert!(store.purge_expired(at(600)).await.unwrap() > 0);
    assert_eq!(redeem(store, &code, at(601)).await, Redeemed::Reused, "its row is gone, its grant names it");
    assert!(store.find_grant(&realm(), issuance.grant.id).await.unwrap().unwrap().revoked_at.is_some());
}

async fn a_refused_code_is_used_up(database: &Database) {
    let store = &database.store;
    let (code, kept) = signed_in(store, "ada").await;
    let refused = store.redeem_code(&realm(), &kept.digest, at(1), |_, _| Err::<_, &str>("no")).await.unwrap();
    assert_eq!(refused, Redeemed::Refused("no"));
    for _ in 0..2 {
        assert_eq!(redeem(store, &code, at(2)).await, Redeemed::Reused);
    }
    assert_eq!(store.find_grant(&realm(), CodeGrant::grant_of(&kept.digest)).await.unwrap(), None);
    assert_eq!(recorded(store, AuditKind::CodeReused).await, 1, "written down once");
}

async fn a_code_of_a_closed_account_gives_nothing(database: &Database) {
    let store = &database.store;
    let (code, _) = signed_in(store, "ada").await;
    store.set_state(&realm(), id("ada"), AccountState::Disabled, &by(), at(1)).await.unwrap();
    assert!(matches!(redeem(store, &code, at(2)).await, Redeemed::Refused(_)));
    let never = Secret::new("never issued");
    assert_eq!(redeem(store, &never, at(2)).await, Redeemed::Unknown);
}

async fn a_grant_is_revoked_once(database: &Database) {
    let store = &database.store;
    let (code, _) = signed_in(store, "ada").await;
    let Redeemed::Issued(issuance) = redeem(store, &code, at(1)).await else { panic!("the code is good") };
    assert!(store.revoke_grant(&realm(), issuance.grant.id, at(2)).await.unwrap());
    assert!(!store.revoke_grant(&realm(), issuance.grant.id, at(3)).await.unwrap());
    assert_eq!(store.find_grant(&realm(), issuance.grant.id).await.unwrap().unwrap().revoked_at, Some(at(2)));
    assert_eq!(recorded(store, AuditKind::GrantRevoked).await, 1);
}
