//! YAML as a tree whose every part knows where it stands.

use super::problem::{Problems, Span};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Location, Spanned};

/// The largest configuration, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// One value of the file.
#[derive(Debug)]
pub(super) struct Node {
    /// Where it stands.
    pub(super) span: Span,
    /// What it is.
    pub(super) shape: Shape,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Shape {
    /// Nothing was written, or `null`.
    Nothing,
    /// `true` or `false`.
    Flag(bool),
    /// A number that isn't in quotes.
    Number(Option<u64>),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, as it was written.
    Mapping(Vec<Entry>),
}

/// One key of a mapping with its value.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key.
    pub(super) key: String,
    /// Where the key stands.
    pub(super) key_span: Span,
    /// Its value.
    pub(super) value: Node,
}

impl Node {
    /// What it is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self.shape {
            Shape::Nothing => "nothing",
            Shape::Flag(_) => "true or false",
            Shape::Number(_) => "a number",
            Shape::Text(_) => "a text",
            Shape::List(_) => "a list",
            Shape::Mapping(_) => "a mapping",
        }
    }
}

/// Parses the file. `None` if it isn't YAML; then that was reported.
pub(super) fn parse(text: &str, problems: &mut Problems<'_>) -> Option<Node> {
    let start = Span { line: 1, column: 1, length: 1 };
    if text.len() > MAX_BYTES {
        problems.at(start, "the file is larger than 1 MiB", "a configuration is much smaller; is this the right file?");
        return None;
    }
    let options = serde_saphyr::options! { duplicate_keys: DuplicateKeyPolicy::PassThrough };
    match serde_saphyr::from_str_with_options::<Spanned<Shape>>(text, options) {
        Ok(root) => Some(node(root)),
        Err(error) => {
            let span = error.location().map_or(start, span);
            // Its line isn't shown: in a file that can't be read, a secret may be anywhere.
            let reason = error.without_snippet().to_string();
            let reason = reason.lines().next().and_then(|line| line.split(" at line ").next()).unwrap_or_default();
            problems.at_secret(
                span,
                format!("not valid YAML: {reason}"),
                "correct the line; everything after it was not looked at",
            );
            None
        }
    }
}

fn node(spanned: Spanned<Shape>) -> Node {
    Node { span: span(spanned.referenced), shape: spanned.value }
}

fn span(location: Location) -> Span {
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Span { line: number(location.line()), column: number(location.column()), length: number(location.span().len()) }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Shape, E> {
        Ok(Shape::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Shape, E> {
        Ok(Shape::Number(u64::try_from(number).ok()))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Shape, E> {
        Ok(Shape::Number(u64::try_from(number).ok()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Shape, E> {
        Ok(Shape::Number(Some(number)))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Shape, E> {
        Ok(Shape::Number(u64::try_from(number).ok()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Number(None))
    }

    fn visit_str<E>(self, text: &str) -> Result<Shape, E> {
        Ok(Shape::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }

    fn visit_none<E>(self) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        Shape::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Shape>>()? {
            list.push(node(item));
        }
        Ok(Shape::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Shape, A::Error> {
        let mut mapping = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Spanned<String>, Spanned<Shape>>()? {
            mapping.push(Entry { key: key.value, key_span: span(key.referenced), value: node(value) });
        }
        Ok(Shape::Mapping(mapping))
    }
}
