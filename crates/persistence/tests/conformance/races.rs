//! Many at once, on two nodes.

use crate::clients::{redeem, refresh, refresh_token, signed_in};
use crate::database::Database;
use crate::on_every_database;
use crate::scene::*;
use crate::second_factors::secret;
use domain::{AccountState, AuditKind, Secret, Version};
use flow_runtime::{Conflict, Counter, Guard, NewUser, Reservation, Write};
use persistence::{Commit, Committed, CountKey, Counted, Redeemed, Refreshed, SingleUse, Store};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement, TransactionTrait as _};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

on_every_database!(
    rel_1_fifty_first_logins_of_one_identity_make_one_user,
    fifty_takers_of_one_address_make_one_owner,
    rel_18_fifty_takers_of_one_username_make_one_owner,
    parallel_links_make_one_primary,
    rel_8_a_hundred_uses_of_one_token_are_one,
    a_hundred_uses_of_one_one_time_code_are_one,
    a_new_second_factor_and_a_code_of_the_old_one_are_one_or_the_other,
    oidc_tk_2_a_hundred_redemptions_of_one_code_are_one,
    rel_9_a_hundred_refreshes_make_one_branch_at_most,
    a_hundred_uses_of_one_exchange_are_one,
    rel_13_two_hundred_reservations_stay_within_the_limit,
    a_double_submit_has_one_effect,
    inv_7_a_disable_between_question_and_commit_wins,
    a_guard_lets_one_of_many_through,
    rel_16_crossing_commits_all_end,
    rel_16_a_deadlock_with_somebody_else_is_tried_again,
    mails_are_taken_once_by_two_nodes,
    parallel_consents_add_up,
);

/// So many at once, every other one on another node. What they came to.
async fn all_at_once<T, F>(database: &Database, many: usize, act: impl Fn(Store, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let nodes = [database.store.clone(), database.second_node().await];
    // Connections are opened when they are first needed. Without them, the first comers would be done before the others begin.
    start_together(&nodes, 64, |store, _| async move { drop(store.find_user(&realm(), id("nobody")).await.unwrap()) }).await;
    start_together(&nodes, many, act).await
}

async fn start_together<T, F>(nodes: &[Store; 2], many: usize, act: impl Fn(Store, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(many));
    let mut tasks = JoinSet::new();
    for number in 0..many {
        let (start, act) = (Arc::clone(&start), act(nodes[number % 2].clone(), number));
        tasks.spawn(async move {
            start.wait().await;
            act.await
        });
    }
    tasks.join_all().await
}

fn how_many<T: PartialEq>(outcomes: &[T], wanted: &T) -> usize {
    outcomes.iter().filter(|outcome| *outcome == wanted).count()
}

const DONE: Committed = Committed::Done { version: None };

async fn rel_1_fifty_first_logins_of_one_identity_make_one_user(database: &Database) {
    let outcomes = all_at_once(database, 50, |store, number| async move {
        let name = format!("ada{number}");
        let user = person_at(&name, typed("ada@example.org"));
        let changes = vec![Write::CreateUser(Box::new(user)), Write::Link(Box::new(link(&name, "a1")))];
        store.commit(&realm(), &writes(changes)).await.unwrap()
    })
    .await;
    assert_eq!(how_many(&outcomes, &DONE), 1);
    assert_eq!(how_many(&outcomes, &Committed::Conflict(Conflict::Identity)), 49);
    let users = database.store.find_users(&realm(), None, Some(&address("ada@example.org"))).await.unwrap().by_email;
    let known = database.store.find_identity(&realm(), &identity("a1")).await.unwrap().unwrap();
    assert_eq!(users, [known.user]);
    assert_eq!(recorded(&database.store, AuditKind::UserCreated).await, 1);
}

async fn fifty_takers_of_one_address_make_one_owner(database: &Database) {
    let outcomes = all_at_once(database, 50, |store, number| async move {
        let user = person_at(&format!("ada{number}"), proved("ada@example.org"));
        store.create_user(&realm(), user).await.unwrap()
    })
    .await;
    assert_eq!(how_many(&outcomes, &DONE), 1);
    assert_eq!(how_many(&outcomes, &Committed::Conflict(Conflict::Address)), 49);
}

async fn rel_18_fifty_takers_of_one_username_make_one_owner(database: &Database) {
    let outcomes = all_at_once(database, 50, |store, number| async move {
        let user = NewUser { username: person_called("ada").username, ..person(&format!("ada{number}")) };
        store.create_user(&realm(), user).await.unwrap()
    })
    .await;
    assert_eq!(how_many(&outcomes, &DONE), 1);
    assert_eq!(how_many(&outcomes, &Committed::Conflict(Conflict::Username)), 49);
}

async fn parallel_links_make_one_primary(database: &Database) {
    make(&database.store, &person("ada")).await;
    let outcomes = all_at_once(database, 20, |store, number| async move {
        let tie = link("ada", &format!("a{number}"));
        store.commit(&realm(), &writes(vec![Write::Link(Box::new(tie))])).await.unwrap()
    })
    .await;
    assert_eq!(how_many(&outcomes, &DONE), 20);
    let identities = database.store.identities_of(&realm(), id("ada")).await.unwrap();
    assert_eq!((identities.len(), identities.iter().filter(|identity| identity.primary).count()), (20, 1));
}

async fn rel_8_a_hundred_uses_of_one_token_are_one(database: &Database) {
    done(&database.store, vec![Write::IssueToken(Box::new(token("t", "l")))]).await;
    let outcomes = all_at_once(database, 100, |store, _| async move {
        store.commit(&realm(), &writes(vec![Write::ConsumeToken(digest("t"))])).await.unwrap()
    })
    .await;
    assert_eq!(how_many(&outcomes, &DONE), 1);
    assert_eq!(how_many(&outcomes, &Committed::Conflict(Conflict::Token)), 99);
}

async fn oidc_tk_2_a_hundred_redemptions_of_one_code_are_one(database: &Database) {
    let (code, kept) = signed_in(&database.store, "ada").await;
    let outcomes = all_at_once(database, 100, |store, _| {
        let code = code.clone();
        async move { redeem(&store, &code, at(1)).await }
    })
    .await;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Redeemed::Issued(_))).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Redeemed::Reused)).count(), 99);
    let grant = database.store.find_grant(&realm(), downstream::CodeGrant::grant_of(&kept.digest)).await.unwrap().unwrap();
    assert_eq!(grant.revoked_at, Some(at(1)), "nobody knows which of them was the client");
    assert_eq!(recorded(&database.store, AuditKind::CodeReused).await, 1);
}

