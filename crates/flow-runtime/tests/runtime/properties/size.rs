//! What a login keeps, and whom a step asks, doesn't grow with its flow or with what has run.

use super::scripted::{Deed, GIVE_UP, Plan, Scripted};
use super::walker::Walker;
use flow_runtime::authenticator::{Authenticator, Input, Sight, Turn};
use flow_runtime::definition::declaration::Declaration;
use flow_runtime::event::action;
use flow_runtime::page::WayKind;
use flow_runtime::{AuthenticationSession, Execution, Flow, Level, Node, Page, Requirement, Revision};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const PAGE: Plan = Plan { asks: false, shows: true, deed: Deed::Succeed };
const NOTHING: Plan = Plan { asks: false, shows: false, deed: Deed::DoesntApply };

/// Numbers have many digits or few.
const SLACK: usize = 40;

/// Counts how often it is asked for anything.
#[derive(Debug)]
struct Counted(Scripted, Arc<AtomicUsize>);

impl Authenticator for Counted {
    fn declaration(&self) -> &'static Declaration {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.declaration()
    }

    fn applies(&self, sight: &Sight<'_>) -> bool {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.applies(sight)
    }

    fn ways(&self, sight: &Sight<'_>) -> Vec<WayKind> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.ways(sight)
    }

    fn proves(&self, sight: &Sight<'_>) -> Option<domain::ProofKind> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.proves(sight)
    }

    fn act(&self, sight: &Sight<'_>, input: Input<'_>, entropy: &domain::Entropy) -> Turn {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.act(sight, input, entropy)
    }

    fn page(&self, sight: &Sight<'_>) -> Option<Page> {
        self.0.page(sight)
    }
}

fn leaf(requirement: Requirement, plan: Plan) -> Execution {
    Execution::new(requirement, Node::Authenticator(Arc::new(Scripted { number: 1, plan })))
}

fn level(executions: Vec<Execution>) -> Level {
    Level { executions, succeeds_when_empty: false }
}

fn sub_flow(executions: Vec<Execution>) -> Execution {
    Execution::new(Requirement::Required, Node::SubFlow { name: "part".into(), when: None, level: level(executions) })
}

fn through(executions: Vec<Execution>) -> Walker {
    let flow = Flow::new(crate::world::flow_name("browser"), Revision("1".into()), level(executions)).unwrap();
    Walker::through(Arc::new(flow), false)
}

fn size(session: &AuthenticationSession) -> usize {
    serde_json::to_string(session).unwrap().len()
}

#[test]
fn a_login_keeps_nothing_of_the_thousand_pages_that_are_behind_it() {
    let walker = through((0..1000).map(|_| leaf(Requirement::Required, PAGE)).collect());
    let mut session = walker.begins();
    let mut sizes = Vec::new();
    for _ in 1..1000 {
        session = walker.does(&session, action::CONTINUE, None);
        sizes.push(size(&session));
    }
    assert!(sizes[998] < sizes[9] + SLACK, "{} bytes at the tenth page, {} at the last", sizes[9], sizes[998]);
}

#[test]
fn a_login_keeps_nothing_of_sub_flows_that_have_ended() {
    let part = || sub_flow(vec![leaf(Requirement::Alternative, PAGE), leaf(Requirement::Alternative, PAGE)]);
    let walker = through((0..200).map(|_| part()).collect());
    let mut session = walker.begins();
    let mut sizes = Vec::new();
    for _ in 1..200 {
        session = walker.does(&session, GIVE_UP, None);
        session = walker.does(&session, action::CONTINUE, None);
        sizes.push(size(&session));
    }
    assert!(sizes[198] < sizes[9] + SLACK, "{} bytes in the tenth part, {} in the last", sizes[9], sizes[198]);
}

#[test]
fn a_login_keeps_nothing_of_alternatives_that_had_their_turn() {
    let last_of = |many: usize| {
        let mut executions: Vec<_> = (1..many).map(|_| leaf(Requirement::Alternative, NOTHING)).collect();
        executions.push(leaf(Requirement::Alternative, PAGE));
        size(&through(executions).begins())
    };
    assert!(last_of(1000) < last_of(10) + SLACK, "{} bytes behind 9, {} behind 999", last_of(10), last_of(1000));
}

#[test]
fn a_step_asks_only_those_who_have_their_turn() {
    for requirement in [Requirement::Required, Requirement::Alternative] {
        let asked = |many: usize| {
            let count = Arc::new(AtomicUsize::new(0));
            let one = |_| {
                let counted = Counted(Scripted { number: 1, plan: PAGE }, Arc::clone(&count));
                Execution::new(requirement, Node::Authenticator(Arc::new(counted)))
            };
            let walker = through((0..many).map(one).collect());
            let session = walker.begins();
            count.store(0, Ordering::Relaxed);
            walker.does(&session, action::CONTINUE, None);
            if requirement == Requirement::Alternative {
                let last = u16::try_from(many).unwrap();
                walker.does(&session, action::WAY, Some(last));
            }
            count.load(Ordering::Relaxed)
        };
        assert_eq!(asked(10), asked(1000), "{requirement:?}");
    }
}
