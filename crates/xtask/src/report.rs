//! Counting what passed and failed, from what the test programs print.

use std::ops::AddAssign;

/// How many tests did what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Tally {
    /// A part that has no tests to count and went wrong.
    pub(crate) const ONE_FAILURE: Self = Self { passed: 0, failed: 1, skipped: 0 };

    /// Reads a line of `cargo test`: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub(crate) fn of_cargo_line(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let count = |what| counts.split("; ").find_map(|one| one.trim().strip_suffix(what)?.trim().parse().ok());
        Some(Self { passed: count("passed")?, failed: count("failed")?, skipped: count("ignored")? })
    }

    /// Reads what Node.js's test runner reported in TAP: the lines `# pass 3`, `# fail 0` and so on at its end.
    pub(crate) fn of_tap(report: &str) -> Option<Self> {
        let count = |what: &str| report.lines().rev().find_map(|line| line.strip_prefix(what)?.trim().parse::<usize>().ok());
        Some(Self {
            passed: count("# pass ")?,
            failed: count("# fail ")? + count("# cancelled ")?,
            skipped: count("# skipped ")? + count("# todo ")?,
        })
    }

    /// The line that ends a run.
    pub(crate) fn closing_line(self) -> String {
        let skipped = if self.skipped > 0 { format!(", {} skipped", self.skipped) } else { String::new() };
        format!("{} passed, {} failed{skipped}", self.passed, self.failed)
    }
}

/// What became of each part of a run.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<String>,
    total: Tally,
}

impl Report {
    /// A part with tests. One that ended badly without a failed test (it didn't compile, it crashed) counts as a failure.
    pub(crate) fn tests(&mut self, part: &str, ended_well: bool, mut tally: Tally) {
        if !ended_well && tally.failed == 0 {
            tally += Tally::ONE_FAILURE;
        }
        self.total += tally;
        self.lines.push(format!("{part:<14} {}", tally.closing_line()));
    }

    /// A part that is either right or wrong.
    pub(crate) fn check(&mut self, part: &str, outcome: Result<(), String>) {
        let said = match outcome {
            Ok(()) => "ok".to_owned(),
            Err(message) => {
                eprintln!("{message}");
                self.total += Tally::ONE_FAILURE;
                "FAILED".to_owned()
            }
        };
        self.lines.push(format!("{part:<14} {said}"));
    }

    /// A part that could not run here, and why that is no failure.
    pub(crate) fn left_out(&mut self, part: &str, reason: &str) {
        println!("left out: {reason}");
        self.lines.push(format!("{part:<14} left out: {reason}"));
    }

    /// Prints the summary and the closing line. False if anything failed.
    pub(crate) fn close(self) -> bool {
        crate::shell::heading("Summary");
        self.lines.iter().for_each(|line| println!("{line}"));
        println!("\n{}", self.total.closing_line());
        self.total.failed == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_results_are_read() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.10s";
        assert_eq!(Tally::of_cargo_line(line), Some(Tally { passed: 12, failed: 3, skipped: 1 }));
        assert_eq!(Tally::of_cargo_line("test a_test ... ok"), None);
    }

    #[test]
    fn node_results_are_read_from_the_end() {
        let report =
            "TAP version 13\n# pass 99\n1..4\n# tests 8\n# suites 0\n# pass 4\n# fail 1\n# cancelled 1\n# skipped 2\n# todo 0\n";
        assert_eq!(Tally::of_tap(report), Some(Tally { passed: 4, failed: 2, skipped: 2 }));
        assert_eq!(Tally::of_tap("TAP version 13\n"), None);
    }

    #[test]
    fn skipped_tests_are_named_only_where_there_are_some() {
        assert_eq!(Tally { passed: 5, failed: 0, skipped: 0 }.closing_line(), "5 passed, 0 failed");
        assert_eq!(Tally { passed: 5, failed: 2, skipped: 1 }.closing_line(), "5 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn a_part_that_crashed_is_a_failure() {
        let mut report = Report::default();
        report.tests("cargo test", false, Tally { passed: 3, failed: 0, skipped: 0 });
        report.tests("browsers", false, Tally { passed: 3, failed: 2, skipped: 0 });
        assert_eq!(report.total, Tally { passed: 6, failed: 3, skipped: 0 });
    }
}
