//! Flow documents as a JSON Schema (draft 7, which editors know best). It says what the reader takes; what must hold between the parts
//! of a document only the reader says.

use super::values;
use crate::definition::Requirement;
use crate::definition::config::{Key, KeyKind};
use crate::definition::declaration::{Declaration, Kind};
use crate::definition::fact::{FACTS, FactKind, Takes};
use crate::reader::keys::{DOCUMENT, Holds, REQUIREMENT, SUB_FLOW, Word};
use serde_json::{Map, Value, json};

/// What flow names and provider aliases look like.
const NAME: &str = "^[a-z0-9]([a-z0-9_-]{0,62}[a-z0-9])?$";

/// The schema of documents that may name these authenticators.
pub fn schema(kinds: &[&Kind]) -> Value {
    let mut definitions = Map::new();
    definitions.insert("executions".into(), json!({ "type": "array", "items": reference("execution") }));
    definitions.insert("execution".into(), execution(kinds));
    definitions.insert("authenticator".into(), configured(kinds));
    definitions.insert("requirement".into(), requirement());
    definitions.insert("condition".into(), condition());
    definitions.insert("sub-flow".into(), mapping("A sub-flow: more executions, with a name of their own.", SUB_FLOW));
    for kind in kinds {
        definitions.insert(settings_name(kind.declaration), settings(kind.declaration));
    }
    let mut schema = mapping("What happens in a login, step by step.", DOCUMENT);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".into(), json!("http://json-schema.org/draft-07/schema#"));
        schema.insert("title".into(), json!("A Braid flow"));
        schema.insert("definitions".into(), Value::Object(definitions));
    }
    schema
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// The value with more keys.
fn with(mut value: Value, more: &[(&str, Value)]) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.extend(more.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    }
    value
}

