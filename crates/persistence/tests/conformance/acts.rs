//! What is done by hand to identities.

use crate::clients::{redeem, refresh};
use crate::database::Database;
use crate::living::{Living, live, somebody, tie, tie_id};
use crate::on_every_database;
use crate::scene::*;
use crate::second_factors::sets;
use domain::{Accepted, AccountState, AuditKind, IdentityId, LinkedIdentity, ProofKind, User, Version};
use flow_runtime::{NewUser, Write};
use persistence::{Linked, NewTie, PrimarySet, Redeemed, Refreshed, Store, Unlinked};

on_every_database!(
    inv_7_what_was_gained_through_an_identity_ends_with_it,
    what_was_gained_in_another_way_stays,
    consents_are_asked_for_again_when_an_identity_is_taken_off,
    the_next_oldest_identity_becomes_primary,
    ph_25_a_mail_dies_when_an_identity_is_taken_off,
    an_address_keeps_its_proof_when_an_identity_is_taken_off,
    ph_37_the_last_way_in_stays,
    ph_35_an_identity_is_nobody_elses_to_change,
    another_identity_becomes_primary,
    inv_2_a_tie_by_hand_says_who_made_it_and_why,
    ph_36_a_tie_by_hand_takes_nobodys_identity,
    inv_8_an_act_has_one_record_that_says_who_and_why,
);

/// Everything that is left opens the account.
pub(crate) fn all_of(user: &User, left: &[LinkedIdentity]) -> usize {
    usize::from(user.has_password) + left.len()
}

/// Takes an identity off somebody.
pub(crate) async fn take_off(store: &Store, name: &str, identity: IdentityId) -> Unlinked {
    store.unlink(&realm(), (id(name), identity), all_of, &by(), at(10)).await.unwrap()
}

async fn inv_7_what_was_gained_through_an_identity_ends_with_it(database: &Database) {
    let store = &database.store;
    let Living { code, refresh: token, .. } = live(store, "ada").await;
    let before = store.find_user(&realm(), id("ada")).await.unwrap().unwrap();
    let Unlinked::Done(gone) = take_off(store, "ada", tie_id("ada", 1)).await else { panic!("there is a password") };
    assert_eq!(*gone, tie("ada", 1));
    assert!(store.find_identity(&realm(), &identity("ada1")).await.unwrap().is_none());
    assert!(store.live_session(&realm(), &digest("ada"), at(11)).await.unwrap().is_none());
    assert_eq!(redeem(store, &code, at(11)).await, Redeemed::Unknown);
    assert!(matches!(refresh(store, &token, at(11), 1).await, Refreshed::Refused(_)));
    let after = store.find_user(&realm(), id("ada")).await.unwrap().unwrap();
    assert!(after.version > before.version, "whoever counted the identities has to count again");
    assert_eq!(after.epoch, before.epoch, "what was gained in other ways lives on");
}

async fn what_was_gained_in_another_way_stays(database: &Database) {
    let store = &database.store;
    let Living { code, refresh: token, .. } = live(store, "ada").await;
    assert!(matches!(take_off(store, "ada", tie_id("ada", 2)).await, Unlinked::Done(_)));
    assert!(store.live_session(&realm(), &digest("ada"), at(11)).await.unwrap().is_some());
    assert!(matches!(redeem(store, &code, at(11)).await, Redeemed::Issued(_)));
    assert!(matches!(refresh(store, &token, at(11), 1).await, Refreshed::Issued(_)));
    assert!(store.find_identity(&realm(), &identity("ada1")).await.unwrap().unwrap().link.primary);
}

async fn consents_are_asked_for_again_when_an_identity_is_taken_off(database: &Database) {
    let store = &database.store;
    for name in ["ada", "bob"] {
        live(store, name).await;
    }
    assert!(matches!(take_off(store, "ada", tie_id("ada", 1)).await, Unlinked::Done(_)));
    assert!(store.granted_scopes(&realm(), id("ada"), &client()).await.unwrap().is_empty(), "who granted it isn't known");
    assert!(!store.granted_scopes(&realm(), id("bob"), &client()).await.unwrap().is_empty(), "bob's is bob's");
}

async fn the_next_oldest_identity_becomes_primary(database: &Database) {
    let store = &database.store;
    live(store, "ada").await;
    done(store, vec![Write::Link(Box::new(tie("ada", 3)))]).await;
    for (off, next) in [(1, "ada2"), (2, "ada3")] {
        assert!(matches!(take_off(store, "ada", tie_id("ada", off)).await, Unlinked::Done(_)));
        let left = store.identities_of(&realm(), id("ada")).await.unwrap();
        let primary: Vec<_> = left.iter().filter(|link| link.primary).map(|link| link.key.clone()).collect();
        assert_eq!(primary, [identity(next)]);
    }
}

