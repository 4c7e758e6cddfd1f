//! `braid flow check PATH…`: every problem of flow files, for people or for programs.

mod json;
mod proved;
#[cfg(test)]
mod tests;

use super::files;
use super::report::{self, Style};
use crate::arguments::{CheckFormat, CheckOptions};
use crate::failure::Failure;
use flow_runtime::reader::{Diagnostic, Severity, printable, read_bytes};
use proved::{Proved, Realms};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// One file with what was found in it.
struct Checked {
    file: String,
    text: String,
    problems: Vec<Diagnostic>,
    /// What was proved of it. None: it can't be read.
    proved: Option<Proved>,
}

/// A file or folder that couldn't be opened.
struct Unopened {
    file: String,
    reason: String,
}

/// All that was found.
#[derive(Default)]
struct Found {
    checked: Vec<Checked>,
    unopened: Vec<Unopened>,
    /// How long proving took.
    took: Duration,
}

/// Prints every problem of the files.
///
/// Exits with 0 if all of them can be used, with 1 if one has an error, and with 2 if one couldn't be opened.
pub(crate) fn check(options: &CheckOptions) -> ExitCode {
    let out = io::stdout().lock();
    let style = if out.is_terminal() { Style::Graphical } else { Style::Plain };
    let realms = match options.config.as_deref().map_or_else(|| Ok(Realms::none()), Realms::of) {
        Ok(realms) => realms,
        Err(error) => {
            eprint!("{}", Failure::Config(error).render());
            return ExitCode::from(2);
        }
    };
    let found = Found::in_paths(&options.paths, &realms);
    let written = match options.format {
        CheckFormat::Human => found.write(out, style),
        CheckFormat::Json => json::write(out, &found),
    };
    // If it can't be written, whoever reads the output has gone away; there is nobody to tell.
    ExitCode::from(written.map_or(2, |()| found.exit_code()))
}

impl Found {
    fn in_paths(paths: &[PathBuf], realms: &Realms) -> Self {
        let mut found = Self::default();
        for path in paths {
            match files::meant(path) {
                Ok(files) => files.iter().for_each(|file| found.add(file, realms)),
                Err(error) => found.unopened.push(Unopened { file: name(path), reason: error.to_string() }),
            }
        }
        found
    }

    #[expect(clippy::disallowed_methods, reason = "how long it took is for whoever reads the output")]
    fn add(&mut self, path: &Path, realms: &Realms) {
        let file = name(path);
        match files::bytes(path) {
            Ok(bytes) => {
                let (problems, proved) = match read_bytes(&bytes, &file) {
                    Ok(read) => {
                        let began = Instant::now();
                        let mut proved = realms.prove(&read, &file);
                        self.took += began.elapsed();
                        let mut problems = read.warnings;
                        problems.append(&mut proved.problems);
                        (problems, Some(proved))
                    }
                    Err(problems) => (problems, None),
                };
                self.checked.push(Checked { file, text: String::from_utf8_lossy(&bytes).into_owned(), problems, proved });
            }
            Err(error) => self.unopened.push(Unopened { file, reason: error.to_string() }),
        }
    }

    fn write(&self, mut out: impl Write, style: Style) -> io::Result<()> {
        for Unopened { file, reason } in &self.unopened {
            writeln!(out, "{file} can't be opened: {reason}\n")?;
        }
        for Checked { text, problems, .. } in &self.checked {
            for problem in problems {
                writeln!(out, "{}", report::shown(problem, text, style))?;
            }
        }
        for (file, waived) in self.waived() {
            writeln!(out, "{file}: {}", printable(waived))?;
        }
        if let Some(problem) = self.checked.iter().flat_map(|checked| &checked.problems).next() {
            writeln!(out, "`braid flow explain-code {}` says more about a code.", problem.code.id)?;
        }
        let proved = || self.checked.iter().filter_map(|checked| checked.proved.as_ref());
        let (states, settings): (usize, usize) =
            (proved().map(|proved| proved.states).sum(), proved().map(|proved| proved.settings).sum());
        if settings > 0 {
            let took = proved::took(self.took);
            writeln!(out, "{} visited in {}, {took}", counted(states, "state"), counted(settings, "setting"))?;
        }
        writeln!(out, "{}", self.summary())
    }

    /// What is waived, with its file.
    fn waived(&self) -> impl Iterator<Item = (&str, &str)> {
        self.checked.iter().flat_map(|checked| {
            let waived = checked.proved.iter().flat_map(|proved| &proved.waived);
            waived.map(|line| (checked.file.as_str(), line.as_str()))
        })
    }

    fn count(&self, severity: Severity) -> usize {
        let problems = self.checked.iter().flat_map(|checked| &checked.problems);
        problems.filter(|problem| problem.code.severity == severity).count()
    }

    fn exit_code(&self) -> u8 {
        match (self.unopened.len(), self.count(Severity::Error)) {
            (1.., _) => 2,
            (0, 1..) => 1,
            (0, 0) => 0,
        }
    }

    fn summary(&self) -> String {
        let (errors, warnings) = (self.count(Severity::Error), self.count(Severity::Warning));
        let mut parts = vec![format!("{} checked", counted(self.checked.len(), "file")), counted(errors, "problem")];
        if warnings > 0 {
            parts.push(counted(warnings, "warning"));
        }
        if !self.unopened.is_empty() {
            parts.push(format!("{} not opened", self.unopened.len()));
        }
        parts.join(", ")
    }
}

/// A path that can't control a terminal.
fn name(path: &Path) -> String {
    printable(&path.display().to_string())
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
