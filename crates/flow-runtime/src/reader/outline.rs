//! What a flow document says, as data: the tree that the flow runs, with every value as it would stand in YAML. Pictures, comparisons and
//! documents are made of it.

use super::draft::{self, Document};
use super::lower::written;
use crate::definition::condition::Condition;
use crate::definition::config::Value;
use crate::definition::declaration::Declaration;
use crate::definition::waiver::{Property, Waiver};
use crate::{ExecutionId, Requirement};
use domain::FlowName;

/// A whole flow.
#[derive(Debug, Clone)]
pub struct Outline {
    /// Its name.
    pub name: FlowName,
    /// What it says about itself.
    pub description: Option<String>,
    /// What its author accepts to be broken, at no execution but in the flow as a whole.
    pub waived: Vec<Property>,
    /// What it runs.
    pub level: OutlineLevel,
}

/// The executions of a flow or sub-flow.
#[derive(Debug, Clone)]
pub struct OutlineLevel {
    /// In the order of the file, disabled ones too.
    pub executions: Vec<OutlineExecution>,
    /// `on-empty: succeed`.
    pub succeeds_when_empty: bool,
}

/// One execution.
#[derive(Debug, Clone)]
pub struct OutlineExecution {
    /// Its number, the same as in the compiled flow.
    pub id: ExecutionId,
    /// The line of the file that it begins on, from 1.
    pub line: usize,
    /// What it means for its level.
    pub requirement: Requirement,
    /// What the flow's author accepts to be broken here.
    pub waived: Vec<Property>,
    /// What it runs.
    pub node: OutlineNode,
}

/// What an execution runs.
#[derive(Debug, Clone)]
pub enum OutlineNode {
    /// An authenticator.
    Authenticator {
        /// What it declares.
        declaration: &'static Declaration,
        /// The values of its keys, defaults too.
        config: Vec<Setting>,
    },
    /// A sub-flow.
    SubFlow {
        /// Its name.
        name: String,
        /// Its condition, in words.
        when: Option<String>,
        /// Its executions.
        level: OutlineLevel,
    },
}

/// The value of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key.
    pub key: &'static str,
    /// Its value, as it would stand in YAML.
    pub value: String,
    /// Whether it would be the same if the key weren't there.
    pub is_default: bool,
}

impl OutlineExecution {
    /// Its name: an authenticator's, or a sub-flow's.
    pub fn name(&self) -> &str {
        match &self.node {
            OutlineNode::Authenticator { declaration, .. } => declaration.name,
            OutlineNode::SubFlow { name, .. } => name,
        }
    }
}

/// The outline of a document, unless something in it is missing.
pub(super) fn of(document: &Document, waivers: &[Waiver]) -> Option<Outline> {
    let level = Numbering { last: 0, waivers }.level(&document.level)?;
    let (name, description) = (document.name.clone()?, document.description.clone());
    Some(Outline { name, description, waived: waived(waivers, ExecutionId(0)), level })
}

fn waived(waivers: &[Waiver], at: ExecutionId) -> Vec<Property> {
    let mut waived: Vec<Property> = waivers.iter().filter(|waiver| waiver.at == at).map(|waiver| waiver.property).collect();
    waived.sort_unstable();
    waived
}

/// Gives numbers, as in the compiled flow.
struct Numbering<'a> {
    last: u16,
    waivers: &'a [Waiver],
}

impl Numbering<'_> {
    fn level(&mut self, level: &draft::Level) -> Option<OutlineLevel> {
        let executions = level.executions.iter().map(|execution| self.execution(execution)).collect::<Option<_>>()?;
        Some(OutlineLevel { executions, succeeds_when_empty: level.succeeds_when_empty })
    }

    fn execution(&mut self, execution: &draft::Execution) -> Option<OutlineExecution> {
        self.last = self.last.checked_add(1)?;
        let id = ExecutionId(self.last);
        let node = match execution.node.as_ref()? {
            draft::Node::Authenticator(authenticator) => {
                let declaration = authenticator.kind.declaration;
                OutlineNode::Authenticator { declaration, config: settings(authenticator) }
            }
            draft::Node::SubFlow(sub_flow) => {
                let when = match &sub_flow.when {
                    None => None,
                    Some(when) => Some(in_words(when.condition.as_ref()?, false)),
                };
                OutlineNode::SubFlow { name: sub_flow.name.clone()?, when, level: self.level(&sub_flow.level)? }
            }
        };
        let (line, waived) = (execution.span.line, waived(self.waivers, id));
        Some(OutlineExecution { id, line, requirement: execution.requirement?, waived, node })
    }
}

fn settings(authenticator: &draft::Authenticator) -> Vec<Setting> {
    let keys = authenticator.kind.declaration.keys.iter();
    let setting = |key: &crate::definition::config::Key| {
        let value = match authenticator.config.get(key.name)? {
            Value::Word(word) => word.clone(),
            Value::Duration(duration) => written(*duration),
            Value::Count(count) => count.to_string(),
            Value::Text(text) => text.clone(),
            Value::Words(words) => format!("[{}]", words.join(", ")),
        };
        Some(Setting { key: key.name, is_default: key.default == Some(value.as_str()), value })
    };
    keys.filter_map(setting).collect()
}

/// Values of which one is enough.
fn one_of_them(wanted: &std::collections::BTreeSet<String>) -> String {
    wanted.iter().map(String::as_str).collect::<Vec<_>>().join(" or ")
}

/// A condition as people say it. What stands inside another condition is put into brackets where that is needed.
pub(crate) fn in_words(condition: &Condition, inside: bool) -> String {
    let joined = |conditions: &[Condition], word: &str| {
        let several = conditions.len() > 1;
        let parts: Vec<String> = conditions.iter().map(|one| in_words(one, several || inside)).collect();
        let text = parts.join(word);
        if inside && several { format!("({text})") } else { text }
    };
    match condition {
        Condition::All(conditions) => joined(conditions, " and "),
        Condition::Any(conditions) => joined(conditions, " or "),
        Condition::Not(one) => format!("not {}", in_words(one, true)),
        Condition::Named(fact) => fact.name().to_owned(),
        Condition::Provider(alias) => format!("provider {alias}"),
        Condition::OneOf(fact, wanted) => format!("{} {}", fact.name(), one_of_them(wanted)),
        Condition::Attribute(fact, name, wanted) => format!("{} {name} {}", fact.name(), one_of_them(wanted)),
        Condition::Cel(cel) => format!("`{}`", cel.text.trim()),
    }
}
