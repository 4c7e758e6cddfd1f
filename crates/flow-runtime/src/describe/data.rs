//! Declarations as data, for programs that show or edit flows.

use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{Declaration, Kind};
use crate::reader::written;
use serde_json::{Value, json};

/// Every authenticator with everything that it declares.
pub fn data(kinds: &[&Kind]) -> Value {
    kinds.iter().map(|kind| authenticator(kind.declaration)).collect()
}

fn authenticator(declaration: &Declaration) -> Value {
    json!({
        "name": declaration.name,
        "summary": declaration.summary,
        "keys": declaration.keys.iter().map(key).collect::<Vec<_>>(),
        "needs": declaration.needs.iter().map(|need| need.description()).collect::<Vec<_>>(),
        "establishes": declaration.establishes.iter().map(|established| established.description()).collect::<Vec<_>>(),
        "outcomes": declaration.outcomes,
        "shows": declaration.shows,
    })
}

fn key(key: &Key) -> Value {
    let values = match key.kind {
        KeyKind::OneOf(words) => json!({ "words": words }),
        KeyKind::Duration { least, most } => json!({ "duration": { "least": written(least), "most": written(most) } }),
        KeyKind::Count { least, most } => json!({ "number": { "least": least, "most": most } }),
        KeyKind::DurationOr { word, least, most } => {
            json!({ "words": [word], "duration": { "least": written(least), "most": written(most) } })
        }
        KeyKind::Text { most, lines } => json!({ "text": { "most": most, "lines": lines } }),
        KeyKind::Words(words) => json!({ "list": words }),
    };
    json!({
        "name": key.name,
        "description": key.description,
        "values": values,
        "default": key.default,
        "example": key.example,
    })
}
