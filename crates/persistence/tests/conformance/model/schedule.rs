//! Sequences: a seed makes a cast and what they are about to do; then it says who goes over the next boundary, until all are done.

use super::administrator::Administrator;
use super::answers::stored;
use super::browser::Browser;
use super::cast::Cast;
use super::place::Place;
use super::random::Random;
use super::truth::By;
use domain::{AddressProof, CanonicalSubject, Entropy, OwnedAddress, Provenance, RealmId, UserId, Username};
use flow_runtime::NewUser;
use persistence::{Committed, Store};

/// Whether the driver of a sequence is as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    Right,
    /// It leaves the guards of commits out.
    WithoutGuards,
}

/// What came of a sequence.
pub(super) struct Played {
    pub(super) wrongs: Vec<String>,
    pub(super) trace: Vec<String>,
}

/// One of those who act.
pub(super) enum Actor {
    Browser(Box<Browser>),
    Administrator(Box<Administrator>),
}

impl Actor {
    pub(super) fn is_over(&self) -> bool {
        match self {
            Self::Browser(browser) => browser.is_over(),
            Self::Administrator(administrator) => administrator.is_over(),
        }
    }

    /// Goes over one boundary, and says who and what.
    pub(super) async fn advance(&mut self, place: &Place) -> String {
        match self {
            Self::Browser(browser) => {
                let name = place.cast.people[browser.who].name;
                match browser.advance(place).await {
                    Ok(what) => format!("{name} in {}: {what}", &browser.key.to_string()[..6]),
                    Err(fault) => {
                        place.truth().wrong(format!("a broken world: {fault}"));
                        format!("{name}: {fault}")
                    }
                }
            }
            Self::Administrator(administrator) => format!("administrator: {}", administrator.advance(place).await),
        }
    }
}

/// The realm of a sequence, with its people and the accounts that they have from before.
pub(super) async fn place(store: Store, seed: u64) -> Place {
    let realm = RealmId::parse(&format!("model-{seed}")).unwrap();
    let mut random = Random::new(seed, 0);
    let cast = Cast::new(&realm, &mut random);
    let place = Place::new(store, realm, cast);
    for who in 0..place.cast.people.len() {
        if random.once_in(2) {
            made_before(&place, who, seed, &mut random).await;
        }
    }
    place
}

/// Somebody has an account with a password; its address is proved, or only claimed, and perhaps somebody else's.
async fn made_before(place: &Place, who: usize, seed: u64, random: &mut Random) {
    let person = &place.cast.people[who];
    let proved = random.once_in(2);
    let some = place.cast.some_address(who, random);
    let address = if proved && !person.reads(&some) { random.pick(&person.mailboxes).clone() } else { some };
    let mut bytes = [0x77; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let entropy = Entropy::from_bytes(bytes).part(person.name);
    let (id, subject) = (UserId::from_bytes(entropy.id("user")), CanonicalSubject::from_bytes(entropy.id("subject")));
    let proof = proved.then(|| AddressProof::Administrator { at: place.now() });
    let user = NewUser {
        username: Some(Username::parse(person.name).unwrap()),
        email: Some(OwnedAddress { address: address.clone(), provenance: Provenance::Typed, proof }),
        password_hash: Some(stored(&person.passwords[0])),
        ..NewUser::unknown(id, subject, place.now())
    };
    if let Committed::Done { .. } = place.store.create_user(&place.realm, user).await.unwrap() {
        place.truth().made_for(who, id, proved.then_some(address));
        place.judges(By::Administrator, None).await;
    }
}

/// Who acts in this sequence, in the order in which they begin. Some logins are open in two tabs.
pub(super) fn next_actors(place: &Place, seed: u64, number: u64, random: &mut Random) -> Vec<Actor> {
    if random.once_in(4) {
        return vec![Actor::Administrator(Box::new(Administrator::new(Random::new(seed, 100_000 + number))))];
    }
    let who = random.below(place.cast.people.len());
    let cookie = place.truth().newest_session_of(who).filter(|_| random.once_in(4));
    let tabs = if random.once_in(6) { 2 } else { 1 };
    let tab = |tab| Actor::Browser(Box::new(Browser::new(who, (number, tab), seed, cookie.clone(), place)));
    (0..tabs).map(tab).collect()
}

/// Plays the sequence of a seed: a few at a time, one boundary after the other.
pub(super) async fn play(store: Store, seed: u64, driver: Driver) -> Played {
    let mut place = place(store, seed).await;
    place.guards = driver == Driver::Right;
    let mut random = Random::new(seed, 1);
    let (mut left, at_once) = (5 + random.below(8), 1 + random.below(4));
    let (mut actors, mut number) = (Vec::new(), 0);
    loop {
        while actors.len() < at_once && left > 0 {
            (left, number) = (left - 1, number + 1);
            actors.extend(next_actors(&place, seed, number, &mut random));
        }
        if actors.is_empty() {
            break;
        }
        let turn = random.below(actors.len());
        let what = actors[turn].advance(&place).await;
        place.truth().trace.push(what);
        if actors[turn].is_over() {
            actors.remove(turn);
        }
        place.waits(i64::try_from(random.below(8)).unwrap());
    }
    place.judges(By::Administrator, None).await;
    place.judges_the_end().await;
    let mut truth = place.truth();
    Played { wrongs: std::mem::take(&mut truth.wrongs), trace: std::mem::take(&mut truth.trace) }
}
