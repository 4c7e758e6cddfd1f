//! The N-th row that is written fails, for every N, in commits and acts of every kind: then nothing happened, and the next try works.

use crate::acts::all_of;
use crate::clients::{code_through, try_to_redeem, try_to_refresh};
use crate::database::Database;
use crate::living::{Living, badge, entropy, live, mail, session_through, somebody, tie, tie_id};
use crate::outbox::notice;
use crate::scene::*;
use crate::second_factors::{SEED, secret, sets};
use domain::{AccountState, AddressProof, Attribute, LinkedIdentity, Secret};
use flow_runtime::{NewUser, ProfileChange, UnlinkReason, Write};
use persistence::{
    Commit, Committed, Linked, NewTie, PrimarySet, Redeemed, Refreshed, SessionWrite, Store, StoreError, Unlinked,
};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

/// What is tried.
#[derive(Debug, Clone, Copy)]
enum Kind {
    FirstLogin,
    Replace,
    HandOver,
    Reset,
    ChangeAddress,
    ChangeProfile,
    Unlink,
    Primary,
    LinkByHand,
    Attribute,
    SecondFactor,
    WithoutSecondFactor,
    Lock,
    Delete,
}

const KINDS: [Kind; 14] = [
    Kind::FirstLogin,
    Kind::Replace,
    Kind::HandOver,
    Kind::Reset,
    Kind::ChangeAddress,
    Kind::ChangeProfile,
    Kind::Unlink,
    Kind::Primary,
    Kind::LinkByHand,
    Kind::Attribute,
    Kind::SecondFactor,
    Kind::WithoutSecondFactor,
    Kind::Lock,
    Kind::Delete,
];

/// Commits what must be kept whole.
async fn commit(store: &Store, commit: Commit) -> Result<(), StoreError> {
    let committed = store.commit(&realm(), &commit).await?;
    assert!(matches!(committed, Committed::Done { .. }), "{committed:?}");
    Ok(())
}

/// A first login with all that can come of one.
fn first_login(name: &str) -> Commit {
    let user = somebody(name);
    let subject = format!("{name}1");
    Commit {
        session: Some(SessionWrite {
            session: login(name),
            read_at: None,
            decisions: vec![decision("create"), decision("link")],
        }),
        notices: vec![notice(name)],
        code: Some(code_through(&user, Some(identity(&subject)), &entropy(&format!("{name}'s code"))).1),
        ..writes(vec![
            Write::CreateUser(Box::new(user.clone())),
            Write::ReleaseAddress { address: address("claimed@example.org"), except: user.id },
            Write::Link(Box::new(tie(name, 1))),
            Write::StartBrowserSession(Box::new(session_through(&user, name, &subject))),
            Write::GrantConsent { user: user.id, client: client(), scopes: vec!["openid".into()], at: at(0) },
            Write::IssueToken(Box::new(mail(&user, name))),
        ])
    }
}

/// Does it to the account of this name, which is there unless it is made.
async fn run(store: &Store, kind: Kind, name: &str) -> Result<(), StoreError> {
    let (here, user, now) = (realm(), id(name), at(10));
    match kind {
        Kind::FirstLogin => commit(store, first_login(name)).await,
        Kind::Replace => {
            let replaced = Write::Unlink { identity: tie_id(name, 1), user, why: UnlinkReason::Replaced };
            let session = session_through(&somebody(name), &format!("{name}'s new"), &format!("{name}3"));
            let start = Write::StartBrowserSession(Box::new(session));
            commit(store, writes(vec![replaced, Write::Link(Box::new(tie(name, 3))), start])).await
        }
        Kind::HandOver => commit(store, writes(vec![Write::HandOver { user, proof: AddressProof::Mailbox { at: now } }])).await,
        Kind::Reset => {
            let hash = Secret::new("$argon2id$v=19$m=1,t=1,p=1$bmV3$aGFzaA");
            let mail = Write::ConsumeToken(digest(&format!("{name}'s mail")));
            commit(store, writes(vec![mail, Write::SetPassword { user, hash }])).await
        }
        Kind::ChangeAddress => {
            let new = proved("claimed@example.org");
            let release = Write::ReleaseAddress { address: new.address.clone(), except: user };
            commit(store, writes(vec![release, Write::SetAddress { user, address: Box::new(new) }])).await
        }
        Kind::ChangeProfile => {
            let attribute = Attribute::entered(vec!["1".into(), "2".into()]).unwrap();
            let profile = ProfileChange {
                given_name: None,
                family_name: None,
                picture: None,
                origins: std::collections::BTreeMap::new(),
                attributes: [(badge(), attribute)].into(),
            };
            commit(store, writes(vec![Write::ChangeProfile { user, profile: Box::new(profile) }])).await
        }
        Kind::Unlink => {
            let outcome = store.unlink(&here, (user, tie_id(name, 1)), all_of, &by(), now).await?;
            assert!(matches!(outcome, Unlinked::Done(_)), "{outcome:?}");
            Ok(())
        }
        Kind::Primary => {
            assert_eq!(store.set_primary(&here, (user, tie_id(name, 2)), &by(), now).await?, PrimarySet::Done);
            Ok(())
        }
        Kind::LinkByHand => {
            let tie = NewTie { id: tie_id(name, 4), key: identity(&format!("{name}4")), label: name.to_owned() };
            assert!(matches!(store.link_by_hand(&here, user, &tie, &by(), now).await?, Linked::Done(_)));
            Ok(())
        }
        Kind::Attribute => {
            let new = Attribute::entered(vec!["1".into(), "2".into()]).unwrap();
            store.set_attribute(&here, user, (&badge(), Some(&new)), &by(), now).await.map(|_| ())
        }
        Kind::SecondFactor => {
            let set = Write::SetOneTimeCodes { user, secret: secret(SEED) };
            commit(store, writes(vec![set, Write::ForgetWrongCodes(user)])).await
        }
        Kind::WithoutSecondFactor => store.remove_second_factor(&here, user, &by(), now).await.map(|_| ()),
        Kind::Lock => store.set_state(&here, user, AccountState::Locked, &by(), now).await.map(|_| ()),
        Kind::Delete => store.delete_user(&here, user, &by(), now).await.map(|_| ()),
    }
}

