//! Second factors: kept sealed, used once, and gone with whatever ends them.

use crate::clients::{redeem, refresh};
use crate::database::Database;
use crate::living::{Living, live, somebody};
use crate::on_every_database;
use crate::scene::*;
use domain::{AddressProof, AuditKind, Epoch, OneTimeSecret, Secret, Timestamp, UserId, Version};
use flow_runtime::{Counter, NewUser, Reservation, Write};
use persistence::{Commit, Committed, CountKey, Counted, OneTimeCodes, Redeemed, Refreshed, Store, StoreError};
use sea_orm::ConnectionTrait as _;
use std::time::Duration;

on_every_database!(
    a_second_factor_is_kept_and_ends_the_past,
    another_one_takes_its_place_and_codes_of_the_old_count_no_more,
    an_account_may_begin_with_one,
    a_code_and_those_before_it_are_used_up,
    a_code_counts_again_for_the_login_that_used_it,
    using_a_code_moves_no_version,
    inv_15_the_key_is_sealed_to_its_account_and_its_moment,
    a_second_factor_goes_with_a_hand_over_and_a_deletion,
    an_administrator_takes_it_away,
    wrong_codes_are_forgotten_by_account_and_by_kind,
);

/// A key whose text is nowhere else.
pub(crate) const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const OTHER: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// What an application that was just set up makes codes of. The code of step 100 was the first.
pub(crate) fn secret(seed: &str) -> OneTimeSecret {
    OneTimeSecret { seed: Secret::new(seed), used: 100 }
}

/// Gives somebody a second factor.
pub(crate) async fn sets(store: &Store, name: &str, seed: &str, now: Timestamp) {
    let commit = Commit { now, ..writes(vec![Write::SetOneTimeCodes { user: id(name), secret: secret(seed) }]) };
    assert_eq!(store.commit(&realm(), &commit).await.unwrap(), Committed::Done { version: None });
}

async fn stored(store: &Store, user: UserId) -> Option<OneTimeCodes> {
    store.one_time_codes(&realm(), user).await.unwrap()
}

async fn uses(store: &Store, name: &str, set_at: Timestamp, step: i64, login: &str) -> bool {
    store.use_one_time_code(&realm(), (id(name), set_at), step, login_key(login)).await.unwrap()
}

async fn a_second_factor_is_kept_and_ends_the_past(database: &Database) {
    let store = &database.store;
    let Living { user, code, refresh: token, .. } = live(store, "ada").await;
    assert!(stored(store, user.id).await.is_none());
    sets(store, "ada", SEED, at(10)).await;
    let OneTimeCodes { secret: kept, set_at, user: now } = stored(store, user.id).await.unwrap();
    assert_eq!((kept, set_at), (secret(SEED), at(10)));
    assert!(now.has_one_time_codes && now.has_password, "beside the password, not in its place");
    assert_eq!((now.epoch, now.version), (Epoch(1), Version(3)));
    assert_eq!(store.find_user(&realm(), user.id).await.unwrap(), Some(now));
    assert!(store.live_session(&realm(), &digest("ada"), at(11)).await.unwrap().is_none());
    assert!(!matches!(redeem(store, &code, at(11)).await, Redeemed::Issued(_)));
    assert!(matches!(refresh(store, &token, at(11), 1).await, Refreshed::Refused(_)));
    assert!(store.granted_scopes(&realm(), user.id, &client()).await.unwrap().is_empty(), "whoever let it in may have had less");
    assert_eq!(recorded(store, AuditKind::SecondFactorSet).await, 1);
}

async fn another_one_takes_its_place_and_codes_of_the_old_count_no_more(database: &Database) {
    let store = &database.store;
    make(store, &person("ada")).await;
    sets(store, "ada", SEED, at(10)).await;
    sets(store, "ada", OTHER, at(20)).await;
    assert_eq!(stored(store, id("ada")).await.unwrap().secret, secret(OTHER));
    assert!(!uses(store, "ada", at(10), 101, "l").await, "somebody was about to use a code of the old one");
    assert!(uses(store, "ada", at(20), 101, "l").await);
    assert_eq!(recorded(store, AuditKind::SecondFactorSet).await, 2);
}

async fn an_account_may_begin_with_one(database: &Database) {
    let store = &database.store;
    make(store, &NewUser { one_time: Some(secret(SEED)), ..person("ada") }).await;
    let kept = stored(store, id("ada")).await.unwrap();
    assert_eq!((kept.secret, kept.set_at, kept.user.epoch), (secret(SEED), at(0), Epoch(0)));
    assert!(stored(store, id("nobody")).await.is_none());
    assert!(store.one_time_codes(&other_realm(), id("ada")).await.unwrap().is_none());
}

async fn a_code_and_those_before_it_are_used_up(database: &Database) {
    let store = &database.store;
    for name in ["ada", "bob"] {
        make(store, &NewUser { one_time: Some(secret(SEED)), ..person(name) }).await;
    }
    assert!(!uses(store, "ada", at(0), 100, "first").await, "that was the one that set it up");
    assert!(uses(store, "ada", at(0), 102, "first").await);
    for step in [100, 101, 102] {
        assert!(!uses(store, "ada", at(0), step, "second").await, "{step}");
    }
    assert!(uses(store, "ada", at(0), 103, "second").await);
    assert!(uses(store, "bob", at(0), 101, "second").await, "bob's is bob's");
    assert!(!uses(store, "nobody", at(0), 101, "second").await);
}

