//! Reads flow documents: YAML text in, a compiled [`Flow`] or everything that is wrong with it out.
//!
//! The text is parsed once into a tree that knows where each part stands, and lowered by hand, so that one run finds every
//! problem, with line, column and advice. Hostile files are refused cheaply, by size, depth and count.

mod check;
pub(crate) mod code;
mod compile;
mod diagnostic;
mod draft;
pub mod keys;
mod lower;
mod outline;
mod places;
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
pub(crate) use outline::in_words;
pub use outline::{Outline, OutlineExecution, OutlineLevel, OutlineNode, Setting};
pub use places::{Place, Places};
pub use render::printable;
pub use shipped::{SHIPPED, Shipped, shipped};
pub use suggest::instead_of;

use crate::Flow;
use crate::authenticator::KINDS;
use crate::definition::declaration::Kind;
use crate::flow_test::{FlowTest, Given, Step};
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
    /// Its tests, in the order of the file. They change nothing, so they aren't part of the revision.
    pub tests: Vec<FlowTest>,
    /// Where each execution stands.
    pub places: Places,
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
        let waivers = check::document(&document, &mut problems);
        if tree.whole {
            Silences::of(text, &mut problems).apply(&mut problems);
        } else {
            problems.forget_what_is_missing();
        }
        (document, waivers)
    });
    let found = problems.sorted(name);
    let failed = found.iter().any(|diagnostic| diagnostic.code.severity == Severity::Error);
    let outline = document.as_ref().and_then(|(document, waivers)| outline::of(document, waivers));
    let places = document.as_ref().map(|(document, _)| places::of(document)).unwrap_or_default();
    match document.and_then(|(document, waivers)| compile::document(document, waivers)).zip(outline) {
        Some(((flow, description, tests), outline)) if !failed => {
            Ok(Read { flow, description, outline, tests, places, warnings: found })
        }
        _ => Err(found),
    }
}

/// Reads a document that says what a world begins with, as `given:` of a test does.
pub fn read_given(text: &str, name: &str) -> Result<Given, Vec<Diagnostic>> {
    read_part(text, name, lower::given)
}

/// Reads a document that is a list of steps, as a test in a flow document has them.
pub fn read_steps(text: &str, name: &str) -> Result<Vec<Step>, Vec<Diagnostic>> {
    read_part(text, name, lower::steps)
}

fn read_part<T>(text: &str, name: &str, lower: fn(&tree::Node, &mut Problems) -> T) -> Result<T, Vec<Diagnostic>> {
    let mut problems = Problems::new(KINDS);
    let read = tree::parse(text, &mut problems).map(|tree| lower(&tree.root, &mut problems));
    let found = problems.sorted(name);
    match read {
        Some(read) if found.is_empty() => Ok(read),
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
