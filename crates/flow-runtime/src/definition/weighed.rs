//! What a condition came to, and what each of its facts did: kept of a login, so that it can be explained.

use super::condition::{Condition, Seen};
use crate::reader::in_words;
use serde::{Deserialize, Serialize};

/// A condition that was decided. What it asks for stands in the flow; of the person there is only whether it is so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighed {
    /// The condition in words.
    pub condition: String,
    /// Whether it held. None: it couldn't be decided, which ends the login.
    pub holds: Option<bool>,
    /// Its facts, in the order of the file, if it has several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<WeighedFact>,
}

/// One fact of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeighedFact {
    /// What was asked.
    pub asked: String,
    /// Whether it is so. None: that couldn't be decided.
    pub holds: Option<bool>,
}

impl Weighed {
    /// What a condition comes to for what is seen.
    pub(crate) fn of(condition: &Condition, seen: &Seen<'_>) -> Self {
        let holds = |condition: &Condition| condition.holds(seen).ok();
        let mut leaves = Vec::new();
        collect(condition, &mut leaves);
        if leaves.len() == 1 {
            leaves.clear();
        }
        let fact = |leaf: &&Condition| WeighedFact { asked: in_words(leaf, false), holds: holds(leaf) };
        Self { condition: in_words(condition, false), holds: holds(condition), facts: leaves.iter().map(fact).collect() }
    }

    /// The condition with its facts, as a sentence.
    pub fn sentence(&self) -> String {
        let word = |holds: Option<bool>| match holds {
            Some(true) => "holds",
            Some(false) => "doesn't hold",
            None => "can't be decided",
        };
        let facts: Vec<String> = self.facts.iter().map(|fact| format!("`{}` {}", fact.asked, word(fact.holds))).collect();
        let whole = format!("`{}` {}", self.condition, word(self.holds));
        if facts.is_empty() { whole } else { format!("{whole} ({})", facts.join(", ")) }
    }
}

fn collect<'c>(condition: &'c Condition, leaves: &mut Vec<&'c Condition>) {
    match condition {
        Condition::All(conditions) | Condition::Any(conditions) => conditions.iter().for_each(|one| collect(one, leaves)),
        Condition::Not(one) => collect(one, leaves),
        leaf => leaves.push(leaf),
    }
}
