//! What the reader accepts, what it refuses, and what it says about that.

mod broken;
mod documentation;
mod examples;
mod hostile;
mod idle;
mod properties;
mod revision;
mod silence;
mod understood;

use super::{Diagnostic, Read, read};

/// Reads a document that must be fine.
fn fine(text: &str) -> Read {
    read(text, "test.yaml").unwrap_or_else(|problems| panic!("{}", rendered(&problems, text)))
}

/// Reads a document that must be refused.
fn refused(text: &str) -> Vec<Diagnostic> {
    read(text, "test.yaml").expect_err("the document must be refused")
}

/// The codes of a document that must be refused.
fn codes(text: &str) -> Vec<&'static str> {
    refused(text).iter().map(|diagnostic| diagnostic.code.id).collect()
}

fn rendered(problems: &[Diagnostic], text: &str) -> String {
    problems.iter().map(|problem| problem.render(text)).collect::<Vec<_>>().join("\n")
}
