//! The threat model is a promise: every row names a test that exists, every security test has its row.

use super::tree::Tree;
use crate::shell;
use std::collections::BTreeSet;
use std::fs;

/// Where the table is.
const FILE: &str = "docs/threats.md";

/// The table's first line.
const HEADER: [&str; 4] = ["id", "threat", "what Braid does", "test"];

/// The families of row ids, as test names begin.
const FAMILIES: [&str; 4] = ["ph", "oidc", "web", "rel"];

/// A line of the table.
struct Row {
    line: usize,
    ids: Vec<String>,
    tests: Vec<String>,
}

/// What is wrong with the threat model.
pub(crate) fn problems(tree: &Tree) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(shell::root().join(FILE)).map_err(|error| format!("{FILE}: {error}"))?;
    Ok(compare(&text, tree))
}

fn compare(text: &str, tree: &Tree) -> Vec<String> {
    let (rows, mut problems) = read(text);
    let functions = functions(tree);
    let mut ids = BTreeSet::new();
    for Row { line, ids: own, tests } in &rows {
        if tests.is_empty() {
            problems.push(format!("{FILE}:{line}: {} names no test", own.join(", ")));
        }
        let missing = tests.iter().filter(|test| !functions.contains(function(test)) && !is_browser_test(tree, test));
        problems.extend(missing.map(|test| format!("{FILE}:{line}: there is no test `{test}`")));
        problems.extend(own.iter().filter(|id| !ids.insert(*id)).map(|id| format!("{FILE}:{line}: {id} has a row already")));
    }
    for test in functions {
        match row_id(test) {
            Some(id) if !ids.contains(&id) => problems.push(format!("{FILE}: test `{test}` has no row {id}")),
            _ => {}
        }
    }
    problems
}

fn read(text: &str) -> (Vec<Row>, Vec<String>) {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| line.trim_start().starts_with('|'));
    if lines.next().is_none_or(|(_, line)| cells(line) != HEADER) {
        problems.push(format!("{FILE}: the table begins with `| {} |`", HEADER.join(" | ")));
    }
    for (line, text) in lines {
        let cells = cells(text);
        let [ids, threat, answer, tests] = cells.as_slice() else {
            problems.push(format!("{FILE}:{line}: a row has four cells, this one has {}", cells.len()));
            continue;
        };
        if !ids.is_empty() && ids.chars().all(|c| "-: ".contains(c)) {
            continue;
        }
        if ids.is_empty() || threat.is_empty() || answer.is_empty() {
            problems.push(format!("{FILE}:{line}: the id, the threat and what Braid does can't be empty"));
        }
        let ids = ids.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
        rows.push(Row { line, ids, tests: in_backticks(tests) });
    }
    (rows, problems)
}

/// The cells of a table's line; `\|` is a character of a cell.
pub(super) fn cells(line: &str) -> Vec<String> {
    let line = line.trim().replace("\\|", "\0");
    let inner = line.strip_prefix('|').unwrap_or(&line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    inner.split('|').map(|cell| cell.trim().replace('\0', "|")).collect()
}

pub(super) fn in_backticks(cell: &str) -> Vec<String> {
    let between = cell.split('`').skip(1).step_by(2);
    between.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// A test may be named with its path.
pub(super) fn function(test: &str) -> &str {
    test.rsplit("::").next().unwrap_or(test)
}

/// The names of all functions in Rust files.
pub(super) fn functions(tree: &Tree) -> BTreeSet<&str> {
    let rust = tree.files.iter().filter(|file| file.is_a("rs"));
    let lines = rust.flat_map(|file| file.text.lines()).filter(|line| !line.trim_start().starts_with("//"));
    let declared = lines.filter_map(|line| {
        let (before, after) = line.split_once("fn ")?;
        let name = after.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
        (!name.is_empty() && !before.contains('"')).then_some(name)
    });
    declared.collect()
}

/// Whether a JavaScript file has a test with this title: `test('the title'`, on one line or two.
pub(super) fn is_browser_test(tree: &Tree, title: &str) -> bool {
    let files = tree.files.iter().filter(|file| file.path.starts_with("e2e/") && file.is_a("mjs"));
    let quoted = ['\'', '"', '`'].map(|quote| format!("{quote}{title}{quote}"));
    let opens = |text: &str, at| text.get(..at).is_some_and(|before: &str| before.trim_end().ends_with("test("));
    files.map(|file| &file.text).any(|text| quoted.iter().any(|title| text.match_indices(title).any(|(at, _)| opens(text, at))))
}

/// The row id in front of a test's name: `oidc_pk_2_plain_is_refused` is about OIDC-PK-2.
fn row_id(test: &str) -> Option<String> {
    let words: Vec<&str> = test.split('_').collect();
    let family = words.first().filter(|word| FAMILIES.contains(word))?;
    let is_number =
        |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && word.chars().all(|c| c.is_ascii_alphanumeric());
    let length = if *family == "oidc" { 3 } else { 2 };
    let id = words.get(..length)?;
    is_number(id.last()?).then(|| id.join("-").to_uppercase())
}

#[cfg(test)]
mod tests;
