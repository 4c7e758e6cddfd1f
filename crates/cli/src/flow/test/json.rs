//! What came of tests, as one JSON document.

use super::found::{Tested, What};
use flow_runtime::flow_test::{Coverage, Result};
use flow_runtime::reader::Diagnostic;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes the document.
pub(super) fn write(mut out: impl Write, tested: &[Tested]) -> io::Result<()> {
    let results = || {
        tested.iter().filter_map(|tested| match &tested.what {
            What::Played { results, .. } => Some(results),
            What::Unreadable(_) | What::Broken { .. } => None,
        })
    };
    let tests = results().map(Vec::len).sum::<usize>();
    let red = results().flatten().filter(|result| result.red.is_some()).count();
    let files: Vec<Value> = tested.iter().map(file).collect();
    let document = json!({ "files": files, "tests": tests, "red": red });
    serde_json::to_writer_pretty(&mut out, &document)?;
    writeln!(out)
}

fn file(tested: &Tested) -> Value {
    match &tested.what {
        What::Unreadable(error) => json!({ "file": tested.file, "error": error }),
        What::Broken { problems, .. } => {
            json!({ "file": tested.file, "problems": problems.iter().map(problem).collect::<Vec<_>>() })
        }
        What::Played { flow, results, coverage, .. } => json!({
            "file": tested.file,
            "flow": flow.as_str(),
            "tests": results.iter().map(test).collect::<Vec<_>>(),
            "coverage": covered(coverage),
        }),
    }
}

fn problem(problem: &Diagnostic) -> Value {
    json!({
        "code": problem.code.id,
        "message": problem.message,
        "line": problem.span.line,
        "column": problem.span.column,
    })
}

fn test(result: &Result) -> Value {
    let Some(red) = &result.red else { return json!({ "name": result.name, "line": result.span.line, "green": true }) };
    let story: Vec<Value> =
        red.story.iter().map(|moment| json!({ "happened": moment.happened, "shows": moment.shows })).collect();
    json!({
        "name": result.name,
        "line": result.span.line,
        "green": false,
        "at": { "line": red.span.line, "column": red.span.column },
        "expected": red.expected,
        "shown": red.shown,
        "story": story,
    })
}

fn covered(coverage: &Coverage) -> Value {
    let never_ran: Vec<Value> =
        coverage.never_ran.iter().map(|(name, line)| json!({ "execution": name, "line": line })).collect();
    let never_ended: Vec<Value> = coverage
        .never_ended
        .iter()
        .map(|(name, line, outcomes)| json!({ "execution": name, "line": line, "outcomes": outcomes }))
        .collect();
    json!({
        "executions": coverage.executions,
        "ran": coverage.ran,
        "outcomes": coverage.outcomes,
        "met": coverage.met,
        "never-ran": never_ran,
        "never-ended": never_ended,
    })
}
