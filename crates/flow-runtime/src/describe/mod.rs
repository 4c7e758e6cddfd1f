//! What flows can say, made from the declarations alone: as a JSON Schema for editors, as text, and as data for programs.

mod data;
mod schema;
mod text;

#[cfg(test)]
mod tests;

pub use data::data;
pub(crate) use schema::mapping;
pub use schema::schema;
pub use text::{authenticator, overview};

use crate::definition::config::KeyKind;
use crate::reader::written;

/// The values that a key takes, in words.
fn values(kind: &KeyKind) -> String {
    match kind {
        KeyKind::OneOf(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        KeyKind::Duration { least, most } => format!("a duration from `{}` to `{}`", written(*least), written(*most)),
        KeyKind::Count { least, most } => format!("a whole number from {least} to {most}"),
        KeyKind::DurationOr { word, least, most } => {
            format!("`{word}`, or a duration from `{}` to `{}`", written(*least), written(*most))
        }
        KeyKind::Text { most, lines: false } => format!("a text of at most {most} characters on one line"),
        KeyKind::Text { most, lines: true } => format!("a text of at most {most} characters"),
        KeyKind::Words(words) => {
            format!("a list of {}", words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "))
        }
    }
}
