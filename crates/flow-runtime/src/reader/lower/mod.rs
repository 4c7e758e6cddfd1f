//! From the tree to a draft: every word is understood or reported.

mod authenticator;
mod condition;
mod duration;
mod execution;
mod fields;
mod flow_test;
mod waiver;

use super::code;
use super::diagnostic::{Problems, Span};
use super::draft::{Document, Level};
use super::keys;
use super::suggest::quoted;
use super::tree::{Entry, Node, Shape};
use domain::FlowName;
use fields::Fields;
use std::collections::BTreeSet;

pub(crate) use duration::written;
pub(super) use flow_test::{given_document as given, steps};

/// The longest name of a sub-flow, in characters.
const LONGEST_NAME: usize = 64;

/// Understands a whole document.
pub(super) fn document(root: &Node, problems: &mut Problems) -> Document {
    let entries = match &root.shape {
        Shape::Mapping(entries) => entries.as_slice(),
        Shape::Refused => return nothing(),
        Shape::Nothing => {
            problems.report(&code::MISSING_KEY, Span::START, "the file is empty").help("a flow begins with `flow:` and its name");
            return nothing();
        }
        Shape::Text { .. } | Shape::List(_) => {
            problems
                .report(&code::WRONG_TYPE, root.span, format!("a flow must be a mapping, but this is {}", root.kind()))
                .help("begin the file with `flow:` and its name, and put the list under `executions:`");
            return nothing();
        }
    };
    let mut fields = Fields::of(entries);
    let name = fields.take("flow");
    if name.is_none() {
        problems
            .report(&code::MISSING_KEY, root.span, "the flow has no name")
            .label("`flow` is missing")
            .help("begin the file with `flow:` and its name");
    }
    let span = name.map_or(root.span, Entry::place);
    let name = name.and_then(|entry| flow_name(entry, problems));
    let description = fields.take("description").and_then(|entry| text(entry, problems)).map(str::to_owned);
    let level = level(&mut fields, root.span, problems);
    let tests = fields.take("tests").map_or_else(Vec::new, |entry| flow_test::tests(entry, problems));
    let waivers = fields.take("waivers").map_or_else(Vec::new, |entry| waiver::waivers(entry, problems));
    let assumes = fields.take("assumes").map_or_else(BTreeSet::new, |entry| waiver::assumes(entry, problems));
    fields.refuse_others("a flow", &keys::names(keys::DOCUMENT), problems);
    Document { name, description, level, tests, span, waivers, assumes }
}

fn nothing() -> Document {
    let level = Level { span: Span::START, executions: Vec::new(), succeeds_when_empty: false, on_empty: None };
    let (tests, waivers, assumes) = (Vec::new(), Vec::new(), BTreeSet::new());
    Document { name: None, description: None, level, tests, span: Span::START, waivers, assumes }
}

fn flow_name(entry: &Entry, problems: &mut Problems) -> Option<FlowName> {
    let name = text(entry, problems)?;
    let parsed = FlowName::parse(name);
    if let Err(error) = &parsed {
        problems
            .report(&code::BAD_FLOW_NAME, entry.place(), format!("{} can't be the name of a flow", quoted(name)))
            .help(format!("use {}", error.rule));
    }
    parsed.ok()
}

/// The name of a sub-flow: a short text on one line.
fn sub_flow_name(entry: &Entry, problems: &mut Problems) -> Option<String> {
    let name = text(entry, problems)?;
    let fits = !name.trim().is_empty() && name.chars().count() <= LONGEST_NAME && name.chars().all(domain::text::is_visible);
    if !fits {
        problems
            .report(&code::BAD_SUB_FLOW_NAME, entry.place(), format!("{} can't be the name of a sub-flow", quoted(name)))
            .help(format!("use a text of 1 to {LONGEST_NAME} characters on one line"));
    }
    fits.then(|| name.to_owned())
}

/// The executions of a flow or sub-flow. The owner is where to point if they are missing.
fn level(fields: &mut Fields<'_>, owner: Span, problems: &mut Problems) -> Level {
    let on_empty = fields.take("on-empty");
    let succeeds_when_empty = on_empty.is_some_and(|entry| on_empty_succeeds(entry, problems));
    let empty = |span| Level { span, executions: Vec::new(), succeeds_when_empty, on_empty: None };
    let Some(entry) = fields.take("executions") else {
        problems
            .report(&code::MISSING_KEY, owner, "there is nothing to run")
            .label("`executions` is missing")
            .help("add `executions:` and a list under it");
        return empty(owner);
    };
    let nodes = match &entry.value.shape {
        Shape::List(nodes) => nodes.as_slice(),
        Shape::Nothing | Shape::Refused => &[],
        Shape::Text { .. } | Shape::Mapping(_) => {
            problems
                .report(
                    &code::WRONG_TYPE,
                    entry.place(),
                    format!("`executions` must be a list, but this is {}", entry.value.kind()),
                )
                .help("begin each execution with `- `");
            return empty(entry.key_span);
        }
    };
    if nodes.is_empty() && on_empty.is_none() && !matches!(entry.value.shape, Shape::Refused) {
        problems
            .report(&code::NO_EXECUTIONS, entry.key_span, "there is nothing to run, so every login fails here")
            .label("this list is empty")
            .help("list at least one execution, or say `on-empty: succeed` if that is what you want");
    }
    let executions = nodes.iter().map(|node| execution::execution(node, problems)).collect();
    Level { span: entry.key_span, executions, succeeds_when_empty, on_empty: on_empty.map(|entry| entry.key_span) }
}

fn on_empty_succeeds(entry: &Entry, problems: &mut Problems) -> bool {
    match text(entry, problems) {
        Some("succeed") => true,
        Some(word) => {
            problems
                .report(&code::UNKNOWN_WORD, entry.place(), format!("`on-empty` can't be {}", quoted(word)))
                .help("write `succeed`, or leave `on-empty` out: then an empty level fails");
            false
        }
        None => false,
    }
}

/// The text of a value, which must be one.
fn text<'t>(entry: &'t Entry, problems: &mut Problems) -> Option<&'t str> {
    match &entry.value.shape {
        Shape::Text { text, .. } => Some(text),
        Shape::Refused => None,
        Shape::Nothing | Shape::List(_) | Shape::Mapping(_) => {
            let message = format!("{} must be a text, but this is {}", quoted(&entry.key), entry.value.kind());
            problems.report(&code::WRONG_TYPE, entry.place(), message).help("write the text after the colon");
            None
        }
    }
}
