//! What a check comes to.

use super::deed::Deed;
use super::setting::Setting;
use crate::definition::ExecutionId;
use crate::definition::condition::Condition;
use crate::definition::waiver::{Property, Waiver};
use crate::flow_test::Serves;
use domain::FlowName;

/// What a check of a flow came to.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The flow.
    pub flow: FlowName,
    /// What is broken, and not waived. The most severe first.
    pub findings: Vec<Finding>,
    /// What is broken and waived, and by which waiver.
    pub waived: Vec<(Waiver, Finding)>,
    /// Waivers of something that isn't broken here.
    pub unused: Vec<Waiver>,
    /// Why nothing can be said. It counts as broken.
    pub undecided: Option<String>,
    /// In how many settings it was explored.
    pub settings: usize,
    /// How many states were visited.
    pub states: usize,
}

/// What is known of one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds, but for what is waived.
    Holds,
    /// It doesn't.
    Broken,
    /// Nobody knows, which counts as broken.
    Undecided,
}

/// One thing that is broken.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The property.
    pub property: Property,
    /// Where: an execution, or the flow itself.
    pub at: ExecutionId,
    /// The names on the way there.
    pub path: String,
    /// What is wrong, in one short sentence without a full stop.
    pub message: String,
    /// Whether an author may accept it. What nobody decides, such as a login that breaks, is never accepted.
    pub can_be_waived: bool,
    /// The shortest story in which it shows. None: it shows by never happening.
    pub story: Option<Story>,
}

/// What happens, from the beginning to the harm. It can be played again.
#[derive(Debug, Clone)]
pub struct Story {
    /// What the flow was called for.
    pub serves: Serves,
    /// Who was there, and what the provider said.
    pub setting: Setting,
    /// What conditions came to that no setting decides. None: they couldn't be answered.
    pub assumed: Vec<(Condition, Option<bool>)>,
    /// What was done, in order.
    pub deeds: Vec<Deed>,
    /// How it ended.
    pub end: String,
    /// All of it, in plain sentences.
    pub text: String,
}

impl Checked {
    /// What is known of a property.
    pub fn verdict(&self, property: Property) -> Verdict {
        if self.undecided.is_some() {
            Verdict::Undecided
        } else if self.findings.iter().any(|finding| finding.property == property) {
            Verdict::Broken
        } else {
            Verdict::Holds
        }
    }

    /// Whether the flow may serve: everything holds or is waived.
    pub fn may_serve(&self) -> bool {
        self.undecided.is_none() && self.findings.is_empty()
    }
}
