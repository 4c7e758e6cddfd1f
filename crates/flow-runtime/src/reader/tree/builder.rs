//! From YAML's events to the tree, within the limits.

use super::broken;
use super::{Entry, MAX_DEPTH, MAX_NODES, Node, Shape};
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::suggest::quoted;
use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, StrInput, Tag};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The most bytes of a place, so that the cost of a place doesn't grow with its line.
const LONGEST_PLACE: usize = 500;

pub(super) struct Builder<'t, 'p> {
    text: &'t str,
    events: Parser<'t, StrInput<'t>>,
    problems: &'p mut Problems,
    nodes: usize,
    /// The document can't be read on, and the reason was reported.
    stopped: Option<Stopped>,
    /// Whether the part that was read last was forgotten after that.
    forgot: bool,
}

/// Why reading stopped before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    /// It isn't YAML from here on. What came before is.
    Syntax,
    /// It is more than any flow has.
    Limits,
}

impl<'t, 'p> Builder<'t, 'p> {
    pub(super) fn new(text: &'t str, problems: &'p mut Problems) -> Self {
        let mut options =
            granit_parser::options! { disallow_directives: true, emit_anchor_events: true, emit_unresolved_aliases: true };
        options.set_emit_comments(false);
        Self { text, events: Parser::new_from_str_with_options(text, options), problems, nodes: 0, stopped: None, forgot: false }
    }

