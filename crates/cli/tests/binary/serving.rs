//! `braid serve` and `braid migrate`.

use crate::place::{Place, get};
use serde_json::Value;

/// The port of a configuration that [`Place::with_config`] made.
fn port(place: &Place) -> u16 {
    let text = place.read("braid.yaml");
    text.split("127.0.0.1:").nth(1).unwrap().lines().next().unwrap().parse().unwrap()
}

#[test]
fn it_says_where_it_listens_answers_and_ends_when_asked() {
    let place = Place::with_config();
    let braid = place.start(&["serve"], "listening");
    let answer = get(port(&place), "/.well-known/openid-configuration");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let (code, log) = braid.terminate();
    assert_eq!(code, Some(0), "{log}");
    for line in log.lines().filter(|line| !line.is_empty()) {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(event.get("timestamp").is_some() && event.get("level").is_some(), "{line}");
    }
    assert!(!log.contains(place.read("keyring.key").trim()));
}

#[test]
fn a_taken_port_and_a_lost_database_are_said_with_their_remedy() {
    let place = Place::with_config();
    let taken = std::net::TcpListener::bind(("127.0.0.1", port(&place))).unwrap();
    let ended = place.braid(&["serve"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("error: can't listen on 127.0.0.1:"), "{}", ended.err);
    assert!(ended.err.contains("= help: stop the other program, or change `listen` in braid.yaml"), "{}", ended.err);
    drop(taken);

    let config = place.read("braid.yaml").replace("sqlite:braid.db", "sqlite:gone/braid.db");
    place.write("braid.yaml", &config);
    for command in ["serve", "migrate"] {
        let ended = place.braid(&[command]);
        assert_eq!(ended.code, 1);
        assert!(ended.err.starts_with("error: ") && ended.err.contains("can't be opened"), "{}", ended.err);
        assert!(ended.err.contains("= because:") && ended.err.contains("`database` in braid.yaml"), "{}", ended.err);
    }
}

#[test]
fn a_lost_key_of_the_keyring_is_said_with_its_remedy() {
    let place = Place::with_config();
    assert_eq!(place.start(&["serve"], "listening").terminate().0, Some(0));
    assert_eq!(place.braid(&["keyring", "new", "--out", "other.key"]).code, 0);
    let config = place.read("braid.yaml").replace("id: one, file: keyring.key", "id: two, file: other.key");
    place.write("braid.yaml", &config);
    let ended = place.braid(&["serve"]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(ended.err.contains("put its old key back into `keyring`"), "{}", ended.err);
}

#[test]
fn migrating_twice_is_fine() {
    let place = Place::with_config();
    for _ in 0..2 {
        let ended = place.braid(&["migrate"]);
        assert_eq!((ended.code, ended.out.as_str()), (0, "the database's schema is up to date\n"), "{}", ended.err);
    }
    assert!(place.has("braid.db"), "a relative path starts from the configuration's folder");
}
