//! Whatever comes in, the reader answers: never a panic, never a failure without an error, never a place outside the text.

use super::super::{SHIPPED, Severity, read_bytes};
use proptest::prelude::*;

/// Pieces that mean something to YAML or to a flow, for nonsense that gets far.
const PIECES: &[&str] = &[
    "flow: ",
    "executions:",
    "- ",
    "  ",
    "\n",
    "\n  ",
    "\n    ",
    "cookie",
    "confirm-link",
    "{",
    "}",
    "[",
    "]",
    ": ",
    ", ",
    "requirement: ",
    "when: ",
    "not: ",
    "all: ",
    "provider: ",
    "alternative",
    "required",
    "disabled",
    "on-empty: succeed",
    "&a ",
    "*a",
    "!!str ",
    "'",
    "\"",
    "#",
    "|",
    ">",
    "? ",
    "---",
    "...",
    "%",
    "é",
    "\t",
    "\r\n",
    "\u{feff}",
    "\0",
    "identity.has-address",
    "verify-by-email",
    "lifetime: 15m",
    "null",
    "~",
    "<<: ",
];

fn answers(bytes: &[u8]) {
    let Err(problems) = read_bytes(bytes, "test.yaml") else { return };
    assert!(problems.iter().any(|problem| problem.code.severity == Severity::Error));
    let text = String::from_utf8_lossy(bytes);
    for problem in &problems {
        assert!(problem.span.line >= 1 && problem.span.column >= 1, "{problem:?}");
        assert!(problem.span.offset + problem.span.length <= bytes.len(), "{problem:?}");
        assert!(!problem.message.is_empty());
        assert!(problem.render(&text).lines().count() >= 5);
    }
}

fn settings() -> ProptestConfig {
    ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        answers(&bytes);
    }

    #[test]
    fn any_pieces_of_a_flow_get_an_answer(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        answers(pieces.concat().as_bytes());
    }

    #[test]
    fn a_damaged_flow_gets_an_answer(
        shipped in 0..SHIPPED.len(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, prop::sample::select(PIECES)), 1..6),
    ) {
        let mut bytes = SHIPPED[shipped].text.as_bytes().to_vec();
        for (at, length, piece) in cuts {
            let start = at.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, piece.bytes());
        }
        answers(&bytes);
    }
}
