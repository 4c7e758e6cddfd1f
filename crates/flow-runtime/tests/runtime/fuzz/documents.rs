//! Flow documents: whatever comes in, the reader answers, and means the same each time.

use super::{Target, corpus};
use flow_runtime::authenticator::KINDS;
use flow_runtime::definition::config::KeyKind;
use flow_runtime::definition::fact::FACTS;
use flow_runtime::reader::keys::{DOCUMENT, SUB_FLOW};
use flow_runtime::reader::{CODES, Diagnostic, Read, SHIPPED, Severity, read, read_bytes};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock};

/// What YAML and flows give a meaning to.
const WORDS: &[&str] = &[
    ": ",
    "- ",
    ", ",
    "{ ",
    " }",
    "[",
    "]",
    "\n",
    "\n  ",
    "\n    - ",
    "\n        ",
    "\t",
    "\r\n",
    "\r",
    "'",
    "\"",
    "#",
    " # ",
    "|\n",
    ">-\n",
    "? ",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "<<: ",
    "~",
    "null",
    "true",
    "\\",
    "\"\\u0000\"",
    "\u{feff}",
    "\0",
    "é",
    "\u{202e}",
    "\u{85}",
    "\u{2028}",
    "required",
    "alternative",
    "disabled",
    "when: ",
    "all: [",
    "any: [",
    "not: ",
    "cel: ",
    "0",
    "1",
    "-1",
    "99999999999999999999",
    "1e9",
    "0x10",
    "0s",
    "15m",
    "1d",
    "90s",
    "999999999999999999999d",
    "# braid: allow BF0054 because we know\n",
    "# braid: ",
];

pub(super) fn target() -> Target {
    let mut seeds = corpus::files("src/reader/tests/broken", "yaml");
    seeds.extend(corpus::files("src/reader/examples", "yaml"));
    seeds.extend(corpus::files("tests/runtime/fuzz/corpus", "yaml"));
    seeds.extend(SHIPPED.iter().map(|shipped| shipped.text.as_bytes().to_vec()));
    Target { name: "documents", seeds, words: words(), most: 40_000, laws }
}

fn words() -> Vec<Vec<u8>> {
    let mut words: Vec<&str> = WORDS.to_vec();
    words.extend(KINDS.iter().map(|kind| kind.declaration.name));
    words.extend(FACTS.iter().map(|fact| fact.name));
    words.extend(DOCUMENT.iter().chain(SUB_FLOW).map(|word| word.name));
    for key in KINDS.iter().flat_map(|kind| kind.declaration.keys) {
        words.extend([key.name, key.example]);
        if let KeyKind::OneOf(values) = key.kind {
            words.extend(values);
        }
    }
    words.iter().map(|word| word.as_bytes().to_vec()).collect()
}

/// The laws. What a text led to is the codes that were found in it, or how many parts the flow has.
fn laws(bytes: &[u8]) -> String {
    let answer = read_bytes(bytes, "fuzz.yaml");
    let found = match &answer {
        Ok(read) => &read.warnings,
        Err(found) => found,
    };
    assert_eq!(answer.is_err(), found.iter().any(|problem| problem.code.severity == Severity::Error), "{found:?}");
    assert!(found.len() <= 15_000, "{} problems", found.len());
    if let Ok(text) = str::from_utf8(bytes) {
        for problem in found {
            is_in_its_place(problem, text);
        }
        means_the_same(&answer, text);
    }
    let codes: BTreeSet<_> = found.iter().map(|problem| problem.code.id).collect();
    match &answer {
        Ok(read) => format!("{} executions, {} tests, {codes:?}", read.flow.level.nodes().len(), read.tests.len()),
        Err(_) => format!("{codes:?}"),
    }
}

fn is_in_its_place(problem: &Diagnostic, text: &str) {
    let span = problem.span;
    assert!(CODES.contains(&problem.code) && !problem.message.is_empty() && problem.message.len() < 3_000, "{problem:?}");
    assert!(text.get(span.offset..span.offset + span.length).is_some_and(|place| !place.contains('\n')), "{problem:?}");
    let before = text[..span.offset].trim_start_matches('\u{feff}');
    let line = before.replace("\r\n", "\n").replace('\r', "\n");
    assert_eq!(span.line, line.matches('\n').count() + 1, "{problem:?}");
    assert_eq!(span.column, line.rsplit('\n').next().unwrap().chars().count() + 1, "{problem:?}");
    let shown = problem.render(text);
    assert!(shown.len() < 10_000 && !shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
}

/// Reading twice is reading once; comments and the way lines end mean nothing; two flows have one revision only if they mean one thing.
fn means_the_same(answer: &Result<Read, Vec<Diagnostic>>, text: &str) {
    let again = read(text, "fuzz.yaml");
    match (answer, &again) {
        (Ok(one), Ok(other)) => {
            assert_eq!((&one.flow.revision, &one.warnings), (&other.flow.revision, &other.warnings));
            let comment = format!("# a comment\n{}", text.trim_start_matches('\u{feff}'));
            let commented = read(&comment, "fuzz.yaml").map(|read| read.flow.revision);
            assert_eq!(commented.as_ref(), Ok(&one.flow.revision));
            let windows = text.replace("\r\n", "\n").replace('\n', "\r\n");
            assert_eq!(read(&windows, "fuzz.yaml").map(|read| read.flow.revision).as_ref(), Ok(&one.flow.revision));
            stands_for_one_meaning(one);
        }
        (Err(one), Err(other)) => assert_eq!(one, other),
        _ => panic!("reading twice differs"),
    }
}

fn stands_for_one_meaning(read: &Read) {
    static SEEN: OnceLock<Mutex<BTreeMap<String, String>>> = OnceLock::new();
    static MEANT: OnceLock<Mutex<BTreeMap<String, String>>> = OnceLock::new();
    let flow = &read.flow;
    let (revision, meaning) =
        (flow.revision.0.clone(), format!("{:?} {:?} {:?} {:?}", flow.name, flow.level, flow.waivers, flow.assumes));
    for (map, key, value) in [(&SEEN, &revision, &meaning), (&MEANT, &meaning, &revision)] {
        let mut map = map.get_or_init(Mutex::default).lock().unwrap();
        if map.len() < 20_000 {
            let known = map.entry(key.clone()).or_insert_with(|| value.clone());
            assert_eq!(known, value);
        }
    }
}
