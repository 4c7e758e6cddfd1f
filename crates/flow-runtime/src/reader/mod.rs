//! Reads flow documents: YAML text in, a compiled [`Flow`] or everything that is wrong with it out.
//!
//! The text is parsed once into a tree that knows where each part stands, and lowered by hand, so that one run finds every
//! problem, with line, column and advice. Hostile files are refused cheaply, by size, depth and count.

mod check;
mod code;
mod compile;
mod diagnostic;
mod draft;
pub mod keys;
mod lower;
mod outline;
mod render;
mod revision;
mod shipped;
mod silence;
mod suggest;
mod tree;

#[cfg(test)]
mod tests;

pub use code::{CODES, Code, Severity, find};
pub use diagnostic::{Diagnostic, Span};
pub(crate) use lower::written;
pub use outline::{Outline, OutlineExecution, OutlineLevel, OutlineNode, Setting};
pub use render::printable;
pub use shipped::{SHIPPED, Shipped, shipped};
pub use suggest::instead_of;

use crate::Flow;
use crate::authenticator::KINDS;
use crate::definition::declaration::Kind;
use diagnostic::Problems;
use silence::Silences;

/// The largest flow document, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;

/// A flow document that can be used.
#[derive(Debug)]
pub struct Read {
    /// The flow, ready to run.
    pub flow: Flow,
    /// What the document says about itself. It changes nothing, so it isn't part of the revision.
    pub description: Option<String>,
    /// What the document says, as data: for pictures and comparisons.
    pub outline: Outline,
    /// What is odd about the document, but allowed, in the order of the file.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a flow document. The name is the file's, for messages only.
///
/// On failure it returns everything that was found, warnings too, in the order of the file. There is at least one error.
pub fn read(text: &str, name: &str) -> Result<Read, Vec<Diagnostic>> {
    read_with(KINDS, text, name)
}

/// Reads a flow document that may name these authenticators.
pub fn read_with(kinds: &'static [&'static Kind], text: &str, name: &str) -> Result<Read, Vec<Diagnostic>> {
    let mut problems = Problems::new(kinds);
    let document = tree::parse(text, &mut problems).map(|tree| {
        let document = lower::document(&tree.root, &mut problems);
        check::document(&document, &mut problems);
        if tree.whole {
            Silences::of(text, &mut problems).apply(&mut problems);
        } else {
            problems.forget_what_is_missing();
        }
        document
    });
    let found = problems.sorted(name);
    let failed = found.iter().any(|diagnostic| diagnostic.code.severity == Severity::Error);
    let outline = document.as_ref().and_then(outline::of);
    match document.and_then(compile::document).zip(outline) {
        Some(((flow, description), outline)) if !failed => Ok(Read { flow, description, outline, warnings: found }),
        _ => Err(found),
    }
}

/// Reads a flow document from the bytes of a file, which may not be text at all.
pub fn read_bytes(bytes: &[u8], name: &str) -> Result<Read, Vec<Diagnostic>> {
    let mut problems = Problems::new(KINDS);
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
