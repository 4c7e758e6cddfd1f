//! What each source file must and must not say.

use super::tree::{SourceFile, Tree};

/// More lines than this in one file are too many to keep in mind.
const LONGEST: usize = 400;

/// What a room's files must not contain outside comments, and why.
const ABSENT: [(&str, &[&str], &str); 2] = [
    ("crates/flow-runtime/src/", &["async", "await"], "the flow runtime performs nothing"),
    ("crates/ui/src/", &["sea_orm", "reqwest"], "ui shows what it is given"),
];

/// What is wrong in the files.
pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let mut problems: Vec<_> = tree.files.iter().flat_map(file_problems).collect();
    if !tree.files.iter().any(is_authenticator) {
        problems.push("no authenticators were found: xtask's sources.rs looks for them in the wrong place".into());
    }
    problems
}

fn file_problems(file: &SourceFile) -> Vec<String> {
    let SourceFile { path, text } = file;
    let mut problems = Vec::new();
    if path.contains("/src/") && file.is_a("rs") && !text.starts_with("//!") {
        problems.push(format!("{path}:1: a module starts with `//!` and what lives in it"));
    }
    let lines = text.lines().count();
    if lines > LONGEST && !is_test(path) {
        problems.push(format!("{path}: {lines} lines are too many; {LONGEST} is the limit, 100 is good"));
    }
    for (_, words, reason) in ABSENT.iter().filter(|(room, ..)| path.starts_with(room)) {
        for (number, line) in (1..).zip(text.lines()) {
            let found = words.iter().filter(|word| words_of(line).any(|one| one == **word));
            problems.extend(found.map(|word| format!("{path}:{number}: no `{word}` here: {reason}")));
        }
    }
    if is_authenticator(file) {
        let lines = (1..).zip(text.lines()).filter(|(_, line)| line.contains("http://") || line.contains("https://"));
        problems.extend(lines.map(|(number, _)| format!("{path}:{number}: no authenticator contains a URL")));
    }
    problems
}

fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    path.contains("/tests/") || name == "tests.rs" || name.ends_with("_tests.rs") || name.ends_with(".test.mjs")
}

fn is_authenticator(file: &SourceFile) -> bool {
    file.path.strip_prefix("crates/flow-runtime/src/").is_some_and(|path| path.starts_with("authenticator"))
}

fn words_of(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or_default();
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_in(path: &str, text: &str) -> Vec<String> {
        file_problems(&SourceFile { path: path.into(), text: text.into() })
    }

    #[test]
    fn a_module_says_what_lives_in_it() {
        assert_eq!(problems_in("crates/ui/src/a.rs", "use b;\n").len(), 1);
        assert!(problems_in("crates/ui/src/a.rs", "//! A.\n").is_empty());
        assert!(problems_in("crates/ui/build.rs", "fn main() {}\n").is_empty());
    }

    #[test]
    fn a_long_file_is_a_problem_unless_it_is_a_test() {
        let long = format!("//! Long.\n{}", "\n".repeat(400));
        assert_eq!(problems_in("crates/ui/src/a.rs", &long).len(), 1);
        assert!(problems_in("crates/ui/tests/a.rs", &long).is_empty());
        assert!(problems_in("crates/ui/src/a/tests.rs", &long).is_empty());
    }

    #[test]
    fn rooms_are_free_of_what_they_must_not_do() {
        assert_eq!(problems_in("crates/flow-runtime/src/a.rs", "//! A.\nasync fn a() {}\n").len(), 1);
        assert!(problems_in("crates/flow-runtime/src/a.rs", "//! Nothing async.\nfn asynchronous() {}\n").is_empty());
        assert_eq!(problems_in("crates/ui/src/a.rs", "//! A.\nuse sea_orm::Value;\n").len(), 1);
        assert!(problems_in("crates/server/src/a.rs", "//! A.\nasync fn a() {}\n").is_empty());
    }

    #[test]
    fn an_authenticator_with_a_url_is_a_problem_even_in_a_comment() {
        let text = "//! See https://example.org.\n";
        assert_eq!(problems_in("crates/flow-runtime/src/authenticators/confirm_link.rs", text).len(), 1);
        assert!(problems_in("crates/flow-runtime/src/engine.rs", text).is_empty());
    }
}
