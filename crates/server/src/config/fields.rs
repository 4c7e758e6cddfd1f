//! The keys of one mapping, taken out by name. What is left over at the end is unknown.

use super::problem::{Problems, Span};
use super::tree::{Node, Shape};
use std::collections::BTreeMap;
use std::time::Duration;

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) span: Span,
}

/// The keys of one mapping.
pub(super) struct Fields {
    /// Where to point for what is missing: the mapping's name, or its first key.
    pub(super) span: Span,
    keys: BTreeMap<String, (Span, Node)>,
    asked: Vec<&'static str>,
}

impl Fields {
    /// The keys of a mapping. Anything else is reported, and read as one without keys.
    pub(super) fn of(node: Node, what: &str, problems: &mut Problems<'_>) -> Self {
        let mut fields = Self::empty(node.span);
        let kind = node.kind();
        match node.shape {
            Shape::Mapping(entries) => {
                for entry in entries {
                    if let Some((first, _)) = fields.keys.get(&entry.key) {
                        let remedy = format!("it stands on line {} already; remove one of the two", first.line);
                        problems.at(entry.key_span, format!("“{}” stands here twice", entry.key), remedy);
                    } else {
                        fields.keys.insert(entry.key, (entry.key_span, entry.value));
                    }
                }
            }
            _ => problems.at_secret(
                fields.span,
                format!("{what} is a mapping, not {kind}"),
                "write `key: value` lines, indented below it",
            ),
        }
        fields
    }

    /// No keys, for a mapping that was left out.
    pub(super) fn empty(span: Span) -> Self {
        Self { span, keys: BTreeMap::new(), asked: Vec::new() }
    }