async fn ph_25_a_mail_dies_when_an_identity_is_taken_off(database: &Database) {
    let store = &database.store;
    for name in ["ada", "bob"] {
        live(store, name).await;
    }
    take_off(store, "ada", tie_id("ada", 2)).await;
    assert!(store.find_token(&realm(), &digest("ada's mail"), at(11)).await.unwrap().is_none());
    let used = store.commit(&realm(), &writes(vec![Write::ConsumeToken(digest("ada's mail"))])).await.unwrap();
    assert_eq!(used, persistence::Committed::Conflict(flow_runtime::Conflict::Token));
    assert!(store.find_token(&realm(), &digest("bob's mail"), at(11)).await.unwrap().is_some(), "bob's is bob's");
}

async fn an_address_keeps_its_proof_when_an_identity_is_taken_off(database: &Database) {
    let store = &database.store;
    live(store, "ada").await;
    for number in [1, 2] {
        take_off(store, "ada", tie_id("ada", number)).await;
    }
    let ada = store.find_user(&realm(), id("ada")).await.unwrap().unwrap();
    assert_eq!(ada.email, somebody("ada").email);
    let eve = store.create_user(&realm(), person_at("eve", proved("ada@example.org"))).await.unwrap();
    assert_eq!(eve, persistence::Committed::Conflict(flow_runtime::Conflict::Address), "nobody takes it meanwhile");
}

async fn ph_37_the_last_way_in_stays(database: &Database) {
    let (store, ada) = (&database.store, person_called("ada"));
    make(store, &ada).await;
    done(store, vec![Write::Link(Box::new(tie("ada", 1))), Write::Link(Box::new(tie("ada", 2)))]).await;
    let link_only = |_: &User, left: &[LinkedIdentity]| left.iter().filter(|link| link.key == identity("ada1")).count();
    let first = (ada.id, tie_id("ada", 1));
    let refused = store.unlink(&realm(), first, link_only, &by(), at(10)).await.unwrap();
    assert_eq!(refused, Unlinked::LastWayIn, "the other one begins no login");
    assert_eq!(store.identities_of(&realm(), ada.id).await.unwrap().len(), 2);
    assert!(matches!(take_off(store, "ada", tie_id("ada", 1)).await, Unlinked::Done(_)));
    assert_eq!(take_off(store, "ada", tie_id("ada", 2)).await, Unlinked::LastWayIn);
    assert_eq!(take_off(store, "ada", tie_id("ada", 1)).await, Unlinked::NotThere);
    assert_eq!(recorded(store, AuditKind::IdentityUnlinked).await, 1);
}

async fn ph_35_an_identity_is_nobody_elses_to_change(database: &Database) {
    let store = &database.store;
    for name in ["ada", "eve"] {
        live(store, name).await;
    }
    let (stolen, whole) = (tie_id("ada", 2), store.identities_of(&realm(), id("ada")).await.unwrap());
    assert_eq!(take_off(store, "eve", stolen).await, Unlinked::NotThere);
    let primary = store.set_primary(&realm(), (id("eve"), stolen), &by(), at(10)).await.unwrap();
    assert_eq!(primary, PrimarySet::NotThere);
    let elsewhere = store.unlink(&other_realm(), (id("ada"), stolen), all_of, &by(), at(10)).await.unwrap();
    assert_eq!(elsewhere, Unlinked::NotThere);
    assert_eq!(store.identities_of(&realm(), id("ada")).await.unwrap(), whole);
}

async fn another_identity_becomes_primary(database: &Database) {
    let store = &database.store;
    live(store, "ada").await;
    let before = store.find_user(&realm(), id("ada")).await.unwrap().unwrap().version;
    let second = (id("ada"), tie_id("ada", 2));
    assert_eq!(store.set_primary(&realm(), second, &by(), at(10)).await.unwrap(), PrimarySet::Done);
    assert_eq!(store.set_primary(&realm(), second, &by(), at(11)).await.unwrap(), PrimarySet::Already);
    let own = store.identities_of(&realm(), id("ada")).await.unwrap();
    let order: Vec<_> = own.iter().map(|link| (link.key.clone(), link.primary)).collect();
    assert_eq!(order, [(identity("ada2"), true), (identity("ada1"), false)]);
    let after = store.find_user(&realm(), id("ada")).await.unwrap().unwrap().version;
    assert_eq!(after, Version(before.0 + 1));
    assert_eq!(recorded(store, AuditKind::PrimaryChanged).await, 1);
}

