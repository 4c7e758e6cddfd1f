//! Acts on one account in all orders, from two nodes. Which acts there are in a round, and who waits how long, follows from the
//! round's number, so that a round can be run again.

use crate::acts::all_of;
use crate::clients::{code_through, redeem_with, refresh_token, refresh_with};
use crate::database::Database;
use crate::living::{Living, entropy, live, session_through, tie, tie_id};
use crate::on_every_database;
use crate::scene::*;
use domain::{AccountState, Entropy, LinkedIdentity, Secret, Timestamp, User};
use downstream::CodeGrant;
use flow_runtime::{Conflict, Guard, Write};
use persistence::{Commit, Committed, Linked, NewTie, PrimarySet, Redeemed, Refreshed, Store, Unlinked};
use tokio::task::JoinSet;

on_every_database!(
    rel_5_acts_on_one_account_leave_a_sound_one,
    rel_7_two_accounts_that_want_one_identity_are_one_winner,
    rel_11_no_token_is_refreshed_after_the_act_returned,
    rel_12_no_code_is_redeemed_after_the_act_returned,
    rel_14_of_two_new_addresses_one_is_kept,
    rel_18_of_many_who_prove_one_address_one_has_it,
    ph_37_parallel_unlinks_leave_one_way_in,
);

async fn nodes(database: &Database) -> [Store; 2] {
    [database.store.clone(), database.second_node().await]
}

/// A number below `below` that follows from a text.
fn chance(text: &str, below: usize) -> usize {
    usize::from(Entropy::from_bytes([11; 32]).id(text)[0]) % below
}

async fn wait(turns: usize) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

/// What is done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Link,
    LinkByHand,
    UnlinkFirst,
    UnlinkSecond,
    Primary,
    SignIn,
    Disable,
    Delete,
}

const ACTS: [Act; 8] =
    [Act::Link, Act::LinkByHand, Act::UnlinkFirst, Act::UnlinkSecond, Act::Primary, Act::SignIn, Act::Disable, Act::Delete];

/// Does it. True if it changed something.
async fn act(store: &Store, name: &str, act: Act) -> bool {
    let (here, user, now) = (realm(), id(name), at(10));
    match act {
        Act::Link => {
            let found = store.find_user(&here, user).await.unwrap().unwrap();
            let guards = vec![Guard { user, version: found.version }];
            let commit = Commit { guards, ..writes(vec![Write::Link(Box::new(tie(name, 3)))]) };
            found.is_open() && matches!(store.commit(&here, &commit).await.unwrap(), Committed::Done { .. })
        }
        Act::LinkByHand => {
            let tie = NewTie { id: tie_id(name, 4), key: identity(&format!("{name}4")), label: name.to_owned() };
            matches!(store.link_by_hand(&here, user, &tie, &by(), now).await.unwrap(), Linked::Done(_))
        }
        Act::UnlinkFirst | Act::UnlinkSecond => {
            let identity = tie_id(name, if act == Act::UnlinkFirst { 1 } else { 2 });
            matches!(store.unlink(&here, (user, identity), all_of, &by(), now).await.unwrap(), Unlinked::Done(_))
        }
        Act::Primary => store.set_primary(&here, (user, tie_id(name, 2)), &by(), now).await.unwrap() == PrimarySet::Done,
        Act::SignIn => sign_in(store, name).await,
        Act::Disable => {
            let state = store.set_state(&here, user, AccountState::Disabled, &by(), now).await.unwrap().unwrap().state;
            state == AccountState::Disabled
        }
        Act::Delete => store.delete_user(&here, user, &by(), now).await.unwrap().is_some(),
    }
}

/// A login through the first identity, as it was read a moment before.
async fn sign_in(store: &Store, name: &str) -> bool {
    let subject = format!("{name}1");
    let Some(known) = store.find_identity(&realm(), &identity(&subject)).await.unwrap() else { return false };
    if !known.user.is_open() {
        return false;
    }
    let person = crate::living::somebody(name);
    let (_, code) = code_through(&person, Some(identity(&subject)), &entropy(&format!("{name}'s late code")));
    let late = session_through(&person, &format!("{name}'s late"), &subject);
    let commit = Commit {
        guards: vec![Guard { user: known.user.id, version: known.user.version }],
        code: Some(code),
        ..writes(vec![Write::StartBrowserSession(Box::new(late))])
    };
    matches!(store.commit(&realm(), &commit).await.unwrap(), Committed::Done { .. })
}