/// The account that a kind is tried on.
async fn prepare(store: &Store, kind: Kind, name: &str) {
    let claim = format!("claimant of {name}");
    match kind {
        Kind::FirstLogin => make(store, &person_at(&claim, typed("claimed@example.org"))).await,
        Kind::HandOver => {
            let user = NewUser { email: Some(typed(&format!("{name}@example.org"))), ..somebody(name) };
            let assured = LinkedIdentity { assured: Some(AddressProof::Mailbox { at: at(3) }), ..tie(name, 2) };
            make(store, &user).await;
            done(store, vec![Write::Link(Box::new(tie(name, 1))), Write::Link(Box::new(assured))]).await;
            let session = session_through(&user, name, &format!("{name}1"));
            done(store, vec![Write::StartBrowserSession(Box::new(session))]).await;
        }
        Kind::ChangeAddress => {
            make(store, &person_at(&claim, typed("claimed@example.org"))).await;
            live(store, name).await;
        }
        Kind::WithoutSecondFactor => {
            live(store, name).await;
            sets(store, name, SEED, at(5)).await;
        }
        _ => drop(live(store, name).await),
    }
}

async fn tables(raw: &DatabaseConnection) -> Vec<String> {
    let names = match raw.get_database_backend() {
        DbBackend::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
    };
    let all: Vec<String> = texts(raw, names).await;
    all.into_iter().filter(|table| table != "failing" && table != "seaql_migrations").collect()
}

async fn texts(raw: &DatabaseConnection, statement: &str) -> Vec<String> {
    let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), statement)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// Every row of every table.
async fn everything(raw: &DatabaseConnection) -> Vec<String> {
    let mut rows = Vec::new();
    for table in tables(raw).await {
        let statement = if raw.get_database_backend() == DbBackend::Postgres {
            format!("SELECT row_to_json(t)::text FROM {table} t ORDER BY 1")
        } else {
            let columns = texts(raw, &format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}')")).await;
            format!("SELECT {} FROM {table} ORDER BY 1", columns.join(" || ',' || "))
        };
        rows.extend(texts(raw, &statement).await.into_iter().map(|row| format!("{table}: {row}")));
    }
    rows
}

/// From now on each written row counts, and the one that is chosen fails.
async fn make_fallible(raw: &DatabaseConnection) {
    raw.execute_unprepared("CREATE TABLE failing (writes_left BIGINT)").await.unwrap();
    raw.execute_unprepared("INSERT INTO failing VALUES (NULL)").await.unwrap();
    if raw.get_database_backend() == DbBackend::Postgres {
        // A sequence counts on when a transaction is undone, as a table wouldn't.
        raw.execute_unprepared("CREATE SEQUENCE written").await.unwrap();
        let fails = "CREATE FUNCTION fail() RETURNS trigger AS $$ BEGIN \
                     IF nextval('written') = (SELECT writes_left FROM failing) THEN RAISE EXCEPTION 'it fails'; END IF; \
                     IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$ LANGUAGE plpgsql";
        raw.execute_unprepared(fails).await.unwrap();
    }
    for table in tables(raw).await {
        for act in ["INSERT", "UPDATE", "DELETE"] {
            let trigger = if raw.get_database_backend() == DbBackend::Postgres {
                format!("CREATE TRIGGER fail_{act} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION fail()")
            } else {
                format!(
                    "CREATE TRIGGER fail_{table}_{act} BEFORE {act} ON {table} BEGIN \
                     UPDATE failing SET writes_left = writes_left - 1; \
                     SELECT RAISE(ABORT, 'it fails') FROM failing WHERE writes_left = 0; END"
                )
            };
            raw.execute_unprepared(&trigger).await.unwrap();
        }
    }
}

