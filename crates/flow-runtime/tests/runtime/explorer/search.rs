//! Breadth first, until nothing new turns up.

use super::moves::{Move, close_all, moves, touch_all};
use super::setting::Setting;
use crate::world::{Came, Given, Login, World};
use domain::{AuthorizeRequest, Version};
use flow_runtime::session::{How, Memory};
use flow_runtime::{AuthenticationSession, Counter, Rest};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// More states than any setting has: beyond it the abstraction is broken, and nothing was proved.
const MOST_STATES: usize = 5_000;

/// What the exploration found.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) states: usize,
    pub(super) steps: usize,
    pub(super) wrongs: BTreeSet<String>,
    /// How the identity came to accounts that were there before.
    pub(super) linked_by: BTreeSet<&'static str>,
    /// Whether an account got a password or an address.
    pub(super) renewed: bool,
}

#[derive(Clone)]
struct State {
    world: World,
    login: Login,
    /// How one gets here, for messages.
    story: Vec<String>,
}

/// Explores the logins of somebody who comes through the setting's provider.
pub(super) fn explore(world: &World, setting: Setting) -> Report {
    explore_from(world, setting, |request| request.provider_hint = Some(crate::world::alias("campus")))
}

/// Explores all logins that begin with this request.
pub(super) fn explore_from(world: &World, setting: Setting, change: impl FnOnce(&mut AuthorizeRequest)) -> Report {
    let mut search = Search {
        setting,
        before: world.users.keys().copied().collect(),
        seen: BTreeMap::new(),
        waiting: VecDeque::new(),
        edges: Vec::new(),
        ends: BTreeSet::new(),
        report: Report::default(),
    };
    search.begin(world.clone(), change);
    search.run();
    search.every_state_can_end();
    search.report
}

struct Search {
    setting: Setting,
    /// Accounts that were there before.
    before: BTreeSet<domain::UserId>,
    seen: BTreeMap<String, usize>,
    waiting: VecDeque<(usize, State)>,
    edges: Vec<(usize, usize)>,
    ends: BTreeSet<usize>,
    report: Report,
}

impl Search {
    fn begin(&mut self, mut world: World, change: impl FnOnce(&mut AuthorizeRequest)) {
        let login = world.login_with(None, change);
        self.reach(None, State { world, login, story: Vec::new() });
    }

    fn run(&mut self) {
        while let Some((number, state)) = self.waiting.pop_front() {
            assert!(self.seen.len() < MOST_STATES, "too many states; one of them: {:?}", state.story);
            if state.login.session().is_over() {
                self.ends.insert(number);
                continue;
            }
            for made in moves(&state.world, &state.login, self.setting) {
                self.make(number, &state, &made);
            }
        }
        self.report.states = self.seen.len();
    }

    fn make(&mut self, number: usize, state: &State, made: &Move) {
        if let Some(after) = self.play(state, made, &mut |_| {}) {
            // Who leaves has not finished: that edge says nothing about whether one could.
            self.reach((made.what != "leave").then_some(number), after);
        }
        // What the world does between decision and commit leads nowhere new, but it must not lead to a wrong.
        for meddle in [touch_all, close_all].into_iter().filter(|_| made.acts) {
            let mut pending = Some(meddle);
            self.play(state, made, &mut |w| {
                if let Some(meddle) = pending.take() {
                    meddle(w);
                }
            });
        }
    }

    /// Plays one move. None if the login didn't take it.
    fn play(&mut self, state: &State, made: &Move, race: &mut dyn FnMut(&mut World)) -> Option<State> {
        self.report.steps += 1;
        let State { mut world, mut login, mut story } = state.clone();
        story.push(made.what.clone());
        if let Some(before) = &made.before {
            before(&mut world);
        }
        // What is drawn follows from what was sent, so that equal states stay equal.
        world.drawn = 1000 * u64::try_from(world.outbox.len()).unwrap();
        world.redeemed.clear();
        world.spent.retain(|(counter, _), _| *counter == Counter::MailByAddress);
        let allowed = world.policy.limits.clone();
        if let Some(only_now) = made.only_now {
            only_now(&mut world);
        }
        let came = world.drive(&mut login, Some(&made.event), race);
        world.policy.limits = allowed;
        let wrong = |what: String| format!("{what} after {story:?}");
        self.report.wrongs.extend(world.wrongs.drain(..).map(wrong));
        match came {
            Err(fault) => _ = self.report.wrongs.insert(format!("fault: {fault} after {story:?}")),
            Ok(came @ (Came::Busy | Came::Endless)) => _ = self.report.wrongs.insert(format!("{came:?} after {story:?}")),
            Ok(Came::Rejected(_)) if login.session != state.login.session => {
                self.report.wrongs.insert(format!("a rejected event changed something: {story:?}"));
            }
            Ok(Came::Rejected(_)) => {}
            Ok(Came::Rested(_)) if made.foreign => _ = self.report.wrongs.insert(format!("a foreign event was taken: {story:?}")),
            Ok(Came::Rested(_)) => return Some(State { world, login, story }),
        }
        None
    }

