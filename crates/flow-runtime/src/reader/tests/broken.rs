//! Every file in `broken/`, with exactly what the reader says about it in the `.txt` beside it: code, line, column, words, help.
//!
//! With `BRAID_BLESS=1` the test writes what the reader says now. A file's name begins with the code that it is about.

use super::super::{CODES, read_bytes};
use super::rendered;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reader/tests/broken");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests decides whether they write")]
fn blessing() -> bool {
    std::env::var_os("BRAID_BLESS").is_some_and(|value| value == "1")
}

#[test]
fn every_broken_file_is_explained_as_written_down() {
    let mut wrong = Vec::new();
    for file in files() {
        let name = file.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(&file).unwrap();
        let problems = match read_bytes(&bytes, name) {
            Ok(read) => read.warnings,
            Err(problems) => problems,
        };
        assert!(!problems.is_empty(), "{name} has no problem");
        let about = name.get(..6).unwrap();
        let says = problems.iter().map(|problem| problem.code.id).collect::<BTreeSet<_>>();
        assert!(!about.starts_with("BF") || says.contains(about), "{name} isn't about {about} but {says:?}");
        let found = rendered(&problems, str::from_utf8(&bytes).unwrap());
        let expected = file.with_extension("txt");
        if blessing() {
            fs::write(&expected, &found).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{name}\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "these are explained otherwise (BRAID_BLESS=1 writes them):\n{}", wrong.join("\n"));
}

#[test]
fn there_are_many_broken_files_and_each_code_has_its_own_id() {
    assert!(files().len() >= 40);
    let ids: BTreeSet<_> = CODES.iter().map(|code| code.id).collect();
    assert_eq!(ids.len(), CODES.len());
    assert!(CODES.iter().all(|code| code.id.len() == 6 && !code.title.is_empty() && code.explanation.ends_with('.')));
}

#[test]
fn six_mistakes_are_found_in_one_run() {
    let problems = super::refused(include_str!("broken/many-mistakes.yaml"));
    let found: Vec<_> = problems.iter().map(|problem| (problem.code.id, problem.span.line, problem.span.column)).collect();
    let expected =
        [("BF0020", 1, 7), ("BF0011", 2, 1), ("BF0030", 4, 5), ("BF0031", 6, 18), ("BF0033", 9, 64), ("BF0032", 10, 60)];
    assert_eq!(found, expected);
}

#[test]
fn what_stands_before_a_syntax_error_is_checked_too() {
    let text = "flow: Example\nexecutions:\n  - cokie: { requirement: alternative }\n  - flow: part\n    executions:\n      - provider: { requirement: alternativ }\n      - register: { requirement: alternative\n  - reset-password\n";
    let found: Vec<_> = super::refused(text).iter().map(|problem| (problem.code.id, problem.span.line)).collect();
    assert_eq!(found, [("BF0020", 1), ("BF0030", 3), ("BF0031", 6), ("BF0001", 7)]);
}

#[test]
fn half_a_file_is_not_told_that_the_other_half_is_missing() {
    for text in
        ["flow: example\nexecutions: [", "flow: example\nexecutions:\n  - flow: \"a", "flow: example\n- cookie", "{flow: example"]
    {
        assert_eq!(super::codes(text), ["BF0001"], "{text}");
    }
}

#[test]
fn a_place_is_counted_in_characters_and_found_in_bytes() {
    let text = include_str!("broken/not-ascii.yaml");
    let problem = super::refused(text).remove(0);
    assert_eq!((problem.span.line, problem.span.column), (3, 22));
    assert_eq!(&text[problem.span.offset..problem.span.offset + problem.span.length], "\"größe\"");
}
