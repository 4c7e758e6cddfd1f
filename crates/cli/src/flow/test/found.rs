//! What came of the tests of each file.

use super::files;
use domain::FlowName;
use flow_runtime::Flow;
use flow_runtime::flow_test::{Coverage, Result, others, run_test};
use flow_runtime::reader::{Diagnostic, Read, printable, read_bytes};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One file.
pub(super) struct Tested {
    /// Its name, as it was given.
    pub(super) file: String,
    /// What came of it.
    pub(super) what: What,
}

/// What came of a file.
pub(super) enum What {
    /// It couldn't be opened.
    Unreadable(String),
    /// It is no flow that can be used.
    Broken {
        /// Everything that is wrong with it.
        problems: Vec<Diagnostic>,
        /// The file as text.
        text: String,
    },
    /// Its tests were played.
    Played {
        /// The flow's name.
        flow: FlowName,
        /// What came of each.
        results: Vec<Result>,
        /// How long each took.
        took: Vec<Duration>,
        /// What they never met.
        coverage: Coverage,
    },
}

impl Tested {
    /// Whether something is wrong.
    pub(super) fn is_bad(&self) -> bool {
        match &self.what {
            What::Unreadable(_) | What::Broken { .. } => true,
            What::Played { results, .. } => results.iter().any(|result| result.red.is_some()),
        }
    }
}

enum Opened {
    Read(String, Box<Read>),
    Not(Tested),
}

/// Plays the tests of all files. Each flow sees the shipped flows, and in place of those of the same names the others that are given.
pub(super) fn tested(paths: &[PathBuf]) -> Vec<Tested> {
    let mut opened = Vec::new();
    for path in paths {
        match files::meant(path) {
            Ok(files) => opened.extend(files.iter().map(|file| open(file))),
            Err(error) => opened.push(Opened::Not(unreadable(path, &error))),
        }
    }
    let mut flows: BTreeMap<FlowName, Arc<Flow>> = others();
    for read in opened.iter().filter_map(|opened| match opened {
        Opened::Read(_, read) => Some(read),
        Opened::Not(_) => None,
    }) {
        flows.insert(read.flow.name.clone(), Arc::new(read.flow.clone()));
    }
    let play = |opened| match opened {
        Opened::Not(tested) => tested,
        Opened::Read(file, read) => {
            let (results, took): (Vec<Result>, Vec<Duration>) = play_all(&read, &flows).unzip();
            let coverage = Coverage::of(&read.outline, &results);
            Tested { file, what: What::Played { flow: read.flow.name.clone(), results, took, coverage } }
        }
    };
    opened.into_iter().map(play).collect()
}

#[expect(clippy::disallowed_methods, reason = "how long it took is for whoever reads the report")]
fn play_all(read: &Read, flows: &BTreeMap<FlowName, Arc<Flow>>) -> impl Iterator<Item = (Result, Duration)> {
    let flow = Arc::new(read.flow.clone());
    read.tests.iter().map(move |test| {
        let began = Instant::now();
        (run_test(&flow, flows, test), began.elapsed())
    })
}

fn open(file: &Path) -> Opened {
    let name = printable(&file.display().to_string());
    let bytes = match files::bytes(file) {
        Ok(bytes) => bytes,
        Err(error) => return Opened::Not(unreadable(file, &error)),
    };
    match read_bytes(&bytes, &name) {
        Ok(read) => Opened::Read(name, Box::new(read)),
        Err(problems) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Opened::Not(Tested { file: name, what: What::Broken { problems, text } })
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Tested {
    Tested { file: printable(&path.display().to_string()), what: What::Unreadable(error.to_string()) }
}