/// A click too many, or a commit that has to be tried again.
async fn a_code_counts_again_for_the_login_that_used_it(database: &Database) {
    let store = &database.store;
    make(store, &NewUser { one_time: Some(secret(SEED)), ..person("ada") }).await;
    for _ in 0..2 {
        assert!(uses(store, "ada", at(0), 101, "mine").await);
        assert!(!uses(store, "ada", at(0), 101, "yours").await);
    }
    assert!(!uses(store, "ada", at(0), 100, "mine").await, "not those before it");
    assert!(uses(store, "ada", at(0), 102, "yours").await);
    assert!(!uses(store, "ada", at(0), 101, "mine").await, "it is over by then");
}

async fn using_a_code_moves_no_version(database: &Database) {
    let store = &database.store;
    make(store, &NewUser { one_time: Some(secret(SEED)), ..person("ada") }).await;
    let before = store.find_user(&realm(), id("ada")).await.unwrap();
    assert!(uses(store, "ada", at(0), 101, "l").await);
    assert_eq!(store.find_user(&realm(), id("ada")).await.unwrap(), before, "the commit that follows rests on it");
}

async fn inv_15_the_key_is_sealed_to_its_account_and_its_moment(database: &Database) {
    if database.is_in_memory() {
        return;
    }
    let (store, raw) = (&database.store, database.raw().await);
    for name in ["ada", "bob"] {
        make(store, &NewUser { one_time: Some(secret(SEED)), ..person(name) }).await;
    }
    sets(store, "ada", OTHER, at(10)).await;
    for damage in [
        format!("one_time_key = (SELECT one_time_key FROM users WHERE id = '{}')", id("bob")),
        format!("one_time_set_at = {}", at(0).as_millis()),
    ] {
        sets(store, "ada", OTHER, at(10)).await;
        raw.execute_unprepared(&format!("UPDATE users SET {damage} WHERE id = '{}'", id("ada"))).await.unwrap();
        let opened = store.one_time_codes(&realm(), id("ada")).await;
        assert!(matches!(opened, Err(StoreError::Sealed { table: "users", .. })), "{damage}");
    }
    sets(store, "ada", OTHER, at(10)).await;
    raw.close().await.unwrap();
}

async fn a_second_factor_goes_with_a_hand_over_and_a_deletion(database: &Database) {
    let store = &database.store;
    let claimed = |name: &str| NewUser {
        email: Some(typed(&format!("{name}@example.org"))),
        one_time: Some(secret(SEED)),
        ..somebody(name)
    };
    make(store, &claimed("vic")).await;
    done(store, vec![Write::HandOver { user: id("vic"), proof: AddressProof::Mailbox { at: at(9) } }]).await;
    let vic = store.find_user(&realm(), id("vic")).await.unwrap().unwrap();
    assert!(!vic.has_one_time_codes && stored(store, vic.id).await.is_none(), "it was the claimant's");
    assert!(!uses(store, "vic", at(0), 101, "l").await);
    make(store, &claimed("ada")).await;
    let buried = store.delete_user(&realm(), id("ada"), &by(), at(10)).await.unwrap().unwrap();
    assert!(!buried.has_one_time_codes && stored(store, buried.id).await.is_none());
    sets(store, "vic", OTHER, at(20)).await;
    let never = Commit { now: at(20), ..writes(vec![Write::SetOneTimeCodes { user: id("ada"), secret: secret(OTHER) }]) };
    assert_eq!(store.commit(&realm(), &never).await.unwrap(), Committed::GuardMoved, "a tombstone gets none");
}

async fn an_administrator_takes_it_away(database: &Database) {
    let store = &database.store;
    let Living { user, refresh: token, .. } = live(store, "ada").await;
    let remove = async |now| store.remove_second_factor(&realm(), user.id, &by(), now).await.unwrap();
    assert_eq!(remove(at(5)).await.unwrap().epoch, Epoch(0), "there was nothing to take away");
    sets(store, "ada", SEED, at(10)).await;
    let now = remove(at(11)).await.unwrap();
    assert!(!now.has_one_time_codes && now.has_password);
    assert_eq!(now.epoch, Epoch(2), "whoever was signed in with it is signed out");
    assert!(stored(store, user.id).await.is_none());
    assert!(!uses(store, "ada", at(10), 101, "l").await);
    assert!(matches!(refresh(store, &token, at(12), 1).await, Refreshed::Refused(_)));
    let records = store.audit_records(&realm(), 1).await.unwrap();
    assert_eq!((records[0].kind.as_str(), records[0].detail.as_deref()), ("second-factor-removed", Some("by root: asked to")));
    assert_eq!(remove(at(13)).await.unwrap().epoch, Epoch(2));
    assert_eq!(recorded(store, AuditKind::SecondFactorRemoved).await, 1, "nothing happens twice");
    store.delete_user(&realm(), user.id, &by(), at(14)).await.unwrap();
    assert_eq!(remove(at(15)).await, None);
}

async fn wrong_codes_are_forgotten_by_account_and_by_kind(database: &Database) {
    let store = &database.store;
    let count = |counter, name: &str| Counted {
        reservation: Reservation { counter, limit: 1, window: Duration::from_mins(1) },
        key: CountKey::user(id(name)),
    };
    let tries = async |counter, name: &str| store.reserve(&realm(), &[count(counter, name)], at(0)).await.unwrap().is_none();
    let (code, password) = (Counter::OneTimeCodeByAccount, Counter::PasswordByAccount);
    for name in ["ada", "bob"] {
        assert!(tries(code, name).await && tries(password, name).await);
    }
    done(store, vec![Write::ForgetWrongPasswords(id("ada"))]).await;
    assert!(!tries(code, "ada").await, "a right password gives no new tries of codes");
    done(store, vec![Write::ForgetWrongCodes(id("ada"))]).await;
    assert!(tries(code, "ada").await && !tries(code, "bob").await);
    assert!(tries(password, "ada").await && !tries(password, "bob").await);
}