    fn reach(&mut self, from: Option<usize>, state: State) {
        for link in state.world.identities.values().filter(|link| self.before.contains(&link.user)) {
            self.report.linked_by.insert(link.proof.kind.as_str());
        }
        self.report.renewed |= state.world.given.iter().any(|given| matches!(given, Given::Renewed(..)));
        self.looks_right(&state);
        let next = self.seen.len();
        let number = *self.seen.entry(key(&state)).or_insert(next);
        self.edges.extend(from.map(|from| (from, number)));
        if number == next {
            self.can_be_stored(&state);
            self.waiting.push_back((number, state));
        }
    }

    fn can_be_stored(&mut self, state: &State) {
        let session = state.login.session();
        let stored = serde_json::to_string(session).unwrap();
        if serde_json::from_str::<AuthenticationSession>(&stored).unwrap() != *session {
            self.report.wrongs.insert(format!("stored and read back it is another login, after {:?}", state.story));
        }
        if ["vics own", "claimants own", "others own", "eight or more"].iter().any(|password| stored.contains(password)) {
            self.report.wrongs.insert(format!("a password is stored after {:?}", state.story));
        }
    }

    /// There is a page wherever the login rests, with a way on. (While its provider is disabled, the page may be gone.)
    fn looks_right(&mut self, state: &State) {
        let State { world, login, story } = state;
        let seen = flow_runtime::view(&world.policy, login.session(), world.now, flow_runtime::Viewer::StartingBrowser);
        let goes_on = seen.is_some_and(|seen| login.session().is_over() || seen.can_restart || !seen.ways.is_empty());
        if !goes_on {
            self.report.wrongs.insert(format!("no page, or no way on, after {story:?}"));
        }
    }

    /// From everywhere the login can be finished or denied, without the person leaving it.
    fn every_state_can_end(&mut self) {
        let mut back: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (from, to) in &self.edges {
            back.entry(*to).or_default().push(*from);
        }
        let mut can_end = self.ends.clone();
        let mut waiting: Vec<usize> = can_end.iter().copied().collect();
        while let Some(number) = waiting.pop() {
            for from in back.get(&number).into_iter().flatten() {
                if can_end.insert(*from) {
                    waiting.push(*from);
                }
            }
        }
        if can_end.len() != self.seen.len() {
            self.report.wrongs.insert(format!("{} states can't end", self.seen.len() - can_end.len()));
        }
    }
}

/// What makes two states the same: everything that what follows depends on. Versions only move, tries are counted by the settings of
/// each move, and what a form shows again changes the page alone.
fn key(state: &State) -> String {
    let w = &state.world;
    match &state.login.session().rest {
        Rest::Denied { denial, .. } => return denial.code.as_str().to_owned(),
        Rest::Finished { finish, .. } => return format!("{:?} {:?}", finish.signed_in.user.id, finish.signed_in.methods),
        _ => {}
    }
    let users: Vec<_> = w.users.values().cloned().map(|user| domain::User { version: Version(0), ..user }).collect();
    let links: Vec<_> = w.identities.values().map(|link| (&link.key, link.user, link.proof.kind)).collect();
    let asserted = w.asserted.last().map(|(_, identity)| &identity.key);
    let enabled: Vec<_> = w.policy.providers.iter().map(|provider| provider.enabled).collect();
    let mails: u32 = w.spent.iter().filter(|((counter, _), _)| *counter == Counter::MailByAddress).map(|(_, count)| count).sum();
    let counts = |given: &&Given| !matches!(given, Given::Mail(_, token) if !w.unused.contains(token));
    let given: Vec<_> = w.given.iter().filter(counts).collect();
    let session = serde_json::to_string(&essence(state.login.session())).unwrap();
    format!("{session} {users:?} {links:?} {asserted:?} {enabled:?} {mails} {given:?} {:?} {:?} {:?}", w.now, w.unused, w.granted)
}

fn essence(session: &AuthenticationSession) -> AuthenticationSession {
    let mut session = AuthenticationSession { message: None, ..session.clone() };
    // Once a first login runs, it doesn't matter how the person got to the provider.
    if let [below, _] = session.frames.as_mut_slice() {
        below.position = flow_runtime::Position::default();
        session.request.provider_hint = None;
    }
    for frame in &mut session.frames {
        frame.memory.retain(|_, memory| !matches!(memory, Memory::Form { .. }));
        for memory in frame.memory.values_mut() {
            if let Memory::Mail { problem, .. } = memory {
                *problem = None;
            }
        }
        if let Some(existing) = &mut frame.existing {
            existing.version = Version(0);
        }
        if let Some(How::BrowserSession(user, _) | How::Authenticated(user)) = frame.user.as_mut().map(|chosen| &mut chosen.how) {
            user.version = Version(0);
        }
    }
    session
}
