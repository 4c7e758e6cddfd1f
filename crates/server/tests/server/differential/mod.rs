//! The pretend world and the live server take the same decisions: random people play random logins in both at once, and every page, every
//! refusal, every mail and everything that is stored afterwards is compared.
//!
//! `BRAID_DIFFERENTIAL=FROM..TO` plays other seeds.

mod both;
mod dice;
mod realm;
mod scenario;
mod stored;

use both::Both;
use dice::Dice;
use realm::Realm;

/// The seeds that are played in every test run.
const SEEDS: std::ops::Range<u64> = 0..300;

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests decides which seeds are played")]
fn seeds() -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("BRAID_DIFFERENTIAL") else { return SEEDS };
    let (from, to) = text.split_once("..").unwrap();
    from.parse().unwrap()..to.parse().unwrap()
}

#[tokio::test]
async fn simulated_and_live_logins_decide_alike() {
    let realms = [Realm::plain().await, Realm::with_rules().await];
    for seed in seeds() {
        let realm = &realms[usize::from(seed % 2 == 1)];
        let mut dice = Dice::new(seed);
        let scenario = scenario::Scenario::new(seed, &mut dice, realm).await;
        let mut both = Both::new(realm, scenario);
        for login in 0..2 {
            both.plays_a_login(login, &mut dice).await;
        }
        both.have_stored_the_same().await;
    }
    for realm in realms {
        realm.world.finish().await;
    }
}
