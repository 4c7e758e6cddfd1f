//! The oracle sees what is wrong. Each case breaks the data past the store, as a bug would.

use crate::clients::{redeem, signed_in};
use crate::database::Database;
use crate::living::live;
use crate::outbox::notice;
use crate::scene::*;
use crate::second_factors::{SEED, secret};
use flow_runtime::Write;
use persistence::Commit;
use sea_orm::ConnectionTrait as _;

/// A realm with something of everything.
async fn fill(database: &Database) {
    let store = &database.store;
    let (code, _) = signed_in(store, "carol").await;
    redeem(store, &code, at(1)).await;
    for (name, subjects) in [("ada", ["a1", "a2"]), ("bob", ["b1", "b2"])] {
        let user = flow_runtime::NewUser {
            username: person_called(name).username,
            one_time: (name == "bob").then(|| secret(SEED)),
            ..person_at(name, proved(&format!("{name}@example.org")))
        };
        let mut changes = vec![Write::CreateUser(Box::new(user.clone()))];
        changes.extend(subjects.map(|subject| Write::Link(Box::new(link(name, subject)))));
        changes.push(Write::StartBrowserSession(Box::new(browser_session(name, &user))));
        changes.push(Write::GrantConsent { user: user.id, client: client(), scopes: vec!["openid".into()], at: at(0) });
        changes.push(Write::IssueToken(Box::new(token(&format!("{name}'s"), name))));
        done(store, changes).await;
    }
    for name in ["dave", "erin"] {
        live(store, name).await;
    }
    let tied = store.identities_of(&realm(), id("erin")).await.unwrap();
    store.unlink(&realm(), (id("erin"), tied[1].id), crate::acts::all_of, &by(), at(1)).await.unwrap();
    live(store, "frank").await;
    store.delete_user(&realm(), id("frank"), &by(), at(1)).await.unwrap();
    let commit = Commit { notices: vec![notice("a")], ..keeps(login("l"), None) };
    store.commit(&realm(), &commit).await.unwrap();
    let key = downstream::SigningKey::generate_es256().unwrap();
    store.insert_signing_key(&realm(), 0, &key, at(0)).await.unwrap();
    database.assert_sound().await;
}

/// What was gained through an identity, as if it had been another one.
fn elsewhere(table: &str) -> String {
    format!("UPDATE {table} SET identity = REPLACE(identity, '1\"', '7\"') WHERE identity IS NOT NULL")
}

/// What belonged to somebody, as if it were the deleted account's.
fn to_the_dead(table: &str) -> String {
    format!("UPDATE {table} SET user_id = '{}' WHERE user_id = '{}'", id("frank"), id("dave"))
}