async fn rel_5_acts_on_one_account_leave_a_sound_one(database: &Database) {
    let nodes = nodes(database).await;
    for round in 0..200 {
        let name = format!("ada{round}");
        live(&database.store, &name).await;
        let mut tasks = JoinSet::new();
        for (number, what) in ACTS.into_iter().enumerate() {
            let seed = format!("round {round}, {what:?}");
            let rare = if what == Act::Delete { 4 } else { 2 };
            if chance(&format!("{seed} happens"), rare) == 0 {
                let (store, name) = (nodes[(round + number) % 2].clone(), name.clone());
                tasks.spawn(async move {
                    wait(chance(&seed, 24)).await;
                    (what, act(&store, &name, what).await)
                });
            }
        }
        let done: Vec<Act> = tasks.join_all().await.into_iter().filter(|(_, done)| *done).map(|(what, _)| what).collect();
        let user = database.store.find_user(&realm(), id(&name)).await.unwrap().unwrap();
        let deleted = done.contains(&Act::Delete);
        assert_eq!(user.state == AccountState::Deleted, deleted, "round {round}: {done:?}");
        assert_eq!(user.is_open(), !deleted && !done.contains(&Act::Disable), "round {round}: {done:?}");
        if !user.is_open() || done.contains(&Act::UnlinkFirst) {
            for session in [name.clone(), format!("{name}'s late")] {
                let live = database.store.live_session(&realm(), &digest(&session), at(11)).await.unwrap();
                assert!(!live.is_some_and(|live| live.user.is_open()), "round {round}: {done:?} left {session}");
            }
        }
        if round % 50 == 49 {
            database.assert_sound().await;
        }
    }
}

async fn rel_7_two_accounts_that_want_one_identity_are_one_winner(database: &Database) {
    let nodes = nodes(database).await;
    for round in 0..60 {
        let names = ["ada", "eve"].map(|name| format!("{name}{round}"));
        for name in &names {
            make(&database.store, &person(name)).await;
        }
        let subject = format!("shared {round}");
        let mut tasks = JoinSet::new();
        for (number, name) in names.iter().cloned().enumerate() {
            let (store, subject) = (nodes[number].clone(), subject.clone());
            tasks.spawn(async move {
                wait(chance(&format!("{name} waits"), 6)).await;
                let tied = link(&name, &subject);
                if chance(&format!("{name} by hand"), 2) == 0 {
                    let tie = NewTie { id: tied.id, key: tied.key, label: tied.label };
                    let outcome = store.link_by_hand(&realm(), id(&name), &tie, &by(), at(1)).await.unwrap();
                    assert!(matches!(outcome, Linked::Done(_) | Linked::TakenByOther), "{outcome:?}");
                    return matches!(outcome, Linked::Done(_));
                }
                let outcome = store.commit(&realm(), &writes(vec![Write::Link(Box::new(tied))])).await.unwrap();
                let lost = Committed::Conflict(Conflict::Identity);
                assert!(outcome == lost || matches!(outcome, Committed::Done { .. }), "{outcome:?}");
                outcome != lost
            });
        }
        let won = tasks.join_all().await;
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "round {round}");
    }
}

/// What ends an account's tokens, by turns.
fn ends(round: usize) -> Act {
    [Act::Disable, Act::UnlinkFirst, Act::Delete][round % 3]
}

async fn rel_11_no_token_is_refreshed_after_the_act_returned(database: &Database) {
    let [here, there] = nodes(database).await;
    for round in 0..90 {
        let name = format!("ada{round}");
        let Living { refresh, .. } = live(&database.store, &name).await;
        let grant = grant_of(&name);
        let (store, seed) = (there.clone(), name.clone());
        let refreshing = tokio::spawn(async move { refresh_until_refused(&store, refresh, &seed).await });
        wait(chance(&format!("{name} acts"), 200)).await;
        assert!(act(&here, &name, ends(round)).await);
        let generation = |grant: Option<downstream::Grant>| grant.map(|grant| grant.generation);
        let at_its_return = generation(here.find_grant(&realm(), grant).await.unwrap());
        let last = refreshing.await.unwrap();
        let afterwards = generation(here.find_grant(&realm(), grant).await.unwrap());
        assert_eq!(at_its_return, afterwards, "round {round}: a token came after {:?} had returned", ends(round));
        let again = refresh_with(&there, &last, at(50), &entropy(&format!("{name}'s last"))).await;
        assert!(!matches!(again, Refreshed::Issued(_)), "round {round}");
    }
}

fn grant_of(name: &str) -> domain::GrantId {
    let used = entropy(&format!("{name}'s used code")).secret("code");
    CodeGrant::grant_of(&domain::Digest::of(&used))
}

/// Refreshes for as long as that gives a token, but not for ever: who writes all the time keeps others from SQLite's one lock. The
/// last token that was given.
async fn refresh_until_refused(store: &Store, mut token: Secret, seed: &str) -> Secret {
    for generation in 0..40 {
        match refresh_with(store, &token, at(5), &entropy(&format!("{seed} {generation}"))).await {
            Refreshed::Issued(next) => token = refresh_token(&next),
            Refreshed::Refused(_) | Refreshed::Unknown => break,
        }
    }
    token
}

