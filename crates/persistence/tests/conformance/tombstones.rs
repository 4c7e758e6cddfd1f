//! Accounts by hand: their states, their attributes, and what is left of them when they are deleted.

use crate::clients::{redeem, refresh};
use crate::database::Database;
use crate::living::{Living, badge, live, somebody, tie, tie_id};
use crate::on_every_database;
use crate::scene::*;
use domain::{AccountState, Attribute, AuditKind, CanonicalSubject, Epoch, Secret, User};
use flow_runtime::{Guard, NewUser, Sought, Write};
use persistence::{Commit, Committed, Linked, NewTie, PrimarySet, Redeemed, Refreshed, Unlinked};

on_every_database!(
    inv_7_a_closed_account_lets_nothing_live,
    inv_5_a_tombstone_keeps_its_subject_and_nothing_else,
    ph_39_who_comes_back_after_a_deletion_is_somebody_new,
    ph_39_nothing_is_ever_done_to_a_tombstone_again,
    an_attribute_is_entered_found_and_taken_away,
);

async fn inv_7_a_closed_account_lets_nothing_live(database: &Database) {
    let store = &database.store;
    for (name, state) in [("ada", AccountState::Disabled), ("bob", AccountState::Locked), ("carol", AccountState::Deleted)] {
        let Living { user, code, refresh: token } = live(store, name).await;
        let closed = store.set_state(&realm(), user.id, state, &by(), at(10)).await.unwrap().unwrap();
        assert_eq!((closed.state, closed.epoch), (state, Epoch(1)));
        assert!(store.live_session(&realm(), &digest(name), at(11)).await.unwrap().is_none());
        assert!(!matches!(redeem(store, &code, at(11)).await, Redeemed::Issued(_)), "{name}");
        assert!(!matches!(refresh(store, &token, at(11), 1).await, Refreshed::Issued(_)), "{name}");
        store.set_state(&realm(), user.id, AccountState::Open, &by(), at(12)).await.unwrap();
        assert!(store.live_session(&realm(), &digest(name), at(13)).await.unwrap().is_none(), "the dead stay dead");
        assert!(!matches!(refresh(store, &token, at(13), 2).await, Refreshed::Issued(_)), "{name}");
    }
}

async fn inv_5_a_tombstone_keeps_its_subject_and_nothing_else(database: &Database) {
    let store = &database.store;
    let Living { user, .. } = live(store, "ada").await;
    let open = store.find_user(&realm(), user.id).await.unwrap().unwrap();
    let buried = store.delete_user(&realm(), user.id, &by(), at(10)).await.unwrap().unwrap();
    let nothing = NewUser { ..NewUser::unknown(user.id, user.subject.clone(), at(0)) }.as_user();
    assert_eq!(buried, User { state: AccountState::Deleted, epoch: Epoch(1), version: buried.version, ..nothing });
    assert!(buried.version > open.version);
    assert_eq!(store.find_user_by_subject(&realm(), &user.subject).await.unwrap(), Some(buried.clone()));
    let again = store.delete_user(&realm(), user.id, &by(), at(11)).await.unwrap();
    assert_eq!(again, Some(buried), "nothing dies twice");
    assert_eq!(recorded(store, AuditKind::UserDeleted).await, 1);
    assert_eq!(recorded(store, AuditKind::IdentityUnlinked).await, 2, "each tie has its end on record");
    assert_eq!(store.delete_user(&realm(), id("nobody"), &by(), at(11)).await.unwrap(), None);
    let thief = NewUser { subject: user.subject.clone(), ..person("eve") };
    assert!(store.create_user(&realm(), thief).await.is_err(), "its subject is taken for ever");
}

