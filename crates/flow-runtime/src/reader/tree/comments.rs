//! The comments of a document, as YAML sees them: a `#` in a text is none.

use crate::reader::diagnostic::Span;
use granit_parser::{Event, Parser};

/// One comment.
#[derive(Debug)]
pub(in crate::reader) struct Comment {
    /// Its text after the `#`.
    pub(in crate::reader) text: String,
    /// Where it stands, with its `#`.
    pub(in crate::reader) span: Span,
}

/// Every comment, as far as the text is YAML.
///
/// What a document means is read apart from its comments, so that no comment can change it.
pub(in crate::reader) fn comments(text: &str) -> Vec<Comment> {
    let mut options = granit_parser::options! { disallow_directives: true, emit_unresolved_aliases: true };
    options.max_buffered_comment_events = text.len();
    let mut comments = Vec::new();
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((Event::Comment(comment, _), at)) => {
                let offset = at.start.byte_offset().unwrap_or_default();
                let length = at.end.byte_offset().unwrap_or(offset).saturating_sub(offset);
                let span = Span { line: at.start.line(), column: at.start.col().saturating_add(1), offset, length };
                comments.push(Comment { text: comment.into_owned(), span });
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    comments
}
