//! The content hash of a flow. Layout, comments, the description and how a value is written don't move it; all else does.
//!
//! Hashed is a text in which every name carries its length, so that two different trees never give the same text.

use super::draft::{Execution, Level, Node};
use crate::definition::condition::Condition;
use crate::definition::config::Value;
use crate::definition::waiver::{Assumption, Waiver};
use crate::{Requirement, Revision};
use domain::{Digest, FlowName};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Moves every revision when the canonical text changes its meaning.
const FORMAT: &str = "braid-flow-1";

/// The revision of a flow.
pub(super) fn of(name: &FlowName, level: &Level, (waivers, assumes): (&[Waiver], &BTreeSet<Assumption>)) -> Revision {
    let mut text = Canonical(FORMAT.to_owned());
    text.word(name.as_str());
    text.level(level);
    text.promises(waivers, assumes);
    Revision(Digest::of_bytes(text.0.as_bytes()).as_str().to_owned())
}

struct Canonical(String);

impl Canonical {
    fn word(&mut self, word: &str) {
        let _ = write!(self.0, " {}:{word}", word.len());
    }

    fn words<'w>(&mut self, words: impl ExactSizeIterator<Item = &'w String>) {
        let _ = write!(self.0, " {} words", words.len());
        words.for_each(|word| self.word(word));
    }

    /// A flow without any says nothing of them.
    fn promises(&mut self, waivers: &[Waiver], assumes: &BTreeSet<Assumption>) {
        for Waiver { property, at, reason, .. } in waivers {
            let _ = write!(self.0, " waives {property} {at}");
            self.word(reason);
        }
        for assumption in assumes {
            let _ = write!(self.0, " assumes {}", assumption.as_str());
        }
    }

    fn level(&mut self, level: &Level) {
        let _ = write!(self.0, " level {} {}", level.succeeds_when_empty, level.executions.len());
        for execution in &level.executions {
            self.execution(execution);
        }
    }

    fn execution(&mut self, execution: &Execution) {
        self.0.push_str(match execution.requirement {
            Some(Requirement::Required) => " required",
            Some(Requirement::Alternative) => " alternative",
            Some(Requirement::Disabled) => " disabled",
            None => " unknown",
        });
        match &execution.node {
            Some(Node::Authenticator(authenticator)) => {
                let _ = write!(self.0, " authenticator {}", authenticator.config.len());
                self.word(authenticator.kind.declaration.name);
                for (key, value) in &authenticator.config {
                    self.word(key);
                    self.value(value);
                }
            }
            Some(Node::SubFlow(sub_flow)) => {
                self.0.push_str(" flow");
                self.word(sub_flow.name.as_deref().unwrap_or_default());
                if let Some(condition) = sub_flow.when.as_ref().and_then(|when| when.condition.as_ref()) {
                    self.0.push_str(" when");
                    self.condition(condition);
                }
                self.level(&sub_flow.level);
            }
            None => self.0.push_str(" unknown"),
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Word(word) => self.word(word),
            Value::Duration(duration) => {
                let _ = write!(self.0, " {}s", duration.as_secs());
            }
            Value::Count(count) => {
                let _ = write!(self.0, " {count}");
            }
            Value::Text(text) => {
                self.0.push_str(" text");
                self.word(text);
            }
            Value::Words(words) => self.words(words.iter()),
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::All(conditions) => self.conditions("all", conditions),
            Condition::Any(conditions) => self.conditions("any", conditions),
            Condition::Not(condition) => self.conditions("not", std::slice::from_ref(condition)),
            Condition::Named(fact) => {
                self.0.push_str(" fact");
                self.word(fact.name());
            }
            Condition::Provider(alias) => {
                self.0.push_str(" provider");
                self.word(alias.as_str());
            }
            Condition::OneOf(fact, wanted) => {
                self.0.push_str(" one-of");
                self.word(fact.name());
                self.words(wanted.iter());
            }
            Condition::Attribute(fact, name, wanted) => {
                self.0.push_str(" attribute");
                self.word(fact.name());
                self.word(name.as_str());
                self.words(wanted.iter());
            }
            Condition::Cel(cel) => {
                self.0.push_str(" cel");
                self.word(&cel.text);
            }
        }
    }

    fn conditions(&mut self, operator: &str, conditions: &[Condition]) {
        let _ = write!(self.0, " {operator} {}", conditions.len());
        for condition in conditions {
            self.condition(condition);
        }
    }
}
