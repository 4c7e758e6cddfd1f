//! The same acts from real threads, on two nodes: nobody waits for anybody, and at the end the data and what was really shown must
//! fit.

use super::place::Place;
use super::random::Random;
use super::schedule::{next_actors, place};
use super::setting;
use crate::database::Database;
use std::sync::Arc;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// How many act at once.
const AT_ONCE: usize = 12;
/// How often they all begin anew, in the realm as it is by then.
const ROUNDS: u64 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn inv_3_acts_at_once_open_no_account_to_a_stranger_on_sqlite() {
    let database = Database::file().await;
    at_once(&database).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn inv_3_acts_at_once_open_no_account_to_a_stranger_on_postgres() {
    if let Some(database) = Database::postgres().await {
        at_once(&database).await;
        database.drop().await;
    }
}

async fn at_once(database: &Database) {
    let (first, count) = (setting("BRAID_MODEL_SEED", 1), setting("BRAID_MODEL_THREADED", 10));
    let other_node = database.second_node().await;
    for seed in first..first.saturating_add(count) {
        let mut here = place(database.store.clone(), seed).await;
        here.judges = false;
        let nodes = [here.clone(), here.on(other_node.clone())];
        for round in 0..ROUNDS {
            everybody_acts(&nodes, seed, round).await;
        }
        here.judges_the_end().await;
        let truth = here.truth();
        assert!(truth.wrongs.is_empty(), "seed {seed}: {:#?}\n{}", truth.wrongs, truth.trace.join("\n"));
    }
}

async fn everybody_acts(nodes: &[Place; 2], seed: u64, round: u64) {
    let mut random = Random::new(seed, 10 + round);
    let mut actors = Vec::new();
    let mut number = round * 1000;
    while actors.len() < AT_ONCE {
        number += 1;
        actors.extend(next_actors(&nodes[0], seed, number, &mut random));
    }
    let start = Arc::new(Barrier::new(actors.len()));
    let mut tasks = JoinSet::new();
    for (number, mut actor) in actors.into_iter().enumerate() {
        let (place, start) = (nodes[number % 2].clone(), Arc::clone(&start));
        tasks.spawn(async move {
            start.wait().await;
            while !actor.is_over() {
                let what = actor.advance(&place).await;
                place.truth().trace.push(what);
                place.waits(1);
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
}
