//! The flow that somebody names: one that comes with Braid, or a file.

#![expect(clippy::format_collect, reason = "a few lines of text, written once")]

use super::files;
use flow_runtime::reader::{Diagnostic, Read, SHIPPED, printable, read, read_bytes};
use std::path::Path;

/// Reads the flow of this name, or this file. The problem is text for a terminal.
pub(super) fn flow(named: &str) -> Result<Read, String> {
    let shipped = SHIPPED.iter().find(|shipped| shipped.file.strip_suffix(".yaml") == Some(named));
    if let Some(shipped) = shipped.filter(|_| !Path::new(named).is_file()) {
        return document(shipped.text, shipped.file);
    }
    let name = printable(named);
    let bytes = files::bytes(Path::new(named)).map_err(|error| {
        let known: Vec<&str> = SHIPPED.iter().filter_map(|shipped| shipped.file.strip_suffix(".yaml")).collect();
        format!("{name} can't be opened: {error}\nflows that come with Braid: {}\n", known.join(", "))
    })?;
    read_bytes(&bytes, &name).map_err(|problems| drawn(&problems, &String::from_utf8_lossy(&bytes)))
}

/// Reads a flow that is kept somewhere. The problem is text for a terminal.
pub(super) fn document(text: &str, origin: &str) -> Result<Read, String> {
    read(text, origin).map_err(|problems| drawn(&problems, text))
}

fn drawn(problems: &[Diagnostic], text: &str) -> String {
    problems.iter().map(|problem| format!("{}\n", problem.render(text))).collect()
}
