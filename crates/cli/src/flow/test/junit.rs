//! What came of tests, as the XML that build servers read (`JUnit`'s, as the schema of Jenkins describes it).

use super::found::{Tested, What};
use super::shown::told;
use flow_runtime::flow_test::Result;
use std::fmt::Write as _;
use std::time::Duration;

/// The whole report.
pub(super) fn report(tested: &[Tested]) -> String {
    let mut suites = String::new();
    let mut total = Count::default();
    for tested in tested {
        suite(&mut suites, tested, &mut total);
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"braid flow test\" {}>\n{suites}</testsuites>\n",
        total.attributes()
    )
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    tests: usize,
    failures: usize,
    errors: usize,
    took: Duration,
}

impl Count {
    fn attributes(self) -> String {
        let Self { tests, failures, errors, took } = self;
        format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{}\"", seconds(took))
    }

    fn add(&mut self, other: Self) {
        self.tests = self.tests.saturating_add(other.tests);
        self.failures = self.failures.saturating_add(other.failures);
        self.errors = self.errors.saturating_add(other.errors);
        self.took = self.took.saturating_add(other.took);
    }
}

fn suite(out: &mut String, tested: &Tested, total: &mut Count) {
    let (name, count, cases) = match &tested.what {
        What::Unreadable(error) => (tested.file.clone(), unusable(), error_case(tested, &format!("it can't be opened: {error}"))),
        What::Broken { problems, .. } => {
            let messages: Vec<String> =
                problems.iter().map(|problem| format!("{}: {}", problem.code.id, problem.message)).collect();
            (tested.file.clone(), unusable(), error_case(tested, &messages.join("\n")))
        }
        What::Played { flow, results, took, .. } => {
            let failures = results.iter().filter(|result| result.red.is_some()).count();
            let cases = results.iter().zip(took).map(|(result, took)| case(&tested.file, flow.as_str(), result, *took)).collect();
            (flow.to_string(), Count { tests: results.len(), failures, errors: 0, took: took.iter().sum() }, cases)
        }
    };
    total.add(count);
    let cases: String = cases;
    let _ = writeln!(
        out,
        "  <testsuite name=\"{}\" {} skipped=\"0\" file=\"{}\">\n{cases}  </testsuite>",
        escaped(&name),
        count.attributes(),
        escaped(&tested.file)
    );
}

fn unusable() -> Count {
    Count { tests: 1, failures: 0, errors: 1, took: Duration::ZERO }
}

fn error_case(tested: &Tested, message: &str) -> String {
    let file = escaped(&tested.file);
    format!(
        "    <testcase name=\"the file can be used\" classname=\"{file}\" file=\"{file}\" time=\"0\">\n      <error message=\"{}\" type=\"unusable\"/>\n    </testcase>\n",
        escaped(message)
    )
}

/// Seconds, to the millisecond.
fn seconds(took: Duration) -> String {
    format!("{:.3}", took.as_secs_f64())
}

fn case(file: &str, flow: &str, result: &Result, took: Duration) -> String {
    let head = format!(
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" time=\"{}\"",
        escaped(&result.name),
        escaped(flow),
        escaped(file),
        result.span.line,
        seconds(took)
    );
    match &result.red {
        None => format!("{head}/>\n"),
        Some(red) => {
            let message = escaped(&format!("expected {}, but {}", red.expected, red.shown));
            let place = format!("{file}:{}:{}", red.span.line, red.span.column);
            let story = escaped(&std::iter::once(place).chain(told(red)).collect::<Vec<_>>().join("\n"));
            format!("{head}>\n      <failure message=\"{message}\" type=\"red\">{story}</failure>\n    </testcase>\n")
        }
    }
}

/// A text that stands in XML 1.0, in an attribute or between tags. What no XML can have becomes `U+FFFD`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_name_cannot_leave_its_place() {
        assert_eq!(escaped("a\"/><x>&'\n\u{1b}\u{0}"), "a&quot;/&gt;&lt;x&gt;&amp;&#39;&#10;\u{fffd}\u{fffd}");
    }
}
