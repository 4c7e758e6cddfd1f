//! `braid admin`.

use crate::place::Place;

const BOOTSTRAP: [&str; 6] = ["admin", "bootstrap", "--realm", "main", "--username", "root"];

#[test]
fn the_first_user_gets_a_password_that_is_shown_once() {
    let place = Place::with_config();
    let ended = place.braid(&[&BOOTSTRAP[..], &["--email", "root@example.org"]].concat());
    assert_eq!(ended.code, 0, "{}", ended.err);
    let password = ended.out.lines().find_map(|line| line.strip_prefix("password: ")).unwrap().to_owned();
    assert!(password.len() >= 32, "it can't be guessed");
    assert!(!ended.err.contains(&password), "it is in no log");

    let again = place.braid(&BOOTSTRAP);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("has a user “root” already") && !again.out.contains("password:"), "{}", again.err);

    let same_address = ["admin", "bootstrap", "--realm", "main", "--username", "other", "--email", "ROOT@example.org"];
    let ended = place.braid(&same_address);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("somebody who proved this address"), "{}", ended.err);
}

#[test]
fn a_password_can_come_from_standard_input() {
    let place = Place::with_config();
    let arguments = [&BOOTSTRAP[..], &["--password-stdin"]].concat();
    let short = place.braid_reading(&arguments, "short\n");
    assert_eq!(short.code, 1);
    assert!(short.err.contains("fewer than 8"), "{}", short.err);
    let ended = place.braid_reading(&arguments, "correct horse battery staple\n");
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(!ended.out.contains("correct horse") && !ended.out.contains("password:"));
}

#[test]
fn accounts_are_closed_opened_and_deleted_by_name_or_subject() {
    let place = Place::with_config();
    assert_eq!(place.braid(&BOOTSTRAP).code, 0);
    let why = ["--realm", "main", "--reason", "asked for by phone", "--by", "Ada"];
    let said = |word: &str, account: &str| place.braid(&[&["user", word, account], &why[..]].concat());
    for (word, state) in [("disable", "disabled"), ("enable", "open"), ("lock", "locked"), ("enable", "open")] {
        let ended = said(word, "root");
        assert_eq!(ended.code, 0, "{}", ended.err);
        assert!(ended.out.starts_with("usr_") && ended.out.ends_with(&format!(" is {state}\n")), "{}", ended.out);
    }
    let subject = said("enable", "root").out.split(' ').next().unwrap().to_owned();
    let deleted = said("delete", &subject);
    assert_eq!(deleted.out, format!("{subject} is deleted\n"), "{}", deleted.err);
    let again = said("enable", &subject);
    assert_eq!(again.code, 1, "{}", again.out);
    assert!(again.err.contains("deleted"), "{}", again.err);
    assert!(said("disable", "nobody").err.contains("no account “nobody”"));

    let nowhere = place.braid(&["user", "disable", "root", "--realm", "nowhere", "--reason", "x"]);
    assert_eq!(nowhere.code, 1);
    assert!(nowhere.err.contains("choose one of: main"), "{}", nowhere.err);
    let silent = place.braid(&["user", "disable", "root", "--realm", "main"]);
    assert_eq!(silent.code, 2, "nothing is done without a reason");
    assert!(silent.err.contains("--reason"), "{}", silent.err);
}

#[test]
fn attributes_are_set_and_taken_away() {
    let place = Place::with_config();
    assert_eq!(place.braid(&BOOTSTRAP).code, 0);
    let said = |values: &[&str]| {
        let why = ["--realm", "main", "--reason", "from the staff list"];
        place.braid(&[&["user", "attribute", "root", "team"], values, &why[..]].concat())
    };
    assert!(said(&["red", "blue"]).out.contains("has a new `team`"));
    assert!(said(&[]).out.contains("has no `team` any more"));
    let twice = said(&["red", "red"]);
    assert_eq!(twice.code, 1, "{}", twice.out);
    assert!(twice.err.contains("= help: correct the values"), "{}", twice.err);
}
