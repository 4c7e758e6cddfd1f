//! What is wrong with a document, and where.

use super::code::{self, Code, Severity};
use crate::definition::declaration::Kind;

/// A place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// Bytes before the place.
    pub offset: usize,
    /// Bytes in the place. It ends in the line where it starts; 0 if it is a point.
    pub length: usize,
}

impl Span {
    /// The beginning of the text.
    pub(crate) const START: Self = Self { line: 1, column: 1, offset: 0, length: 0 };

    /// The point right after this beginning of a text. Lines end as they do in YAML; a byte order mark is no column.
    pub(super) fn after(before: &str) -> Self {
        let text = before.strip_prefix('\u{feff}').unwrap_or(before);
        let line_start = text.rfind(['\n', '\r']).map_or(0, |at| at.saturating_add(1));
        let column = text.get(line_start..).unwrap_or_default().chars().count().saturating_add(1);
        let ends = text.matches(['\n', '\r']).count().saturating_sub(text.matches("\r\n").count());
        Self { line: ends.saturating_add(1), column, offset: before.len(), length: 0 }
    }
}

/// One problem of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of problem it is, with its severity.
    pub code: &'static Code,
    /// The file's name, as the caller gave it.
    pub file: String,
    /// What is wrong, in one short sentence without a full stop.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What the place is, for beside its underline. May be empty.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(super) fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = label.into();
        self
    }

    /// Whatever of the document got into the words, they can't control a terminal.
    fn make_visible(&mut self) {
        let texts = [Some(&mut self.message), Some(&mut self.label), self.help.as_mut()];
        for text in texts.into_iter().flatten().filter(|text| !text.chars().all(domain::text::is_visible)) {
            *text = text.chars().map(|c| if domain::text::is_visible(c) { c } else { '\u{fffd}' }).collect();
        }
    }

    pub(super) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }
}

/// The problems found so far, and the authenticators that a document may name.
pub(super) struct Problems {
    found: Vec<Diagnostic>,
    /// Every kind of authenticator that there is.
    pub(super) kinds: &'static [&'static Kind],
}

impl Problems {
    /// No problems yet.
    pub(super) fn new(kinds: &'static [&'static Kind]) -> Self {
        Self { found: Vec::new(), kinds }
    }

    /// Adds a problem, and hands it out for its label and help.
    pub(super) fn report(&mut self, code: &'static Code, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let diagnostic =
            Diagnostic { code, file: String::new(), message: message.into(), span, label: String::new(), help: None };
        self.found.push_mut(diagnostic)
    }

    /// Takes away the problems for which this holds. Says whether there was one.
    pub(super) fn remove(&mut self, holds: impl Fn(&Diagnostic) -> bool) -> bool {
        let before = self.found.len();
        self.found.retain(|diagnostic| !holds(diagnostic));
        self.found.len() < before
    }

    /// Takes away what may only be so because the rest of the document couldn't be read.
    pub(super) fn forget_what_is_missing(&mut self) {
        let missing = [&code::MISSING_KEY, &code::NO_EXECUTIONS, &code::BAD_CONDITION, &code::NEVER_RUNS];
        self.found.retain(|diagnostic| diagnostic.code.severity == Severity::Error && !missing.contains(&diagnostic.code));
    }

    /// All problems in the order of the file, under its name.
    pub(super) fn sorted(mut self, file: &str) -> Vec<Diagnostic> {
        for diagnostic in &mut self.found {
            file.clone_into(&mut diagnostic.file);
            diagnostic.make_visible();
        }
        self.found.sort_by_key(|diagnostic| (diagnostic.span.offset, diagnostic.code.id));
        self.found
    }
}
