//! Breadth first through everything that can happen in one setting, until nothing new turns up.

use super::cast::{CLAIMANT, OTHER, OWN, OWNER};
use super::deed::{Deed, deeds, seen};
use super::realm::Realm;
use super::setting::{Existing, Joins, Rules, Setting, Word};
use super::state::{Played, State};
use crate::authenticator::Sight;
use crate::definition::ExecutionId;
use crate::definition::declaration::{Establishes, Outcome};
use crate::definition::waiver::Property;
use crate::outcome::{Decision, DenialCode};
use crate::position::Position;
use crate::session::Frame;
use crate::{Flow, Page, Rest, View};
use domain::{ProofKind, UserId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// More states than this in one setting: the flow is too large to be explored.
const MOST_STATES: usize = 20_000;

/// What is wrong where a second factor is bypassed.
pub(super) const BYPASSED: &str = "a second factor was never shown";

/// One state, once it was visited.
#[derive(Debug)]
pub(super) struct Node {
    /// How one gets here. None: the beginning.
    pub(super) from: Option<(usize, Deed)>,
    /// Where the login rests in the flow, or rested last.
    pub(super) at: ExecutionId,
    /// Where one gets from here.
    pub(super) to: BTreeSet<usize>,
    /// The end, if it is one.
    pub(super) end: Option<End>,
    /// Whether nothing needs to lead on: the page waits for a mail that was never sent, and must not say so.
    pub(super) waits_in_vain: bool,
}

/// How a login ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Somebody signed in. None: with an account that was made on the way.
    SignedIn(Option<UserId>),
    /// It was refused.
    Denied {
        /// Why.
        code: DenialCode,
        /// Whether the person had proved an account by then.
        proved: bool,
    },
}

/// Something wrong, at the end of a story.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) node: usize,
    /// What was done there, if something was.
    pub(super) deed: Option<Deed>,
    pub(super) at: ExecutionId,
    pub(super) what: String,
    pub(super) kind: Trouble,
}

/// The kinds of wrong that show while exploring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trouble {
    /// What the judge of the world finds wrong.
    Judged,
    /// Somebody signs in to an account whose second factor they haven't shown.
    SignedInWithout,
    /// An identity is tied to an account whose second factor they haven't shown.
    LinkedWithout,
    /// The engine found something broken.
    Broken,
    /// There is no page.
    DeadEnd,
    /// Mails can be asked for without end.
    Endless,
}

impl Trouble {
    /// What it breaks.
    pub(super) fn property(self) -> Property {
        match self {
            Self::Judged => Property::P1,
            Self::SignedInWithout | Self::LinkedWithout => Property::P3,
            Self::Broken | Self::DeadEnd | Self::Endless => Property::P4,
        }
    }
}

/// What an exploration came to.
#[derive(Debug, Default)]
pub(super) struct Explored {
    pub(super) nodes: Vec<Node>,
    pub(super) wrongs: Vec<Wrong>,
    /// How executions ended, of all that had a turn.
    pub(super) outcomes: BTreeMap<ExecutionId, BTreeSet<&'static str>>,
    /// What could prove the accounts that were found, if the person has it.
    pub(super) provable: BTreeMap<UserId, BTreeSet<ProofKind>>,
    /// There are more states than may be explored.
    pub(super) is_cut: bool,
}

struct Search<'a> {
    realm: &'a Realm,
    flow: &'a Flow,
    setting: Setting,
    /// The accounts that were found, and how: what proves them was asked already.
    asked: BTreeSet<String>,
    seen: BTreeMap<String, usize>,
    waiting: VecDeque<(usize, State)>,
    explored: Explored,
}

/// Explores a flow in a setting. None: the setting can't be made.
pub(super) fn explore(realm: &Realm, flow: &Arc<Flow>, setting: Setting) -> Option<Explored> {
    let begun = State::begin(realm, flow, setting)?;
    let mut search = Search {
        realm,
        flow,
        setting,
        asked: BTreeSet::new(),
        seen: BTreeMap::new(),
        waiting: VecDeque::new(),
        explored: Explored::default(),
    };
    search.came((None, None), begun);
    while let Some((number, state)) = search.waiting.pop_front() {
        if search.explored.nodes.len() > MOST_STATES {
            search.explored.is_cut = true;
            break;
        }
        for deed in state.session().map(|session| deeds(realm, setting, &state.world, session)).unwrap_or_default() {
            let played = state.play(realm, setting, &deed);
            let by = state.frame(realm).and_then(|frame| frame.user_by);
            search.came((Some((number, deed)), by), played);
        }
    }
    Some(search.explored)
}

