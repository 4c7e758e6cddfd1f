//! Users: what is made is found, and what must be unique is.

use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use domain::{AccountState, AuditKind, Epoch, LinkingDomain, Secret, Version};
use flow_runtime::{Conflict, NewUser, Write};
use persistence::Committed;

on_every_database!(
    a_user_reads_back_as_made,
    a_user_is_found_by_each_of_its_names,
    a_username_is_taken_once,
    inv_4_a_proved_address_is_taken_once,
    inv_5_a_subject_is_never_given_out_again,
    realms_share_nothing,
    an_address_is_released_by_all_who_never_proved_it,
    closing_an_account_kills_its_past,
    a_new_password_kills_the_past,
);

async fn a_user_reads_back_as_made(database: &Database) {
    let ada = NewUser {
        username: Some("ada".to_owned().try_into().unwrap()),
        email: Some(proved("Ada@example.org")),
        family_name: Some("Lovelace".into()),
        picture: Some("https://example.org/ada.png".into()),
        password_hash: Some(Secret::new("$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA")),
        ..person("ada")
    };
    make(&database.store, &ada).await;
    assert_eq!(database.store.find_user(&realm(), ada.id).await.unwrap(), Some(ada.as_user()));
    let (hash, user) = database.store.password_hash(&realm(), ada.id).await.unwrap().unwrap();
    assert_eq!((Some(hash), user), (ada.password_hash.clone(), ada.as_user()));
    assert!(database.store.password_hash(&realm(), id("nobody")).await.unwrap().is_none());
    assert_eq!(recorded(&database.store, AuditKind::UserCreated).await, 1);
}

async fn a_user_is_found_by_each_of_its_names(database: &Database) {
    let ada = NewUser { username: Some("ada".to_owned().try_into().unwrap()), ..person_at("ada", typed("Ada@Example.org")) };
    let bob = person_at("bob", proved("ada@example.org"));
    make(&database.store, &ada).await;
    make(&database.store, &bob).await;
    let store = &database.store;
    let by_subject = store.find_user_by_subject(&realm(), &ada.subject).await.unwrap();
    assert_eq!(by_subject, Some(ada.as_user()));
    let found = store.find_users(&realm(), ada.username.as_ref(), Some(&address("ADA@example.org"))).await.unwrap();
    assert_eq!(found.by_username, Some(ada.as_user()));
    let mut both = vec![ada.as_user(), bob.as_user()];
    both.sort_by_key(|user| user.id.to_string());
    assert_eq!(found.by_email, both, "proved or not, whatever the case");
    let nobody = store.find_users(&realm(), None, Some(&address("a.da@example.org"))).await.unwrap();
    assert_eq!((nobody.by_username, nobody.by_email), (None, vec![]));
}

async fn a_username_is_taken_once(database: &Database) {
    make(&database.store, &person_called("ada")).await;
    let again = NewUser { username: person_called("ada").username, ..person("eve") };
    let outcome = database.store.create_user(&realm(), again).await.unwrap();
    assert_eq!(outcome, Committed::Conflict(Conflict::Username));
    assert_eq!(database.store.find_user(&realm(), id("eve")).await.unwrap(), None);
}

async fn inv_4_a_proved_address_is_taken_once(database: &Database) {
    make(&database.store, &person_at("ada", proved("ada@example.org"))).await;
    let outcome = database.store.create_user(&realm(), person_at("eve", proved("ADA@example.org"))).await.unwrap();
    assert_eq!(outcome, Committed::Conflict(Conflict::Address));
    make(&database.store, &person_at("bob", typed("ada@example.org"))).await;
    make(&database.store, &person_at("carol", typed("ada@example.org"))).await;
}

async fn inv_5_a_subject_is_never_given_out_again(database: &Database) {
    let ada = person("ada");
    make(&database.store, &ada).await;
    let thief = NewUser { subject: ada.subject.clone(), ..person("eve") };
    assert!(database.store.create_user(&realm(), thief).await.is_err(), "this is no conflict but a broken world");
    assert_eq!(database.store.find_user_by_subject(&realm(), &ada.subject).await.unwrap(), Some(ada.as_user()));
}

