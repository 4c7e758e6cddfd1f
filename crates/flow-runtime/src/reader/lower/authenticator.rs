//! An authenticator's name and its keys, as its declaration describes them.

use super::fields::Fields;
use super::{duration, execution};
use crate::Requirement;
use crate::definition::config::{Key, KeyKind, Value};
use crate::definition::declaration::Kind;
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::draft::{self, Authenticator, Execution};
use crate::reader::suggest::{instead_of, quoted};
use crate::reader::tree::{Entry, Node, Shape};
use std::collections::BTreeMap;

/// The authenticator of this name.
pub(super) fn find(name: &str, problems: &Problems) -> Option<&'static Kind> {
    problems.kinds.iter().copied().find(|kind| kind.declaration.name == name)
}

/// An authenticator without settings.
pub(super) fn bare(name: &str, span: Span, problems: &mut Problems) -> Execution {
    let kind = find(name, problems);
    if kind.is_none() {
        unknown(name, span, false, problems);
    }
    let node = kind.and_then(|kind| authenticator(kind, &mut Fields::of(&[]), span, problems));
    Execution { span, requirement: Some(Requirement::Required), node }
}

/// An authenticator with settings.
pub(super) fn configured(entry: &Entry, problems: &mut Problems) -> Execution {
    let (name, span) = (&entry.key, entry.key_span);
    let settings: &[Entry] = match &entry.value.shape {
        Shape::Mapping(settings) => settings,
        Shape::Nothing => &[],
        Shape::Refused => return Execution { span, requirement: None, node: None },
        Shape::Text { .. } | Shape::List(_) => {
            let message = format!("the settings of {} must be a mapping, but this is {}", quoted(name), entry.value.kind());
            let help = format!("write `- {}: {{ requirement: required }}`", quoted(name).replace('`', ""));
            problems.report(&code::WRONG_TYPE, entry.place(), message).help(help);
            return Execution { span, requirement: None, node: None };
        }
    };
    let mut fields = Fields::of(settings);
    let stated = fields.take("requirement");
    let requirement = stated.map_or(Some(Requirement::Required), |stated| execution::requirement(stated, problems));
    let Some(kind) = find(name, problems) else {
        unknown(name, span, settings.iter().any(|setting| setting.key == "executions"), problems);
        return Execution { span, requirement, node: None };
    };
    let node = authenticator(kind, &mut fields, span, problems);
    let mut known = vec!["requirement"];
    known.extend(kind.declaration.keys.iter().map(|key| key.name));
    fields.refuse_others(&quoted(name), &known, problems);
    Execution { span, requirement, node }
}

fn unknown(name: &str, span: Span, looks_like_a_sub_flow: bool, problems: &mut Problems) {
    let names: Vec<&str> = problems.kinds.iter().map(|kind| kind.declaration.name).collect();
    let help = if looks_like_a_sub_flow {
        "a sub-flow is written `- flow: its name`, with `executions:` beside `flow:`".to_owned()
    } else {
        instead_of(name, &names)
    };
    problems.report(&code::UNKNOWN_AUTHENTICATOR, span, format!("there is no authenticator {}", quoted(name))).help(help);
}

/// The authenticator with its values, unless one of them is wrong.
fn authenticator(kind: &'static Kind, fields: &mut Fields<'_>, span: Span, problems: &mut Problems) -> Option<draft::Node> {
    let mut config = BTreeMap::new();
    let mut complete = true;
    for key in kind.declaration.keys {
        let value = match (fields.take(key.name), key.default) {
            (Some(entry), _) => value(key, entry, problems),
            (None, Some("")) => Some(Value::Text(String::new())),
            (None, Some(default)) => parse(&key.kind, default, true).ok(),
            (None, None) => {
                problems
                    .report(&code::MISSING_KEY, span, format!("`{}` needs the key `{}`", kind.declaration.name, key.name))
                    .label(format!("`{}` is missing", key.name))
                    .help(format!("write `{}: {}` inside it", key.name, key.example));
                None
            }
        };
        complete &= value.is_some();
        config.extend(value.map(|value| (key.name, value)));
    }
    complete.then_some(draft::Node::Authenticator(Authenticator { kind, config }))
}

/// Why a text isn't a value of a key.
enum Unfit {
    Word(&'static [&'static str]),
    Duration,
    Number,
    Bounds(String, String),
    Text { most: usize, lines: bool },
}

