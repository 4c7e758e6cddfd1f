//! `braid flow`: work on flow files without a running Braid.

mod report;

use flow_runtime::reader::{Severity, printable, read_bytes};
use report::Style;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// How many of what `check` found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    files: usize,
    unreadable: usize,
    errors: usize,
    warnings: usize,
}

/// `braid flow check FILE…`: prints every problem of the files, and a line that sums up.
///
/// Exits with 0 if all of them can be used, with 1 if one has an error, and with 2 if one couldn't be opened.
pub(crate) fn check(files: &[PathBuf]) -> ExitCode {
    let out = io::stdout().lock();
    let style = if out.is_terminal() { Style::Graphical } else { Style::Plain };
    match check_to(out, files, style) {
        Ok(counts) => ExitCode::from(counts.exit_code()),
        // Whoever reads the output has gone away; there is nobody to tell.
        Err(_) => ExitCode::from(2),
    }
}

fn check_to(mut out: impl Write, files: &[PathBuf], style: Style) -> io::Result<Counts> {
    let mut counts = Counts::default();
    for file in files {
        let name = printable(&file.display().to_string());
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                writeln!(out, "{name} can't be opened: {error}\n")?;
                counts.unreadable += 1;
                continue;
            }
        };
        counts.files += 1;
        let problems = match read_bytes(&bytes, &name) {
            Ok(read) => read.warnings,
            Err(problems) => problems,
        };
        let text = String::from_utf8_lossy(&bytes);
        for problem in &problems {
            match problem.code.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
            }
            writeln!(out, "{}", report::shown(problem, &text, style))?;
        }
    }
    writeln!(out, "{}", counts.summary())?;
    Ok(counts)
}

impl Counts {
    fn exit_code(&self) -> u8 {
        match self {
            Self { unreadable: 1.., .. } => 2,
            Self { errors: 1.., .. } => 1,
            _ => 0,
        }
    }

    fn summary(&self) -> String {
        let mut parts = vec![format!("{} checked", counted(self.files, "file")), counted(self.errors, "problem")];
        if self.warnings > 0 {
            parts.push(counted(self.warnings, "warning"));
        }
        if self.unreadable > 0 {
            parts.push(format!("{} not opened", self.unreadable));
        }
        parts.join(", ")
    }
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "flow: good\nexecutions: [cookie]\n";
    const BAD: &str = "flow: bad\nexecutions: [cokie, { provider: { requirement: alternativ } }]\n";
    const ODD: &str = "flow: odd\nexecutions: [cookie: { requirement: disabled }]\n";

    fn checked(files: &[(&str, &str)], more: &[&str], style: Style) -> (String, Counts) {
        let folder = tempfile::tempdir().unwrap();
        let mut paths: Vec<PathBuf> = more.iter().map(|name| folder.path().join(name)).collect();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            paths.push(path);
        }
        let mut out = Vec::new();
        let counts = check_to(&mut out, &paths, style).unwrap();
        (String::from_utf8(out).unwrap().replace(&format!("{}/", folder.path().display()), ""), counts)
    }

    #[test]
    fn good_files_are_counted_and_nothing_else_is_said() {
        let (out, counts) = checked(&[("a.yaml", GOOD), ("b.yaml", GOOD)], &[], Style::Plain);
        assert_eq!(out, "2 files checked, 0 problems\n");
        assert_eq!(counts.exit_code(), 0);
    }

    #[test]
    fn every_problem_of_every_file_is_shown() {
        let (out, counts) = checked(&[("bad.yaml", BAD), ("good.yaml", GOOD)], &[], Style::Plain);
        assert!(out.contains("bad.yaml:2:14") && out.contains("bad.yaml:2:48"), "{out}");
        assert!(out.ends_with("2 files checked, 2 problems\n"), "{out}");
        assert_eq!(counts.exit_code(), 1);
    }

    #[test]
    fn a_warning_is_shown_but_is_no_failure() {
        let (out, counts) = checked(&[("odd.yaml", ODD)], &[], Style::Plain);
        assert!(out.starts_with("warning[BF0052]"), "{out}");
        assert!(out.ends_with("1 file checked, 0 problems, 1 warning\n"), "{out}");
        assert_eq!(counts.exit_code(), 0);
    }

    #[test]
    fn a_file_that_is_not_there_does_not_hide_the_others() {
        let (out, counts) = checked(&[("bad.yaml", BAD)], &["gone.yaml"], Style::Plain);
        assert!(out.starts_with("gone.yaml can't be opened: "), "{out}");
        assert!(out.ends_with("1 file checked, 2 problems, 1 not opened\n"), "{out}");
        assert_eq!(counts.exit_code(), 2);
    }

    #[test]
    fn on_a_terminal_the_place_is_drawn() {
        let (out, _) = checked(&[("bad.yaml", BAD)], &[], Style::Graphical);
        for part in ["BF0030", "there is no authenticator `cokie`", "did you mean `cookie`?", "bad.yaml:2:14"] {
            assert!(out.contains(part), "{part} is missing:\n{out}");
        }
    }

    #[test]
    fn a_file_cannot_control_the_terminal() {
        for style in [Style::Plain, Style::Graphical] {
            let (out, _) = checked(&[("evil.yaml", "flow: a # \u{1b}]0;owned\u{7}\nexecutions: [cookie]\n")], &[], style);
            assert!(!out.contains("\u{1b}]") && !out.contains('\u{7}'), "{out:?}");
            assert!(out.contains("BF0003"));
        }
    }
}