async fn rel_12_no_code_is_redeemed_after_the_act_returned(database: &Database) {
    let [here, there] = nodes(database).await;
    let mut redeemed = 0;
    for round in 0..120 {
        let name = format!("ada{round}");
        let Living { code, .. } = live(&database.store, &name).await;
        let grant = CodeGrant::grant_of(&domain::Digest::of(&code));
        let (store, seed) = (there.clone(), name.clone());
        let redeeming = tokio::spawn(async move {
            wait(chance(&format!("{seed} redeems"), 12)).await;
            redeem_with(&store, &code, at(5), &entropy(&format!("{seed}'s second token"))).await
        });
        wait(chance(&format!("{name} acts"), 12)).await;
        assert!(act(&here, &name, ends(round)).await);
        let at_its_return = here.find_grant(&realm(), grant).await.unwrap();
        let outcome = redeeming.await.unwrap();
        let afterwards = here.find_grant(&realm(), grant).await.unwrap();
        assert_eq!(at_its_return, afterwards, "round {round}: a grant came after {:?} had returned", ends(round));
        if let Redeemed::Issued(issuance) = outcome {
            redeemed += 1;
            let token = refresh_token(&issuance);
            let late = refresh_with(&there, &token, at(50), &entropy(&format!("{name}'s last"))).await;
            assert!(!matches!(late, Refreshed::Issued(_)), "round {round}");
        }
    }
    println!("{redeemed} of 120 codes came before the act");
}

async fn rel_14_of_two_new_addresses_one_is_kept(database: &Database) {
    let nodes = nodes(database).await;
    for round in 0..40 {
        let name = format!("ada{round}");
        make(&database.store, &person_at(&name, proved(&format!("{name}@example.org")))).await;
        let mut tasks = JoinSet::new();
        for (number, node) in nodes.iter().cloned().enumerate() {
            let (user, wanted) = (id(&name), proved(&format!("{name}@{number}.example")));
            let turns = chance(&format!("{name} {number}"), 6);
            tasks.spawn(async move {
                let guards = vec![Guard { user, version: domain::Version(0) }];
                let set = Write::SetAddress { user, address: Box::new(wanted.clone()) };
                wait(turns).await;
                (node.commit(&realm(), &Commit { guards, ..writes(vec![set]) }).await.unwrap(), wanted)
            });
        }
        let outcomes = tasks.join_all().await;
        let kept: Vec<_> = outcomes.iter().filter(|(outcome, _)| matches!(outcome, Committed::Done { .. })).collect();
        assert_eq!(kept.len(), 1, "round {round}: {outcomes:?}");
        let user = database.store.find_user(&realm(), id(&name)).await.unwrap().unwrap();
        assert_eq!(user.email.as_ref(), Some(&kept[0].1));
    }
}

async fn rel_18_of_many_who_prove_one_address_one_has_it(database: &Database) {
    let nodes = nodes(database).await;
    let mut tasks = JoinSet::new();
    for number in 0..30 {
        let name = format!("ada{number}");
        make(&database.store, &person_at(&name, typed(&format!("{name}@example.org")))).await;
    }
    for number in 0..30 {
        let store = nodes[number % 2].clone();
        tasks.spawn(async move {
            let set = Write::SetAddress { user: id(&format!("ada{number}")), address: Box::new(proved("ada@example.org")) };
            store.commit(&realm(), &writes(vec![set])).await.unwrap()
        });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Committed::Done { .. })).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Committed::Conflict(Conflict::Address)).count(), 29);
}

async fn ph_37_parallel_unlinks_leave_one_way_in(database: &Database) {
    let nodes = nodes(database).await;
    // Of four identities the last begins no login.
    let opens = |_: &User, left: &[LinkedIdentity]| left.iter().filter(|link| !link.key.subject.as_str().ends_with('4')).count();
    for round in 0..40 {
        let name = format!("ada{round}");
        make(&database.store, &person(&name)).await;
        done(&database.store, (1..=4).map(|number| Write::Link(Box::new(tie(&name, number)))).collect()).await;
        let mut tasks = JoinSet::new();
        for number in 1..=4_u8 {
            let (store, name) = (nodes[usize::from(number) % 2].clone(), name.clone());
            tasks.spawn(async move {
                wait(chance(&format!("{name} {number}"), 6)).await;
                let identity = (id(&name), tie_id(&name, number));
                let now: Timestamp = at(10);
                store.unlink(&realm(), identity, opens, &by(), now).await.unwrap()
            });
        }
        let outcomes = tasks.join_all().await;
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Unlinked::LastWayIn).count(), 1, "round {round}");
        let left = database.store.identities_of(&realm(), id(&name)).await.unwrap();
        assert_eq!(left.len(), 1, "round {round}");
        assert!(left.iter().all(|link| link.primary && link.key != identity(&format!("{name}4"))), "round {round}: {left:?}");
    }
}
