//! Two worlds that differ in one account: whoever has proved nothing must see the same in both, until an execution says by declaration
//! that it reveals accounts.

use super::deed::{Deed, deeds, seen};
use super::realm::Realm;
use super::setting::{Existing, Setting};
use super::state::{Played, State};
use crate::definition::ExecutionId;
use crate::outcome::Decision;
use crate::page::Page;
use crate::{Flow, Rest, View};
use domain::Secret;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// More pairs than this: the flow is too large to be compared.
const MOST_PAIRS: usize = 20_000;

/// Where two worlds can be told apart.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) at: ExecutionId,
    /// Whether the execution at work, of whatever flow, says that it reveals accounts.
    pub(super) is_declared: bool,
    pub(super) story: Vec<Deed>,
    pub(super) with: String,
    pub(super) without: String,
}

/// What a comparison came to.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) told: Vec<Told>,
    pub(super) pairs: usize,
    pub(super) is_cut: bool,
}

/// Both worlds after the same deeds.
struct Pair {
    number: usize,
    at: ExecutionId,
    is_declared: bool,
    with: State,
    without: State,
}

struct Comparison<'a> {
    realm: &'a Realm,
    known: BTreeSet<(String, String)>,
    waiting: VecDeque<Pair>,
    /// How one gets to each pair, by its number.
    trail: Vec<Option<(usize, Deed)>>,
    compared: Compared,
}

/// Compares a setting, in which somebody has the address, with one in which nobody has it.
pub(super) fn compare(realm: &Realm, flow: &Arc<Flow>, setting: Setting) -> Option<Compared> {
    let other = setting.with(Existing::Nobody);
    let begun = (State::begin(realm, flow, setting)?, State::begin(realm, flow, other)?);
    let (known, waiting, trail) = (BTreeSet::new(), VecDeque::new(), Vec::new());
    let mut comparison = Comparison { realm, known, waiting, trail, compared: Compared::default() };
    comparison.meet(begun, None, (ExecutionId(0), false));
    while let Some(pair) = comparison.waiting.pop_front() {
        comparison.compared.pairs += 1;
        if comparison.compared.pairs > MOST_PAIRS {
            comparison.compared.is_cut = true;
            break;
        }
        let offered = |state: &State, setting| {
            state.session().map(|session| deeds(realm, setting, &state.world, session)).unwrap_or_default()
        };
        let (here, there) = (offered(&pair.with, setting), offered(&pair.without, other));
        for deed in here.into_iter().filter(|deed| !deed.is_a_proof() && there.contains(deed)) {
            let played = (pair.with.play(realm, setting, &deed), pair.without.play(realm, other, &deed));
            comparison.meet(played, Some((pair.number, deed)), (pair.at, pair.is_declared));
        }
    }
    Some(comparison.compared)
}

impl Comparison<'_> {
    fn meet(&mut self, played: (Played, Played), from: Option<(usize, Deed)>, (at, is_declared): (ExecutionId, bool)) {
        let stays = || "the page stays as it was".to_owned();
        let ((mut with, one), (mut without, another)) = match played {
            (Played::Rested(with, one), Played::Rested(without, another)) => ((*with, one), (*without, another)),
            (Played::Rested(with, decisions), _) => {
                let at = place(self.realm, &with, &decisions).unwrap_or(at);
                let is_declared = reveals(&with, &decisions).unwrap_or(is_declared);
                return self.tell(from.as_ref(), (at, is_declared), (look_of(&with), stays()));
            }
            (_, Played::Rested(without, _)) => {
                return self.tell(from.as_ref(), (at, is_declared), (stays(), look_of(&without)));
            }
            _ => return,
        };
        if look(&with) != look(&without) {
            let at = place(self.realm, &with, &one).or_else(|| place(self.realm, &without, &another)).unwrap_or(at);
            let either = [reveals(&with, &one), reveals(&without, &another)];
            let is_declared = either.into_iter().flatten().reduce(|one, another| one || another).unwrap_or(is_declared);
            return self.tell(from.as_ref(), (at, is_declared), (look_of(&with), look_of(&without)));
        }
        with.settle();
        without.settle();
        let goes_on = with.session().is_some_and(|session| !session.is_over());
        if goes_on && self.known.insert((with.key(), without.key())) {
            let at = place(self.realm, &with, &one).unwrap_or(at);
            let is_declared = reveals(&with, &one).unwrap_or(is_declared);
            self.waiting.push_back(Pair { number: self.trail.len(), at, is_declared, with, without });
            self.trail.push(from);
        }
    }

    fn tell(&mut self, from: Option<&(usize, Deed)>, (at, is_declared): (ExecutionId, bool), (with, without): (String, String)) {
        let mut story = Vec::new();
        let mut before = from;
        while let Some((number, deed)) = before {
            story.push(deed.clone());
            before = self.trail.get(*number).and_then(Option::as_ref);
        }
        story.reverse();
        self.compared.told.push(Told { at, is_declared, story, with, without });
    }
}

/// Where in the flow the login rests, or what was done last.
fn place(realm: &Realm, state: &State, decisions: &[Decision]) -> Option<ExecutionId> {
    let last = || decisions.iter().rev().find(|decision| decision.flow == realm.flow).map(|decision| decision.execution);
    state.rests_at(realm).or_else(last)
}

/// Whether the execution at work, or the last one, says that it reveals accounts.
fn reveals(state: &State, decisions: &[Decision]) -> Option<bool> {
    let (session, policy) = (state.session()?, &state.world.policy);
    let at_work = match &session.rest {
        Rest::Showing(execution) | Rest::AtProvider { execution, .. } => {
            session.frame().and_then(|frame| Some((policy.flow_of(frame)?, *execution)))
        }
        _ => None,
    };
    let last = || decisions.last().and_then(|decision| Some((policy.flow(&decision.flow)?, decision.execution)));
    let (flow, execution) = at_work.or_else(last)?;
    Some(flow.authenticator(execution).is_some_and(|found| found.reveals_accounts()))
}

/// What the person in front of a page can tell: all of it, but for the numbers that are drawn for every login.
fn look(state: &State) -> Option<(Option<View>, Option<String>)> {
    let session = state.session()?;
    let end = match &session.rest {
        Rest::Finished { .. } => Some("signed in".to_owned()),
        Rest::Denied { denial, .. } => Some(format!("{:?}", denial.code)),
        _ => None,
    };
    let view =
        seen(&state.world, session).map(|view| View { step: crate::StepId(String::new()), page: drawn(view.page), ..view });
    // Who they are now is theirs to know.
    let view = if matches!(session.rest, Rest::Finished { .. }) { None } else { view };
    Some((view, end))
}

/// The page without the key that is drawn for every login.
fn drawn(page: Page) -> Page {
    match page {
        Page::SetUpOneTimeCode { account, replaces, problems, .. } => {
            Page::SetUpOneTimeCode { account, seed: Secret::new(""), replaces, problems }
        }
        page => page,
    }
}

/// The same in a few words.
fn look_of(state: &State) -> String {
    let Some(session) = state.session() else { return String::new() };
    match seen(&state.world, session).map(|view| view.page) {
        Some(Page::SignedIn { .. }) => "they are signed in".to_owned(),
        Some(Page::Denied { code, .. }) => format!("the login ends with “{}”", code.as_str()),
        Some(page) => format!("they see the page `{}`", crate::flow_test::page_name(&page)),
        None => "there is no page".to_owned(),
    }
}
