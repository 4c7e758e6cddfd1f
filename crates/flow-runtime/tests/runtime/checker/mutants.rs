//! Every flow that differs from a shipped one by one execution: what is rejected does the harm that its story tells, and what is accepted
//! does none, whatever people do in it.
//!
//! `BRAID_MUTANT_RUNS` says how many logins of people who do anything are played for each flow, over all its mutants; `BRAID_SEED` which.

use super::safe;
use flow_runtime::checker::{Checked, Finding, Property, check_flow, replay, wander};
use flow_runtime::{Flow, Level, Node, Requirement};

/// A flow that differs by one execution, and how.
pub(super) struct Mutant {
    how: String,
    pub(super) flow: Flow,
}

/// Where an execution stands: the positions on the way there.
type Way = Vec<usize>;

fn ways(level: &Level, so_far: &[usize]) -> Vec<Way> {
    let mut all = Vec::new();
    for (number, execution) in level.executions.iter().enumerate() {
        let way = [so_far, &[number]].concat();
        if let Node::SubFlow { level, .. } = &execution.node {
            all.extend(ways(level, &way));
        }
        all.push(way);
    }
    all
}

/// The level that the last step of the way stands in.
fn level_of<'l>(level: &'l mut Level, way: &[usize]) -> &'l mut Level {
    match way {
        [] | [_] => level,
        [first, rest @ ..] => match &mut level.executions[*first].node {
            Node::SubFlow { level, .. } => level_of(level, rest),
            Node::Authenticator(_) => unreachable!("nothing stands in an authenticator"),
        },
    }
}

pub(super) fn mutants(flow: &Flow) -> Vec<Mutant> {
    let mut all = Vec::new();
    let mut add = |how: String, change: &dyn Fn(&mut Level)| {
        let mut level = (*flow.level).clone();
        change(&mut level);
        let made = Flow::new(flow.name.clone(), flow.revision.clone(), level).unwrap();
        all.push(Mutant { how, flow: made.with(Vec::new(), flow.assumes.clone()) });
    };
    for way in ways(&flow.level, &[]) {
        let last = *way.last().unwrap();
        let mut level = (*flow.level).clone();
        let execution = level_of(&mut level, &way).executions[last].clone();
        let name = execution.name().to_owned();
        add(format!("without {name}"), &|level| _ = level_of(level, &way).executions.remove(last));
        for requirement in [Requirement::Required, Requirement::Alternative, Requirement::Disabled] {
            if requirement != execution.requirement {
                add(format!("{name} {requirement:?}"), &|level| level_of(level, &way).executions[last].requirement = requirement);
            }
        }
        if level_of(&mut level, &way).executions.len() > last + 1 {
            add(format!("{name} after the next"), &|level| level_of(level, &way).executions.swap(last, last + 1));
        }
    }
    all
}

/// The story of a finding is played again on the real engine, and does what it says.
fn shows(mutant: &Mutant, finding: &Finding) {
    let Some(story) = &finding.story else {
        assert!(finding.property == Property::P6 || finding.message == "nobody can ever finish", "{}: {finding:#?}", mutant.how);
        return;
    };
    let replayed = replay(&mutant.flow, story).unwrap_or_else(|| panic!("{}: no such story: {}", mutant.how, story.text));
    let said = |code: flow_runtime::DenialCode| story.end.contains(code.as_str());
    let harmed = match finding.property {
        Property::P1 | Property::P3 => !replayed.wrongs.is_empty(),
        Property::P4 => replayed.denied.is_some_and(said) || !replayed.wrongs.is_empty() || !replayed.signed_in,
        Property::P6 => false,
        // What the person sees is what the story says of it.
        Property::P10 => match (replayed.denied, replayed.signed_in) {
            (Some(code), _) => said(code),
            (None, true) => story.end.starts_with("they are signed in"),
            (None, false) => story.end.starts_with("they see the page") || story.end.starts_with("the page stays"),
        },
    };
    assert!(harmed, "{}: {} came to {replayed:?}", mutant.how, story.text);
}

/// Numbers that look random, the same for the same seed (`SplitMix64`).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn one_of(&mut self, many: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(many.max(1)).unwrap()).unwrap()
    }
}

pub(super) fn number(name: &str, otherwise: usize) -> usize {
    #[expect(clippy::disallowed_methods, reason = "a test that can be made longer")]
    let said = std::env::var(name).ok();
    said.map_or(otherwise, |text| text.parse().unwrap())
}

fn plays_all(flow: &Flow) -> (usize, usize) {
    let mutants = mutants(flow);
    let judged: Vec<(Mutant, Checked)> = mutants
        .into_iter()
        .map(|mutant| {
            let checked = check_flow(&mutant.flow);
            (mutant, checked)
        })
        .collect();
    let (accepted, rejected): (Vec<_>, Vec<_>) = judged.iter().partition(|(_, checked)| checked.may_serve());
    for (mutant, checked) in &rejected {
        assert!(checked.undecided.is_none(), "{}: {:?}", mutant.how, checked.undecided);
        checked.findings.iter().for_each(|finding| shows(mutant, finding));
    }
    let mut dice = Dice(u64::try_from(number("BRAID_SEED", 7)).unwrap());
    let runs = number("BRAID_MUTANT_RUNS", 2_000);
    for run in 0..if accepted.is_empty() { 0 } else { runs } {
        let (mutant, _) = accepted[run % accepted.len()];
        let wrongs = wander(&mutant.flow, &mut |many| dice.one_of(many));
        assert!(wrongs.is_empty(), "{} {} (run {run}): {wrongs:#?}", flow.name, mutant.how);
    }
    println!("{}: {} accepted, {} rejected, {runs} logins", flow.name, accepted.len(), rejected.len());
    (accepted.len(), rejected.len())
}

#[test]
fn what_is_rejected_does_harm_and_what_is_accepted_does_none() {
    let (mut accepted, mut rejected) = (0, 0);
    for flow in safe() {
        let (more_accepted, more_rejected) = plays_all(&flow);
        (accepted, rejected) = (accepted + more_accepted, rejected + more_rejected);
    }
    println!("{accepted} accepted, {rejected} rejected");
    assert!(accepted > 50 && rejected > 50, "{accepted} accepted, {rejected} rejected");
}
