//! What a sealed value resists.

use super::*;

fn ring(keys: &[(&str, u8)]) -> Keyring {
    Keyring::new(keys.iter().map(|(id, byte)| SealingKey::new(*id, [*byte; 32])).collect()).unwrap()
}

fn realm(name: &str) -> RealmId {
    RealmId::parse(name).unwrap()
}

#[test]
fn what_was_sealed_opens_in_its_place_only() {
    let (ring, demo, other) = (ring(&[("a", 1)]), realm("demo"), realm("other"));
    let place = Place { realm: &demo, table: "outbox", id: "1", version: 1 };
    let sealed = ring.seal(place, b"a secret").unwrap();
    assert!(!sealed.windows(6).any(|window| window == b"secret"));
    assert_eq!(ring.open(place, &sealed).unwrap().as_slice(), b"a secret");
    for elsewhere in [
        Place { realm: &other, ..place },
        Place { table: "signing_keys", ..place },
        Place { id: "2", ..place },
        Place { version: 2, ..place },
    ] {
        assert_eq!(ring.open(elsewhere, &sealed), Err(SealError::Damaged));
    }
}

#[test]
fn a_changed_or_cut_value_does_not_open() {
    let (ring, demo) = (ring(&[("a", 1)]), realm("demo"));
    let place = Place { realm: &demo, table: "outbox", id: "1", version: 1 };
    let sealed = ring.seal(place, b"a secret").unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(ring.open(place, &changed).is_err(), "byte {at}");
        assert!(ring.open(place, &sealed[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn old_keys_open_and_the_newest_seals() {
    let demo = realm("demo");
    let place = Place { realm: &demo, table: "outbox", id: "1", version: 1 };
    let old = ring(&[("old", 1)]).seal(place, b"x").unwrap();
    let rotated = ring(&[("new", 2), ("old", 1)]);
    assert!(rotated.open(place, &old).is_ok());
    let new = rotated.seal(place, b"x").unwrap();
    assert_eq!(ring(&[("old", 1)]).open(place, &new), Err(SealError::UnknownKey("new".into())));
    assert_ne!(rotated.seal(place, b"x").unwrap(), new, "two seals of one text differ");
}

#[test]
fn a_ring_has_keys_with_ids_of_their_own() {
    assert_eq!(Keyring::new(vec![]).err(), Some(KeyringError::Empty));
    let twice = vec![SealingKey::new("a", [1; 32]), SealingKey::new("a", [2; 32])];
    assert_eq!(Keyring::new(twice).err(), Some(KeyringError::SameId("a".into())));
    assert_eq!(Keyring::new(vec![SealingKey::new("", [1; 32])]).err(), Some(KeyringError::BadId));
}