/// How to break each rule, and the rule. Indexes that forbid it go first.
fn breaks() -> Vec<(&'static str, String)> {
    let (ada, bob) = (id("ada"), id("bob"));
    let nobody = id("nobody");
    let of_ada = |change: &str| format!("{change} WHERE id = '{ada}'");
    vec![
        ("an identity is tied to one user", "UPDATE linked_identities SET subject = 'a1' WHERE subject = 'b1'".into()),
        ("a user that has identities has one primary", "UPDATE linked_identities SET is_primary = (1 = 0)".into()),
        ("a user that has identities has one primary", "UPDATE linked_identities SET is_primary = (1 = 1)".into()),
        (
            "a subject belongs to one user",
            of_ada(&format!("UPDATE users SET subject = (SELECT subject FROM users WHERE id = '{bob}')")),
        ),
        ("a user's subject was given out to that user", of_ada("UPDATE users SET subject = 'usr_00000000000000000000000000'")),
        ("a proved address belongs to one user of a linking domain", of_ada("UPDATE users SET email = 'bob@example.org', email_key = 'bob@example.org'")),
        ("a proof of an address is of an address that is there", of_ada("UPDATE users SET email = NULL")),
        ("a username belongs to one user", of_ada("UPDATE users SET username = 'bob'")),
        ("a username is no address", of_ada("UPDATE users SET username = 'bob@example.org'")),
        ("an address is found by its key", of_ada("UPDATE users SET email_key = 'another@example.org'")),
        ("a user can be read, with the proof of the address", of_ada("UPDATE users SET email_proof = '{}'")),
        ("an identity can be read, with the proof of its tie", "UPDATE linked_identities SET proof = '{}'".into()),
        (
            "a tie without a proof names the flow that waived it",
            "UPDATE linked_identities SET proof = REPLACE(REPLACE(proof, '\"created\"', '\"waived\"'), '\"r1\"', '\"\"')".into(),
        ),
        ("a generation of a family has one refresh token", "INSERT INTO refresh_tokens SELECT realm, '0123456789012345678901234567890123456789012', grant_id, generation, expires_at FROM refresh_tokens WHERE grant_id = (SELECT MIN(grant_id) FROM refresh_tokens)".into()),
        ("no refresh token is ahead of its family", "UPDATE refresh_tokens SET generation = 7".into()),
        ("a login has one mail token of a kind that works", "UPDATE action_tokens SET session = 'one'".into()),
        ("a user's making has one record, with the subject", "DELETE FROM audit WHERE kind = 'user-created'".into()),
        ("a user's making has one record, with the subject", "INSERT INTO audit SELECT realm, id || 'x', kind, user_id, subject, provider, detail, at FROM audit WHERE kind = 'user-created'".into()),
        ("a record of a making is of a user that was made", format!("UPDATE audit SET user_id = '{nobody}' WHERE kind = 'user-created'")),
        ("a tie has one record", "DELETE FROM audit WHERE kind = 'identity-linked'".into()),
        ("a tie has one record", "DELETE FROM audit WHERE kind = 'identity-unlinked'".into()),
        ("a tie has one record", "DELETE FROM linked_identities WHERE subject = 'b2'".into()),
        (
            "a record of a tie is of a tie that is there, or that was taken off",
            "UPDATE audit SET provider = 'social' WHERE kind = 'identity-linked'".into(),
        ),
        (
            "a record of a tie is of a tie that is there, or that was taken off",
            format!("DELETE FROM linked_identities WHERE user_id = '{bob}'"),
        ),
        ("an assurance is of an address that is there", "UPDATE linked_identities SET assured = '{}' WHERE subject = 'b1'".into()),
        ("an account is found by the values of its attributes", "DELETE FROM attribute_values".into()),
        ("an account is found by the values of its attributes", "UPDATE attribute_values SET value = 'x'".into()),
        ("an account is found by the values of its attributes", of_ada("UPDATE users SET attributes = '{\"badge\":{\"values\":[\"1\"],\"provenance\":{\"by\":\"typed\"}}}'")),
        ("a browser session ends with the identity that it was gained through", elsewhere("browser_sessions")),
        ("a code ends with the identity that it was gained through", elsewhere("code_grants")),
        ("a grant ends with the identity that it was gained through", elsewhere("grants")),
        ("a tombstone says nothing of a person", "UPDATE users SET family_name = 'Sinatra' WHERE state = 'deleted'".into()),
        ("a tombstone says nothing of a person", "UPDATE users SET origins = '{\"picture\":{\"by\":\"typed\"}}' WHERE state = 'deleted'".into()),
        ("nothing lives on a tombstone", to_the_dead("linked_identities")),
        ("nothing lives on a tombstone", to_the_dead("browser_sessions")),
        ("nothing lives on a tombstone", to_the_dead("code_grants")),
        ("nothing lives on a tombstone", to_the_dead("grants")),
        ("nothing lives on a tombstone", to_the_dead("action_tokens")),
        ("nothing lives on a tombstone", to_the_dead("consents")),
        ("nothing lives on a tombstone", to_the_dead("attribute_values")),
        ("a deletion has one record, with the subject", "DELETE FROM audit WHERE kind = 'user-deleted'".into()),
        ("a deleted account stays deleted", "UPDATE users SET state = 'open' WHERE state = 'deleted'".into()),
        ("a consent has a record", "DELETE FROM audit WHERE kind = 'consent-granted'".into()),
        ("a browser session has a record of its sign-in", "DELETE FROM audit WHERE kind = 'signed-in'".into()),
        ("a user's records name only subjects of that user", format!("UPDATE audit SET user_id = '{bob}' WHERE kind = 'signed-in'")),
        ("a password is stored as a PHC string", of_ada("UPDATE users SET password_hash = 'hunter2'")),
        ("a browser's secret is stored as a digest", "UPDATE authentication_sessions SET browser = 'secret'".into()),
        ("a browser session is stored by its digest", "UPDATE browser_sessions SET id = 'secret' || user_id".into()),
        ("a mail's token is stored as a digest", "UPDATE action_tokens SET digest = 'secret' || session".into()),
        ("a code is stored as a digest", "UPDATE code_grants SET digest = 'secret of ' || digest".into()),
        ("a refresh token is stored as a digest", "UPDATE refresh_tokens SET digest = 'secret of ' || grant_id".into()),
        ("what was used or counted is stored as a digest", "UPDATE single_use SET key = 'secret of ' || key".into()),
        ("a login is sealed and can be opened", "UPDATE authentication_sessions SET version = 5".into()),
        ("a mail is sealed and can be opened", "UPDATE outbox SET id = 'moved'".into()),
        ("a second factor is sealed and can be opened", format!("UPDATE users SET one_time_set_at = 5 WHERE id = '{}'", id("bob"))),
        ("a second factor is sealed and can be opened", format!("UPDATE users SET one_time_key = (SELECT private_key FROM signing_keys) WHERE id = '{}'", id("bob"))),
        ("a second factor is whole or not there", format!("UPDATE users SET one_time_used = NULL WHERE id = '{}'", id("bob"))),
        ("a second factor is whole or not there", of_ada("UPDATE users SET one_time_used_by = 'one'")),
        ("a tombstone says nothing of a person", "UPDATE users SET one_time_set_at = 5 WHERE state = 'deleted'".into()),
        ("a signing key is sealed and can be opened", "UPDATE signing_keys SET slot = 3".into()),
    ]
}

