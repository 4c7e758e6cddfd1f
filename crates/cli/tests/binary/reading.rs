//! Commands that only read leave the database as it is, whatever it is.

use crate::place::Place;

/// All of them, where `campus` is a provider and `claims.json` are claims.
const READING: [&[&str]; 9] = [
    &["identity", "list", "root"],
    &["link", "explain", "--provider", "campus", "--claims", "claims.json"],
    &["link", "why", "root"],
    &["link", "rules", "list"],
    &["flow", "history", "browser"],
    &["flow", "show", "browser"],
    &["flow", "explain", "somebody"],
    &["flow", "simulate", "browser", "--config", "braid.yaml", "--provider", "campus", "--identity", "claims.json"],
    &["flow", "diff", "browser@a", "browser", "--config", "braid.yaml"],
];

fn place() -> Place {
    let place = Place::with_config();
    let config = place.read("braid.yaml");
    let provider = "{ alias: campus, issuer: 'https://campus.example', client-id: braid, client-secret: secret-of-campus }";
    place.write("braid.yaml", &config.replace("name: Main,", &format!("name: Main, providers: [{provider}],")));
    place.write("claims.json", r#"{"sub": "1"}"#);
    place
}

/// What is in the folder, with the bytes of each file. Beside a SQLite database whoever reads it may leave what readers share, and an empty
/// log; neither is part of what it says.
fn files(place: &Place) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(place.path("."))
        .unwrap()
        .map(|file| file.unwrap())
        .map(|file| (file.file_name().into_string().unwrap(), std::fs::read(file.path()).unwrap()))
        .filter(|(name, bytes)| !(name.ends_with("-shm") || name.ends_with("-wal") && bytes.is_empty()))
        .collect();
    files.sort();
    files
}

/// What is in the folder, once the last writer's log is part of the database: whoever closes it last sees to that. This command never
/// made keys.
fn settled(place: &Place) -> Vec<(String, Vec<u8>)> {
    for _ in 0..50 {
        assert_eq!(place.braid(&["link", "rules", "list", "--realm", "main"]).code, 0);
        let files = files(place);
        if files.iter().all(|(name, _)| !name.ends_with("-wal")) {
            return files;
        }
    }
    panic!("nobody closes the database");
}

#[test]
fn where_no_database_is_none_is_made() {
    let place = place();
    let before = files(&place);
    for command in READING {
        let ended = place.braid(&[command, &["--realm", "main"]].concat());
        assert_ne!(ended.code, 0, "{command:?}: {}", ended.out);
        assert!(ended.err.contains("there is no database yet: ") && ended.err.contains("braid.db"), "{command:?}: {}", ended.err);
        assert!(ended.err.contains("`braid migrate --config braid.yaml`"), "{command:?}: {}", ended.err);
        assert_eq!(files(&place), before, "{command:?}");
    }
}

#[test]
fn an_older_schema_is_said_and_stays() {
    let place = place();
    place.write("braid.db", "");
    let before = files(&place);
    for command in READING {
        let ended = place.braid(&[command, &["--realm", "main"]].concat());
        assert_ne!(ended.code, 0, "{command:?}: {}", ended.out);
        assert!(ended.err.contains("of this version's migrations"), "{command:?}: {}", ended.err);
        assert!(ended.err.contains("`braid migrate --config braid.yaml`"), "{command:?}: {}", ended.err);
        assert_eq!(files(&place), before, "{command:?}");
    }
}

#[test]
fn no_keys_are_made() {
    let place = place();
    assert_eq!(place.braid(&["migrate"]).code, 0);
    let before = settled(&place);
    for command in READING {
        let ended = place.braid(&[command, &["--realm", "main"]].concat());
        let finds_something = command.contains(&"rules") || command.contains(&"--identity") || command.contains(&"--claims");
        assert_eq!(ended.code == 0, finds_something, "{command:?}: {}{}", ended.out, ended.err);
        assert!(!ended.err.contains("panicked"), "{}", ended.err);
        assert!(files(&place) == before, "{command:?} changed something");
    }
}

#[test]
fn another_keyring_than_the_databases_opens_nothing() {
    let place = place();
    place.serves_once();
    let _ = settled(&place);
    assert_eq!(place.braid(&["keyring", "new", "--out", "other.key"]).code, 0);
    let config = place.read("braid.yaml").replace("id: one, file: keyring.key", "id: two, file: other.key");
    place.write("braid.yaml", &config);
    let before = files(&place);
    let ended = place.braid(&[READING[1], &["--realm", "main"]].concat());
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.err.contains("put its old key back into `keyring`"), "{}", ended.err);
    assert!(files(&place) == before, "something was changed");

    std::fs::remove_file(place.path("other.key")).unwrap();
    let ended = place.braid(&[READING[1], &["--realm", "main"]].concat());
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.err.contains("other.key can't be read"), "{}", ended.err);
    assert!(!place.has("other.key"));
}
