//! The tests of the shipped flows are green, and what the language of tests says is so.

use super::{Coverage, Result, others, run_tests};
use crate::reader::{Read, SHIPPED, read};

/// A flow that is fine, with its tests played.
fn played(text: &str) -> (Read, Vec<Result>) {
    let read = read(text, "test.yaml").unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|problem| problem.render(text)).collect::<Vec<_>>().join("\n"))
    });
    let results = run_tests(&read, &others());
    (read, results)
}

/// What is red, in words.
fn reds(results: &[Result]) -> Vec<String> {
    let red = |result: &Result| {
        let red = result.red.as_ref()?;
        let story: Vec<String> =
            red.story.iter().map(|moment| format!("    {} -> {}", moment.happened, moment.shows)).collect();
        Some(format!(
            "{} (line {}):\n  expected {}\n  but {}\n{}",
            result.name,
            red.span.line,
            red.expected,
            red.shown,
            story.join("\n")
        ))
    };
    results.iter().filter_map(red).collect()
}

#[test]
fn the_shipped_flows_pass_their_tests() {
    for shipped in SHIPPED {
        let (read, results) = played(shipped.text);
        let reds = reds(&results);
        assert!(reds.is_empty(), "{}:\n{}", shipped.file, reds.join("\n"));
        let coverage = Coverage::of(&read.outline, &results);
        assert!(coverage.never_ran.is_empty(), "{}: {:?}", shipped.file, coverage.never_ran);
    }
}
