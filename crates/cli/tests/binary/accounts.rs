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
fn accounts_are_closed_and_opened_by_name() {
    let place = Place::with_config();
    assert_eq!(place.braid(&BOOTSTRAP).code, 0);
    for (word, state) in [("disable", "closed"), ("enable", "open")] {
        let ended = place.braid(&["admin", word, "--realm", "main", "--username", "root"]);
        assert_eq!(ended.code, 0, "{}", ended.err);
        assert!(ended.out.contains(state), "{}", ended.out);
    }
    let nobody = place.braid(&["admin", "disable", "--realm", "main", "--username", "nobody"]);
    assert_eq!(nobody.code, 1);
    let nowhere = place.braid(&["admin", "disable", "--realm", "nowhere", "--username", "root"]);
    assert_eq!(nowhere.code, 1);
    assert!(nowhere.err.contains("choose one of: main"), "{}", nowhere.err);
}
