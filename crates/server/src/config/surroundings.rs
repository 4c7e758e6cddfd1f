//! What a configuration refers to outside of its file: other files, and the environment. This is the one place that reads the
//! environment.

use super::bounded;
use super::fields::{At, Fields};
use super::problem::{Place, Problems, Span};
use super::seen::Notes;
use super::tree::{Node, Shape};
use domain::Secret;
use std::path::{Path, PathBuf};

/// The largest file that a configuration may refer to, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// Where a configuration stands.
pub(super) struct Surroundings<'s> {
    /// What relative paths start from: the folder of the file.
    pub(super) folder: PathBuf,
    /// Looks up an environment variable.
    pub(super) variable: &'s dyn Fn(&str) -> Option<String>,
    /// What was read.
    pub(super) notes: Notes,
}

/// Looks up a variable of this process's environment.
#[expect(clippy::disallowed_methods, reason = "this is the adapter that reads the environment")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Surroundings<'_> {
    /// An override from the environment that isn't empty.
    pub(super) fn overriding(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|text| !text.trim().is_empty())
    }

    /// A path as the file means it.
    pub(super) fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }

    /// The text of a file that the configuration refers to.
    pub(super) fn read(&self, path: &At<String>, problems: &mut Problems<'_>) -> Option<String> {
        let full = self.path(&path.value);
        match self.read_text(&full) {
            Ok(text) => Some(text),
            Err(reason) => {
                let remedy = "make the file, or correct the path; it starts from the folder of the configuration";
                problems.at(path.span, format!("{} can't be read: {reason}", full.display()), remedy);
                None
            }
        }
    }

    /// The text of a file, or why there is none.
    pub(super) fn read_text(&self, path: &Path) -> Result<String, String> {
        let bytes = self.read_bytes(path, MAX_BYTES)?.ok_or("it is larger than 1 MiB")?;
        String::from_utf8(bytes).map_err(|_| "it is no UTF-8 text".to_owned())
    }

    /// The bytes of a file, or why there are none. `None`: it is larger than `most` bytes.
    pub(super) fn read_bytes(&self, path: &Path, most: u64) -> Result<Option<Vec<u8>>, String> {
        let read = bounded::read(path, most).map_err(|error| error.to_string());
        match &read {
            Ok(None) => self.notes.unread(path),
            read => self.notes.file(path, read.as_ref().ok().and_then(Option::as_deref)),
        }
        read
    }

    /// A secret: its value, `{ file: … }` or `{ env: … }`. White space at its end doesn't count.
    pub(super) fn secret(&self, node: Node, key: &str, problems: &mut Problems<'_>) -> Option<At<Secret>> {
        let span = node.span;
        let text = match node.shape {
            Shape::Text(text) => text,
            Shape::Mapping(_) => {
                let mut fields = Fields::of(node, key, problems);
                let text = self.referred(&mut fields, key, span, problems);
                fields.end(problems);
                text?
            }
            _ => {
                let remedy = "write the value in quotes, or `{ file: PATH }`, or `{ env: VARIABLE }`";
                problems.at_secret(span, format!("`{key}` is {}, not a secret", node.kind()), remedy);
                return None;
            }
        };
        let text = text.trim_end();
        if text.is_empty() {
            problems.at_secret(span, format!("`{key}` is empty"), "write a value, `{ file: PATH }`, or `{ env: VARIABLE }`");
            return None;
        }
        Some(At { value: Secret::new(text), span })
    }

    /// What `file` or `env` of a mapping refer to. Exactly one of them must be there.
    pub(super) fn referred(&self, fields: &mut Fields, key: &str, span: Span, problems: &mut Problems<'_>) -> Option<String> {
        let file = fields.optional_text("file", problems);
        let variable = fields.optional_text("env", problems);
        match (file, variable) {
            (Some(file), None) => self.read(&file, problems),
            (None, Some(variable)) => {
                let text = (self.variable)(&variable.value);
                if text.is_none() {
                    let reason = format!("the environment variable {} is not set", super::fields::short(&variable.value));
                    problems.at(variable.span, reason, "set it before Braid starts, or use `{ file: PATH }`");
                }
                text
            }
            (Some(_), Some(second)) => {
                problems.at(second.span, format!("`{key}` comes from a file and from a variable"), "remove one of the two");
                None
            }
            (None, None) => {
                problems.at_secret(span, format!("`{key}` has no source"), "write `{ file: PATH }` or `{ env: VARIABLE }`");
                None
            }
        }
    }
}

/// The place of a file that isn't the configuration.
pub(super) fn place_of(path: &Path) -> Place {
    Place::File(path.display().to_string())
}
