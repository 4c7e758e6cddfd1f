//! A small fuzzer for what reads texts that people wrote: the reader of flow documents, and expressions.
//!
//! It changes kept texts, keeps for a while what leads to something new, and holds laws against every text. A plain run tries a fixed number
//! of texts, the same every time. With `BRAID_FUZZ_SECONDS` it goes on for so long, from another beginning each time; whatever breaks a
//! law is printed with its seed and written to `target/fuzz`. `BRAID_FUZZ_SEED` repeats a run. What once broke a law is kept in `corpus`.

mod corpus;
mod documents;
mod expressions;
mod mutate;

use mutate::Chance;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Texts that a plain run tries.
const TEXTS: u64 = 3_000;

/// The most texts that are kept because they led to something new.
const KEPT: usize = 3_000;

/// What is tried: words to mix in, and laws. The answer to a text stands for what it led to.
struct Target {
    name: &'static str,
    seeds: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
    most: usize,
    laws: fn(&[u8]) -> String,
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests decides how long they try")]
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "a run that was asked to take its time looks at the clock")]
fn now() -> (Instant, u64) {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (Instant::now(), u64::try_from(since.as_nanos() % u128::from(u64::MAX)).unwrap_or_default())
}

impl Target {
    fn run(self) {
        let seconds = number("BRAID_FUZZ_SECONDS").map(Duration::from_secs);
        let (start, nanoseconds) = now();
        let seed = number("BRAID_FUZZ_SEED").unwrap_or(if seconds.is_some() { nanoseconds } else { 1 });
        let goes_on = |tried: u64| match seconds {
            Some(seconds) => !tried.is_multiple_of(64) || now().0.duration_since(start) < seconds,
            None => tried < TEXTS,
        };
        let (mut chance, mut pool, mut answers) = (Chance(seed), self.seeds.clone(), BTreeSet::new());
        for text in &self.seeds {
            answers.insert(self.judged(text, seed, 0));
        }
        let mut tried = 0;
        while goes_on(tried) {
            tried += 1;
            let text = mutate::changed(&pool, &self.words, self.most, &mut chance);
            if answers.insert(self.judged(&text, seed, tried)) && pool.len() < self.seeds.len() + KEPT {
                pool.push(text);
            }
        }
        println!("fuzz {}: seed {seed}, {tried} texts, {} different answers", self.name, answers.len());
    }

    /// Holds the laws against a text. A panic of any kind breaks them.
    fn judged(&self, text: &[u8], seed: u64, tried: u64) -> String {
        if let Ok(answer) = catch_unwind(AssertUnwindSafe(|| (self.laws)(text))) {
            answer
        } else {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz");
            let file = folder.join(format!("{}-{seed}-{tried}", self.name));
            let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, text));
            let shown = String::from_utf8_lossy(&text[..text.len().min(4_000)]);
            panic!(
                "a law of {} is broken (BRAID_FUZZ_SEED={seed}, text {tried}; kept in {}: {written:?}):\n{shown}\n{text:?}",
                self.name,
                file.display()
            );
        }
    }
}

#[test]
fn the_reader_of_flows_keeps_its_laws() {
    documents::target().run();
}

#[test]
fn expressions_keep_their_laws() {
    expressions::target().run();
}