/// What [`fill`] fills, parents first.
const TABLES: [&str; 15] = [
    "users",
    "attribute_values",
    "canonical_subjects",
    "linked_identities",
    "authentication_sessions",
    "browser_sessions",
    "action_tokens",
    "single_use",
    "consents",
    "code_grants",
    "grants",
    "refresh_tokens",
    "signing_keys",
    "outbox",
    "audit",
];

const INDEXES: [&str; 5] = [
    "ux_users_username",
    "ux_users_subject",
    "ux_users_proved_address",
    "ux_linked_identities_key",
    "ux_linked_identities_primary",
];

async fn every_break_is_seen(database: &Database) {
    fill(database).await;
    let raw = database.raw().await;
    for index in INDEXES {
        raw.execute_unprepared(&format!("DROP INDEX {index}")).await.unwrap();
    }
    for table in TABLES {
        raw.execute_unprepared(&format!("CREATE TABLE whole_{table} AS SELECT * FROM {table}")).await.unwrap();
    }
    for (rule, broken_by) in breaks() {
        raw.execute_unprepared(&broken_by).await.unwrap();
        let found = persistence::check(&database.store, &realm()).await.unwrap();
        assert!(found.iter().any(|violation| violation.rule == rule), "{broken_by}\nfound {found:?}");
        for table in TABLES.iter().rev() {
            raw.execute_unprepared(&format!("DELETE FROM {table}")).await.unwrap();
        }
        for table in TABLES {
            raw.execute_unprepared(&format!("INSERT INTO {table} SELECT * FROM whole_{table}")).await.unwrap();
        }
        database.assert_sound().await;
    }
    raw.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_break_is_seen_on_sqlite() {
    every_break_is_seen(&Database::file().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_break_is_seen_on_postgres() {
    if let Some(database) = Database::postgres().await {
        every_break_is_seen(&database).await;
        database.drop().await;
    }
}
