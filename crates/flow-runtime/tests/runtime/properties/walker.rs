//! Visits every state of a scripted flow, and checks at each what must hold everywhere.

use super::scripted::{GIVE_UP, number_of, somebody};
use super::tree::{Tree, scripted};
use crate::world::{World, alias, login_form};
use domain::{CallbackParams, Digest, Entropy, ExchangeId, Timestamp};
use flow_runtime::event::action;
use flow_runtime::{
    Arrival, AuthenticationSession, DenialCode, Event, Fact, Fault, Flow, Page, Question, RealmPolicy, Rest, Resting, Start,
    Step, StepId, View, Viewer, Write, begin, step, view,
};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// Where logins through a flow can end, and what people see on the way.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Walked {
    pub(super) signed_in: BTreeSet<u8>,
    pub(super) denied: BTreeSet<&'static str>,
    pub(super) pages: BTreeSet<String>,
}

pub(super) struct Walker {
    policy: RealmPolicy,
    pub(super) now: Timestamp,
    most_questions: usize,
    /// Whether every state is tried with foreign events and stored, too.
    thorough: bool,
}

impl Walker {
    pub(super) fn of(tree: &Tree, thorough: bool) -> Self {
        Self::through(scripted(tree), thorough)
    }

    pub(super) fn through(flow: Arc<Flow>, thorough: bool) -> Self {
        let world = World::new();
        let (mut policy, now) = (world.policy.clone(), world.now);
        // Each execution asks once; at the end the engine may look at the account again.
        let most_questions = flow.authenticators().count() + 1;
        policy.flows.insert(flow.name.clone(), flow);
        Self { policy, now, most_questions, thorough }
    }

    pub(super) fn begins(&self) -> AuthenticationSession {
        self.settle(None).session
    }

    /// Where somebody gets who presses this, perhaps to take another way.
    pub(super) fn does(&self, session: &AuthenticationSession, pressed: &str, way: Option<u16>) -> AuthenticationSession {
        let way = way.map(|way| way.to_string());
        let fields: Vec<_> = way.iter().map(|way| ("way", way.as_str())).collect();
        self.settle(Some((session, &login_form(session.step_id(), pressed, &fields)))).session
    }

    pub(super) fn view(&self, session: &AuthenticationSession, viewer: Viewer) -> View {
        view(&self.policy, session, self.now, viewer).unwrap()
    }

    pub(super) fn walk(&self) -> Walked {
        let mut walked = Walked::default();
        let mut seen = BTreeSet::new();
        let mut waiting: VecDeque<AuthenticationSession> = VecDeque::new();
        let mut reach = |resting: Resting, waiting: &mut VecDeque<_>| {
            if seen.insert(serde_json::to_string(&resting.session).unwrap()) {
                waiting.push_back(resting.session);
            }
        };
        reach(self.settle(None), &mut waiting);
        while let Some(session) = waiting.pop_front() {
            if self.thorough {
                self.keeps_the_laws(&session);
            }
            for event in self.note(&session, &mut walked) {
                reach(self.settle(Some((&session, &event))), &mut waiting);
            }
        }
        walked
    }

    /// Writes down where the login is, and says what a person can do there.
    fn note(&self, session: &AuthenticationSession, walked: &mut Walked) -> Vec<Event> {
        match &session.rest {
            Rest::Finished { finish, .. } => _ = walked.signed_in.insert(number_of(&finish.signed_in, self.now)),
            Rest::Denied { denial, .. } if denial.code != DenialCode::Left => _ = walked.denied.insert(denial.code.as_str()),
            Rest::Showing(_) => return self.events(session, walked),
            _ => {}
        }
        Vec::new()
    }

