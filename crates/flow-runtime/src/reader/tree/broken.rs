//! What is said about a text that isn't YAML.

use super::MAX_DEPTH;
use super::builder::Stopped;
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use granit_parser::ErrorKind;

/// Reports the error that ended the parsing.
pub(super) fn report(error: &ErrorKind, span: Span, problems: &mut Problems) -> Stopped {
    if matches!(error, ErrorKind::RecursionLimitExceeded) {
        too_deep(span, problems);
        return Stopped::Limits;
    }
    problems
        .report(&code::SYNTAX, span, format!("this isn't valid YAML: {}", why(error)))
        .label("reading stopped here")
        .help(help(error));
    Stopped::Syntax
}

/// Reports a document that is nested too deep.
pub(super) fn too_deep(span: Span, problems: &mut Problems) {
    problems
        .report(&code::TOO_DEEP, span, format!("the file is nested more than {MAX_DEPTH} levels deep"))
        .label("reading stopped here")
        .help("use fewer sub-flows within each other");
}

/// What is wrong. The most frequent mistakes are said in the words of people who write flows.
fn why(error: &ErrorKind) -> String {
    match error {
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => {
            "a line is indented with a tab".to_owned()
        }
        ErrorKind::UnclosedQuotedScalar => "a text in quotes has no end".to_owned(),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => "a key without a colon after it".to_owned(),
        ErrorKind::MappingValueNotAllowed => "a colon where none can be".to_owned(),
        ErrorKind::DirectiveDisallowed => "a line that begins with `%`".to_owned(),
        other => other.to_string(),
    }
}

fn help(error: &ErrorKind) -> &'static str {
    match error {
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => "indent with spaces",
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::MismatchedFlowCollectionEnd { .. } => "is a `}`, a `]` or a comma missing?",
        ErrorKind::UnclosedQuotedScalar => "is a closing quote missing?",
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => "is a colon missing, or the space after it?",
        ErrorKind::MappingValueNotAllowed => {
            "put a text that has a colon into quotes; or compare the indentation with the lines above"
        }
        ErrorKind::DirectiveDisallowed => "delete the line that begins with `%`",
        _ => "compare the indentation with the lines above, and look for a missing colon or a missing space after one",
    }
}
