//! What does a step cost in a large flow? Counts the instructions of one step with Valgrind's callgrind:
//! `cargo bench -p flow-runtime --bench steps`. Nothing is timed, so machines agree.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "whoever runs this sees what is wrong")]

use domain::{ClientId, Digest, Entropy, FlowName, RealmId, SessionKey, Timestamp};
use flow_runtime::authenticator::{Act, Authenticator, Input, Sight, Turn};
use flow_runtime::definition::condition::Condition;
use flow_runtime::definition::declaration::{Declaration, Outcome};
use flow_runtime::event::action;
use flow_runtime::linking::RuleSet;
use flow_runtime::page::WayKind;
use flow_runtime::world::{form, request};
use flow_runtime::{
    Arrival, AuthenticationSession, Bindings, Event, Execution, Flow, Level, Limits, Node, Page, RealmPolicy, Requirement,
    Revision, Revisions, Start, Step, begin, step,
};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

/// How many steps are made; what it takes to get there is measured apart and taken off.
const STEPS: u64 = 200;

/// Flows whose steps are counted.
const SHAPES: [&str; 4] = ["required pages", "sub-flows of ten pages", "sub-flows with a condition", "alternatives"];

const SIZES: [u16; 2] = [10, 1_000];

const PLACES: [&str; 3] = ["beginning", "middle", "end"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [shape, size, place, steps] = arguments.as_slice() {
        return walk(shape, size.parse().unwrap(), place, steps.parse().unwrap());
    }
    println!("| Flow | step at its | of 10 | of 1,000 | ratio |\n| --- | --- | --- | --- | --- |");
    for shape in SHAPES {
        for place in PLACES {
            let cost = |size| (instructions(shape, size, place, STEPS) - instructions(shape, size, place, 0)) / STEPS;
            let [small, large] = SIZES.map(cost);
            println!("| {shape} | {place} | {small} | {large} | {}.{:02} |", large / small, large * 100 / small % 100);
        }
    }
}

/// What this program executes to make so many steps.
fn instructions(shape: &str, size: u16, place: &str, steps: u64) -> u64 {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe().unwrap());
    let ended = valgrind.args([shape, &size.to_string(), place, &steps.to_string()]).output().expect("valgrind is installed");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{said}");
    let count = said.lines().find_map(|line| line.split_once("Collected : ")).expect("callgrind says what it collected").1;
    count.trim().parse().unwrap()
}

/// The same step again and again. Among alternatives it takes the way there; elsewhere it goes on from the page that is there.
fn walk(shape: &str, size: u16, place: &str, steps: u64) {
    let policy = realm(flow(shape, size));
    let before = match place {
        "beginning" => 0,
        "middle" => size / 2,
        _ => size - 2,
    };
    let mut session = begins(&policy);
    let event = if shape == "alternatives" && before > 0 {
        form(session.step_id(), action::WAY, &[("way", &(before + 2).to_string())])
    } else {
        for _ in 0..before {
            let event = form(session.step_id(), action::CONTINUE, &[]);
            session = moves(&policy, session, event);
        }
        form(session.step_id(), action::CONTINUE, &[])
    };
    for _ in 0..steps {
        let moved = moves(&policy, session.clone(), event.clone());
        assert_ne!(moved.step_id(), session.step_id());
    }
}

fn begins(policy: &RealmPolicy) -> AuthenticationSession {
    let key = SessionKey::from_bytes([1; 16]);
    let request = request(ClientId::parse("app").unwrap());
    let start = Start { key, browser: Digest::of_bytes(b"browser"), request, started_at: now() };
    rests(begin(policy, start, &Arrival::default(), now(), &Entropy::from_bytes([1; 32])).unwrap())
}

fn moves(policy: &RealmPolicy, session: AuthenticationSession, event: Event) -> AuthenticationSession {
    rests(step(policy, session, event, &Arrival::default(), now(), &Entropy::from_bytes([2; 32])).unwrap())
}

fn rests(step: Step) -> AuthenticationSession {
    let Step::Rest(resting) = step else { panic!("it rests") };
    resting.session
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1_700_000_000)
}

/// A page with one button.
#[derive(Debug)]
struct Stop;

static DECLARATION: Declaration = Declaration {
    name: "stop",
    summary: "Shows a page.",
    keys: &[],
    needs: &[],
    outcomes: &[Outcome::Succeeded, Outcome::Challenged],
    establishes: &[],
    asks: &[],
    shows: true,
};

impl Authenticator for Stop {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn ways(&self, _sight: &Sight<'_>) -> Vec<WayKind> {
        vec![WayKind::Login]
    }

    fn act(&self, _sight: &Sight<'_>, input: Input<'_>, _entropy: &Entropy) -> Turn {
        match input {
            Input::Form(_) => Turn::just(Act::Succeed),
            _ => Turn::just(Act::Show { retry: false }),
        }
    }

    fn page(&self, _sight: &Sight<'_>) -> Option<Page> {
        None
    }
}

fn flow(shape: &str, size: u16) -> Flow {
    let requirement = if shape == "alternatives" { Requirement::Alternative } else { Requirement::Required };
    let stop = || Execution::new(requirement, Node::Authenticator(Arc::new(Stop)));
    let level = |executions| Level { executions, succeeds_when_empty: false };
    let sub_flow = |when: Option<Condition>, pages: u16| {
        let level = level((0..pages).map(|_| stop()).collect());
        Execution::new(Requirement::Required, Node::SubFlow { name: "part".into(), when, level })
    };
    let executions = match shape {
        "sub-flows of ten pages" => (0..size / 10).map(|_| sub_flow(None, 10)).collect(),
        "sub-flows with a condition" => (0..size).map(|_| sub_flow(Some(Condition::All(Vec::new())), 1)).collect(),
        _ => (0..size).map(|_| stop()).collect(),
    };
    Flow::new(FlowName::parse("browser").unwrap(), Revision("1".into()), level(executions)).unwrap()
}

fn realm(flow: Flow) -> RealmPolicy {
    let name = || FlowName::parse("browser").unwrap();
    RealmPolicy {
        realm: RealmId::parse("demo").unwrap(),
        name: "Demo".into(),
        flows: BTreeMap::from([(name(), Arc::new(flow))]),
        revisions: Revisions::default(),
        bindings: Bindings {
            browser: name(),
            registration: name(),
            forgotten_password: name(),
            verify_address: name(),
            change_address: name(),
            second_factor: Some(name()),
        },
        providers: Vec::new(),
        clients: BTreeMap::new(),
        rules: Arc::new(RuleSet::default()),
        sends_mail: true,
        limits: Limits::default(),
    }
}
