//! `braid flow diff` between files and what a realm has or had.

use crate::place::{Ended, Place};

const FIRST: &str = "flow: house\nexecutions:\n  - username-and-password\n";
const SECOND: &str = "flow: house\nexecutions:\n  - cookie: { requirement: alternative }\n  - username-and-password: { requirement: alternative }\n";
const THIRD: &str = "flow: house\nexecutions:\n  - cookie: { requirement: alternative }\n";

/// A place whose realm had `house` in two revisions, and serves the second.
fn place() -> (Place, Vec<String>) {
    let place = Place::with_flow("house", FIRST);
    for text in [FIRST, SECOND] {
        place.write("flows/house.yaml", text);
        place.serves_once();
    }
    let history = place.braid(&["flow", "history", "house", "--realm", "main"]);
    assert_eq!(history.code, 0, "{}", history.err);
    let applied = history.out.lines().filter(|line| line.contains(" applied "));
    let revisions: Vec<String> = applied.map(|line| line.split_whitespace().nth(2).unwrap().to_owned()).collect();
    assert_eq!(revisions.len(), 2, "{}", history.out);
    (place, revisions)
}

fn diff(place: &Place, arguments: &[&str]) -> Ended {
    place.braid(&[&["flow", "diff"], arguments].concat())
}

#[test]
fn revisions_files_and_what_serves_are_compared() {
    let (place, revisions) = place();
    let [second, first] = [0, 1].map(|at| format!("house@{}", &revisions[at][..6]));
    place.write("mine.yaml", THIRD);
    // A lone configuration has one realm, and stands where commands look for it.
    let old = diff(&place, &[&first, &second]);
    assert_eq!(old.code, 1, "{}", old.err);
    assert!(old.out.contains("`cookie`: added, alternative"), "{}", old.out);
    for same in [[&*second, "house"], ["house", &*second], [&*second, "flows/house.yaml"]] {
        let same = diff(&place, &[same[0], same[1], "--config", "braid.yaml", "--realm", "main"]);
        assert_eq!((same.code, same.out.as_str()), (0, ""), "{}", same.err);
    }
    let mine = diff(&place, &["house", "mine.yaml", "--config", "braid.yaml"]);
    assert!(mine.code == 1 && mine.out.contains("`username-and-password`: removed"), "{}{}", mine.out, mine.err);

    // What serves isn't what the files say, if it was rolled back.
    let back = ["flow", "rollback", "house", &revisions[1], "--realm", "main", "--reason", "a test"];
    assert_eq!(place.braid(&back).code, 0);
    assert_eq!(diff(&place, &["house", &first, "--config", "braid.yaml"]).code, 0);
    // A name alone, without a configuration, is a flow that comes with Braid.
    assert_eq!(diff(&place, &["browser", "browser"]).code, 0);
    let shipped = diff(&place, &["browser", "browser", "--config", "braid.yaml"]);
    assert_eq!(shipped.code, 0, "{}", shipped.err);
}

#[test]
fn what_is_meant_must_be_clear() {
    let (place, revisions) = place();
    let said = |arguments: &[&str]| {
        let ended = diff(&place, arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{arguments:?}");
        ended.err
    };
    let unknown = said(&["house@nothing", "house@nothing"]);
    assert!(unknown.contains("“house” was never in a revision “nothing” in the realm “main”"), "{unknown}");
    for revision in &revisions {
        assert!(unknown.contains(revision), "{revision} isn't in:\n{unknown}");
    }
    let mut mistyped: Vec<char> = revisions[0].chars().take(8).collect();
    mistyped[7] = if mistyped[7] == 'x' { 'y' } else { 'x' };
    let mistyped = format!("house@{}", mistyped.into_iter().collect::<String>());
    let near = said(&[&mistyped, "browser"]);
    assert!(near.contains(&format!("did you mean `{}`?", &revisions[0][..8])), "{near}");
    let both = said(&["house@", "browser"]);
    assert!(both.contains("write at least the first character"), "{both}");
    let name = said(&["hose@ab", "browser"]);
    assert!(
        name.contains("the flow “hose” was never applied in the realm “main”") && name.contains("did you mean `house`?"),
        "{name}"
    );
    let nowhere = said(&["house@ab", "browser", "--realm", "man"]);
    assert!(nowhere.contains("choose one of: main"), "{nowhere}");
    let gone = said(&["house@ab", "browser", "--config", "gone.yaml"]);
    assert!(gone.contains("gone.yaml"), "{gone}");

    let config = place.read("braid.yaml");
    let port: u16 = config.split("localhost:").nth(1).unwrap().split('\'').next().unwrap().parse().unwrap();
    place.write("braid.yaml", &format!("{config}  other: {{ origin: 'http://localhost:{}' }}\n", port + 1));
    let several = said(&["house@ab", "browser"]);
    assert!(several.contains("choose one with `--realm`: main, other"), "{several}");
}
