//! `braid flow graph`: flows as pictures.

mod layout;
mod measure;
mod mermaid;
mod svg;
#[cfg(test)]
mod tests;
mod tree;
mod words;

use super::source;
use crate::arguments::{GraphOptions, Picture};
use flow_runtime::reader::Read;
use std::io::Write as _;
use std::process::ExitCode;

/// Runs the command. It exits with 0, or with 1 if the flow can't be read.
pub(super) fn run(options: &GraphOptions) -> ExitCode {
    match source::flow(&options.flow) {
        Ok(read) => {
            // Whoever reads the output has gone away; there is nobody to tell.
            let written = std::io::stdout().lock().write_all(drawn(&read, options.format).as_bytes());
            ExitCode::from(if written.is_ok() { 0 } else { 2 })
        }
        Err(problem) => {
            eprint!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn drawn(read: &Read, picture: Picture) -> String {
    match picture {
        Picture::Tree => tree::drawn(&read.outline),
        Picture::Mermaid => mermaid::drawn(&read.outline),
        Picture::Svg => svg::drawn(&read.outline),
    }
}
