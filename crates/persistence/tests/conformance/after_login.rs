//! What steps after a sign-in write, and what administrators say about accounts for them: terms, usernames, new passwords, roles.

use crate::database::Database;
use crate::living::{live, somebody};
use crate::on_every_database;
use crate::scene::*;
use domain::{AuditKind, BrowserSession, ClientId, FlowName, PassedFlow, RoleName, Secret, TermsVersion, User, Username};
use flow_runtime::{Conflict, Guard, NewUser, Write};
use persistence::{Commit, Committed, Store};

on_every_database!(
    accepted_terms_are_kept_with_their_time,
    a_username_is_given_once,
    a_password_says_when_it_was_set,
    a_new_password_is_required_by_hand,
    roles_are_given_and_taken,
    a_session_says_which_flow_let_it_through,
);

async fn user(store: &Store, name: &str) -> User {
    store.find_user(&realm(), id(name)).await.unwrap().unwrap()
}

fn terms(version: &str) -> TermsVersion {
    TermsVersion::parse(version).unwrap()
}

fn role(name: &str) -> RoleName {
    RoleName::parse(name).unwrap()
}

async fn details_of(store: &Store, kind: AuditKind) -> Vec<String> {
    let records = store.audit_records(&realm(), 100).await.unwrap();
    records.into_iter().filter(|record| record.kind == kind.as_str()).filter_map(|record| record.detail).collect()
}

async fn accepted_terms_are_kept_with_their_time(database: &Database) {
    let store = &database.store;
    live(store, "ada").await;
    let before = user(store, "ada").await;
    let accept = |version: &str| Write::AcceptTerms { user: id("ada"), version: terms(version) };
    let commit = Commit {
        guards: vec![Guard { user: id("ada"), version: before.version }],
        now: at(20),
        ..writes(vec![accept("1"), accept("privacy, 2")])
    };
    assert_eq!(store.commit(&realm(), &commit).await.unwrap(), Committed::Done { version: None });
    let after = user(store, "ada").await;
    assert_eq!(after.accepted_terms, [(terms("1"), at(20)), (terms("privacy, 2"), at(20))].into());
    assert_eq!(after.epoch, before.epoch, "nothing dies of that");
    assert_eq!(store.commit(&realm(), &commit).await.unwrap(), Committed::GuardMoved);
    let mut recorded = details_of(store, AuditKind::TermsAccepted).await;
    recorded.sort();
    assert_eq!(recorded, ["1", "privacy, 2"]);
    let new = NewUser { accepted_terms: [(terms("1"), at(3))].into(), ..somebody("bob") };
    done(store, vec![Write::CreateUser(Box::new(new.clone()))]).await;
    assert_eq!(user(store, "bob").await, new.as_user());
}

async fn a_username_is_given_once(database: &Database) {
    let store = &database.store;
    for name in ["ada", "eve"] {
        let new = NewUser { username: None, ..somebody(name) };
        done(store, vec![Write::CreateUser(Box::new(new))]).await;
    }
    let give = |to: &str| Write::SetUsername { user: id(to), username: Username::parse("countess").unwrap() };
    done(store, vec![give("ada")]).await;
    assert_eq!(user(store, "ada").await.username, Username::parse("countess").ok());
    let second = store.commit(&realm(), &writes(vec![give("eve")])).await.unwrap();
    assert_eq!(second, Committed::Conflict(Conflict::Username));
    assert_eq!(user(store, "eve").await.username, None);
}

async fn a_password_says_when_it_was_set(database: &Database) {
    let store = &database.store;
    live(store, "ada").await;
    let made = user(store, "ada").await;
    assert_eq!(made.password_set_at, Some(made.created_at));
    let set = Write::SetPassword { user: id("ada"), hash: Secret::new("$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA") };
    let commit = Commit { now: at(30), ..writes(vec![set]) };
    assert_eq!(store.commit(&realm(), &commit).await.unwrap(), Committed::Done { version: None });
    assert_eq!(user(store, "ada").await.password_set_at, Some(at(30)));
}

async fn a_new_password_is_required_by_hand(database: &Database) {
    let store = &database.store;
    live(store, "ada").await;
    let before = user(store, "ada").await;
    for _ in 0..2 {
        store.require_new_password(&realm(), id("ada"), &by(), at(12)).await.unwrap().unwrap();
    }
    let after = user(store, "ada").await;
    assert!(after.must_renew_password && after.epoch == before.epoch.next(), "once, and all that lived on it is dead");
    assert_eq!(details_of(store, AuditKind::PasswordRenewalRequired).await, [by_words()]);
    let set = Write::SetPassword { user: id("ada"), hash: Secret::new("$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA") };
    done(store, vec![set]).await;
    assert!(!user(store, "ada").await.must_renew_password);
    let without = NewUser { password_hash: None, ..somebody("bob") };
    done(store, vec![Write::CreateUser(Box::new(without))]).await;
    assert!(store.require_new_password(&realm(), id("bob"), &by(), at(12)).await.unwrap().is_none());
}

fn by_words() -> String {
    let by = by();
    format!("by {}: {}", by.by, by.reason)
}

async fn roles_are_given_and_taken(database: &Database) {
    let store = &database.store;
    live(store, "ada").await;
    let before = user(store, "ada").await;
    let change = async |add: &[RoleName], remove: &[RoleName]| {
        store.change_roles(&realm(), id("ada"), (add, remove), &by(), at(12)).await.unwrap().unwrap()
    };
    let after = change(&[role("editor"), role("admin")], &[role("nobody")]).await;
    assert_eq!(after.roles, [role("editor"), role("admin")].into());
    assert!(after.version > before.version && after.epoch == before.epoch);
    let same = change(&[role("admin")], &[]).await;
    assert_eq!(same.version, after.version, "nothing changed, so nothing is recorded");
    assert_eq!(change(&[], &[role("admin")]).await.roles, [role("editor")].into());
    let recorded = details_of(store, AuditKind::RolesChanged).await;
    assert_eq!(recorded.len(), 2);
    assert!(recorded.contains(&format!("-admin {}", by_words())), "{recorded:?}");
}

async fn a_session_says_which_flow_let_it_through(database: &Database) {
    let store = &database.store;
    let ada = somebody("ada");
    let flow = FlowName::parse("after-campus").unwrap();
    let passed = Some(PassedFlow { flow, revision: "a".repeat(64), client: ClientId::parse("shop").unwrap() });
    let session = BrowserSession { passed: passed.clone(), ..browser_session("laptop", &ada) };
    done(store, vec![Write::CreateUser(Box::new(ada)), Write::StartBrowserSession(Box::new(session))]).await;
    let live = store.live_session(&realm(), &digest("laptop"), at(1)).await.unwrap().unwrap();
    assert_eq!(live.session.passed, passed);
}