async fn fail_at(raw: &DatabaseConnection, write: Option<u32>) {
    let value = write.map_or("NULL".to_owned(), |write| write.to_string());
    raw.execute_unprepared(&format!("UPDATE failing SET writes_left = {value}")).await.unwrap();
    if raw.get_database_backend() == DbBackend::Postgres {
        raw.execute_unprepared("ALTER SEQUENCE written RESTART").await.unwrap();
    }
}

async fn whatever_write_fails_nothing_happened(database: &Database) {
    let (store, raw) = (&database.store, database.raw().await);
    make_fallible(&raw).await;
    for kind in KINDS {
        let name = format!("{kind:?}").to_ascii_lowercase();
        prepare(store, kind, &name).await;
        let before = everything(&raw).await;
        let mut write = 1;
        loop {
            fail_at(&raw, Some(write)).await;
            let outcome = run(store, kind, &name).await;
            fail_at(&raw, None).await;
            if outcome.is_ok() {
                break;
            }
            assert_eq!(everything(&raw).await, before, "{kind:?} left something when write {write} failed");
            write += 1;
        }
        assert!(write > 2, "{kind:?} writes more than one row");
        assert_ne!(everything(&raw).await, before, "{kind:?} did nothing");
        database.assert_sound().await;
        println!("{kind:?}: {} writes", write - 1);
        if let Kind::ChangeAddress = kind {
            store.delete_user(&realm(), id(&name), &by(), at(20)).await.unwrap();
        }
    }
    codes_and_tokens_are_whole_too(store, &raw).await;
    database.assert_sound().await;
    raw.close().await.unwrap();
}

/// A code that could not be redeemed is good still, and so is a refresh token; one that comes back ends its family, or the try counts
/// for nothing.
async fn codes_and_tokens_are_whole_too(store: &Store, raw: &DatabaseConnection) {
    let Living { code, .. } = live(store, "zoe").await;
    let (digest, refused) = (domain::Digest::of(&code), |_, _: Option<&domain::User>| Err::<_, ()>(()));
    let (outcome, _) = at_last(raw, async || store.redeem_code(&realm(), &digest, at(5), refused).await).await;
    assert!(matches!(outcome, Redeemed::Refused(())), "{outcome:?}");
    let (outcome, _) = at_last(raw, async || try_to_redeem(store, &code, at(6), &entropy("zoe's second")).await).await;
    assert!(matches!(outcome, Redeemed::Reused), "{outcome:?}");

    let Living { code, refresh, .. } = live(store, "yan").await;
    let (outcome, writes) = at_last(raw, async || try_to_redeem(store, &code, at(5), &entropy("yan's second")).await).await;
    let Redeemed::Issued(issued) = outcome else { panic!("{outcome:?}") };
    assert!(writes > 2, "the use of the code, the grant and its refresh token: {writes}");
    let (outcome, _) = at_last(raw, async || try_to_redeem(store, &code, at(6), &entropy("yan's third")).await).await;
    assert!(matches!(outcome, Redeemed::Reused), "{outcome:?}");
    let ended = store.find_grant(&realm(), issued.grant.id).await.unwrap().unwrap();
    assert!(ended.revoked_at.is_some());

    let next = entropy("yan's next");
    let (outcome, writes) = at_last(raw, async || try_to_refresh(store, &refresh, at(6), &next).await).await;
    assert!(matches!(outcome, Refreshed::Issued(_)) && writes > 1, "{writes}: {outcome:?}");
    let (outcome, _) = at_last(raw, async || try_to_refresh(store, &refresh, at(7), &next).await).await;
    assert!(matches!(outcome, Refreshed::Refused(_)), "{outcome:?}");
}

/// Does it with the first write failing, then with the second, until none fails any more, and says how many there were. Each try
/// that failed left nothing.
async fn at_last<T>(raw: &DatabaseConnection, act: impl AsyncFn() -> Result<T, StoreError>) -> (T, u32) {
    let before = everything(raw).await;
    let mut write = 1;
    loop {
        fail_at(raw, Some(write)).await;
        let outcome = act().await;
        fail_at(raw, None).await;
        if let Ok(outcome) = outcome {
            assert_ne!(everything(raw).await, before, "it did nothing");
            return (outcome, write - 1);
        }
        assert_eq!(everything(raw).await, before, "something was left when write {write} failed");
        write += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_write_fails_nothing_happened_on_sqlite() {
    whatever_write_fails_nothing_happened(&Database::file().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_write_fails_nothing_happened_on_postgres() {
    if let Some(database) = Database::postgres().await {
        whatever_write_fails_nothing_happened(&database).await;
        database.drop().await;
    }
}
