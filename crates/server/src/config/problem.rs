//! What is wrong with a configuration: where, why, and what to do about it.

use std::fmt::Write as _;

/// Characters of a source line that are shown.
const WIDTH: usize = 140;

/// Words after which a line of the file may hold a secret. Nothing after them is ever shown.
const SECRET_KEYS: [&str; 6] = ["database:", "key:", "secret:", "secrets:", "smtp:", "value:"];

/// A place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// Characters in the place.
    pub length: usize,
}

/// Where a problem is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a file.
    In {
        /// The file, as it was named.
        file: String,
        /// Where in it.
        span: Span,
    },
    /// A file as a whole: it isn't there, or can't be read.
    File(String),
    /// An environment variable.
    Variable(&'static str),
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What is wrong, in a short sentence without a full stop.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
    /// Whether it stops the configuration from being used. A warning doesn't.
    pub severity: Severity,
    /// The line of the file with an underline, where it may be shown.
    excerpt: Option<String>,
}

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The configuration can't be used.
    Error,
    /// It can, and the operator should know what that means.
    Warning,
}

/// A configuration that can't be used, with everything that was found.
#[derive(Debug, thiserror::Error)]
#[error("the configuration has {} problem{}", .problems.len(), if .problems.len() == 1 { "" } else { "s" })]
pub struct ConfigError {
    /// At least one, in the order of the file.
    pub problems: Vec<Problem>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::In { file, span } => write!(f, "{file}:{}:{}", span.line, span.column),
            Self::File(file) => f.write_str(file),
            Self::Variable(name) => write!(f, "environment variable {name}"),
        }
    }
}

impl Problem {
    /// Something that is wrong with a file as a whole.
    pub(crate) fn of_file(file: String, reason: String, remedy: String) -> Self {
        Self { place: Place::File(file), reason, remedy, severity: Severity::Error, excerpt: None }
    }

    /// The problem as some lines of plain text, without anything that could be a secret.
    pub fn render(&self) -> String {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let mut out = format!("{severity}: {}\n  --> {}\n", self.reason, self.place);
        if let Some(excerpt) = &self.excerpt {
            out.push_str(excerpt);
        }
        let _ = writeln!(out, "   = help: {}", self.remedy);
        out
    }
}

/// The problems found so far in one file.
#[derive(Debug)]
pub(crate) struct Problems<'t> {
    file: &'t str,
    text: &'t str,
    found: Vec<Problem>,
}

impl<'t> Problems<'t> {
    pub(crate) fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, found: Vec::new() }
    }

    /// A problem at a place whose text may be shown.
    pub(super) fn at(&mut self, span: Span, reason: impl Into<String>, remedy: impl Into<String>) {
        self.shown(Severity::Error, span, reason.into(), remedy.into());
    }

    /// Something that may be meant so, and that the operator should know the meaning of.
    pub(super) fn warn(&mut self, span: Span, reason: impl Into<String>, remedy: impl Into<String>) {
        self.shown(Severity::Warning, span, reason.into(), remedy.into());
    }

    fn shown(&mut self, severity: Severity, span: Span, reason: String, remedy: String) {
        let place = Place::In { file: self.file.to_owned(), span };
        self.found.push(Problem { place, reason, remedy, severity, excerpt: excerpt(self.text, span) });
    }

    /// A problem with a secret, or so near to one that its line is not shown.
    pub(super) fn at_secret(&mut self, span: Span, reason: impl Into<String>, remedy: impl Into<String>) {
        self.elsewhere(Place::In { file: self.file.to_owned(), span }, reason, remedy);
    }

    /// A problem that is not in the file.
    pub(super) fn elsewhere(&mut self, place: Place, reason: impl Into<String>, remedy: impl Into<String>) {
        let (reason, remedy) = (reason.into(), remedy.into());
        self.found.push(Problem { place, reason, remedy, severity: Severity::Error, excerpt: None });
    }

    /// A problem in a flow document.
    pub(crate) fn in_document(&mut self, file: &str, span: &flow_runtime::reader::Span, reason: String, remedy: String) {
        let span = Span { line: span.line, column: span.column, length: span.length };
        self.elsewhere(Place::In { file: file.to_owned(), span }, reason, remedy);
    }

    /// Whether nothing stops the configuration from being used.
    pub(super) fn has_no_error(&self) -> bool {
        self.found.iter().all(|problem| problem.severity == Severity::Warning)
    }

    /// The warnings of a configuration that can be used.
    pub(super) fn into_warnings(self) -> Vec<Problem> {
        self.found
    }

    /// All problems, those in the file in its order.
    pub(crate) fn into_error(mut self) -> ConfigError {
        self.found.retain(|problem| problem.severity == Severity::Error);
        self.found.sort_by_key(|problem| match &problem.place {
            Place::In { file, span } => (u8::from(file != self.file), Some(*span)),
            Place::File(_) | Place::Variable(_) => (2, None),
        });
        ConfigError { problems: self.found }
    }
}

fn excerpt(text: &str, span: Span) -> Option<String> {
    let line = text.lines().nth(span.line.checked_sub(1)?)?;
    let shown: String = flow_runtime::reader::printable(without_secrets(line)).replace('\t', " ").chars().take(WIDTH).collect();
    let number = span.line.to_string();
    let gutter = " ".repeat(number.len().max(3));
    let indent = span.column.saturating_sub(1);
    let marks = span.length.clamp(1, shown.chars().count().saturating_sub(indent).max(1));
    let underline = if indent < WIDTH { format!("{}{}", " ".repeat(indent), "^".repeat(marks)) } else { String::new() };
    Some(format!("{gutter}|\n{number:<3}| {shown}\n{gutter}| {underline}\n"))
}

/// The line up to the first key that a secret may stand after.
fn without_secrets(line: &str) -> &str {
    let end = SECRET_KEYS.iter().filter_map(|key| line.find(key).map(|at| at.saturating_add(key.len()))).min();
    line.get(..end.unwrap_or(line.len())).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_secret_is_cut_before_it() {
        assert_eq!(without_secrets("  - { id: a, client-secret: hunter2, scopes: [x] }"), "  - { id: a, client-secret:");
        assert_eq!(without_secrets("    origin: https://example.org"), "    origin: https://example.org");
    }
}
