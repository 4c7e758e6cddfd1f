//! What came of tests, for a person.

use super::found::{Tested, What};
use crate::flow::report::{self, Style};
use flow_runtime::flow_test::{Coverage, Red, Result};
use flow_runtime::reader::printable;
use std::io::{self, Write};

/// Writes it all: each test, each red one with its story, and a line that sums up.
pub(super) fn write(mut out: impl Write, tested: &[Tested], coverage: bool, graphical: bool) -> io::Result<()> {
    let style = if graphical { Style::Graphical } else { Style::Plain };
    let (mut tests, mut red) = (0_usize, 0_usize);
    for tested in tested {
        match &tested.what {
            What::Unreadable(error) => writeln!(out, "{} can't be opened: {error}\n", tested.file)?,
            What::Broken { problems, text } => {
                for problem in problems {
                    writeln!(out, "{}", report::shown(problem, text, style))?;
                }
            }
            What::Played { results, coverage: met, .. } => {
                writeln!(out, "{}", tested.file)?;
                if results.is_empty() {
                    writeln!(out, "  it has no tests")?;
                }
                for result in results {
                    test(&mut out, &tested.file, result)?;
                }
                if coverage {
                    covered(&mut out, met)?;
                }
                writeln!(out)?;
                tests = tests.saturating_add(results.len());
                red = red.saturating_add(results.iter().filter(|result| result.red.is_some()).count());
            }
        }
    }
    let plural = if tests == 1 { "" } else { "s" };
    let unusable = tested.iter().filter(|tested| !matches!(tested.what, What::Played { .. })).count();
    let more = if unusable == 0 { String::new() } else { format!(", {unusable} not usable") };
    writeln!(out, "{tests} test{plural}, {red} red{more}")
}

fn test(out: &mut impl Write, file: &str, result: &Result) -> io::Result<()> {
    let name = printable(&result.name);
    match &result.red {
        None => writeln!(out, "  green  {name}"),
        Some(red) => {
            writeln!(out, "  RED    {name}")?;
            writeln!(out, "         {file}:{}:{}", red.span.line, red.span.column)?;
            for line in told(red) {
                writeln!(out, "         {}", printable(&line))?;
            }
            Ok(())
        }
    }
}

/// What was expected, what was there, and what happened until then.
pub(super) fn told(red: &Red) -> Vec<String> {
    let mut lines = vec![format!("expected: {}", red.expected), format!("shown:    {}", red.shown)];
    if !red.story.is_empty() {
        lines.push("until then:".to_owned());
    }
    lines.extend(red.story.iter().map(|moment| format!("  {} → {}", moment.happened, moment.shows)));
    lines
}

fn covered(out: &mut impl Write, coverage: &Coverage) -> io::Result<()> {
    writeln!(
        out,
        "  {} of {} executions ran, {} of {} outcomes were met",
        coverage.ran, coverage.executions, coverage.met, coverage.outcomes
    )?;
    for (name, line) in &coverage.never_ran {
        writeln!(out, "    `{name}` on line {line} never ran")?;
    }
    for (name, line, outcomes) in &coverage.never_ended {
        let outcomes: Vec<String> = outcomes.iter().map(|outcome| format!("`{}`", outcome.as_str())).collect();
        writeln!(out, "    `{name}` on line {line} never ended {}", outcomes.join(" or "))?;
    }
    Ok(())
}
