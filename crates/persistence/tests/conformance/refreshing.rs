//! Refresh tokens.

use crate::clients::*;
use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use domain::{AccountState, AuditKind};
use persistence::{Redeemed, Refreshed, Store};

on_every_database!(
    a_refresh_token_becomes_the_next,
    oidc_tk_11_an_old_refresh_token_ends_the_family,
    oidc_tk_11_a_closed_account_refreshes_nothing,
    an_expired_family_is_forgotten,
);

async fn family(store: &Store) -> downstream::Issuance {
    let (code, _) = signed_in(store, "ada").await;
    let Redeemed::Issued(issuance) = redeem(store, &code, at(1)).await else { panic!("the code is good") };
    *issuance
}

async fn a_refresh_token_becomes_the_next(database: &Database) {
    let store = &database.store;
    let mut latest = family(store).await;
    for generation in 1..4_u8 {
        let Refreshed::Issued(next) = refresh(store, &refresh_token(&latest), at(10), generation).await else {
            panic!("the token is good")
        };
        let grant = store.find_grant(&realm(), next.grant.id).await.unwrap().unwrap();
        assert_eq!(grant.generation, i64::from(generation));
        latest = *next;
    }
    let never = store.refresh(&realm(), &unknown(), at(10), |_, _, _| panic!("nobody is asked")).await.unwrap();
    assert_eq!(never, Refreshed::Unknown);
}

async fn oidc_tk_11_an_old_refresh_token_ends_the_family(database: &Database) {
    let store = &database.store;
    let first = family(store).await;
    let Refreshed::Issued(second) = refresh(store, &refresh_token(&first), at(10), 1).await else { panic!("it is good") };
    for seconds in 11..14 {
        assert!(matches!(refresh(store, &refresh_token(&first), at(seconds), 2).await, Refreshed::Refused(_)));
    }
    assert!(matches!(refresh(store, &refresh_token(&second), at(20), 3).await, Refreshed::Refused(_)), "the thief's too");
    assert_eq!(store.find_grant(&realm(), first.grant.id).await.unwrap().unwrap().revoked_at, Some(at(11)));
    assert_eq!(recorded(store, AuditKind::RefreshReused).await, 1, "written down once");
}

async fn oidc_tk_11_a_closed_account_refreshes_nothing(database: &Database) {
    let store = &database.store;
    let first = family(store).await;
    store.set_state(&realm(), id("ada"), AccountState::Disabled, &by(), at(2)).await.unwrap();
    assert!(matches!(refresh(store, &refresh_token(&first), at(3), 1).await, Refreshed::Refused(_)));
    store.set_state(&realm(), id("ada"), AccountState::Open, &by(), at(4)).await.unwrap();
    assert!(matches!(refresh(store, &refresh_token(&first), at(5), 2).await, Refreshed::Refused(_)), "the epoch moved");
}

async fn an_expired_family_is_forgotten(database: &Database) {
    let store = &database.store;
    let first = family(store).await;
    let end = first.grant.expires_at;
    store.purge_expired(end).await.unwrap();
    assert_eq!(store.find_grant(&realm(), first.grant.id).await.unwrap(), None);
    assert_eq!(refresh(store, &refresh_token(&first), end, 1).await, Refreshed::Unknown);
}