/// A mapping with these keys and no others.
pub(crate) fn mapping(description: &str, words: &[Word]) -> Value {
    let properties: Map<String, Value> = words.iter().map(|word| (word.name.to_owned(), property(word))).collect();
    let required: Vec<&str> = words.iter().filter(|word| word.default.is_none()).map(|word| word.name).collect();
    json!({
        "description": description,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn property(word: &Word) -> Value {
    let holds = match &word.holds {
        Holds::FlowName => json!({ "type": "string", "pattern": NAME, "examples": [word.example] }),
        Holds::SubFlowName => json!({ "type": "string", "minLength": 1, "maxLength": 64, "examples": [word.example] }),
        Holds::Text => json!({ "type": "string", "examples": [word.example] }),
        Holds::OneOf(words) => json!({ "enum": words, "examples": [word.example] }),
        Holds::Executions => beside_reference("executions"),
        Holds::Requirement => with(beside_reference("requirement"), &[("default", json!(word.default))]),
        Holds::Condition => with(beside_reference("condition"), &[("examples", json!([word.example]))]),
        Holds::Described(schema) => schema(),
    };
    let otherwise = word.default.map_or(String::new(), |default| format!(" Without it: {default}."));
    with(holds, &described(&format!("{}{otherwise}", word.description)))
}

/// A description: editors show its words in backticks as code only where they are told that it is Markdown.
fn described(text: &str) -> [(&'static str, Value); 2] {
    [("description", json!(text)), ("markdownDescription", json!(text))]
}

/// A reference that may have a description beside it: draft 7 ignores everything beside `$ref`.
fn beside_reference(name: &str) -> Value {
    json!({ "allOf": [reference(name)] })
}

/// The three ways of writing an execution.
fn execution(kinds: &[&Kind]) -> Value {
    let names: Vec<Value> =
        kinds.iter().map(|kind| json!({ "const": kind.declaration.name, "description": kind.declaration.summary })).collect();
    json!({
        "description": "An authenticator by its name, an authenticator with its settings, or a sub-flow.",
        "anyOf": [
            { "title": "authenticator by its name", "type": "string", "anyOf": names },
            reference("authenticator"),
            reference("sub-flow"),
        ],
    })
}

/// An authenticator with its settings: a mapping with one key.
fn configured(kinds: &[&Kind]) -> Value {
    let property = |kind: &&Kind| {
        let declaration = kind.declaration;
        let settings = with(beside_reference(&settings_name(declaration)), &described(declaration.summary));
        (declaration.name.to_owned(), settings)
    };
    json!({
        "title": "authenticator with settings",
        "type": "object",
        "properties": kinds.iter().map(property).collect::<Map<String, Value>>(),
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": false,
    })
}

fn settings_name(declaration: &Declaration) -> String {
    format!("settings of {}", declaration.name)
}

fn settings(declaration: &Declaration) -> Value {
    let mut properties = Map::from_iter([(REQUIREMENT.name.to_owned(), property(&REQUIREMENT))]);
    properties.extend(declaration.keys.iter().map(|key| (key.name.to_owned(), setting(key))));
    let required: Vec<&str> = declaration.keys.iter().filter(|key| key.default.is_none()).map(|key| key.name).collect();
    let kind = if required.is_empty() { json!(["object", "null"]) } else { json!("object") };
    json!({
        "description": declaration.summary,
        "type": kind,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn setting(key: &Key) -> Value {
    let holds = match key.kind {
        KeyKind::OneOf(words) => json!({ "enum": words }),
        KeyKind::Duration { .. } => json!({ "type": "string", "pattern": "^[0-9]+[smhd]$" }),
        KeyKind::Count { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        KeyKind::DurationOr { word, .. } => json!({ "type": "string", "pattern": format!("^({word}|[0-9]+[smhd])$") }),
        KeyKind::Text { most, .. } => json!({ "type": "string", "minLength": 1, "maxLength": most }),
        KeyKind::Words(words) => json!({ "type": "array", "minItems": 1, "items": { "enum": words } }),
    };
    let typed = |text: &str| match key.kind {
        KeyKind::Count { .. } => text.parse::<u32>().map_or_else(|_| json!(text), |number| json!(number)),
        KeyKind::Words(_) => json!(text.trim_matches(['[', ']']).split(", ").collect::<Vec<_>>()),
        KeyKind::OneOf(_) | KeyKind::Duration { .. } | KeyKind::DurationOr { .. } | KeyKind::Text { .. } => json!(text),
    };
    let description = format!("{} Values: {}.", key.description, values(&key.kind));
    let mut more = described(&description).to_vec();
    more.push(("examples", json!([typed(key.example)])));
    more.extend(key.default.filter(|default| !default.is_empty()).map(|default| ("default", typed(default))));
    with(holds, &more)
}

fn requirement() -> Value {
    let words: Vec<Value> = Requirement::ALL
        .iter()
        .map(|(word, requirement)| json!({ "const": word, "description": requirement.description() }))
        .collect();
    json!({ "type": "string", "anyOf": words })
}

/// A fact by its name, or one of the words that build conditions.
fn condition() -> Value {
    let alone = FACTS.iter().filter(|kind| kind.takes == Takes::Nothing);
    let facts: Vec<Value> = alone.map(|kind| json!({ "const": kind.name, "description": holds_if(kind) })).collect();
    let list = json!({ "type": "array", "minItems": 1, "items": reference("condition") });
    let mut built = json!({
        "all": with(list.clone(), &[("description", json!("All of these hold."))]),
        "any": with(list, &[("description", json!("One of these holds."))]),
        "not": { "description": "This doesn't hold.", "allOf": [reference("condition")] },
        "cel": {
            "description": "An expression in a small part of CEL, the Common Expression Language, holds.",
            "type": "string",
            "minLength": 1,
            "examples": ["identity.domain == 'x.org' && 'staff' in claims.groups"],
        },
    });
    if let Some(built) = built.as_object_mut() {
        let valued = FACTS.iter().filter(|kind| kind.takes != Takes::Nothing);
        built.extend(valued.map(|kind| (kind.name.to_owned(), valued_fact(kind))));
    }
    json!({
        "description": "The name of a fact, perhaps with a value, or `all`, `any`, `not` or `cel`.",
        "anyOf": [
            { "title": "fact", "type": "string", "anyOf": facts },
            {
                "title": "condition made of others",
                "type": "object",
                "properties": built,
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": false,
            },
        ],
    })
}

fn holds_if(kind: &FactKind) -> String {
    format!("Holds if {}.", kind.description)
}

/// A fact with a value beside its name.
fn valued_fact(kind: &FactKind) -> Value {
    let text = match kind.takes {
        Takes::Providers | Takes::Roles => json!({ "type": "string", "pattern": NAME }),
        Takes::OneOf(words) => json!({ "enum": words }),
        _ => json!({ "type": "string", "minLength": 1 }),
    };
    let several = json!({ "anyOf": [text, { "type": "array", "minItems": 1, "items": text }] });
    let value = match kind.takes {
        Takes::Attribute => json!({ "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": several }),
        _ => several,
    };
    with(value, &[("description", json!(format!("{} Write it like `{}`.", holds_if(kind), kind.example)))])
}