async fn ph_39_who_comes_back_after_a_deletion_is_somebody_new(database: &Database) {
    let store = &database.store;
    let Living { user: former, .. } = live(store, "ada").await;
    store.delete_user(&realm(), former.id, &by(), at(10)).await.unwrap();
    let names = store.find_users(&realm(), former.username.as_ref(), Some(&address("ada@example.org"))).await.unwrap();
    assert_eq!((names.by_username, names.by_email), (None, vec![]));
    let sought = Sought {
        emails: vec![address("ada@example.org")],
        usernames: former.username.clone().into_iter().collect(),
        attributes: vec![(badge(), "ada's badge".into())],
        wanted: former.username.clone(),
        ..Sought::default()
    };
    let found = store.find_candidates(&realm(), &sought).await.unwrap();
    assert!(found.accounts.is_empty() && !found.wanted_is_taken);
    assert!(store.find_identity(&realm(), &identity("ada1")).await.unwrap().is_none());

    let subject = CanonicalSubject::from_bytes([5; 16]);
    let back = NewUser { id: id("ada again"), subject: subject.clone(), ..somebody("ada") };
    let mut tied = tie("ada", 1);
    tied.user = back.id;
    done(store, vec![Write::CreateUser(Box::new(back.clone())), Write::Link(Box::new(tied))]).await;
    let known = store.find_identity(&realm(), &identity("ada1")).await.unwrap().unwrap();
    assert_eq!((known.user.id, &known.user.subject), (back.id, &subject));
    assert!(store.granted_scopes(&realm(), back.id, &client()).await.unwrap().is_empty(), "no old consent");
    assert!(store.live_session(&realm(), &digest("ada"), at(11)).await.unwrap().is_none(), "no old session");
    assert_eq!(store.find_user_by_subject(&realm(), &former.subject).await.unwrap().unwrap().id, former.id);
}

async fn ph_39_nothing_is_ever_done_to_a_tombstone_again(database: &Database) {
    let store = &database.store;
    let Living { user, .. } = live(store, "ada").await;
    let buried = store.delete_user(&realm(), user.id, &by(), at(10)).await.unwrap().unwrap();
    let here = realm();
    let opened = store.set_state(&here, user.id, AccountState::Open, &by(), at(11)).await.unwrap();
    assert_eq!(opened.as_ref(), Some(&buried));
    store.set_password_hash(&here, user.id, &Secret::new("$a$b$c"), at(11)).await.unwrap();
    let new = Attribute::entered(vec!["x".into()]).unwrap();
    let described = store.set_attribute(&here, user.id, (&badge(), Some(&new)), &by(), at(11)).await.unwrap();
    assert_eq!(described, None);
    let hand_made = NewTie { id: tie_id("ada", 3), key: identity("ada3"), label: "Ada".into() };
    assert_eq!(store.link_by_hand(&here, user.id, &hand_made, &by(), at(11)).await.unwrap(), Linked::NoSuchUser);
    let first = (user.id, tie_id("ada", 1));
    assert_eq!(store.set_primary(&here, first, &by(), at(11)).await.unwrap(), PrimarySet::NotThere);
    assert_eq!(store.unlink(&here, first, crate::acts::all_of, &by(), at(11)).await.unwrap(), Unlinked::NotThere);
    for write in [
        Write::Link(Box::new(tie("ada", 3))),
        Write::SetPassword { user: user.id, hash: Secret::new("$a$b$c") },
        Write::SetAddress { user: user.id, address: Box::new(typed("ada@example.org")) },
        Write::StartBrowserSession(Box::new(session_of(&user, &buried))),
        Write::GrantConsent { user: user.id, client: client(), scopes: vec!["openid".into()], at: at(11) },
    ] {
        let guards = vec![Guard { user: user.id, version: buried.version }];
        let commit = Commit { guards, ..writes(vec![write]) };
        assert_eq!(store.commit(&here, &commit).await.unwrap(), Committed::GuardMoved);
    }
    assert_eq!(store.find_user(&here, user.id).await.unwrap(), Some(buried));
}

fn session_of(user: &NewUser, buried: &User) -> domain::BrowserSession {
    domain::BrowserSession { epoch: buried.epoch, ..browser_session("late", user) }
}

async fn an_attribute_is_entered_found_and_taken_away(database: &Database) {
    let store = &database.store;
    let Living { user, .. } = live(store, "ada").await;
    let found = |value: &str| {
        let sought = Sought { attributes: vec![(badge(), value.to_owned())], ..Sought::default() };
        async move { store.find_candidates(&realm(), &sought).await.unwrap().accounts.len() }
    };
    assert_eq!((found("ada's badge").await, found("17").await), (1, 0));
    let new = Attribute::entered(vec!["17".into(), "18".into()]).unwrap();
    let set = |attribute| async move {
        store.set_attribute(&realm(), user.id, (&badge(), attribute), &by(), at(10)).await.unwrap().unwrap()
    };
    let changed = set(Some(&new)).await;
    assert_eq!(changed.attributes.get(&badge()), Some(&new));
    assert_eq!((found("ada's badge").await, found("17").await, found("18").await), (0, 1, 1));
    assert_eq!(set(Some(&new)).await.version, changed.version, "nothing changes twice");
    assert!(set(None).await.attributes.is_empty());
    assert_eq!(found("17").await, 0);
    assert_eq!(recorded(store, AuditKind::AttributesChanged).await, 2);
}