    /// Reads the first document, as far as it can be read; a second one is refused.
    pub(super) fn document(mut self) -> (Node, Option<Stopped>) {
        let mut root = Node { span: Span::START, shape: Shape::Nothing };
        let mut seen = false;
        while let Some((event, at)) = self.next() {
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
                    root = self.node(other, at, 1);
                    seen = true;
                }
            }
        }
        (root, self.stopped)
    }

    /// The next event that isn't an anchor. None at the end, and when reading has stopped.
    fn next(&mut self) -> Option<(Event<'t>, granit_parser::Span)> {
        while self.stopped.is_none() {
            match self.events.next()? {
                Err(error) => self.syntax(&error),
                Ok((Event::Anchor(..), at)) => self.refuse_alias(at),
                Ok(event) => return Some(event),
            }
        }
        None
    }

    fn refuse_alias(&mut self, at: granit_parser::Span) {
        let span = self.span(at.start, at.end);
        self.problems
            .report(&code::ALIAS, span, "anchors and aliases aren't allowed in a flow")
            .help("write the part out where it belongs");
    }

    fn node(&mut self, event: Event<'t>, at: granit_parser::Span, depth: usize) -> Node {
        let mut span = self.span(at.start, at.end);
        self.count(at, depth);
        if self.stopped.is_some() {
            return Node { span, shape: Shape::Refused };
        }
        let shape = match event {
            Event::Scalar(text, style, _, tag) => {
                self.refuse_tag(tag.as_deref(), at);
                scalar(text, style)
            }
            Event::SequenceStart(_, _, tag) => {
                self.refuse_tag(tag.as_deref(), at);
                let (items, end) = self.list(depth);
                span = self.span(at.start, end.unwrap_or(at.end));
                Shape::List(items)
            }
            Event::MappingStart(_, _, tag) => {
                self.refuse_tag(tag.as_deref(), at);
                let (entries, end) = self.mapping(depth);
                span = self.span(at.start, end.unwrap_or(at.end));
                let goes_on_in_a_list = entries.last().is_some_and(|entry| matches!(entry.value.shape, Shape::List(_)));
                // Of what was broken off, only what holds other parts says something for sure.
                if end.is_some() || goes_on_in_a_list { Shape::Mapping(entries) } else { Shape::Refused }
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse_alias(at);
                Shape::Refused
            }
            _ => Shape::Refused,
        };
        Node { span, shape }
    }

    /// The items of a list and its end. Without an end it is only the beginning of one: the last item may be broken off.
    fn list(&mut self, depth: usize) -> (Vec<Node>, Option<Marker>) {
        let mut items = Vec::new();
        while let Some((event, at)) = self.next() {
            if matches!(event, Event::SequenceEnd) {
                return (items, Some(at.end));
            }
            items.push(self.node(event, at, depth.saturating_add(1)));
        }
        self.forget_the_last(&mut items);
        (items, None)
    }

    /// The entries of a mapping and its end. Without an end it is only the beginning of one.
    fn mapping(&mut self, depth: usize) -> (Vec<Entry>, Option<Marker>) {
        let mut entries = Vec::new();
        let mut lines = BTreeMap::new();
        while let Some((event, at)) = self.next() {
            if matches!(event, Event::MappingEnd) {
                return (entries, Some(at.end));
            }
            let key = self.key(event, at, depth);
            let Some((event, at)) = self.next() else {
                self.forgot = true;
                break;
            };
            let value = self.node(event, at, depth.saturating_add(1));
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
        self.forget_the_last(&mut entries);
        (entries, None)
    }

    /// What was read last before the text stopped being YAML may have run into what follows.
    fn forget_the_last<T>(&mut self, parts: &mut Vec<T>) {
        if self.stopped.is_some() && !self.forgot {
            parts.pop();
            self.forgot = true;
        }
    }

    /// A key, if it is a text.
    fn key(&mut self, event: Event<'t>, at: granit_parser::Span, depth: usize) -> Option<(String, Span)> {
        if let Event::Scalar(text, _, _, tag) = event {
            self.count(at, depth);
            self.refuse_tag(tag.as_deref(), at);
            return Some((text.into_owned(), self.span(at.start, at.end)));
        }
        let node = self.node(event, at, depth.saturating_add(1));
        if self.stopped.is_none() && !matches!(node.shape, Shape::Refused) {
            self.problems
                .report(&code::WRONG_TYPE, node.span, format!("a key must be a text, but this is {}", node.kind()))
                .help("write a name before the colon");
        }
        None
    }

    /// Counts a node, and stops reading where there are too many or they are too deep.
    fn count(&mut self, at: granit_parser::Span, depth: usize) {
        self.nodes = self.nodes.saturating_add(1);
        if depth > MAX_DEPTH {
            broken::too_deep(self.span(at.start, at.end), self.problems);
            self.stopped = Some(Stopped::Limits);
        } else if self.nodes > MAX_NODES {
            let span = self.span(at.start, at.end);
            self.problems
                .report(&code::TOO_MANY, span, format!("the file has more than {MAX_NODES} keys and values"))
                .label("reading stopped here")
                .help("split the flow into several");
            self.stopped = Some(Stopped::Limits);
        }
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, at: granit_parser::Span) {
        if tag.is_some() {
            let at = at.tag_span().unwrap_or(at);
            let span = self.span(at.start, at.end);
            self.problems.report(&code::TAG, span, "tags aren't allowed in a flow").help("delete the word that begins with `!`");
        }
    }

    fn syntax(&mut self, error: &ScanError) {
        let span = self.span(*error.marker(), *error.marker());
        self.stopped = Some(broken::report(error.kind(), span, self.problems));
    }

    /// The place between two marks, or its part in the first line, or the beginning of a long one.
    fn span(&self, start: Marker, end: Marker) -> Span {
        let offset = start.byte_offset().unwrap_or_default();
        let end = end.byte_offset().unwrap_or(offset).min(offset.saturating_add(LONGEST_PLACE));
        let whole = self.text.get(offset..self.text.floor_char_boundary(end)).unwrap_or_default();
        let length = whole.split(['\n', '\r']).next().unwrap_or_default().trim_end().len();
        Span { line: start.line(), column: start.col().saturating_add(1), offset, length }
    }
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Shape {
    let plain = style == ScalarStyle::Plain;
    if plain && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL") {
        Shape::Nothing
    } else {
        Shape::Text { text: text.into_owned(), plain }
    }
}
