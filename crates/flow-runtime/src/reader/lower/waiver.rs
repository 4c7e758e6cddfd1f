//! `waivers:` and `assumes:`: where the author accepts that a property is broken, and what the flow takes for granted.

use super::fields::Fields;
use super::text;
use crate::definition::waiver::{Assumption, Property};
use crate::reader::code;
use crate::reader::diagnostic::Problems;
use crate::reader::draft::Waiver;
use crate::reader::keys::{self, WAIVER};
use crate::reader::suggest::{instead_of, quoted};
use crate::reader::tree::{Entry, Node, Shape};
use std::collections::BTreeSet;

/// Understands the list of waivers.
pub(super) fn waivers(entry: &Entry, problems: &mut Problems) -> Vec<Waiver> {
    items(entry, problems).iter().filter_map(|node| waiver(node, problems)).collect()
}

/// Understands what a flow takes for granted.
pub(super) fn assumes(entry: &Entry, problems: &mut Problems) -> BTreeSet<Assumption> {
    let names = Assumption::ALL.map(Assumption::as_str);
    let mut assumes = BTreeSet::new();
    for node in items(entry, problems) {
        let Shape::Text { text, .. } = &node.shape else {
            if !matches!(node.shape, Shape::Refused) {
                let message = format!("an assumption must be a word, but this is {}", node.kind());
                problems.report(&code::WRONG_TYPE, node.span, message).help(instead_of("", &names));
            }
            continue;
        };
        if let Some(assumption) = Assumption::ALL.into_iter().find(|assumption| assumption.as_str() == text) {
            assumes.insert(assumption);
        } else {
            let message = format!("a flow can't assume {}", quoted(text));
            problems.report(&code::UNKNOWN_WORD, node.span, message).help(instead_of(text, &names));
        }
    }
    assumes
}

fn items<'t>(entry: &'t Entry, problems: &mut Problems) -> &'t [Node] {
    match &entry.value.shape {
        Shape::List(nodes) => nodes,
        Shape::Nothing | Shape::Refused => &[],
        Shape::Text { .. } | Shape::Mapping(_) => {
            let message = format!("{} must be a list, but this is {}", quoted(&entry.key), entry.value.kind());
            problems.report(&code::WRONG_TYPE, entry.place(), message).help("begin each item with `- `");
            &[]
        }
    }
}

fn waiver(node: &Node, problems: &mut Problems) -> Option<Waiver> {
    let entries = match &node.shape {
        Shape::Mapping(entries) => entries.as_slice(),
        Shape::Refused => return None,
        Shape::Nothing | Shape::Text { .. } | Shape::List(_) => {
            let message = format!("a waiver must be a mapping, but this is {}", node.kind());
            problems.report(&code::WRONG_TYPE, node.span, message).help("write `property`, `at`, `for` and `reason`");
            return None;
        }
    };
    let mut fields = Fields::of(entries);
    let property = fields.take("property");
    let (at, flow, reason) = (fields.take("at"), fields.take("for"), fields.take("reason"));
    fields.refuse_others("a waiver", &keys::names(WAIVER), problems);
    for (name, entry) in [("property", property), ("at", at), ("for", flow)] {
        if entry.is_none() {
            problems
                .report(&code::MISSING_KEY, node.span, format!("the waiver doesn't say `{name}`"))
                .label(format!("`{name}` is missing"))
                .help("write `property`, `at`, `for` and `reason`");
        }
    }
    let said = reason.and_then(|entry| text(entry, problems)).filter(|reason| !reason.trim().is_empty());
    if said.is_none() {
        problems
            .report(&code::WAIVER_WITHOUT_REASON, reason.map_or(node.span, |entry| entry.key_span), "the waiver gives no reason")
            .help("say in `reason` why it is accepted that the property is broken");
    }
    let known = property.and_then(|entry| self::property(entry, problems));
    let (at, flow) = (
        at.and_then(|entry| Some((text(entry, problems)?, entry.place()))),
        flow.and_then(|entry| Some((text(entry, problems)?, entry.place()))),
    );
    Some(Waiver {
        property: known?,
        at: at.map(|(path, span)| (path.to_owned(), span))?,
        flow: flow.map(|(name, span)| (name.to_owned(), span))?,
        reason: said?.trim().to_owned(),
    })
}

fn property(entry: &Entry, problems: &mut Problems) -> Option<Property> {
    let name = text(entry, problems)?;
    let known = Property::ALL.into_iter().find(|property| property.as_str() == name);
    if known.is_none() {
        problems
            .report(&code::UNKNOWN_PROPERTY, entry.place(), format!("no property is called {}", quoted(name)))
            .help(instead_of(name, &Property::ALL.map(Property::as_str)));
    }
    known
}