async fn rel_9_a_hundred_refreshes_make_one_branch_at_most(database: &Database) {
    let (code, _) = signed_in(&database.store, "ada").await;
    let Redeemed::Issued(issuance) = redeem(&database.store, &code, at(1)).await else { panic!("the code is good") };
    let token: Secret = refresh_token(&issuance);
    let outcomes = all_at_once(database, 100, |store, number| {
        let token = token.clone();
        async move { refresh(&store, &token, at(2), u8::try_from(number).unwrap()).await }
    })
    .await;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Refreshed::Issued(_))).count(), 1);
    let grant = database.store.find_grant(&realm(), issuance.grant.id).await.unwrap().unwrap();
    assert_eq!((grant.generation, grant.revoked_at), (1, Some(at(2))));
    assert_eq!(recorded(&database.store, AuditKind::RefreshReused).await, 1);
}

async fn a_hundred_uses_of_one_exchange_are_one(database: &Database) {
    let outcomes = all_at_once(database, 100, |store, _| async move {
        store.use_once(&realm(), SingleUse::Exchange, &digest("state"), at(600), at(0)).await.unwrap()
    })
    .await;
    assert_eq!(how_many(&outcomes, &true), 1);
}

async fn rel_13_two_hundred_reservations_stay_within_the_limit(database: &Database) {
    let count = |counter, key: &str, limit| Counted {
        reservation: Reservation { counter, limit, window: Duration::from_mins(1) },
        key: CountKey::text(key),
    };
    let outcomes = all_at_once(database, 200, |store, number| {
        // In both orders, so that they could wait for each other if the order mattered.
        let mut counted =
            vec![count(Counter::PasswordByAccount, "ada", 10), count(Counter::PasswordByNetwork, "192.0.2.0/24", 15)];
        if number % 3 == 0 {
            counted.reverse();
        }
        async move { store.reserve(&realm(), &counted, at(0)).await.unwrap() }
    })
    .await;
    assert_eq!(how_many(&outcomes, &None), 10);
    assert_eq!(how_many(&outcomes, &Some(at(60))), 190);
    let left = all_at_once(database, 20, |store, _| {
        let counted = [count(Counter::PasswordByNetwork, "192.0.2.0/24", 15)];
        async move { store.reserve(&realm(), &counted, at(1)).await.unwrap() }
    })
    .await;
    assert_eq!(how_many(&left, &None), 5, "what was refused for the account wasn't counted for the network");
}

