//! YAML as a tree whose every part knows where it stands. What no flow needs (aliases, tags, a second document) is refused here.

mod broken;
mod builder;
mod comments;

pub(super) use comments::{Comment, comments};

use super::MAX_BYTES;
use super::code;
use super::diagnostic::{Problems, Span};
use builder::{Builder, Stopped};

/// The deepest nesting of a document: about fifteen sub-flows within each other.
const MAX_DEPTH: usize = 32;

/// The most keys, values and list items in a document.
const MAX_NODES: usize = 5_000;

/// One value of the document.
#[derive(Debug)]
pub(super) struct Node {
    /// Where it stands, or where it starts if it has several lines.
    pub(super) span: Span,
    /// What it is.
    pub(super) shape: Shape,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Shape {
    /// Nothing was written, or `null`.
    Nothing,
    /// A text, a number or a word.
    Text {
        /// The text without quotes.
        text: String,
        /// Whether it was written without quotes.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// A mapping, each key once.
    Mapping(Vec<Entry>),
    /// Something that was reported already. Whoever meets it stays silent.
    Refused,
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
        match &self.shape {
            Shape::Nothing => "nothing",
            Shape::Text { .. } => "a text",
            Shape::List(_) => "a list",
            Shape::Mapping(entries) if entries.is_empty() => "an empty mapping",
            Shape::Mapping(_) => "a mapping",
            Shape::Refused => "something refused",
        }
    }
}

impl Entry {
    /// Where to point for a problem with the value: at the key if no value was written.
    pub(super) fn place(&self) -> Span {
        if self.value.span.length == 0 { self.key_span } else { self.value.span }
    }
}

/// What was read of a document.
#[derive(Debug)]
pub(super) struct Tree {
    /// Its outermost value.
    pub(super) root: Node,
    /// Whether that is all of it. Otherwise it ends where the text stopped being YAML.
    pub(super) whole: bool,
}

/// Parses a document, as long as it isn't hostile. `None` if there is nothing to go on with; then that was reported.
pub(super) fn parse(text: &str, problems: &mut Problems) -> Option<Tree> {
    if text.len() > MAX_BYTES {
        too_large(text.len(), problems);
        return None;
    }
    if !is_readable(text, problems) {
        return None;
    }
    let (root, stopped) = Builder::new(text, problems).document();
    (stopped != Some(Stopped::Limits)).then_some(Tree { root, whole: stopped.is_none() })
}

/// Reports a document that is larger than a flow can be.
pub(super) fn too_large(bytes: usize, problems: &mut Problems) {
    problems
        .report(&code::TOO_LARGE, Span::START, format!("the file has {bytes} bytes, which is more than a flow can have"))
        .help(format!("a flow document has at most {MAX_BYTES} bytes; is this the right file?"));
}

fn is_readable(text: &str, problems: &mut Problems) -> bool {
    let readable = |c: char| matches!(c, '\n' | '\r' | '\t') || domain::text::is_visible(c);
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some((at, hidden)) = body.char_indices().find(|&(_, c)| !readable(c)) else { return true };
    let before = text.get(..at.saturating_add(text.len().saturating_sub(body.len()))).unwrap_or_default();
    let span = Span { length: hidden.len_utf8(), ..Span::after(before) };
    problems
        .report(&code::HIDDEN_CHARACTER, span, format!("the character U+{:04X} can't be seen", u32::from(hidden)))
        .label("it stands here")
        .help("delete it: a flow must be what it looks like");
    false
}