fn value(key: &Key, entry: &Entry, problems: &mut Problems) -> Option<Value> {
    if matches!(entry.value.shape, Shape::Refused) {
        return None;
    }
    if let (KeyKind::Words(words), Shape::List(nodes)) = (key.kind, &entry.value.shape) {
        return list(key, words, nodes, entry.place(), problems);
    }
    let Shape::Text { text, plain } = &entry.value.shape else {
        let wanted = match key.kind {
            KeyKind::OneOf(_) => "a word",
            KeyKind::Duration { .. } => "a duration",
            KeyKind::Count { .. } => "a number",
            KeyKind::DurationOr { .. } => "a duration or a word",
            KeyKind::Text { .. } => "a text",
            KeyKind::Words(_) => "a list of words",
        };
        let message = format!("`{}` must be {wanted}, but this is {}", key.name, entry.value.kind());
        problems.report(&code::WRONG_TYPE, entry.place(), message).help(format!("write it like `{}: {}`", key.name, key.example));
        return None;
    };
    let unfit = match parse(&key.kind, text, *plain) {
        Ok(value) => return Some(value),
        Err(unfit) => unfit,
    };
    let (name, place, word) = (key.name, entry.place(), quoted(text));
    match unfit {
        Unfit::Word(words) => {
            problems.report(&code::UNKNOWN_WORD, place, format!("`{name}` can't be {word}")).help(instead_of(text, words))
        }
        Unfit::Duration => problems
            .report(&code::BAD_DURATION, place, format!("{word} isn't a duration"))
            .help("write a whole number and its unit, like `90s`, `15m`, `2h` or `1d`"),
        Unfit::Number => problems
            .report(&code::BAD_NUMBER, place, format!("{word} isn't a whole number"))
            .help(format!("write digits without quotes, like `{}`", key.example)),
        Unfit::Text { most, lines } => problems
            .report(&code::OUT_OF_BOUNDS, place, format!("`{name}` can't be this text"))
            .label("not such a text")
            .help(format!("write 1 to {most} characters{}", if lines { "" } else { " on one line" })),
        Unfit::Bounds(least, most) => problems
            .report(&code::OUT_OF_BOUNDS, place, format!("`{name}` can't be {word}"))
            .label("out of bounds")
            .help(format!("use a value from `{least}` to `{most}`")),
    };
    None
}

/// The words of a list. Each is judged, even after one that is wrong.
fn list(key: &Key, words: &'static [&'static str], nodes: &[Node], place: Span, problems: &mut Problems) -> Option<Value> {
    let mut wanted: Vec<&str> = Vec::new();
    let mut complete = true;
    for node in nodes {
        match &node.shape {
            Shape::Text { text, .. } if words.contains(&text.as_str()) => wanted.push(text),
            Shape::Text { text, .. } => {
                let message = format!("`{}` can't have {}", key.name, quoted(text));
                problems.report(&code::UNKNOWN_WORD, node.span, message).help(instead_of(text, words));
                complete = false;
            }
            Shape::Refused => complete = false,
            _ => {
                let message = format!("`{}` needs words, but this is {}", key.name, node.kind());
                let help = format!("write it like `{}: {}`", key.name, key.example);
                problems.report(&code::WRONG_TYPE, node.span, message).help(help);
                complete = false;
            }
        }
    }
    if nodes.is_empty() {
        let message = format!("`{}` is an empty list", key.name);
        problems.report(&code::OUT_OF_BOUNDS, place, message).help(format!("write it like `{}: {}`", key.name, key.example));
        return None;
    }
    let all = words.iter().filter(|word| wanted.contains(word)).map(|&word| word.to_owned());
    complete.then(|| Value::Words(all.collect()))
}

fn parse(kind: &KeyKind, text: &str, plain: bool) -> Result<Value, Unfit> {
    match *kind {
        KeyKind::OneOf(words) if words.contains(&text) => Ok(Value::Word(text.to_owned())),
        KeyKind::OneOf(words) => Err(Unfit::Word(words)),
        KeyKind::Duration { least, most } => {
            let duration = duration::parse(text).ok_or(Unfit::Duration)?;
            if (least..=most).contains(&duration) {
                Ok(Value::Duration(duration))
            } else {
                Err(Unfit::Bounds(duration::written(least), duration::written(most)))
            }
        }
        KeyKind::DurationOr { word, .. } if text == word => Ok(Value::Word(text.to_owned())),
        KeyKind::DurationOr { least, most, .. } => parse(&KeyKind::Duration { least, most }, text, plain),
        KeyKind::Text { most, lines } => {
            let visible = |c: char| domain::text::is_visible(c) || lines && matches!(c, '\n' | '\t');
            let fits = !text.trim().is_empty() && text.chars().count() <= most && text.chars().all(visible);
            if fits { Ok(Value::Text(text.trim().to_owned())) } else { Err(Unfit::Text { most, lines }) }
        }
        // One word alone is a list of one; a default is written as a list.
        KeyKind::Words(words) => {
            let bare = text.trim_start_matches('[').trim_end_matches(']');
            let wanted: Vec<&str> = bare.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
            if wanted.iter().all(|word| words.contains(word)) {
                Ok(Value::Words(words.iter().filter(|word| wanted.contains(word)).map(|&word| word.to_owned()).collect()))
            } else {
                Err(Unfit::Word(words))
            }
        }
        KeyKind::Count { least, most } => {
            if !plain || text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Unfit::Number);
            }
            // Only a number that is too large fails here.
            match text.parse() {
                Ok(count) if (least..=most).contains(&count) => Ok(Value::Count(count)),
                _ => Err(Unfit::Bounds(least.to_string(), most.to_string())),
            }
        }
    }
}
