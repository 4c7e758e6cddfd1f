//! From YAML's events to the tree, within the limits.

use super::broken;
use super::{Entry, MAX_DEPTH, MAX_NODES, Node, Shape};
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::suggest::quoted;
use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, StrInput, Tag};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The document can't be read on, and the reason was reported.
pub(super) struct Stop;

pub(super) struct Builder<'t, 'p> {
    text: &'t str,
    events: Parser<'t, StrInput<'t>>,
    problems: &'p mut Problems,
    nodes: usize,
}

impl<'t, 'p> Builder<'t, 'p> {
    pub(super) fn new(text: &'t str, problems: &'p mut Problems) -> Self {
        let mut options =
            granit_parser::options! { disallow_directives: true, emit_anchor_events: true, emit_unresolved_aliases: true };
        options.set_emit_comments(false);
        Self { text, events: Parser::new_from_str_with_options(text, options), problems, nodes: 0 }
    }

    /// Reads the first document; a second one is refused.
    pub(super) fn document(mut self) -> Result<Node, Stop> {
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
            broken::too_deep(span, self.problems);
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
        broken::report(error.kind(), span, self.problems);
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

fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Shape {
    let plain = style == ScalarStyle::Plain;
    if plain && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL") {
        Shape::Nothing
    } else {
        Shape::Text { text: text.into_owned(), plain }
    }
}
