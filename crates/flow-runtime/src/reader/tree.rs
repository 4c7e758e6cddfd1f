//! YAML as a tree whose every part knows where it stands. What no flow needs (aliases, tags, a second document) is refused here.

use super::MAX_BYTES;
use super::code;
use super::diagnostic::{Problems, Span};
use super::suggest::quoted;
use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, StrInput, Tag};
use std::borrow::Cow;
use std::collections::BTreeMap;

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

/// Parses a document, as long as it isn't hostile. `None` if there is nothing to go on with; then that was reported.
pub(super) fn parse(text: &str, problems: &mut Problems) -> Option<Node> {
    if text.len() > MAX_BYTES {
        too_large(text.len(), problems);
        return None;
    }
    if !is_readable(text, problems) {
        return None;
    }
    let mut options =
        granit_parser::options! { disallow_directives: true, emit_anchor_events: true, emit_unresolved_aliases: true };
    options.set_emit_comments(false);
    let events = Parser::new_from_str_with_options(text, options);
    Builder { text, events, problems, nodes: 0 }.document().ok()
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

/// The document can't be read on, and the reason was reported.
struct Stop;

struct Builder<'t, 'p> {
    text: &'t str,
    events: Parser<'t, StrInput<'t>>,
    problems: &'p mut Problems,
    nodes: usize,
}

impl<'t> Builder<'t, '_> {
    fn document(mut self) -> Result<Node, Stop> {
        let mut root = Node { span: Span::START, shape: Shape::Nothing };
        let mut seen = false;
        while let Some((event, at)) = self.next()? {
            match event {
                Event::DocumentStart(..) if seen => {
                    let span = self.span(at.start, at.end);
                    self.problems
                        .report(&code::SECOND_DOCUMENT, span, "a second document begins here")
                        .help("put each flow into its own file");
                    break;
                }
                Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd => {}
                other => {
                    root = self.node(other, at, 1)?;
                    seen = true;
                }
            }
        }
        Ok(root)
    }

    /// The next event that isn't an anchor.
    fn next(&mut self) -> Result<Option<(Event<'t>, granit_parser::Span)>, Stop> {
        loop {
            match self.events.next() {
                None => return Ok(None),
                Some(Err(error)) => return Err(self.syntax(&error)),
                Some(Ok((Event::Anchor(..), at))) => self.refuse_alias(at),
                Some(Ok(event)) => return Ok(Some(event)),
            }
        }
    }

    fn refuse_alias(&mut self, at: granit_parser::Span) {
        let span = self.span(at.start, at.end);
        self.problems
            .report(&code::ALIAS, span, "anchors and aliases aren't allowed in a flow")
            .help("write the part out where it belongs");
    }

    fn node(&mut self, event: Event<'t>, at: granit_parser::Span, depth: usize) -> Result<Node, Stop> {
        self.count(at, depth)?;
        let mut span = self.span(at.start, at.end);
        let shape = match event {
            Event::Scalar(text, style, _, tag) => {
                self.refuse_tag(tag.as_deref(), at);
                scalar(text, style)
            }
            Event::SequenceStart(_, _, tag) => {
                self.refuse_tag(tag.as_deref(), at);
                let (items, end) = self.list(depth)?;
                span = self.span(at.start, end);
                Shape::List(items)
            }
            Event::MappingStart(_, _, tag) => {
                self.refuse_tag(tag.as_deref(), at);
                let (entries, end) = self.mapping(depth)?;
                span = self.span(at.start, end);
                Shape::Mapping(entries)
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse_alias(at);
                Shape::Refused
            }
            _ => Shape::Refused,
        };
        Ok(Node { span, shape })
    }

    fn list(&mut self, depth: usize) -> Result<(Vec<Node>, Marker), Stop> {
        let mut items = Vec::new();
        loop {
            match self.next()?.ok_or(Stop)? {
                (Event::SequenceEnd, at) => return Ok((items, at.end)),
                (event, at) => items.push(self.node(event, at, depth.saturating_add(1))?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<(Vec<Entry>, Marker), Stop> {
        let mut entries = Vec::new();
        let mut lines = BTreeMap::new();
        loop {
            let key = match self.next()?.ok_or(Stop)? {
                (Event::MappingEnd, at) => return Ok((entries, at.end)),
                (event, at) => self.key(event, at, depth)?,
            };
            let (event, at) = self.next()?.ok_or(Stop)?;
            let value = self.node(event, at, depth.saturating_add(1))?;
            let Some((key, key_span)) = key else { continue };
            match lines.get(&key) {
                None => {
                    lines.insert(key.clone(), key_span.line);
                    entries.push(Entry { key, key_span, value });
                }
                Some(line) => {
                    self.problems
                        .report(&code::DUPLICATE_KEY, key_span, format!("the key {} is there twice", quoted(&key)))
                        .label("here again")
                        .help(format!("delete this one or the one on line {line}"));
                }
            }
        }
    }

    /// A key, if it is a text.
    fn key(&mut self, event: Event<'t>, at: granit_parser::Span, depth: usize) -> Result<Option<(String, Span)>, Stop> {
        if let Event::Scalar(text, _, _, tag) = event {
            self.count(at, depth)?;
            self.refuse_tag(tag.as_deref(), at);
            return Ok(Some((text.into_owned(), self.span(at.start, at.end))));
        }
        let node = self.node(event, at, depth.saturating_add(1))?;
        if !matches!(node.shape, Shape::Refused) {
            self.problems
                .report(&code::WRONG_TYPE, node.span, format!("a key must be a text, but this is {}", node.kind()))
                .help("write a name before the colon");
        }
        Ok(None)
    }

    fn count(&mut self, at: granit_parser::Span, depth: usize) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(1);
        let span = self.span(at.start, at.end);
        if depth > MAX_DEPTH {
            too_deep(span, self.problems);
            return Err(Stop);
        }
        if self.nodes > MAX_NODES {
            self.problems
                .report(&code::TOO_MANY, span, format!("the file has more than {MAX_NODES} keys and values"))
                .label("reading stopped here")
                .help("split the flow into several");
            return Err(Stop);
        }
        Ok(())
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, at: granit_parser::Span) {
        if tag.is_some() {
            let at = at.tag_span().unwrap_or(at);
            let span = self.span(at.start, at.end);
            self.problems.report(&code::TAG, span, "tags aren't allowed in a flow").help("delete the word that begins with `!`");
        }
    }

    fn syntax(&mut self, error: &ScanError) -> Stop {
        let span = self.span(*error.marker(), *error.marker());
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            too_deep(span, self.problems);
            return Stop;
        }
        self.problems
            .report(&code::SYNTAX, span, format!("this isn't valid YAML: {}", error.kind()))
            .label("reading stopped here")
            .help(syntax_help(error.kind()));
        Stop
    }

    /// The place between two marks, or its part in the first line.
    fn span(&self, start: Marker, end: Marker) -> Span {
        let offset = start.byte_offset().unwrap_or_default();
        let whole = self.text.get(offset..end.byte_offset().unwrap_or(offset)).unwrap_or_default();
        let length = whole.split(['\n', '\r']).next().unwrap_or_default().trim_end().len();
        Span { line: start.line(), column: start.col().saturating_add(1), offset, length }
    }
}

fn too_deep(span: Span, problems: &mut Problems) {
    problems
        .report(&code::TOO_DEEP, span, format!("the file is nested more than {MAX_DEPTH} levels deep"))
        .label("reading stopped here")
        .help("use fewer sub-flows within each other");
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Shape {
    let plain = style == ScalarStyle::Plain;
    if plain && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL") {
        Shape::Nothing
    } else {
        Shape::Text { text: text.into_owned(), plain }
    }
}

fn syntax_help(error: &ErrorKind) -> &'static str {
    match error {
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => "indent with spaces",
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::MismatchedFlowCollectionEnd { .. } => "is a `}`, a `]` or a comma missing?",
        ErrorKind::UnclosedQuotedScalar => "is a closing quote missing?",
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => "is a colon missing, or the space after it?",
        ErrorKind::MappingValueNotAllowed => {
            "put a text that has a colon into quotes; or compare the indentation with the lines above"
        }
        ErrorKind::DirectiveDisallowed => "delete the line that begins with `%`",
        _ => "compare the indentation with the lines above, and look for a missing colon or a missing space after one",
    }
}
