//! The value of `when:`.

use crate::definition::condition::{Cel, Condition};
use crate::definition::fact::{About, FACTS, FactKind, NamedFact, Takes};
use crate::linking::expression::{Expression, Subject, Unreadable, Use};
use crate::reader::code;
use crate::reader::diagnostic::{Problems, Span};
use crate::reader::draft::{Asked, When};
use crate::reader::suggest::{instead_of, quoted};
use crate::reader::tree::{Entry, Node, Shape};
use domain::{AttributeName, ClientId, EmailAddress, ProviderAlias, RoleName};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The words that build conditions.
const OPERATORS: &[&str] = &["all", "any", "not", "cel"];

/// The longest value that a fact is compared with, in bytes.
const LONGEST_VALUE: usize = 255;

/// Understands the condition of a sub-flow. The place is where to point if it is empty.
pub(super) fn when(node: &Node, place: Span, problems: &mut Problems) -> When {
    let mut reading = Reading { asks: Vec::new(), problems };
    let condition = reading.condition(node, place);
    When { condition, span: place, asks: reading.asks }
}

struct Reading<'p> {
    asks: Vec<Asked>,
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
            "cel" => self.cel(entry),
            other => {
                if let Some(kind) = FactKind::named(other) {
                    return self.valued(kind, entry);
                }
                let message = format!("a condition can't begin with {}", quoted(other));
                let valued = FACTS.iter().filter(|kind| kind.takes != Takes::Nothing).map(|kind| kind.name);
                let known: Vec<&str> = OPERATORS.iter().copied().chain(valued).collect();
                self.bad(entry.key_span, message, instead_of(other, &known))
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
        let Some(kind) = FactKind::named(name) else { return self.unknown(name, place) };
        if kind.takes != Takes::Nothing {
            let message = format!("`{name}` needs a value");
            return self.bad(place, message, format!("write it like `{}`", kind.example));
        }
        self.ask(name, kind.about, place);
        Some(Condition::Named(kind.fact))
    }

    fn unknown(&mut self, name: &str, place: Span) -> Option<Condition> {
        let names: Vec<&str> = FACTS.iter().map(|kind| kind.name).collect();
        let help = match name.strip_prefix("provider is ") {
            Some(alias) => format!("write `{{ provider: {} }}`", quoted(alias.trim()).replace('`', "")),
            None => instead_of(name, &names),
        };
        self.problems.report(&code::UNKNOWN_FACT, place, format!("there is no fact {}", quoted(name))).help(help);
        None
    }

    fn ask(&mut self, name: impl Into<String>, about: About, span: Span) {
        self.asks.push(Asked { name: name.into(), about, span });
    }

    /// A fact with what is asked of it.
    fn valued(&mut self, kind: &FactKind, entry: &Entry) -> Option<Condition> {
        self.ask(kind.name, kind.about, entry.key_span);
        match kind.takes {
            Takes::Nothing => {
                let message = format!("`{}` takes no value", kind.name);
                self.bad(entry.place(), message, format!("write `{}` alone; for the opposite, `not: {}`", kind.name, kind.name))
            }
            Takes::Attribute => self.attribute(kind, entry),
            _ => {
                let texts = self.texts(kind, &entry.value, entry.place())?;
                Some(match kind.fact {
                    NamedFact::Provider => providers(&texts),
                    fact => Condition::OneOf(fact, texts),
                })
            }
        }
    }

    fn attribute(&mut self, kind: &FactKind, entry: &Entry) -> Option<Condition> {
        let only = match &entry.value.shape {
            Shape::Mapping(entries) => match entries.as_slice() {
                [only] => Some(only),
                _ => None,
            },
            Shape::Refused => return None,
            _ => None,
        };
        let Some(only) = only else {
            let message = format!("`{}` needs one attribute and its value", kind.name);
            return self.bad(entry.place(), message, format!("write it like `{}`", kind.example));
        };
        let texts = self.texts(kind, &only.value, only.place());
        match AttributeName::parse(&only.key) {
            Ok(name) => texts.map(|texts| Condition::Attribute(kind.fact, name, texts)),
            Err(error) => {
                let message = format!("{} can't be the name of an attribute", quoted(&only.key));
                self.bad(only.key_span, message, format!("a name has {}", error.rule))
            }
        }
    }

    /// One text or a list of them. Each is judged, even after one that is wrong.
    fn texts(&mut self, kind: &FactKind, node: &Node, place: Span) -> Option<BTreeSet<String>> {
        match &node.shape {
            Shape::Text { text, .. } => self.value(kind, text, place).map(|text| [text].into()),
            Shape::List(nodes) if !nodes.is_empty() => {
                let texts: Vec<Option<String>> = nodes
                    .iter()
                    .map(|node| match &node.shape {
                        Shape::Text { text, .. } => self.value(kind, text, node.span),
                        Shape::Refused => None,
                        _ => self.bad(node.span, "this should be a text", format!("write it like `{}`", kind.example)),
                    })
                    .collect();
                texts.into_iter().collect()
            }
            Shape::Refused => None,
            _ => {
                let message = format!("`{}` needs a value, or a list of them", kind.name);
                self.bad(place, message, format!("write it like `{}`", kind.example))
            }
        }
    }

    /// A value as it is compared, if it can be one.
    fn value(&mut self, kind: &FactKind, text: &str, place: Span) -> Option<String> {
        let judged: Result<String, String> = match kind.takes {
            Takes::Providers => match ProviderAlias::parse(text) {
                Ok(alias) => return Some(alias.to_string()),
                Err(error) => {
                    self.problems
                        .report(&code::BAD_PROVIDER, place, format!("{} can't be the alias of a provider", quoted(text)))
                        .help(format!("an alias has {}", error.rule));
                    return None;
                }
            },
            Takes::Clients => ClientId::parse(text).map(|id| id.to_string()).map_err(|error| error.rule.to_owned()),
            Takes::Roles => RoleName::parse(text).map(|role| role.to_string()).map_err(|error| error.rule.to_owned()),
            Takes::Domains => EmailAddress::parse(&format!("x@{text}"))
                .map(|address| address.domain().to_owned())
                .map_err(|_| "what stands after the “@”, without “*”".to_owned()),
            Takes::OneOf(words) if words.contains(&text) => Ok(text.to_owned()),
            Takes::OneOf(words) => Err(format!("one of {}", words.join(", "))),
            Takes::Scopes | Takes::Texts | Takes::Attribute | Takes::Nothing => {
                let fits = (1..=LONGEST_VALUE).contains(&text.len()) && !text.contains('\n');
                if fits { Ok(text.to_owned()) } else { Err(format!("1 to {LONGEST_VALUE} bytes on one line")) }
            }
        };
        match judged {
            Ok(value) => Some(value),
            Err(rule) => {
                let message = format!("{} can't be a value of `{}`", quoted(text), kind.name);
                self.bad(place, message, format!("it is {rule}; write it like `{}`", kind.example))
            }
        }
    }

    fn cel(&mut self, entry: &Entry) -> Option<Condition> {
        let place = entry.place();
        let (text, plain) = match &entry.value.shape {
            Shape::Text { text, plain } => (text, *plain),
            Shape::Refused => return None,
            _ => {
                return self.bad(
                    place,
                    "`cel` needs an expression",
                    "write it in quotes, as in `cel: \"identity.domain == 'x.org'\"`",
                );
            }
        };
        match Expression::parse(text, Use::Condition) {
            Ok(expression) => {
                for subject in expression.subjects() {
                    let (name, about) = match subject {
                        Subject::Identity => ("identity", About::Identity),
                        Subject::Account => ("account", About::ExistingUser),
                        Subject::User => ("user", About::User),
                        Subject::Login => ("login", About::Login),
                    };
                    self.ask(name, about, place);
                }
                Some(Condition::Cel(Cel { text: text.clone(), expression: Arc::new(expression) }))
            }
            Err(Unreadable { at, what }) => {
                let (span, exact) = within(entry.value.span, text, plain, at).map_or((place, false), |span| (span, true));
                let found = self.problems.report(&code::BAD_EXPRESSION, span, what);
                let character = text.get(..at).unwrap_or(text).chars().count().saturating_add(1);
                found.label(if exact { "here".to_owned() } else { format!("at character {character} of the expression") });
                found.help("the section “Expressions” in docs/flows.md lists what can stand here");
                None
            }
        }
    }

    fn bad<T>(&mut self, place: Span, message: impl Into<String>, help: impl Into<String>) -> Option<T> {
        self.problems.report(&code::BAD_CONDITION, place, message).help(help);
        None
    }
}

/// One of these providers.
fn providers(aliases: &BTreeSet<String>) -> Condition {
    let conditions = aliases.iter().filter_map(|alias| ProviderAlias::parse(alias).ok()).map(Condition::Provider);
    let mut conditions: Vec<Condition> = conditions.collect();
    if conditions.len() == 1 { conditions.remove(0) } else { Condition::Any(conditions) }
}

/// The place of a byte of a text that stands on one line as it is, with or without quotes. None: it is written in another way.
fn within(span: Span, text: &str, plain: bool, at: usize) -> Option<Span> {
    let quotes = usize::from(!plain);
    let before = text.get(..at)?;
    (span.length == text.len().saturating_add(2 * quotes)).then(|| Span {
        column: span.column.saturating_add(quotes).saturating_add(before.chars().count()),
        offset: span.offset.saturating_add(quotes).saturating_add(at),
        length: text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8),
        line: span.line,
    })
}
