//! Runs the tests of a flow, and says what came of them and what they never met.

use super::FlowTest;
use super::play::{Moment, Play, Stop};
use crate::definition::declaration::Outcome;
use crate::reader::{Outline, OutlineExecution, OutlineLevel, OutlineNode, Read, Span};
use crate::{ExecutionId, Flow, Requirement};
use domain::FlowName;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What came of one test.
#[derive(Debug, Clone)]
pub struct Result {
    /// Its name.
    pub name: String,
    /// Where it begins in the file.
    pub span: Span,
    /// Why it is red. None: it is green.
    pub red: Option<Red>,
    /// How the flow's executions ended, as they did.
    pub ended: Vec<(ExecutionId, Outcome)>,
}

/// Why a test is red.
#[derive(Debug, Clone)]
pub struct Red {
    /// The step or expectation that doesn't hold.
    pub span: Span,
    /// What was expected there.
    pub expected: String,
    /// What was there instead.
    pub shown: String,
    /// What happened until then.
    pub story: Vec<Moment>,
}

/// What the tests of a flow never met.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// Authenticators that could run.
    pub executions: usize,
    /// Those that ran.
    pub ran: usize,
    /// Ways of ending that authenticators declare.
    pub outcomes: usize,
    /// Those that were met.
    pub met: usize,
    /// Executions that never ran: name and line.
    pub never_ran: Vec<(String, usize)>,
    /// Outcomes of executions that did run, and never ended like that: name, line, outcomes.
    pub never_ended: Vec<(String, usize, Vec<Outcome>)>,
}

/// Runs the tests of a flow beside these other flows, in the order of the file.
pub fn run_tests(read: &Read, others: &BTreeMap<FlowName, Arc<Flow>>) -> Vec<Result> {
    let flow = Arc::new(read.flow.clone());
    read.tests.iter().map(|test| run_test(&flow, others, test)).collect()
}

/// Runs one test of a flow beside these other flows.
pub fn run_test(flow: &Arc<Flow>, others: &BTreeMap<FlowName, Arc<Flow>>, test: &FlowTest) -> Result {
    let (name, span) = (test.name.clone(), test.span);
    let mut play = match Play::begin(flow, others, &test.given) {
        Ok(play) => play,
        Err(stop) => return Result { name, span, red: Some(red(stop, span, Vec::new())), ended: Vec::new() },
    };
    let came = test.steps.iter().try_for_each(|step| play.step(step)).and_then(|()| play.judge(&test.then));
    let own = play.decisions().filter(|decision| decision.flow == flow.name);
    let ended = own.map(|decision| (decision.execution, decision.outcome)).collect();
    Result { name, span, red: came.err().map(|stop| red(stop, span, play.story)), ended }
}

fn red(stop: Stop, test: Span, story: Vec<Moment>) -> Red {
    let Stop { span, expected, shown } = stop;
    Red { span: span.unwrap_or(test), expected, shown, story }
}

impl Coverage {
    /// What these tests of a flow never met.
    pub fn of(outline: &Outline, results: &[Result]) -> Self {
        let mut met: BTreeMap<ExecutionId, BTreeSet<&'static str>> = BTreeMap::new();
        for (execution, outcome) in results.iter().flat_map(|result| &result.ended) {
            met.entry(*execution).or_default().insert(outcome.as_str());
        }
        let mut coverage = Self::default();
        coverage.level(&outline.level, &met);
        coverage
    }

    fn level(&mut self, level: &OutlineLevel, met: &BTreeMap<ExecutionId, BTreeSet<&'static str>>) {
        for execution in level.executions.iter().filter(|execution| execution.requirement != Requirement::Disabled) {
            self.execution(execution, met);
        }
    }

    fn execution(&mut self, execution: &OutlineExecution, met: &BTreeMap<ExecutionId, BTreeSet<&'static str>>) {
        let declaration = match &execution.node {
            OutlineNode::SubFlow { level, .. } => return self.level(level, met),
            OutlineNode::Authenticator { declaration, .. } => declaration,
        };
        self.executions = self.executions.saturating_add(1);
        self.outcomes = self.outcomes.saturating_add(declaration.outcomes.len());
        let Some(seen) = met.get(&execution.id) else {
            self.never_ran.push((declaration.name.to_owned(), execution.line));
            return;
        };
        self.ran = self.ran.saturating_add(1);
        let missing: Vec<Outcome> =
            declaration.outcomes.iter().copied().filter(|outcome| !seen.contains(outcome.as_str())).collect();
        self.met = self.met.saturating_add(declaration.outcomes.len().saturating_sub(missing.len()));
        if !missing.is_empty() {
            self.never_ended.push((declaration.name.to_owned(), execution.line, missing));
        }
    }
}
