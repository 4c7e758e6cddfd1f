//! The value of `tests:`.

mod account;
mod given;
mod identity;
mod provider;
mod rule;
mod step;
mod then;
mod value;

pub(in crate::reader) use given::document as given_document;
pub(in crate::reader) use step::steps;

use super::fields::Fields;
use crate::flow_test::{FlowTest, Given, Then};
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::suggest::quoted;
use crate::reader::tree::{Entry, Node, Shape};
use domain::Username;
use std::collections::{BTreeMap, BTreeSet};

/// The keys of a test.
const KEYS: &[&str] = &["name", "given", "identity", "steps", "then"];

/// Understands the tests of a flow.
pub(super) fn tests(entry: &Entry, problems: &mut Problems) -> Vec<FlowTest> {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    let tests: Vec<FlowTest> = value::list(entry, problems).iter().filter_map(|node| test(node, problems)).collect();
    for test in &tests {
        if let Some(line) = lines.insert(test.name.clone(), test.span.line) {
            problems
                .report(&code::TEST_TWICE, test.span, format!("two tests are called {}", quoted(&test.name)))
                .label(format!("the other one is on line {line}"))
                .help("give one of them another name");
        }
    }
    tests
}

fn test(node: &Node, problems: &mut Problems) -> Option<FlowTest> {
    let entries = value::entries(node, node.span, "a test", problems)?;
    let mut fields = Fields::of(entries);
    let name = fields.take("name");
    if name.is_none() {
        problems
            .report(&code::MISSING_KEY, node.span, "the test has no name")
            .label("`name` is missing")
            .help("write `name:` and what it shows, in a few words");
    }
    let span = name.map_or(node.span, Entry::place);
    let name = name.and_then(|entry| value::line(entry, problems));
    let mut given = fields.take("given").map_or_else(Given::default, |entry| given::given(entry, problems));
    given.identity = fields.take("identity").and_then(|entry| {
        let read = identity::identity(&entry.value, entry.place(), problems)?;
        if read.provider.is_none() {
            identity::no_provider(entry.place(), problems);
        }
        Some(read)
    });
    let steps = fields.take("steps").map_or_else(Vec::new, |entry| step::list(entry, problems));
    let then_entry = fields.take("then");
    let then = then_entry.map_or_else(Then::default, |entry| then::then(entry, problems));
    let says_something = then_entry.is_some_and(|entry| match &entry.value.shape {
        Shape::Mapping(entries) => !entries.is_empty(),
        shape => !matches!(shape, Shape::Nothing),
    });
    if !says_something {
        problems
            .report(&code::NOTHING_EXPECTED, then_entry.map_or(span, Entry::place), "the test doesn't say what must come of it")
            .label("nothing is expected")
            .help("write under `then:` who signs in, or why nobody does: `then: { signed-in: new }`");
    }
    fields.refuse_others("a test", KEYS, problems);
    names(&given, &steps, &then, problems);
    Some(FlowTest { name: name?, span, given, steps, then })
}

/// Everybody who is named must be there.
fn names(given: &Given, steps: &[crate::flow_test::Step], then: &Then, problems: &mut Problems) {
    let mut known: BTreeSet<&Username> = given.accounts.iter().map(|account| &account.username).collect();
    known.extend(step::who_signs_up(steps));
    let words: Vec<&str> = known.iter().map(|name| name.as_str()).collect();
    let mut missing = |name: &Username, span: Span| {
        if !known.contains(name) {
            let help = if words.is_empty() {
                format!("describe it under `given:` as `accounts: {{ {name}: {{ … }} }}`")
            } else {
                crate::reader::suggest::instead_of(name.as_str(), &words)
            };
            problems.report(&code::NOBODY, span, format!("the test has no account {}", quoted(name.as_str()))).help(help);
        }
    };
    if let Some((name, span)) = &given.signed_in {
        missing(name, *span);
    }
    step::who_is_named(steps).for_each(|(name, span)| missing(name, span));
    then::who_is_named(then).for_each(|(name, span)| missing(name, span));
}
