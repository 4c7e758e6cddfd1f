//! The check of a flow: by itself, for the worst realm that there could be, or as a realm has it.

use super::assumed::{Assumed, Fixed, assuming, combinations};
use super::explore::explore;
use super::judging::{Broken, broken, ends, revealed};
use super::reach::unreached;
use super::realm::Realm;
use super::setting::{Setting, Word};
use super::telling::told;
use super::twins::compare;
use super::verdict::{Checked, Finding, Story};
use crate::definition::ExecutionId;
use crate::definition::program::Program;
use crate::definition::waiver::{Assumption, Property, Waiver};
use crate::flow_test::Serves;
use crate::{Flow, RealmPolicy};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// More states than this in one check: it isn't known how long it would take.
const MOST_STATES: usize = 100_000;

/// What is explored, and what is known of the world around it.
pub(super) struct Scope {
    pub(super) realm: Realm,
    pub(super) settings: Vec<Setting>,
    pub(super) fixed: Fixed,
    /// Whether this is all that can happen to the flow, so that what doesn't happen never does.
    pub(super) is_all: bool,
    /// Whether anybody is promised that the flow leads somewhere.
    pub(super) promises: bool,
    /// What the flow takes for granted, and isn't so.
    pub(super) unmet: Vec<&'static str>,
}

/// Checks a flow by itself: every property must hold whatever realm, provider and client it is bound to, as far as the flow doesn't take
/// something for granted.
pub fn check_flow(flow: &Flow) -> Checked {
    let serves = super::binding::looks_like(flow);
    let Some(realm) = Realm::around(&flow.name, serves, None, None) else { return undecided(flow, "its realm can't be made") };
    let mails: &[bool] = if flow.assumes.contains(&Assumption::Mail) { &[true] } else { &[true, false] };
    let settings = Setting::all(serves, mails);
    let fixed = Fixed { serves, provider: false, client: false };
    explored(flow, &Scope { realm, settings, fixed, is_all: true, promises: true, unmet: Vec::new() })
}

/// What never happens in a flow, wherever it is bound: the same check as [`check_flow`], of which only that stays which goes for every
/// binding.
pub fn never_happens(flow: &Flow) -> Checked {
    let mut checked = check_flow(flow);
    checked.findings.retain(|finding| finding.property == Property::P6);
    checked.waived.retain(|(waiver, _)| waiver.property == Property::P6);
    checked.unused.clear();
    checked
}

/// Checks a flow as a realm has it bound.
pub fn check(policy: &RealmPolicy, binding: &super::Binding) -> Checked {
    match policy.flow(&binding.flow) {
        Some(flow) => match super::binding::scope(policy, binding, flow) {
            Some(scope) => explored(flow, &scope),
            None => undecided(flow, "its realm can't be made"),
        },
        None => Checked::of(&binding.flow, Some("there is no such flow".to_owned())),
    }
}

fn undecided(flow: &Flow, why: &str) -> Checked {
    Checked::of(&flow.name, Some(why.to_owned()))
}

/// What was found so far: of several stories of the same harm at the same place, the shortest.
#[derive(Default)]
struct Found(BTreeMap<Harm, Finding>);

/// What is broken, where, in which words, and whether an author may accept it.
type Harm = (Property, ExecutionId, String, bool);

fn explored(flow: &Flow, scope: &Scope) -> Checked {
    let mut checked = Checked::of(&flow.name, None);
    let Some(combinations) = combinations(flow, scope.fixed) else {
        return undecided(flow, "its conditions can come to too many things");
    };
    let opened = opened(flow);
    let mut found = Found::default();
    let mut outcomes = BTreeMap::new();
    let (mut signs_in, mut refuses) = (false, false);
    for assumed in &combinations {
        let Some(flow) = assuming(&opened, assumed).map(Arc::new) else { return undecided(flow, "it is too large") };
        for &setting in &scope.settings {
            let Some(explored) = explore(&scope.realm, &flow, setting) else {
                return undecided(&flow, "a setting can't be made");
            };
            checked.settings += 1;
            checked.states += explored.nodes.len();
            if explored.is_cut || checked.states > MOST_STATES {
                return undecided(&flow, "it has more states than are explored");
            }
            for broken in broken(&scope.realm, &flow, setting, &explored) {
                found.add(&flow, scope, (setting, assumed), broken);
            }
            let (finishes, by_accident) = ends(&explored);
            (signs_in, refuses) = (signs_in || finishes, refuses || by_accident);
            for (execution, ways) in explored.outcomes {
                outcomes.entry(execution).or_insert_with(BTreeSet::new).extend(ways);
            }
            if !setting.can_be_told() {
                continue;
            }
            let Some(compared) = compare(&scope.realm, &flow, setting) else {
                return undecided(&flow, "a setting can't be made");
            };
            checked.states += compared.pairs;
            if compared.is_cut || checked.states > MOST_STATES {
                return undecided(&flow, "it has more states than are explored");
            }
            for broken in revealed(&flow, &compared) {
                found.add(&flow, scope, (setting, assumed), broken);
            }
        }
    }
    if refuses && !signs_in && scope.promises {
        let message = "nobody can ever finish".to_owned();
        let finding = Finding::without_story(flow, Property::P4, ExecutionId(0), message);
        found.0.insert(finding.key(), finding);
    }
    if scope.is_all {
        found.0.extend(unreached(flow, &outcomes).into_iter().map(|finding| (finding.key(), finding)));
    }
    checked.weigh(flow, found.0.into_values().collect(), scope.is_all);
    // All that was looked at rests on it, so nobody can waive it.
    checked.findings.extend(scope.unmet.iter().map(|assumption| {
        let message = format!("the flow assumes `{assumption}`, which isn't so here");
        Finding::without_story(flow, Property::P4, ExecutionId(0), message)
    }));
    checked
}

