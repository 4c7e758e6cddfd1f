//! The pretend world and the live server take the same decisions: random people play random logins in both at once, and every page, every
//! refusal, every mail and everything that is stored afterwards is compared.
//!
//! `BRAID_DIFFERENTIAL=FROM..TO` plays other seeds.

mod alike;
mod both;
mod dice;
mod realm;
mod scenario;
mod stored;

use both::Both;
use dice::Dice;
use realm::Realm;
use std::rc::Rc;

/// The seeds that are played in every test run.
const SEEDS: std::ops::Range<u64> = 0..300;

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests decides which seeds are played")]
fn seeds() -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("BRAID_DIFFERENTIAL") else { return SEEDS };
    let (from, to) = text.split_once("..").unwrap();
    from.parse().unwrap()..to.parse().unwrap()
}

/// So many seeds that differ are told of, and no more are played.
const ENOUGH: usize = 5;

#[tokio::test]
async fn simulated_and_live_logins_decide_alike() {
    let realms = [Rc::new(Realm::plain().await), Rc::new(Realm::with_rules().await)];
    let here = tokio::task::LocalSet::new();
    let mut differ = Vec::new();
    let mut counted = [0_usize; 3];
    for seed in seeds() {
        let realm = Rc::clone(&realms[usize::from(seed % 2 == 1)]);
        let played = here.spawn_local(play(seed, realm));
        match here.run_until(played).await {
            Ok(came) => counted.iter_mut().zip(came).for_each(|(count, more)| *count += more),
            Err(_) => differ.push(seed),
        }
        if differ.len() == ENOUGH {
            break;
        }
    }
    drop(here);
    eprintln!("{} logins: {} signed in, {} refused", counted[0], counted[1], counted[2]);
    assert!(differ.is_empty(), "these seeds differ: {differ:?}");
    for realm in realms {
        let Ok(realm) = Rc::try_unwrap(realm) else { panic!("somebody still plays") };
        realm.world.finish().await;
    }
}

/// One seed: how many logins, how many signed in, and how many were refused.
async fn play(seed: u64, realm: Rc<Realm>) -> [usize; 3] {
    let mut dice = Dice::new(seed);
    let scenario = scenario::Scenario::new(seed, &mut dice, &realm).await;
    let mut both = Both::new(&realm, scenario);
    for login in 0..2 {
        both.plays_a_login(login, &mut dice).await;
    }
    both.have_stored_the_same().await;
    both.came
}
