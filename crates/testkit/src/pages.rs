//! How many pages PostgreSQL reads to decide whose an identity is, in a realm with a crowd.

use crate::{Crowd, place};
use domain::{IdentityKey, LinkingDomain, RealmId, Subject};
use flow_runtime::Sought;
use persistence::{Keyring, SealingKey, Store};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};
use std::time::Duration;

/// How many people each look-up is done for.
const PEOPLE: u32 = 100;

/// What the database's own cleaning reads would be counted as well.
const NOBODY_ELSE_READS: &str = "DO $$ DECLARE one TEXT; BEGIN \
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP \
        EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = false)', one); \
    END LOOP; END $$";

/// What is counted, from the part of a decision to its whole.
pub const LOOKUPS: [&str; 8] = [
    "the owner of a linked identity",
    "the owner of an unknown identity",
    "candidates by address",
    "candidates by username",
    "candidates by attribute",
    "candidates by all three",
    "an account's identities",
    A_DECISION,
];

/// Whose an identity is that nobody has brought before: it is looked for, and so is everybody who might own it.
pub const A_DECISION: &str = "a whole decision";

/// What one look-up costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Which: one of [`LOOKUPS`].
    pub what: &'static str,
    /// Pages of tables and indexes on average, from memory or from the disk.
    pub pages: f64,
}

/// Lets the crowd arrive in a database of its own, and counts what each look-up reads.
pub async fn pages_read(crowd: Crowd) -> Vec<Read> {
    let url = place::new_postgres_database().await;
    let realm = RealmId::parse("demo").unwrap();
    let store = open(&url).await;
    store.migrate().await.unwrap();
    crowd.arrive(&store, &realm).await.unwrap();
    drop(store);
    let cleaner = Database::connect(&format!("{url}?application_name=braid")).await.unwrap();
    cleaner.execute_unprepared(NOBODY_ELSE_READS).await.unwrap();
    cleaner.execute_unprepared("VACUUM ANALYZE").await.unwrap();
    drop(cleaner);
    let watcher = Database::connect(&url).await.unwrap();
    all_have_left(&watcher).await;
    let mut reads = Vec::new();
    for what in LOOKUPS {
        let (store, before) = (open(&url).await, pages(&watcher).await);
        for person in 0..PEOPLE {
            look_up(&store, &realm, &crowd, (what, u64::from(person) * crowd.users / u64::from(PEOPLE))).await;
        }
        drop(store);
        all_have_left(&watcher).await;
        reads.push(Read { what, pages: (pages(&watcher).await - before) / f64::from(PEOPLE) });
    }
    watcher.close().await.unwrap();
    place::drop_postgres_database(&url).await;
    reads
}

async fn open(url: &str) -> Store {
    let keyring = Keyring::new(vec![SealingKey::new("crowd", [1; 32])]).unwrap();
    Store::open(url, keyring).await.unwrap()
}

async fn look_up(store: &Store, realm: &RealmId, crowd: &Crowd, (what, number): (&str, u64)) {
    let person = crowd.person(number).user;
    let known = crowd.identity(number, 3);
    let unknown = IdentityKey { subject: Subject::parse(&format!("{}x", known.subject.as_str())).unwrap(), ..known.clone() };
    let all = Sought {
        domain: LinkingDomain::default(),
        emails: vec![crowd.address(number)],
        usernames: vec![crowd.username(number)],
        attributes: Crowd::staff_number(number / 3 * 3).into_iter().collect(),
        handed_out: Crowd::handed_out(),
        wanted: None,
    };
    let sought = match what {
        "the owner of a linked identity" => return assert!(store.find_identity(realm, &known).await.unwrap().is_some()),
        "the owner of an unknown identity" => return assert!(store.find_identity(realm, &unknown).await.unwrap().is_none()),
        "an account's identities" => {
            let own = store.own_identities(realm, person.id).await.unwrap();
            return assert_eq!(own.unwrap().identities.len(), 5);
        }
        "candidates by address" => Sought { usernames: vec![], attributes: vec![], ..all },
        "candidates by username" => Sought { emails: vec![], attributes: vec![], ..all },
        "candidates by attribute" => Sought { emails: vec![], usernames: vec![], ..all },
        A_DECISION => {
            assert!(store.find_identity(realm, &unknown).await.unwrap().is_none());
            all
        }
        _ => all,
    };
    assert!(!store.find_candidates(realm, &sought).await.unwrap().accounts.is_empty(), "{what} of {number}");
}

/// Waits for the ends of all connections but this one: what they read is counted by then.
async fn all_have_left(watcher: &DatabaseConnection) {
    let others =
        "SELECT COUNT(*)::FLOAT8 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'braid'";
    while number(watcher, others).await > 0.0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Pages of Braid's tables and indexes that were read so far.
async fn pages(watcher: &DatabaseConnection) -> f64 {
    let all = "SELECT SUM(heap_blks_read + heap_blks_hit + COALESCE(idx_blks_read + idx_blks_hit, 0) \
               + COALESCE(toast_blks_read + toast_blks_hit, 0))::FLOAT8 FROM pg_statio_user_tables";
    number(watcher, all).await
}

async fn number(watcher: &DatabaseConnection, query: &str) -> f64 {
    let statement = Statement::from_string(DbBackend::Postgres, query);
    watcher.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}
