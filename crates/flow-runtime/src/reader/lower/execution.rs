//! One item of a list of executions: an authenticator or a sub-flow.

use super::fields::Fields;
use super::{authenticator, condition, level, sub_flow_name, text};
use crate::Requirement;
use crate::reader::code;
use crate::reader::diagnostic::Problems;
use crate::reader::draft::{self, Execution, SubFlow};
use crate::reader::keys;
use crate::reader::suggest::{instead_of, quoted};
use crate::reader::tree::{Entry, Node, Shape};

/// Keys by which a sub-flow shows even if its name is missing.
const SUB_FLOW_KEYS: &[&str] = &["flow", "executions", "when", "on-empty"];

/// Understands one item of a list.
pub(super) fn execution(node: &Node, problems: &mut Problems) -> Execution {
    let known = |entry: &Entry| SUB_FLOW_KEYS.contains(&entry.key.as_str());
    match &node.shape {
        Shape::Text { text, .. } => authenticator::bare(text, node.span, problems),
        Shape::Mapping(entries) if entries.iter().any(known) => sub_flow(entries, node, problems),
        Shape::Mapping(entries) => match entries.as_slice() {
            [] => no_execution(node, problems),
            [only] => authenticator::configured(only, problems),
            [first, others @ ..] => {
                beside(first, others, problems);
                Execution { node: None, ..authenticator::configured(first, problems) }
            }
        },
        Shape::Nothing | Shape::List(_) => no_execution(node, problems),
        Shape::Refused => Execution { span: node.span, requirement: None, node: None },
    }
}

fn no_execution(node: &Node, problems: &mut Problems) -> Execution {
    problems
        .report(&code::WRONG_TYPE, node.span, format!("an execution must be a name or a mapping, but this is {}", node.kind()))
        .help("write the name of an authenticator, or `flow:` and the name of a sub-flow");
    Execution { span: node.span, requirement: None, node: None }
}

/// Several keys in one item, none of which makes it a sub-flow.
fn beside(first: &Entry, others: &[Entry], problems: &mut Problems) {
    for other in others {
        let is_authenticator = authenticator::find(&other.key, problems).is_some();
        let message = format!("{} stands beside {}", quoted(&other.key), quoted(&first.key));
        let help = if is_authenticator {
            "begin each execution with its own `- `".to_owned()
        } else {
            format!("indent it further, so that it stands inside {}", quoted(&first.key))
        };
        problems.report(&code::BESIDE_ITS_AUTHENTICATOR, other.key_span, message).label("it isn't inside").help(help);
    }
}

fn sub_flow(entries: &[Entry], node: &Node, problems: &mut Problems) -> Execution {
    let mut fields = Fields::of(entries);
    let flow = fields.take("flow");
    let span = flow.map_or(node.span, Entry::place);
    if flow.is_none() {
        problems
            .report(&code::MISSING_KEY, span, "the sub-flow has no name")
            .label("`flow` is missing")
            .help("write `flow:` and a name before the other keys");
    }
    let name = flow.and_then(|entry| sub_flow_name(entry, problems));
    let when = fields.take("when").map(|entry| condition::when(&entry.value, entry.place(), problems));
    let stated = fields.take("requirement");
    let requirement = stated.map_or(Some(Requirement::Required), |entry| requirement(entry, problems));
    if let (Some(_), Some(Requirement::Alternative), Some(entry)) = (&when, requirement, stated) {
        problems
            .report(&code::REQUIREMENT_WITH_WHEN, entry.place(), "a sub-flow with `when` can't be an alternative")
            .label("it is required if the condition holds")
            .help("delete `requirement`; or put the sub-flow into an alternative sub-flow of its own");
    }
    let level = level(&mut fields, span, problems);
    fields.refuse_others("a sub-flow", &keys::names(keys::SUB_FLOW), problems);
    Execution { span, requirement, node: Some(draft::Node::SubFlow(SubFlow { name, when, level })) }
}

/// Understands the value of a `requirement` key.
pub(super) fn requirement(entry: &Entry, problems: &mut Problems) -> Option<Requirement> {
    match text(entry, problems)? {
        "required" => Some(Requirement::Required),
        "alternative" => Some(Requirement::Alternative),
        "disabled" => Some(Requirement::Disabled),
        word => {
            let help = if word.eq_ignore_ascii_case("conditional") {
                "write the condition as `when:` on a sub-flow".to_owned()
            } else {
                instead_of(word, &["required", "alternative", "disabled"])
            };
            problems
                .report(&code::UNKNOWN_REQUIREMENT, entry.place(), format!("unknown requirement {}", quoted(word)))
                .help(help);
            None
        }
    }
}
