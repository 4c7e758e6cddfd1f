//! What is said to those who come from Keycloak is a promise too: every row names tests that exist, every test of a row is named.

use super::threats::{cells, function, functions, in_backticks, is_browser_test};
use super::tree::Tree;
use crate::shell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Where the table is.
const FILE: &str = "docs/coming-from-keycloak.md";

/// How a row's third cell begins: what became of Keycloak's test.
const OUTCOMES: [&str; 3] = ["same", "differs", "waits"];

/// What is wrong with the rows.
pub(crate) fn problems(tree: &Tree) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(shell::root().join(FILE)).map_err(|error| format!("{FILE}: {error}"))?;
    Ok(compare(&text, tree))
}

fn compare(text: &str, tree: &Tree) -> Vec<String> {
    let functions = functions(tree);
    let mut problems = Vec::new();
    let mut rows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, line)| line.starts_with("| T0") || line.starts_with("| T2")) {
        let cells = cells(text);
        let [id, _, outcome, tests] = cells.as_slice() else {
            problems.push(format!("{FILE}:{line}: a row has four cells, this one has {}", cells.len()));
            continue;
        };
        if !OUTCOMES.iter().any(|word| outcome.starts_with(word)) {
            problems.push(format!("{FILE}:{line}: what became of {id} begins with one of {}", OUTCOMES.join(", ")));
        }
        let tests: BTreeSet<String> = in_backticks(tests).into_iter().collect();
        if tests.is_empty() && outcome.starts_with("same") {
            problems.push(format!("{FILE}:{line}: {id} is the same, and no test shows it"));
        }
        let missing = tests.iter().filter(|test| !functions.contains(function(test)) && !is_browser_test(tree, test));
        problems.extend(missing.map(|test| format!("{FILE}:{line}: there is no test `{test}`")));
        if rows.insert(id.clone(), tests).is_some() {
            problems.push(format!("{FILE}:{line}: {id} has a row already"));
        }
    }
    for test in functions {
        let named = |id: &String| rows.get(id).is_some_and(|tests| tests.contains(test));
        problems.extend(ids(test).iter().filter(|id| !named(id)).map(|id| format!("{FILE}: test `{test}` isn't in row {id}")));
    }
    problems
}

/// The rows in front of a test's name: `t008_and_t011_a_name` is about T008 and T011.
fn ids(test: &str) -> Vec<String> {
    let id = |word: &str| {
        let digits = word.strip_prefix('t').filter(|digits| digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()))?;
        Some(format!("T{digits}"))
    };
    test.split('_').filter(|word| *word != "and").map_while(id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::SourceFile;

    fn wrong(rows: &str) -> Vec<String> {
        let text = "fn t001_a_name() {}\nfn t002_and_t003_both() {}\nfn helps() {}\n";
        let tree = Tree { files: vec![SourceFile { path: "crates/a/src/b.rs".into(), text: text.into() }] };
        compare(rows, &tree)
    }

    const RIGHT: &str = "| T001 | x | same | `t001_a_name` |\n| T002 | x | differs: y | `t002_and_t003_both`, `helps` |\n| T003 | x | same | `t002_and_t003_both` |\n";

    #[test]
    fn rows_and_tests_name_each_other() {
        assert_eq!(wrong(&format!("{RIGHT}| T004 | x | waits for y | |\n")), Vec::<String>::new());
        assert_eq!(wrong(&RIGHT.replace("`t001_a_name`", "`helps`")), [format!("{FILE}: test `t001_a_name` isn't in row T001")]);
    }

    #[test]
    fn a_row_without_a_test_or_an_outcome_or_twice_is_wrong() {
        for row in [
            "| T009 | x | same | |",
            "| T009 | x | better | |",
            "| T009 | x | differs | `gone` |",
            "| T009 | x | same |",
            "| T001 | x | same | `t001_a_name` |",
        ] {
            assert_eq!(wrong(&format!("{RIGHT}{row}\n")).len(), 1, "{row}");
        }
    }
}