    /// The same keys, with what is missing reported at `span`.
    pub(super) fn named_at(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    /// All keys in the order of the file, for a mapping whose keys are names.
    pub(super) fn into_entries(self) -> Vec<(At<String>, Node)> {
        let mut entries: Vec<_> = self.keys.into_iter().map(|(key, (span, value))| (At { value: key, span }, value)).collect();
        entries.sort_by_key(|(key, _)| key.span);
        entries
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    /// The value of a key, if it is there.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Node> {
        self.asked.push(key);
        let (key_span, mut node) = self.keys.remove(key)?;
        if matches!(node.shape, Shape::Nothing) {
            node.span = key_span;
        }
        Some(node)
    }

    /// A text that must be there.
    pub(super) fn text(&mut self, key: &'static str, example: &str, problems: &mut Problems<'_>) -> Option<At<String>> {
        let Some(node) = self.take(key) else {
            problems.at(self.span, format!("`{key}` is missing"), format!("add `{key}: {example}`"));
            return None;
        };
        text(node, key, problems)
    }

    /// A text that may be there.
    pub(super) fn optional_text(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<At<String>> {
        self.take(key).and_then(|node| text(node, key, problems))
    }

    /// `true` or `false`. `None` if it is something else.
    pub(super) fn flag(&mut self, key: &'static str, default: bool, problems: &mut Problems<'_>) -> Option<bool> {
        let Some(node) = self.take(key) else { return Some(default) };
        if let Shape::Flag(flag) = node.shape {
            return Some(flag);
        }
        let reason = format!("`{key}` is {}, not true or false", node.kind());
        problems.at(node.span, reason, "write `true` or `false`, without quotes");
        None
    }

    /// One of some words, or the default. `None` if it is something else.
    pub(super) fn word<T: Copy>(
        &mut self,
        key: &'static str,
        default: T,
        known: &[(&'static str, T)],
        problems: &mut Problems<'_>,
    ) -> Option<T> {
        match self.take(key) {
            Some(node) => word(node, key, known, problems),
            None => Some(default),
        }
    }

    /// A list of texts, or one text. `None` if the key isn't there.
    pub(super) fn texts(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Vec<At<String>>> {
        let items = list(self.take(key)?);
        Some(items.into_iter().filter_map(|item| text(item, key, problems)).collect())
    }

    /// A list of mappings, each with a name for messages.
    pub(super) fn mappings(&mut self, key: &'static str, what: &str, problems: &mut Problems<'_>) -> Vec<Fields> {
        let Some(node) = self.take(key) else { return Vec::new() };
        match node.shape {
            Shape::List(items) => items.into_iter().map(|item| Self::of(item, what, problems)).collect(),
            Shape::Nothing => Vec::new(),
            _ => {
                problems.at_secret(node.span, format!("`{key}` is a list, not {}", node.kind()), "start each entry with “- ”");
                Vec::new()
            }
        }
    }

    /// A length of time, as `15m`.
    pub(super) fn duration(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Duration> {
        let node = self.take(key)?;
        let read = match &node.shape {
            Shape::Text(text) => duration(text),
            _ => None,
        };
        if read.is_none() {
            problems.at(
                node.span,
                format!("`{key}` is not a length of time"),
                "write a whole number with its unit (s, m, h or d), as in `15m`",
            );
        }
        read
    }

    /// A whole number of at least 1.
    pub(super) fn count(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<u32> {
        count(&self.take(key)?, key, problems)
    }

    /// Reports all keys that nobody asked for.
    pub(super) fn end(self, problems: &mut Problems<'_>) {
        for (key, (span, _)) in &self.keys {
            let remedy = match closest(key, &self.asked) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("here there are {}", one_of(&self.asked)),
            };
            problems.at(*span, format!("there is no key `{}` here", short(key)), remedy);
        }
    }
}

/// The items of a list; any other value is a list of one.
pub(super) fn list(node: Node) -> Vec<Node> {
    match node.shape {
        Shape::List(items) => items,
        Shape::Nothing => Vec::new(),
        _ => vec![node],
    }
}

/// A text that isn't empty.
pub(super) fn text(node: Node, key: &str, problems: &mut Problems<'_>) -> Option<At<String>> {
    let kind = node.kind();
    match node.shape {
        Shape::Text(text) if !text.trim().is_empty() => Some(At { value: text, span: node.span }),
        Shape::Text(_) | Shape::Nothing => {
            problems.at(node.span, format!("`{key}` is empty"), "write something, or remove the line");
            None
        }
        Shape::Number(_) | Shape::Flag(_) => {
            problems.at(node.span, format!("`{key}` is a text, not {kind}"), "put it into quotes");
            None
        }
        Shape::List(_) | Shape::Mapping(_) => {
            problems.at(node.span, format!("`{key}` is a text, not {kind}"), "write one text");
            None
        }
    }
}

/// A whole number of at least 1.
pub(super) fn count(node: &Node, key: &str, problems: &mut Problems<'_>) -> Option<u32> {
    let read = match node.shape {
        Shape::Number(Some(number)) => u32::try_from(number).ok().filter(|number| *number > 0),
        _ => None,
    };
    if read.is_none() {
        problems.at(node.span, format!("`{key}` is not a whole number from 1"), "write digits, without quotes");
    }
    read
}

/// One of some words.
pub(super) fn word<T: Copy>(node: Node, key: &str, known: &[(&'static str, T)], problems: &mut Problems<'_>) -> Option<T> {
    let given = text(node, key, problems)?;
    let found = known.iter().find(|(word, _)| *word == given.value).map(|(_, value)| *value);
    if found.is_none() {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        let remedy = match closest(&given.value, &words) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", one_of(&words)),
        };
        problems.at(given.span, format!("`{}` has an unknown word", short(key)), remedy);
    }
    found
}

fn duration(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let number: u64 = text.strip_suffix(unit)?.parse().ok().filter(|number| *number > 0)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    number.checked_mul(seconds).filter(|seconds| *seconds <= 400 * 24 * 60 * 60).map(Duration::from_secs)
}

/// The word that somebody probably meant.
pub(super) fn closest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase().replace('_', "-");
    let near = |candidate: &&str| word.len() < 64 && strsim::osa_distance(&word, candidate) <= candidate.len().div_ceil(4);
    known.iter().copied().filter(near).min_by_key(|candidate| strsim::osa_distance(&word, candidate))
}

/// `a`, `b` and `c`.
pub(super) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// A text from the file, fit for a message.
pub(super) fn short(text: &str) -> String {
    text.chars().take(60).map(|c| if domain::text::is_visible(c) { c } else { '\u{fffd}' }).collect()
}
