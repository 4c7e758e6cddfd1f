//! The value of `when:`.

use crate::definition::condition::{Condition, NamedFact};
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::draft::When;
use crate::reader::suggest::{instead_of, quoted};
use crate::reader::tree::{Entry, Node, Shape};
use domain::ProviderAlias;

/// The words that build conditions.
const OPERATORS: &[&str] = &["all", "any", "not", "provider"];

/// Understands the condition of a sub-flow. The place is where to point if it is empty.
pub(super) fn when(node: &Node, place: Span, problems: &mut Problems) -> When {
    let mut reading = Reading { facts: Vec::new(), problems };
    let condition = reading.condition(node, place);
    When { condition, span: place, facts: reading.facts }
}

struct Reading<'p> {
    facts: Vec<(NamedFact, Span)>,
    problems: &'p mut Problems,
}

impl Reading<'_> {
    fn condition(&mut self, node: &Node, place: Span) -> Option<Condition> {
        match &node.shape {
            Shape::Text { text, .. } => self.fact(text, place),
            Shape::Mapping(entries) => match entries.as_slice() {
                [only] => self.operator(only),
                _ => self.bad(
                    place,
                    "a condition has exactly one key",
                    "put several conditions into a list under `all:` or `any:`",
                ),
            },
            Shape::List(_) => self.bad(place, "a list isn't a condition", "put the list under `all:` or `any:`"),
            Shape::Nothing => {
                self.bad(place, "the condition is empty", "write the name of a fact, or `all:`, `any:`, `not:` or `provider:`")
            }
            Shape::Refused => None,
        }
    }

    fn operator(&mut self, entry: &Entry) -> Option<Condition> {
        match entry.key.as_str() {
            "all" => self.list(entry).map(Condition::All),
            "any" => self.list(entry).map(Condition::Any),
            "not" => self.condition(&entry.value, entry.place()).map(|condition| Condition::Not(Box::new(condition))),
            "provider" => self.provider(entry),
            other => {
                let message = format!("a condition can't begin with {}", quoted(other));
                self.bad(entry.key_span, message, instead_of(other, OPERATORS))
            }
        }
    }

    /// The conditions under `all` or `any`. Each is understood, even after one that is wrong.
    fn list(&mut self, entry: &Entry) -> Option<Vec<Condition>> {
        let nodes = match &entry.value.shape {
            Shape::List(nodes) if !nodes.is_empty() => nodes,
            Shape::Refused => return None,
            _ => {
                let message = format!("`{}` needs a list of conditions", entry.key);
                return self.bad(entry.place(), message, format!("write `{}: [one condition, another condition]`", entry.key));
            }
        };
        let conditions: Vec<Option<Condition>> = nodes.iter().map(|node| self.condition(node, node.span)).collect();
        conditions.into_iter().collect()
    }

    fn fact(&mut self, name: &str, place: Span) -> Option<Condition> {
        if let Some((_, fact)) = NamedFact::ALL.iter().find(|(known, _)| *known == name) {
            self.facts.push((*fact, place));
            return Some(Condition::Named(*fact));
        }
        let names: Vec<&str> = NamedFact::ALL.iter().map(|(name, _)| *name).collect();
        let help = match name.strip_prefix("provider is ") {
            Some(alias) => format!("write `{{ provider: {} }}`", quoted(alias.trim()).replace('`', "")),
            None => instead_of(name, &names),
        };
        self.problems.report(&code::UNKNOWN_FACT, place, format!("there is no fact {}", quoted(name))).help(help);
        None
    }

    fn provider(&mut self, entry: &Entry) -> Option<Condition> {
        let alias = super::text(entry, self.problems)?;
        let parsed = ProviderAlias::parse(alias);
        if let Err(error) = &parsed {
            self.problems
                .report(&code::BAD_PROVIDER, entry.place(), format!("{} can't be the alias of a provider", quoted(alias)))
                .help(format!("an alias has {}", error.rule));
        }
        parsed.ok().map(Condition::Provider)
    }

    fn bad<T>(&mut self, place: Span, message: impl Into<String>, help: impl Into<String>) -> Option<T> {
        self.problems.report(&code::BAD_CONDITION, place, message).help(help);
        None
    }
}