impl Search<'_> {
    /// `by`: the execution that had said before whose the account is.
    fn came(&mut self, (from, by): (Option<(usize, Deed)>, Option<ExecutionId>), played: Played) {
        let before = from.as_ref().map_or(0, |(number, _)| *number);
        let deed = || from.as_ref().map(|(_, deed)| deed.clone());
        let (mut state, decisions) = match played {
            Played::Nothing => return,
            Played::Broken(what) => {
                let at = self.explored.nodes.get(before).map_or(ExecutionId(0), |node| node.at);
                self.explored.wrongs.push(Wrong { node: before, deed: deed(), at, what, kind: Trouble::Broken });
                return;
            }
            Played::Rested(state, decisions) => (*state, decisions),
        };
        self.note(&decisions);
        let before_at = self.explored.nodes.get(before).map(|node| node.at);
        let at = state.rests_at(self.realm).or_else(|| self.last(&decisions)).or(before_at).unwrap_or(ExecutionId(0));
        let proves = self.last_that_proves(&decisions).or(by).unwrap_or(at);
        for what in state.world.wrongs.drain(..) {
            self.explored.wrongs.push(Wrong { node: before, deed: deed(), at: proves, what, kind: Trouble::Judged });
        }
        if let Some(kind) = state.bypassed(self.realm, self.setting) {
            let what = BYPASSED.to_owned();
            self.explored.wrongs.push(Wrong { node: before, deed: deed(), at: proves, what, kind });
        }
        state.settle();
        self.reach(from, state, at);
    }

    fn reach(&mut self, from: Option<(usize, Deed)>, state: State, at: ExecutionId) {
        let number = self.explored.nodes.len();
        let key = state.key();
        let known = self.seen.get(&key).copied();
        if let Some((before, _)) = &from
            && let Some(node) = self.explored.nodes.get_mut(*before)
        {
            node.to.insert(known.unwrap_or(number));
        }
        if known.is_some() {
            return;
        }
        self.seen.insert(key, number);
        let end = end_of(&state);
        let waits_in_vain = state.waits_in_vain();
        self.explored.nodes.push(Node { from, at, to: BTreeSet::new(), end, waits_in_vain });
        self.note_provable(&state);
        let goes_on = state.session().and_then(|session| seen(&state.world, session));
        if end.is_none() && goes_on.is_none() {
            let what = "there is no page".to_owned();
            self.explored.wrongs.push(Wrong { node: number, deed: None, at, what, kind: Trouble::DeadEnd });
        }
        if is_a_mail(goes_on.as_ref()) && self.is_without_end(&state) {
            let what = "another mail can be asked for without end".to_owned();
            self.explored.wrongs.push(Wrong { node: number, deed: None, at, what, kind: Trouble::Endless });
        }
        if end.is_none() {
            self.waiting.push_back((number, state));
        }
    }

    /// Whether more mails go out than the realm lets go to one address. One setting is enough to know.
    fn is_without_end(&self, state: &State) -> bool {
        let Setting { word, existing, rules, joins, .. } = self.setting;
        let enough = matches!((word, existing), (Word::Untrusted | Word::Nothing, Existing::Owner { password: true }));
        if !enough || (rules, joins) != (Rules::Usual, Joins::AsSetUp) {
            return false;
        }
        let most = usize::try_from(state.world.policy.limits.mails_per_address).unwrap_or(usize::MAX);
        let mut now = state.clone();
        for _ in 0..=most {
            match now.play(self.realm, self.setting, &Deed::another_mail()) {
                Played::Rested(next, _) => now = *next,
                Played::Nothing | Played::Broken(_) => return false,
            }
        }
        now.world.outbox.len() > most
    }

    fn is_ours(&self, decision: &Decision) -> bool {
        decision.flow == self.realm.flow
    }

    fn note(&mut self, decisions: &[Decision]) {
        for decision in decisions.iter().filter(|decision| decision.flow == self.realm.flow) {
            self.explored.outcomes.entry(decision.execution).or_default().insert(decision.outcome.as_str());
        }
    }

    fn last(&self, decisions: &[Decision]) -> Option<ExecutionId> {
        decisions.iter().rev().find(|decision| self.is_ours(decision)).map(|decision| decision.execution)
    }

    /// The execution that said whose the account is, if that was now.
    fn last_that_proves(&self, decisions: &[Decision]) -> Option<ExecutionId> {
        let proves = |decision: &&Decision| {
            let declaration = self.flow.authenticator(decision.execution).map(|found| found.declaration());
            let establishes = declaration.map(|declaration| declaration.establishes).unwrap_or_default();
            decision.outcome == Outcome::Succeeded
                && [Establishes::Proof, Establishes::User].iter().any(|what| establishes.contains(what))
        };
        let ours = decisions.iter().rev().filter(|decision| self.is_ours(decision));
        ours.into_iter().find(proves).map(|decision| decision.execution)
    }

    /// What would prove the account that was found, wherever in the flow it is asked for.
    fn note_provable(&mut self, state: &State) {
        let (Some(session), Some(frame)) = (state.session(), state.frame(self.realm)) else { return };
        let Some(existing) = &frame.existing else { return };
        let email = frame.profile.email.as_ref().map(|email| (&email.address, email.typed));
        if !self.asked.insert(format!("{:?} {:?} {:?} {email:?}", existing.id, frame.rule, frame.demand)) {
            return;
        }
        let fresh = Frame { position: Position::default(), ..frame.clone() };
        let policy = &state.world.policy;
        for (execution, authenticator) in self.flow.program().provers() {
            let sight = Sight { policy, session, frame: &fresh, execution, now: state.world.now };
            if let Some(kind) = authenticator.proves(&sight) {
                self.explored.provable.entry(existing.id).or_default().insert(kind);
            }
        }
    }
}

