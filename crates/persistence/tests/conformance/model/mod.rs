//! The model test: random sequences of people who sign in, link, prove and claim, with an administrator in between, interleaved at
//! every question and every commit, and judged after each commit by a small model of DESIGN §5 that knows what was really shown.
//!
//! `BRAID_MODEL_SEQUENCES` says how many sequences are played, `BRAID_MODEL_SEED` with which seed they begin. A seed is all that a
//! sequence depends on: a failure names it, and playing it alone shows the same.

mod administrator;
mod answers;
mod behaviour;
mod browser;
mod cast;
mod judge;
mod place;
mod random;
mod schedule;
mod threads;
mod truth;
mod verdict;
mod words;

use crate::database::Database;
use schedule::{Driver, Played, play};

/// How many sequences share a database.
const SEQUENCES_PER_DATABASE: u64 = 200;

/// Where the search for a sequence that needs the guards begins: at one that does, as long as nobody changes what a seed makes.
const WITHOUT_GUARDS_CAUGHT_BY: u64 = 193;

fn setting(name: &str, default: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "whoever plays a long game says so in the environment")]
    let value = std::env::var(name);
    value.ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[tokio::test]
async fn inv_3_no_sequence_of_acts_opens_an_account_to_a_stranger() {
    let (first, count) = (setting("BRAID_MODEL_SEED", 1), setting("BRAID_MODEL_SEQUENCES", 200));
    let mut failed = Vec::new();
    let mut database = Database::memory().await;
    for (number, seed) in (first..first.saturating_add(count)).enumerate() {
        if u64::try_from(number).unwrap() % SEQUENCES_PER_DATABASE == SEQUENCES_PER_DATABASE - 1 {
            database = Database::memory().await;
        }
        let Played { wrongs, trace } = play(database.store.clone(), seed, Driver::Right).await;
        if !wrongs.is_empty() {
            if failed.is_empty() {
                println!("the sequence of seed {seed}:\n{}", trace.join("\n"));
            }
            println!("seed {seed}: {wrongs:#?}");
            failed.push(seed);
        }
    }
    assert!(failed.is_empty(), "play one alone with BRAID_MODEL_SEED=… BRAID_MODEL_SEQUENCES=1: {failed:?}");
}

/// The model can fail: commits that don't name what they rest on let somebody in, sooner or later.
#[tokio::test]
async fn a_driver_without_guards_is_caught() {
    let database = Database::memory().await;
    for seed in WITHOUT_GUARDS_CAUGHT_BY..WITHOUT_GUARDS_CAUGHT_BY + 300 {
        let Played { wrongs, .. } = play(database.store.clone(), seed, Driver::WithoutGuards).await;
        // A login that never gets on is no sign of missing guards.
        if wrongs.iter().any(|wrong| !wrong.contains("never got on")) {
            println!("seed {seed}: {wrongs:#?}");
            return;
        }
    }
    panic!("nobody saw that the guards were left out");
}

/// A seed shows the same however often it is played.
#[tokio::test]
async fn a_seed_replays_exactly() {
    for seed in [7, 8] {
        let mut traces = Vec::new();
        for _ in 0..2 {
            let database = Database::memory().await;
            traces.push(play(database.store.clone(), seed, Driver::Right).await.trace);
        }
        assert!(traces[0] == traces[1] && traces[0].len() > 20, "{traces:#?}");
    }
}
