//! Reads flow documents: YAML text in, a compiled [`Flow`] or everything that is wrong with it out.
//!
//! The text is parsed once into a tree that knows where each part stands, and lowered by hand, so that one run finds every
//! problem, with line, column and advice. Hostile files are refused cheaply, by size, depth and count.

mod check;
mod code;
mod compile;
mod diagnostic;
mod draft;
mod lower;
mod render;
mod revision;
mod shipped;
mod suggest;
mod tree;

#[cfg(test)]
mod tests;

pub use code::{CODES, Code, Severity};
pub use diagnostic::{Diagnostic, Span};
pub use render::printable;
pub use shipped::{SHIPPED, Shipped, shipped};

use crate::Flow;
use diagnostic::Problems;

/// The largest flow document, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;

/// A flow document that can be used.
#[derive(Debug)]
pub struct Read {
    /// The flow, ready to run.
    pub flow: Flow,
    /// What the document says about itself. It changes nothing, so it isn't part of the revision.
    pub description: Option<String>,
    /// What is odd about the document, but allowed, in the order of the file.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a flow document. The name is the file's, for messages only.
///
/// On failure it returns everything that was found, warnings too, in the order of the file. There is at least one error.
pub fn read(text: &str, name: &str) -> Result<Read, Vec<Diagnostic>> {
    let mut problems = Problems::default();
    let document = tree::parse(text, &mut problems).map(|root| lower::document(&root, &mut problems));
    if let Some(document) = &document {
        check::document(document, &mut problems);
    }
    let found = problems.sorted(name);
    let failed = found.iter().any(|diagnostic| diagnostic.code.severity == Severity::Error);
    match document.and_then(compile::document) {
        Some((flow, description)) if !failed => Ok(Read { flow, description, warnings: found }),
        _ => Err(found),
    }
}

/// Reads a flow document from the bytes of a file, which may not be text at all.
pub fn read_bytes(bytes: &[u8], name: &str) -> Result<Read, Vec<Diagnostic>> {
    let mut problems = Problems::default();
    if bytes.len() > MAX_BYTES {
        tree::too_large(bytes.len(), &mut problems);
        return Err(problems.sorted(name));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => read(text, name),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let span = Span::after(&String::from_utf8_lossy(before));
            problems
                .report(&code::NOT_UTF8, span, "the file isn't UTF-8 text")
                .label("this byte doesn't belong to any character")
                .help("save the file as UTF-8");
            Err(problems.sorted(name))
        }
    }
}
