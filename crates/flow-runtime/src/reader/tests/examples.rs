//! Every code has an example that shows it, and one that shows how it is done right.

use super::super::{CODES, Code, Diagnostic, MAX_BYTES, Severity, find, read_bytes};
use super::rendered;
use crate::checker::check_flow;

/// Codes about comments that silence nothing: the warning that should have been silenced may stand there too.
const WITH_THE_WARNING: &[&str] = &["BF0061"];

/// No authenticator takes a number yet; `kinds` reads these examples with one that does.
const WITH_AN_AUTHENTICATOR_OF_THEIR_OWN: &[&str] = &["BF0034"];

/// The document that an example stands for.
fn written_out(example: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = Vec::new();
    for line in example.split_inclusive(|byte| *byte == b'\n') {
        let repeated = str::from_utf8(line).ok().and_then(|line| {
            line.trim().strip_prefix("# ... and the line above ")?.strip_suffix(" times more")?.parse::<usize>().ok()
        });
        match (repeated, lines.last().copied()) {
            (Some(times), Some(last)) => lines.extend(std::iter::repeat_n(last, times)),
            _ => lines.push(line),
        }
    }
    lines.concat()
}

fn problems(code: &Code, document: &[u8]) -> Vec<Diagnostic> {
    match read_bytes(document, "example.yaml") {
        Ok(read) if is_proved(code) => check_flow(&read.flow).diagnostics(&read, "example.yaml"),
        Ok(read) => read.warnings,
        Err(problems) => problems,
    }
}

/// Whether the checker finds it, by visiting every state. It may find more than one thing.
fn is_proved(code: &Code) -> bool {
    code.id >= "BF0100"
}

fn codes() -> impl Iterator<Item = &'static Code> {
    CODES.iter().copied().filter(|code| !WITH_AN_AUTHENTICATOR_OF_THEIR_OWN.contains(&code.id))
}

#[test]
fn each_bad_example_has_its_problem_and_no_other() {
    for code in codes() {
        let bad = written_out(code.bad);
        let found = problems(code, &bad);
        let shown = rendered(&found, &String::from_utf8_lossy(&bad));
        assert!(found.iter().any(|problem| problem.code == code), "{}.bad.yaml doesn't show it:\n{shown}", code.id);
        let others = found.iter().filter(|problem| problem.code != code);
        let foreign = others.filter(|other| {
            !(is_proved(code) || WITH_THE_WARNING.contains(&code.id) && other.code.severity == Severity::Warning)
        });
        assert_eq!(foreign.count(), 0, "{}.bad.yaml shows something else:\n{shown}", code.id);
    }
}

#[test]
fn each_good_example_is_read_without_a_word() {
    for code in codes() {
        let found = problems(code, code.good.as_bytes());
        assert!(found.is_empty(), "{}.good.yaml:\n{}", code.id, rendered(&found, code.good));
    }
}

#[test]
fn examples_are_short_enough_to_be_shown() {
    for code in CODES {
        for example in [code.bad, code.good.as_bytes()] {
            let lines = example.split(|byte| *byte == b'\n').count();
            assert!(lines <= 16 && example.ends_with(b"\n"), "{} has {lines} lines", code.id);
        }
    }
    assert!(written_out(find("BF0004").unwrap().bad).len() > MAX_BYTES);
}

#[test]
fn a_code_is_found_however_its_letters_are_written() {
    assert_eq!(find("bf0012").map(|code| code.id), Some("BF0012"));
    assert_eq!(find("BF9999"), None);
}