fn is_a_mail(seen: Option<&View>) -> bool {
    seen.is_some_and(|view| matches!(view.page, Page::CheckMail { .. }))
}

fn end_of(state: &State) -> Option<End> {
    match &state.session()?.rest {
        Rest::Finished { finish, .. } => {
            let user = finish.signed_in.user.id;
            Some(End::SignedIn([OWNER, CLAIMANT, OTHER, OWN].contains(&user).then_some(user)))
        }
        Rest::Denied { denial, .. } => Some(End::Denied { code: denial.code, proved: state.proved }),
        Rest::Showing(_) | Rest::AtProvider { .. } | Rest::Consent(_) => None,
    }
}

impl Explored {
    /// What was done to get to a state.
    pub(super) fn story(&self, node: usize) -> Vec<Deed> {
        let mut deeds = Vec::new();
        let mut at = self.nodes.get(node);
        while let Some((from, deed)) = at.and_then(|node| node.from.as_ref()) {
            deeds.push(deed.clone());
            at = self.nodes.get(*from);
        }
        deeds.reverse();
        deeds
    }

    /// The states from which nothing leads to an end.
    pub(super) fn stuck(&self) -> Vec<usize> {
        let mut back: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (from, node) in self.nodes.iter().enumerate() {
            for to in &node.to {
                back.entry(*to).or_default().push(from);
            }
        }
        let ends = self.nodes.iter().enumerate().filter(|(_, node)| node.end.is_some() || node.waits_in_vain);
        let mut waiting: Vec<usize> = ends.map(|(number, _)| number).collect();
        let mut can_end: BTreeSet<usize> = waiting.iter().copied().collect();
        while let Some(number) = waiting.pop() {
            for from in back.get(&number).into_iter().flatten() {
                if can_end.insert(*from) {
                    waiting.push(*from);
                }
            }
        }
        (0..self.nodes.len()).filter(|number| !can_end.contains(number)).collect()
    }
}
