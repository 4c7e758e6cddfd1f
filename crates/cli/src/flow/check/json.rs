//! What was found as one JSON document. docs/flows.md describes it; it only ever gains keys.

use super::{Checked, Found, Unopened};
use flow_runtime::reader::{Diagnostic, Severity};
use serde_json::{Value, json};
use std::io::{self, Write};

pub(super) fn write(mut out: impl Write, found: &Found) -> io::Result<()> {
    writeln!(out, "{:#}", document(found))
}

fn document(found: &Found) -> Value {
    let each = |Checked { file, problems, proved, .. }: &Checked| {
        let usable = problems.iter().all(|problem| problem.code.severity != Severity::Error);
        let proved = proved
            .as_ref()
            .map(|proved| json!({ "settings": proved.settings, "states": proved.states, "waived": proved.waived }));
        json!({ "file": file, "usable": usable, "proved": proved })
    };
    let unopened = |Unopened { file, reason }: &Unopened| json!({ "file": file, "reason": reason });
    let diagnostics = |checked: &Checked| {
        let one = |problem| diagnostic(problem, &checked.text);
        checked.problems.iter().map(one).collect::<Vec<_>>()
    };
    json!({
        "version": 1,
        "files": found.checked.iter().map(each).collect::<Vec<_>>(),
        "unopened": found.unopened.iter().map(unopened).collect::<Vec<_>>(),
        "diagnostics": found.checked.iter().flat_map(diagnostics).collect::<Vec<_>>(),
    })
}

fn diagnostic(problem: &Diagnostic, text: &str) -> Value {
    let Diagnostic { code, file, message, span, label, help } = problem;
    let place = text.get(span.offset..span.offset.saturating_add(span.length)).unwrap_or_default();
    json!({
        "file": file,
        "code": code.id,
        "severity": match code.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "title": code.title,
        "message": message,
        "label": label,
        "help": help,
        "explanation": code.explanation,
        "line": span.line,
        "column": span.column,
        "end_line": span.line,
        "end_column": span.column.saturating_add(place.chars().count()),
        "offset": span.offset,
        "length": span.length,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Realms;
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn a_program_learns_everything_that_a_person_does() {
        let folder = tempfile::tempdir().unwrap();
        let (bad, good) = (folder.path().join("bad.yaml"), folder.path().join("good.yaml"));
        std::fs::write(&bad, "flow: \"größe\" # é\nexecutions: [cookie: { requirement: disabled }]\n").unwrap();
        std::fs::write(&good, "flow: good\nexecutions: [register]\n").unwrap();
        let mut out = Vec::new();
        let found = Found::in_paths(&[bad.clone(), good, PathBuf::from("/gone.yaml")], &Realms::none());
        write(&mut out, &found).unwrap();
        let said: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(said["version"], 1);
        assert_eq!((&said["files"][0]["usable"], &said["files"][1]["usable"]), (&json!(false), &json!(true)));
        assert_eq!(said["unopened"][0]["file"], "/gone.yaml");
        let diagnostics = said["diagnostics"].as_array().unwrap();
        assert_eq!(diagnostics.len(), 2);
        let first = &diagnostics[0];
        assert_eq!(first["file"], bad.display().to_string());
        assert_eq!((&first["code"], &first["severity"]), (&json!("BF0020"), &json!("error")));
        let place = ["line", "column", "end_line", "end_column", "offset", "length"].map(|key| first[key].as_u64().unwrap());
        assert_eq!(place, [1, 7, 1, 14, 6, 9]);
        assert!(first["help"].as_str().unwrap().starts_with("use "));
        assert_eq!(diagnostics[1]["severity"], "warning");
        assert_eq!(found.exit_code(), 2);
    }
}
