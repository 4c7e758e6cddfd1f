//! What a returning brokered login costs: processor time of the server, its memory, and the time to the first page.
//!
//! The server is the release binary in a process of its own, on SQLite with durable commits; the provider and the client are
//! played from here, over kept connections, and their cost isn't counted. Absolute times vary from machine to machine, so each is also
//! given as a multiple of something that the same run measures. `cargo bench -p cli` runs it; docs/benchmarks.md has
//! results.

mod braid;
mod browser;
mod clock;
mod provider;

use braid::Process;
use browser::Browser;
use clock::Stopwatch;
use provider::Provider;
use std::process::ExitCode;

/// Logins before anything is measured.
const WARM_UP: usize = 100;
/// Logins that are measured, in several parts, so that the spread shows.
const LOGINS: usize = 400;
const PARTS: usize = 5;
/// Readings of the keys that are measured, in as many parts: one costs too little to be seen.
const READINGS: usize = 20_000;

type Failed = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the bench did not finish: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), Failed> {
    let provider = Provider::start()?;
    let folder = tempfile::tempdir()?;
    let started = Stopwatch::start();
    let process = Process::start(folder.path(), &provider.issuer())?;
    let first = process.first_page(&started)?;
    let idle = process.memory()?;
    process.stop()?;

    let again = Stopwatch::start();
    let process = Process::start(folder.path(), &provider.issuer())?;
    let warm = process.first_page(&again)?;

    let mut browser = Browser::new(process.address(), &provider);
    for _ in 0..=WARM_UP {
        browser.sign_in()?;
    }
    let mut login = Vec::new();
    let mut document = Vec::new();
    for _ in 0..PARTS {
        login.push(process.cost(|| (0..LOGINS).try_for_each(|_| browser.sign_in()))? / per(LOGINS));
        document.push(process.cost(|| (0..READINGS).try_for_each(|_| browser.read_keys()))? / per(READINGS));
    }
    let busy = process.memory()?;
    process.stop()?;
    report(&Results { login, document, signature: provider.signature_cost()?, first, warm, idle, busy });
    Ok(())
}

/// All that was measured: microseconds, milliseconds and KiB.
struct Results {
    login: Vec<f64>,
    document: Vec<f64>,
    signature: f64,
    first: f64,
    warm: f64,
    idle: u64,
    busy: u64,
}

fn report(results: &Results) {
    let (login, document) = (median(&results.login), median(&results.document));
    let spread = |values: &[f64]| {
        let (least, most) = (values.iter().copied().fold(f64::INFINITY, f64::min), values.iter().copied().fold(0.0, f64::max));
        format!("{least:.0} to {most:.0}")
    };
    println!("returning brokered login    {login:8.0} µs of processor time ({} in {PARTS} parts)", spread(&results.login));
    println!("reading the keys            {document:8.1} µs of processor time ({})", spread(&results.document));
    println!("one ES256 signature         {:8.1} µs", results.signature);
    println!("a login in readings of keys {:8.1}", login / document);
    println!("a login in signatures       {:8.1}", login / results.signature);
    println!("first start to first page   {:8.0} ms (schema and keys are made)", results.first);
    println!("later start to first page   {:8.0} ms", results.warm);
    println!("memory, idle                {:8} KiB (proportional set size)", results.idle);
    println!("memory, after {:5} logins   {:5} KiB", WARM_UP + LOGINS * PARTS, results.busy);
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn per(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
