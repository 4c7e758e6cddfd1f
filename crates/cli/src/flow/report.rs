//! One problem of a flow file, as it is shown.

use flow_runtime::reader::{Diagnostic, Severity, printable};
use miette::{LabeledSpan, MietteHandler, MietteHandlerOpts, NamedSource, ReportHandler, SourceCode};
use std::fmt;

/// How problems are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// For a person at a terminal.
    Graphical,
    /// For files, pipes and editors.
    Plain,
}

/// The problem, with its place in the text.
pub(super) fn shown(problem: &Diagnostic, text: &str, style: Style) -> String {
    match style {
        Style::Plain => problem.render(text),
        Style::Graphical => {
            let source = NamedSource::new(&problem.file, printable(text));
            Drawn { problem: Problem { problem, source }, handler: MietteHandlerOpts::new().force_graphical(true).build() }
                .to_string()
        }
    }
}

/// A problem with the means to draw it.
struct Drawn<'a> {
    problem: Problem<'a>,
    handler: MietteHandler,
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handler.debug(&self.problem, f)
    }
}

/// A problem in miette's words.
#[derive(Debug)]
struct Problem<'a> {
    problem: &'a Diagnostic,
    source: NamedSource<String>,
}

impl fmt::Display for Problem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for Problem<'_> {}

impl miette::Diagnostic for Problem<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.problem.code.id))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.code.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = if self.problem.label.is_empty() { "here" } else { &self.problem.label };
        let span = LabeledSpan::new(Some(label.to_owned()), self.problem.span.offset, self.problem.span.length);
        Some(Box::new(std::iter::once(span)))
    }
}
