//! Typed configuration of one execution, as its declaration describes it.

use std::collections::BTreeMap;
use std::time::Duration;

/// One key that an authenticator takes.
#[derive(Debug)]
pub struct Key {
    /// Its name in YAML.
    pub name: &'static str,
    /// What it holds.
    pub kind: KeyKind,
    /// What holds when it isn't given, as it would stand in YAML. None: nothing does.
    pub default: Option<&'static str>,
    /// What it means, in one sentence for operators.
    pub description: &'static str,
    /// An example value, as it would stand in YAML.
    pub example: &'static str,
}

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A duration between the two bounds, written like `90s`, `15m`, `2h` or `1d`.
    Duration {
        /// The shortest that makes sense.
        least: Duration,
        /// The longest that makes sense.
        most: Duration,
    },
    /// A whole number between the two bounds.
    Count {
        /// The smallest that makes sense.
        least: u32,
        /// The largest that makes sense.
        most: u32,
    },
    /// A duration between the two bounds, or this word.
    DurationOr {
        /// The word.
        word: &'static str,
        /// The shortest that makes sense.
        least: Duration,
        /// The longest that makes sense.
        most: Duration,
    },
    /// A text for people, without characters that can't be seen.
    Text {
        /// The most characters.
        most: usize,
        /// Whether it may have several lines.
        lines: bool,
    },
    /// A list of these words, each at most once.
    Words(&'static [&'static str]),
}

/// A value that the reader accepted for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One of the key's words.
    Word(String),
    /// A duration within the key's bounds.
    Duration(Duration),
    /// A number within the key's bounds.
    Count(u32),
    /// A text.
    Text(String),
    /// Some of the key's words, in the order in which the declaration has them.
    Words(Vec<String>),
}

/// The accepted values of one execution, defaults filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config(BTreeMap<&'static str, Value>);

impl Config {
    /// Collects values by their keys' names.
    pub fn new(values: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        Self(values.into_iter().collect())
    }

    /// The word of a `OneOf` key.
    pub fn word(&self, key: &str) -> Option<&str> {
        match self.0.get(key) {
            Some(Value::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// The duration of a `Duration` key.
    pub fn duration(&self, key: &str) -> Option<Duration> {
        match self.0.get(key) {
            Some(Value::Duration(duration)) => Some(*duration),
            _ => None,
        }
    }

    /// The number of a `Count` key.
    pub fn count(&self, key: &str) -> Option<u32> {
        match self.0.get(key) {
            Some(Value::Count(count)) => Some(*count),
            _ => None,
        }
    }

    /// The text of a `Text` key; None if it is empty.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.0.get(key) {
            Some(Value::Text(text)) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// The words of a `Words` key.
    pub fn words(&self, key: &str) -> &[String] {
        match self.0.get(key) {
            Some(Value::Words(words)) => words,
            _ => &[],
        }
    }
}