async fn a_hundred_uses_of_one_one_time_code_are_one(database: &Database) {
    make(&database.store, &NewUser { one_time: Some(secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")), ..person("ada") }).await;
    for step in [101, 103] {
        let outcomes = all_at_once(database, 100, move |store, number| async move {
            let login = login_key(&format!("{number} at {step}"));
            store.use_one_time_code(&realm(), (id("ada"), at(0)), step, login).await.unwrap()
        })
        .await;
        assert_eq!(how_many(&outcomes, &true), 1, "step {step}");
    }
}

/// Whoever holds a code of the old key either used it before the new one came, or can't any more.
async fn a_new_second_factor_and_a_code_of_the_old_one_are_one_or_the_other(database: &Database) {
    let other = database.second_node().await;
    make(&database.store, &NewUser { one_time: Some(secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")), ..person("ada") }).await;
    for round in 0..30 {
        let before = database.store.one_time_codes(&realm(), id("ada")).await.unwrap().unwrap();
        let guards = vec![Guard { user: id("ada"), version: before.user.version }];
        let new = Write::SetOneTimeCodes { user: id("ada"), secret: secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP") };
        let commit = Commit { guards, now: at(round + 1), ..writes(vec![new]) };
        let (here, login) = (realm(), login_key(&round.to_string()));
        let (set, _) = tokio::join!(
            database.store.commit(&here, &commit),
            other.use_one_time_code(&here, (id("ada"), before.set_at), 200, login)
        );
        assert_eq!(set.unwrap(), DONE, "a code that is used is in nobody's way");
        let after = database.store.one_time_codes(&realm(), id("ada")).await.unwrap().unwrap();
        assert_eq!((after.secret.used, after.set_at), (100, at(round + 1)), "no use of the old one is kept with the new one");
        assert!(!other.use_one_time_code(&here, (id("ada"), before.set_at), 201, login).await.unwrap());
    }
}

async fn a_double_submit_has_one_effect(database: &Database) {
    database.store.commit(&realm(), &keeps(login("l"), None)).await.unwrap();
    let outcomes = all_at_once(database, 20, |store, number| async move {
        let mut commit = keeps(login("l"), Some(Version(1)));
        commit.writes = vec![Write::CreateUser(Box::new(person(&format!("ada{number}"))))];
        store.commit(&realm(), &commit).await.unwrap()
    })
    .await;
    assert_eq!(how_many(&outcomes, &Committed::Done { version: Some(Version(2)) }), 1);
    assert_eq!(how_many(&outcomes, &Committed::Stale), 19);
    assert_eq!(recorded(&database.store, AuditKind::UserCreated).await, 1);
}

async fn inv_7_a_disable_between_question_and_commit_wins(database: &Database) {
    let other = database.second_node().await;
    for round in 0..30 {
        let name = format!("ada{round}");
        let ada = person(&name);
        make(&database.store, &ada).await;
        let commit = Commit {
            guards: vec![Guard { user: ada.id, version: Version(0) }],
            ..writes(vec![Write::StartBrowserSession(Box::new(browser_session(&name, &ada)))])
        };
        let (here, by) = (realm(), by());
        let (committed, disabled) = tokio::join!(
            database.store.commit(&here, &commit),
            other.set_state(&here, ada.id, AccountState::Disabled, &by, at(1))
        );
        assert!(!disabled.unwrap().unwrap().is_open());
        assert!(matches!(committed.unwrap(), DONE | Committed::GuardMoved));
        let live = database.store.live_session(&realm(), &digest(&name), at(1)).await.unwrap();
        assert!(live.is_none(), "whoever came first, the session is dead");
        assert_eq!(database.store.commit(&realm(), &commit).await.unwrap(), Committed::GuardMoved);
    }
}

async fn a_guard_lets_one_of_many_through(database: &Database) {
    make(&database.store, &person_at("ada", typed("ada@example.org"))).await;
    make(&database.store, &person("bob")).await;
    let outcomes = all_at_once(database, 40, |store, _| async move {
        let moves_the_version = Write::ReleaseAddress { address: address("ada@example.org"), except: id("bob") };
        let guards = vec![Guard { user: id("ada"), version: Version(0) }];
        store.commit(&realm(), &Commit { guards, ..writes(vec![moves_the_version]) }).await.unwrap()
    })
    .await;
    assert_eq!(how_many(&outcomes, &DONE), 1);
    assert_eq!(how_many(&outcomes, &Committed::GuardMoved), 39);
}

async fn rel_16_crossing_commits_all_end(database: &Database) {
    let names = ["ada", "bob", "carol", "dave"];
    for name in names {
        make(&database.store, &person_at(name, typed("shared@example.org"))).await;
    }
    let outcomes = all_at_once(database, 60, |store, number| async move {
        let (one, two) = (names[number % 4], names[(number + 1 + number % 3) % 4]);
        let consent = |name| Write::GrantConsent { user: id(name), client: client(), scopes: vec!["openid".into()], at: at(0) };
        let release = Write::ReleaseAddress { address: address("shared@example.org"), except: id(one) };
        let tie = Write::Link(Box::new(link(two, &format!("{two}{number}"))));
        store.commit(&realm(), &writes(vec![consent(one), tie, consent(two), release])).await
    })
    .await;
    for outcome in outcomes {
        assert_eq!(outcome.unwrap(), DONE);
    }
}

async fn rel_16_a_deadlock_with_somebody_else_is_tried_again(database: &Database) {
    if !database.is_postgres() {
        return;
    }
    let mut people = ["ada", "bob"].map(person);
    people.sort_by_key(|user| user.id.to_string());
    for user in &people {
        make(&database.store, user).await;
    }
    let raw = database.raw().await;
    let lock = |user: &NewUser| format!("SELECT id FROM users WHERE id = '{}' FOR UPDATE", user.id);
    let somebody = raw.begin().await.unwrap();
    somebody.execute_unprepared(&lock(&people[1])).await.unwrap();
    let guards = people.iter().map(|user| Guard { user: user.id, version: Version(0) }).collect();
    let store = database.store.clone();
    let commit = tokio::spawn(async move { store.commit(&realm(), &Commit { guards, ..nothing() }).await });
    let patience = Duration::from_mins(1);
    tokio::time::timeout(patience, wait_until_somebody_waits(&raw)).await.unwrap();
    // Now each waits for the other. Who began to wait first is ended by the database, and that is the commit.
    somebody.execute_unprepared(&lock(&people[0])).await.unwrap();
    somebody.commit().await.unwrap();
    assert_eq!(commit.await.unwrap().unwrap(), DONE);
    raw.close().await.unwrap();
}

async fn wait_until_somebody_waits(raw: &DatabaseConnection) {
    let waiting = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.datname = current_database() \
                   JOIN pg_stat_activity a ON a.pid = l.pid AND a.datid = d.oid WHERE NOT l.granted";
    loop {
        let row = raw.query_one_raw(Statement::from_string(raw.get_database_backend(), waiting)).await.unwrap().unwrap();
        if row.try_get_by_index::<i64>(0).unwrap() > 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
}

async fn mails_are_taken_once_by_two_nodes(database: &Database) {
    let notices = (0..40).map(|number| crate::outbox::notice(&format!("mail {number}"))).collect();
    database.store.commit(&realm(), &Commit { notices, ..nothing() }).await.unwrap();
    let taken =
        all_at_once(database, 20, |store, _| async move { store.take_due(at(1), 4, Duration::from_mins(1)).await.unwrap() })
            .await;
    let mut ids: Vec<String> = taken.into_iter().flatten().map(|due| due.id).collect();
    let rest = database.store.take_due(at(1), 100, Duration::from_mins(1)).await.unwrap();
    ids.extend(rest.into_iter().map(|due| due.id));
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((all, ids.len()), (40, 40));
}

async fn parallel_consents_add_up(database: &Database) {
    make(&database.store, &person("ada")).await;
    let outcomes = all_at_once(database, 20, |store, number| async move {
        let scopes = vec![format!("scope{number}")];
        let consent = Write::GrantConsent { user: id("ada"), client: client(), scopes, at: at(0) };
        store.commit(&realm(), &writes(vec![consent])).await.unwrap()
    })
    .await;
    assert_eq!(how_many(&outcomes, &DONE), 20);
    assert_eq!(database.store.granted_scopes(&realm(), id("ada"), &client()).await.unwrap().len(), 20);
}