    fn events(&self, session: &AuthenticationSession, walked: &mut Walked) -> Vec<Event> {
        let shown = view(&self.policy, session, self.now, Viewer::StartingBrowser).unwrap();
        let Page::Login { username, .. } = shown.page else { panic!("not a scripted page") };
        walked.pages.insert(username);
        let form = |pressed, fields: &[(&str, &str)]| login_form(session.step_id(), pressed, fields);
        let mut events =
            vec![form(action::CONTINUE, &[]), form(GIVE_UP, &[]), form(action::RESTART, &[]), form(action::LEAVE, &[])];
        events.extend(shown.ways.iter().map(|way| form(action::WAY, &[("way", &way.id)])));
        events
    }

    fn first(&self, from: Option<(&AuthenticationSession, &Event)>) -> Result<Step, Fault> {
        let entropy = Entropy::from_bytes([1; 32]);
        if let Some((session, event)) = from {
            return step(&self.policy, session.clone(), event.clone(), &Arrival::default(), self.now, &entropy);
        }
        let start: Start = World::new().about_to_login(None, |_| {}).start.clone();
        begin(&self.policy, start, &Arrival::default(), self.now, &entropy)
    }

    /// Answers questions until the login rests. The same input gives the same output, and there are few questions.
    fn settle(&self, from: Option<(&AuthenticationSession, &Event)>) -> Resting {
        let settled = || {
            let mut next = self.first(from).unwrap();
            for _ in 0..=self.most_questions {
                next = match next {
                    Step::Ask(asking) => {
                        assert!(matches!(asking.question(), Question::FindUser(_)), "{:?}", asking.question());
                        let found = Fact::FoundUser(Some(Box::new(somebody(self.now))));
                        asking.answer(&self.policy, found, self.now, &Entropy::from_bytes([2; 32])).unwrap()
                    }
                    Step::Rest(resting) => return *resting,
                    Step::Rejected(rejected) => panic!("{rejected:?} for {from:?}"),
                };
            }
            panic!("more than {} questions", self.most_questions)
        };
        let one = settled();
        if self.thorough {
            let two = settled();
            assert_eq!(format!("{one:?}"), format!("{two:?}"));
            assert_eq!((&one.session, &one.writes, &one.next), (&two.session, &two.writes, &two.next));
        }
        for write in &one.writes {
            let Write::StartBrowserSession(started) = write else { continue };
            let Rest::Finished { finish, .. } = &one.session.rest else { panic!("a session before the end") };
            assert_eq!(started.user, finish.signed_in.user.id);
        }
        one
    }

    fn keeps_the_laws(&self, session: &AuthenticationSession) {
        let stored = serde_json::to_string(session).unwrap();
        assert_eq!(serde_json::from_str::<AuthenticationSession>(&stored).unwrap(), *session);
        for event in foreign(session) {
            let came = self.first(Some((session, &event))).unwrap();
            assert!(matches!(came, Step::Rejected(_)), "{event:?} was taken at {:?}", session.rest);
        }
        let own = login_form(session.step_id(), action::CONTINUE, &[]);
        let over = matches!(self.first(Some((session, &own))).unwrap(), Step::Rejected(flow_runtime::Rejected::Over));
        assert_eq!(over, session.is_over(), "the end is final, and nothing else is");
    }
}

/// Events that belong to no page of this login.
fn foreign(session: &AuthenticationSession) -> Vec<Event> {
    let here = session.step_id();
    let old = StepId(format!("{}0", here.0));
    vec![
        login_form(old.clone(), action::CONTINUE, &[]),
        login_form(old.clone(), action::RESTART, &[]),
        login_form(old, action::LEAVE, &[]),
        login_form(here.clone(), "nonsense", &[]),
        login_form(here.clone(), "", &[]),
        login_form(here.clone(), action::REFUSE, &[]),
        login_form(here.clone(), action::WAY, &[]),
        login_form(here.clone(), action::WAY, &[("way", "0")]),
        login_form(here, action::WAY, &[("way", "65535")]),
        Event::Returned {
            provider: alias("campus"),
            exchange: ExchangeId::from_bytes([1; 16]),
            params: CallbackParams::default(),
        },
        Event::MailPressed { token: Digest::of_bytes(b"guess") },
    ]
}
