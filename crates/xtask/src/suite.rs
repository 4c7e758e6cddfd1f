//! All tests, in the order from the quickest answer to the slowest.

use crate::postgres::{self, Cluster};
use crate::report::{Report, Tally};
use crate::shell::{cargo, find, heading, root, run, run_reading, succeeds, target};
use crate::{setup, tidy};
use clap::ValueEnum;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// How long texts are tried that nobody would write: flow documents, and beside them expressions.
const FUZZ_SECONDS: &str = "30";

/// A part of the tests that can be run alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Format, clippy, tidy, cargo-deny
    Lint,
    /// `cargo test` over the whole workspace, with a PostgreSQL
    Rust,
    /// Browsers, and identity providers and clients that were not written here
    E2e,
}

impl Part {
    /// Every part, in order.
    pub(crate) const ALL: [Self; 3] = [Self::Lint, Self::Rust, Self::E2e];
}

/// Runs these parts (all of them if none is named) to the end, whatever fails on the way, and sums up.
fn run_parts(wanted: &[Part], report: &mut Report) -> Result<(), String> {
    let wanted = if wanted.is_empty() { &Part::ALL } else { wanted };
    setup::prepare(wanted)?;
    if wanted.contains(&Part::Lint) {
        lint(report);
    }
    if wanted.iter().all(|part| *part == Part::Lint) {
        return Ok(());
    }
    let cluster = Cluster::start()?;
    if wanted.contains(&Part::Rust) {
        rust(report, &cluster)?;
    }
    if wanted.contains(&Part::E2e) {
        e2e(report, &cluster)?;
    }
    Ok(())
}

/// What `cargo xtask test` does. False if anything failed.
pub(crate) fn test(wanted: &[Part]) -> bool {
    let mut report = Report::default();
    if let Err(message) = run_parts(wanted, &mut report) {
        report.check("chores", Err(message));
    }
    report.close()
}

fn lint(report: &mut Report) {
    heading("Format");
    report.check("format", run(cargo().args(["fmt", "--all", "--check"])));
    heading("Clippy");
    report.check("clippy", run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])));
    heading("Tidy");
    report.check("tidy", tidy::run());
    heading("Dependencies");
    if succeeds(cargo().args(["deny", "--version"])) {
        report.check("dependencies", run(cargo().args(["deny", "check"])));
    } else {
        report.left_out("dependencies", "cargo-deny is not installed (`cargo install --locked cargo-deny`)");
    }
}

fn rust(report: &mut Report, cluster: &Cluster) -> Result<(), String> {
    heading("Rust tests");
    let mut tally = Tally::default();
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--no-fail-fast"]).env(postgres::VARIABLE, cluster.url());
    tests.env("BRAID_FUZZ_SECONDS", FUZZ_SECONDS);
    let ended_well = run_reading(&mut tests, |line| {
        if let Some(result) = Tally::of_cargo_line(line) {
            tally += result;
        }
    })?;
    report.tests("rust", ended_well, tally);
    Ok(())
}

fn e2e(report: &mut Report, cluster: &Cluster) -> Result<(), String> {
    heading("The binary");
    // The same build as the tests': a plain `cargo build` would choose other features for shared dependencies, and build them anew.
    report.check("binary", run(cargo().args(["test", "--workspace", "--no-run"])));
    heading("Browsers, foreign identity providers and clients");
    let tap = target().join("e2e.tap");
    let mut tests = Command::new("node");
    tests.args(["--test", "--test-concurrency=2", "--test-reporter=spec", "--test-reporter-destination=stdout"]);
    tests.arg("--test-reporter=tap").arg(format!("--test-reporter-destination={}", tap.display()));
    tests.args(e2e_files()?).current_dir(root().join("e2e"));
    tests.env(postgres::VARIABLE, cluster.url()).env("BRAID_TARGET", target()).env("BRAID_PYTHON", setup::interpreter());
    tests.envs(find("chromium").map(|chromium| ("BRAID_CHROMIUM", chromium)));
    let ended = run(&mut tests);
    let tally = fs::read_to_string(&tap).ok().and_then(|text| Tally::of_tap(&text)).unwrap_or_default();
    report.tests("e2e", ended.is_ok() && tally != Tally::default(), tally);
    Ok(())
}

fn e2e_files() -> Result<Vec<PathBuf>, String> {
    let folder = root().join("e2e");
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    Ok(files)
}