fn new_tie(name: &str, subject: &str) -> NewTie {
    NewTie { id: link(name, subject).id, key: identity(subject), label: "Ada at work".into() }
}

async fn inv_2_a_tie_by_hand_says_who_made_it_and_why(database: &Database) {
    let (store, ada) = (&database.store, person("ada"));
    make(store, &ada).await;
    let Linked::Done(tied) = store.link_by_hand(&realm(), ada.id, &new_tie("ada", "a1"), &by(), at(5)).await.unwrap() else {
        panic!("nothing stands against it")
    };
    let known = store.find_identity(&realm(), &identity("a1")).await.unwrap().unwrap();
    assert_eq!((&known.link, known.user.version), (&*tied, Version(1)));
    assert_eq!((tied.proof.kind, tied.proof.at, tied.primary), (ProofKind::Administrator, at(5), true));
    assert_eq!(tied.proof.accepted, Accepted::ByHand { by: "root".into(), reason: "asked to".into() });
    assert_eq!((tied.assured, tied.label.as_str()), (None, "Ada at work"), "nobody vouched for an address");
}

async fn ph_36_a_tie_by_hand_takes_nobodys_identity(database: &Database) {
    let store = &database.store;
    for name in ["ada", "eve"] {
        make(store, &person(name)).await;
    }
    let tie = |name, subject: &str| {
        let tie = new_tie(name, subject);
        async move { store.link_by_hand(&realm(), id(name), &tie, &by(), at(5)).await.unwrap() }
    };
    assert!(matches!(tie("ada", "a1").await, Linked::Done(_)));
    assert_eq!(tie("ada", "a1").await, Linked::TakenBySame);
    assert_eq!(tie("eve", "a1").await, Linked::TakenByOther);
    assert_eq!(tie("nobody", "a2").await, Linked::NoSuchUser);
    store.set_state(&realm(), id("eve"), AccountState::Locked, &by(), at(6)).await.unwrap();
    assert_eq!(tie("eve", "a2").await, Linked::Closed);
    assert_eq!(store.find_identity(&realm(), &identity("a1")).await.unwrap().unwrap().user.id, id("ada"));
    assert_eq!(recorded(store, AuditKind::IdentityLinked).await, 1);
}

async fn inv_8_an_act_has_one_record_that_says_who_and_why(database: &Database) {
    let store = &database.store;
    live(store, "ada").await;
    sets(store, "ada", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at(1)).await;
    make(store, &NewUser { username: None, ..person("bob") }).await;
    let (here, ada) = (realm(), id("ada"));
    let newest = || async { store.audit_records(&here, 1).await.unwrap().remove(0) };
    let mut seen = store.audit_records(&here, 1000).await.unwrap().len();
    for (number, kind) in [
        AuditKind::IdentityLinked,
        AuditKind::PrimaryChanged,
        AuditKind::IdentityUnlinked,
        AuditKind::AttributesChanged,
        AuditKind::SecondFactorRemoved,
        AuditKind::UserLocked,
        AuditKind::UserDisabled,
        AuditKind::UserEnabled,
    ]
    .into_iter()
    .enumerate()
    {
        let now = at(100 + i64::try_from(number).unwrap());
        match kind {
            AuditKind::IdentityLinked => drop(store.link_by_hand(&here, ada, &new_tie("ada", "a9"), &by(), now).await.unwrap()),
            AuditKind::PrimaryChanged => drop(store.set_primary(&here, (ada, tie_id("ada", 2)), &by(), now).await.unwrap()),
            AuditKind::IdentityUnlinked => {
                drop(store.unlink(&here, (ada, tie_id("ada", 2)), all_of, &by(), now).await.unwrap());
            }
            AuditKind::AttributesChanged => {
                drop(store.set_attribute(&here, ada, (&crate::living::badge(), None), &by(), now).await.unwrap());
            }
            AuditKind::SecondFactorRemoved => drop(store.remove_second_factor(&here, ada, &by(), now).await.unwrap()),
            AuditKind::UserLocked => drop(store.set_state(&here, ada, AccountState::Locked, &by(), now).await.unwrap()),
            AuditKind::UserDisabled => drop(store.set_state(&here, ada, AccountState::Disabled, &by(), now).await.unwrap()),
            _ => drop(store.set_state(&here, ada, AccountState::Open, &by(), now).await.unwrap()),
        }
        let record = newest().await;
        assert_eq!((record.kind.as_str(), record.user, record.at), (kind.as_str(), Some(ada), now));
        assert_eq!(record.detail.as_deref(), Some("by root: asked to"), "{kind:?}");
        seen += 1;
        assert_eq!(store.audit_records(&here, 1000).await.unwrap().len(), seen, "one for {kind:?}");
    }
}