/// The flow as if all of it were allowed to link without a proof, and to do without a second factor: what a waiver would allow is looked at in any
/// case, and without one it is what is broken.
pub(super) fn opened(flow: &Flow) -> Flow {
    let waived = |(at, _)| [Property::P1, Property::P3].map(|property| waiver_of(property, at));
    let every = flow.authenticators().flat_map(waived).chain([waiver_of(Property::P3, Program::START)]).collect();
    flow.clone().with(every, flow.assumes.clone())
}

fn waiver_of(property: Property, at: ExecutionId) -> Waiver {
    Waiver { property, at, path: String::new(), reason: String::new() }
}

impl Found {
    fn add(&mut self, flow: &Flow, scope: &Scope, (setting, assumed): (Setting, &Assumed), broken: Broken) {
        let Broken { property, at, message, can_be_waived, deeds, end } = broken;
        let is_assumed_away = scope.fixed.serves == Serves::FirstLogin
            && !matches!(setting.word, Word::Trusted | Word::Own)
            && flow.assumes.contains(&Assumption::TrustedAssertion);
        if property == Property::P4 && can_be_waived && (!scope.promises || is_assumed_away) {
            return;
        }
        let key = (property, at, message.clone(), can_be_waived);
        let is_shorter = |known: &Finding| known.story.as_ref().is_some_and(|story| story.deeds.len() <= deeds.len());
        if self.0.get(&key).is_some_and(is_shorter) {
            return;
        }
        let text = told(scope.fixed.serves, (setting, assumed), &scope.realm.provider.alias, (&deeds, &end));
        let story = Story { serves: scope.fixed.serves, setting, assumed: assumed.clone(), deeds, end, text };
        let path = flow.path(at).unwrap_or_default();
        self.0.insert(key, Finding { property, at, path, message, can_be_waived, story: Some(story) });
    }
}

impl Finding {
    pub(super) fn without_story(flow: &Flow, property: Property, at: ExecutionId, message: String) -> Self {
        Self { property, at, path: flow.path(at).unwrap_or_default(), message, can_be_waived: true, story: None }
    }

    fn key(&self) -> Harm {
        (self.property, self.at, self.message.clone(), self.can_be_waived)
    }
}

impl Checked {
    fn of(flow: &domain::FlowName, undecided: Option<String>) -> Self {
        let (findings, waived, unused) = (Vec::new(), Vec::new(), Vec::new());
        Self { flow: flow.clone(), findings, waived, unused, undecided, settings: 0, states: 0 }
    }

    /// Tells what is waived from what isn't. Whether a waiver is used at all shows only where everything was looked at.
    fn weigh(&mut self, flow: &Flow, found: Vec<Finding>, is_all: bool) {
        for finding in found {
            let is_for_it = |waiver: &&Waiver| waiver.property == finding.property && waiver.at == finding.at;
            match flow.waivers.iter().find(is_for_it).filter(|_| finding.can_be_waived) {
                Some(waiver) => self.waived.push((waiver.clone(), finding)),
                None => self.findings.push(finding),
            }
        }
        let is_used = |waiver: &&Waiver| self.waived.iter().any(|(used, _)| used == *waiver);
        self.unused = flow.waivers.iter().filter(|waiver| is_all && !is_used(waiver)).cloned().collect();
    }
}