async fn realms_share_nothing(database: &Database) {
    let ada = NewUser { username: person_called("ada").username, ..person_at("ada", proved("ada@example.org")) };
    make(&database.store, &ada).await;
    let store = &database.store;
    assert_eq!(store.find_user(&other_realm(), ada.id).await.unwrap(), None);
    assert_eq!(store.find_user_by_subject(&other_realm(), &ada.subject).await.unwrap(), None);
    let found = store.find_users(&other_realm(), ada.username.as_ref(), Some(&address("ada@example.org"))).await.unwrap();
    assert_eq!((found.by_username, found.by_email), (None, vec![]));
    assert_eq!(store.create_user(&other_realm(), ada).await.unwrap(), Committed::Done { version: None });
}

async fn an_address_is_released_by_all_who_never_proved_it(database: &Database) {
    let store = &database.store;
    for name in ["ada", "bob", "carol"] {
        make(store, &person_at(name, typed("ada@example.org"))).await;
    }
    make(store, &person_at("dave", proved("dave@example.org"))).await;
    let elsewhere = LinkingDomain::parse("staff").unwrap();
    make(store, &NewUser { linking_domain: elsewhere, ..person_at("fred", typed("ada@example.org")) }).await;
    let release = Write::ReleaseAddress { address: address("Ada@example.org"), except: id("carol") };
    done(store, vec![release, Write::CreateUser(Box::new(person_at("eve", proved("ada@example.org"))))]).await;
    for name in ["ada", "bob"] {
        let user = store.find_user(&realm(), id(name)).await.unwrap().unwrap();
        assert_eq!((user.email, user.version), (None, Version(1)), "{name}");
    }
    let kept = store.find_users(&realm(), None, Some(&address("ada@example.org"))).await.unwrap().by_email;
    assert_eq!(kept.len(), 3, "carol keeps it, eve proved it, and fred is in another linking domain");
    assert_eq!(recorded(store, AuditKind::AddressReleased).await, 2);
}

async fn closing_an_account_kills_its_past(database: &Database) {
    let (store, ada) = (&database.store, person("ada"));
    make(store, &ada).await;
    let closed = store.set_state(&realm(), ada.id, AccountState::Disabled, &by(), at(1)).await.unwrap().unwrap();
    assert_eq!((closed.is_open(), closed.epoch, closed.version), (false, Epoch(1), Version(1)));
    let again = store.set_state(&realm(), ada.id, AccountState::Disabled, &by(), at(2)).await.unwrap().unwrap();
    assert_eq!(again, closed, "nothing changes twice");
    let opened = store.set_state(&realm(), ada.id, AccountState::Open, &by(), at(3)).await.unwrap().unwrap();
    assert_eq!((opened.is_open(), opened.epoch, opened.version), (true, Epoch(1), Version(2)));
    assert_eq!(store.set_state(&realm(), id("nobody"), AccountState::Open, &by(), at(3)).await.unwrap(), None);
    assert_eq!(recorded(store, AuditKind::UserDisabled).await, 1);
    assert_eq!(recorded(store, AuditKind::UserEnabled).await, 1);
}

async fn a_new_password_kills_the_past(database: &Database) {
    let (store, ada) = (&database.store, person("ada"));
    make(store, &ada).await;
    assert!(store.password_hash(&realm(), ada.id).await.unwrap().is_none());
    let hash = Secret::new("$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA");
    let user = store.set_password_hash(&realm(), ada.id, &hash, at(1)).await.unwrap().unwrap();
    assert_eq!((user.has_password, user.epoch, user.version), (true, Epoch(1), Version(1)));
    assert_eq!(store.password_hash(&realm(), ada.id).await.unwrap().unwrap().0, hash);
    assert_eq!(recorded(store, AuditKind::PasswordChanged).await, 1);
}
