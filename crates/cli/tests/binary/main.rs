//! The built binary, as an operator meets it: what it prints, and how it exits.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a place or a binary that is broken ends the test")]

mod accounts;
mod compared;
mod demo;
mod explain;
mod identities;
mod page;
mod pictures;
mod place;
mod reading;
mod reload;
mod rules;
mod serving;
mod trials;

use place::Place;

#[test]
fn a_command_line_that_makes_no_sense_is_a_usage_error() {
    let place = Place::new();
    for arguments in [&["teapot"][..], &[], &["flow", "check"], &["serve", "--confg", "x"], &["demo", "--port", "many"]] {
        let ended = place.braid(arguments);
        assert_eq!(ended.code, 2, "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains("--help") || ended.err.contains("Usage:"), "{}", ended.err);
    }
}

#[test]
fn help_and_good_files_are_no_problem() {
    let place = Place::with_config();
    assert_eq!(place.braid(&["--help"]).code, 0);
    let ended = place.braid(&["config", "check"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.contains("braid.yaml: no problems"), "{}", ended.out);
    assert!(ended.out.contains("main at http://localhost:"), "{}", ended.out);
    place.write("good.yaml", "flow: good\nexecutions: [register]\n");
    assert_eq!(place.braid(&["flow", "check", "good.yaml"]).code, 0);
}

#[test]
fn a_broken_configuration_is_said_with_its_lines_and_never_starts() {
    let place = Place::with_config();
    place.write(
        "broken.yaml",
        "database: sqlite:braid.db\nrealms:\n  main:\n    origin: http://login.example.org/\n    namee: x\n",
    );
    for command in [&["serve"][..], &["migrate"], &["config", "check"]] {
        let ended = place.braid(&[command, &["--config", "broken.yaml"]].concat());
        assert_eq!(ended.code, 1, "{command:?}");
        for part in ["broken.yaml:4:13", "broken.yaml:5:5", "did you mean `name`?", "braid keyring new", "= help:", "3 problems"]
        {
            assert!(ended.err.contains(part), "{part} is missing:\n{}", ended.err);
        }
        assert!(!ended.err.contains("panicked") && !ended.err.contains("RUST_BACKTRACE"), "{}", ended.err);
    }
    assert!(!place.has("braid.db"), "nothing was touched");

    let ended = place.braid(&["serve", "--config", "nowhere.yaml"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("nowhere.yaml") && ended.err.contains("--config"), "{}", ended.err);
}

#[test]
fn a_broken_flow_is_a_problem() {
    let place = Place::new();
    place.write("bad.yaml", "flow: bad\nexecutions: [cokie]\n");
    let ended = place.braid(&["flow", "check", "bad.yaml"]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("bad.yaml:2:14"), "{}", ended.out);
}

#[test]
fn a_new_key_is_for_its_owner_alone_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let ended = place.braid(&["keyring", "new", "--id", "first", "--out", "new.key"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert_eq!(ended.out, "keyring:\n  - id: first\n    file: new.key\n");
    let mode = std::fs::metadata(place.path("new.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let key = place.read("new.key");
    assert!(!ended.out.contains(key.trim()) && !ended.err.contains(key.trim()));

    let again = place.braid(&["keyring", "new", "--out", "new.key"]);
    assert_eq!(again.code, 1);
    assert_eq!(place.read("new.key"), key);
    let printed = place.braid(&["keyring", "new"]);
    assert!(printed.out.starts_with("keyring:\n  - id: key-") && printed.out.contains("\n    key: "), "{}", printed.out);
}
