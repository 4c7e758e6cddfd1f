//! Random flows of the real executions, random people, random events: the judge never finds a wrong.

use super::tree::{Branch, compile, tree};
use crate::world::{Came, Given, Login, Person, World, code_of, login_form, someone};
use domain::{Assurance, Digest, Vouched};
use flow_runtime::authenticator::KINDS;
use flow_runtime::definition::config::Config;
use flow_runtime::event::action;
use flow_runtime::session::Memory;
use flow_runtime::{AuthenticationSession, Event, Frame, Requirement, Rest};
use proptest::prelude::*;

/// Something that somebody does, in terms that fit any page. Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Move {
    Button(usize, usize, usize),
    Way(usize),
    ComesBack(usize),
    Mail,
    Waits,
    /// An administrator changes the account while the next event is on its way.
    Meddles(usize),
}

const BUTTONS: [&str; 6] = [action::CONTINUE, action::CONTINUE, action::RESEND, action::REVIEW, action::RESTART, action::REFUSE];
const PASSWORDS: [&str; 4] = ["", "vics own", "squatters own", "guess"];
const ADDRESSES: [&str; 4] = ["", "vic@x.org", "mallory@x.org", "nonsense"];

fn a_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        6 => (0..BUTTONS.len(), 0..PASSWORDS.len(), 0..ADDRESSES.len()).prop_map(|(b, p, a)| Move::Button(b, p, a)),
        3 => (0..8_usize).prop_map(Move::Way),
        4 => (0..8_usize).prop_map(Move::ComesBack),
        3 => Just(Move::Mail),
        1 => Just(Move::Waits),
        1 => (0..4_usize).prop_map(Move::Meddles),
    ]
}

fn kind(name: &str) -> usize {
    KINDS.iter().position(|kind| kind.declaration.name == name).unwrap()
}

/// The flow that ships, with some executions disabled and some levels the other way round.
fn bent_flow() -> impl Strategy<Value = Vec<Branch<usize>>> {
    use Requirement::{Alternative, Required};
    prop::collection::vec(0..10_u8, 14).prop_map(|bends| {
        let leaf = |requirement, name| Branch::Leaf(requirement, kind(name));
        let prove = vec![leaf(Alternative, "verify-by-email"), leaf(Alternative, "reauthenticate")];
        let handle = vec![leaf(Required, "confirm-link"), Branch::Sub(Required, None, prove)];
        let trusted = vec![leaf(Required, "detect-existing-user"), leaf(Required, "auto-set-existing-user")];
        let whose = vec![
            leaf(Alternative, "create-user-if-unique"),
            Branch::Sub(Alternative, None, trusted),
            Branch::Sub(Alternative, None, handle),
        ];
        let mut flow = vec![leaf(Required, "review-profile"), Branch::Sub(Required, None, whose)];
        bend(&mut flow, &mut bends.into_iter());
        flow
    })
}

fn bend(level: &mut [Branch<usize>], bends: &mut impl Iterator<Item = u8>) {
    for branch in level.iter_mut() {
        if bends.next() == Some(0) {
            branch.set(Requirement::Disabled);
        }
        if let Branch::Sub(_, _, inner) = branch {
            bend(inner, bends);
        }
    }
    if bends.next() == Some(1) {
        level.reverse();
    }
}

/// People at providers: with vic's address or another, vouched for or not.
fn person(provider: &str, which: usize) -> Person {
    let person = someone(provider, &format!("subject {}", which % 3));
    let vouched = [Vouched::Yes, Vouched::No, Vouched::Silent][which % 3];
    match which % 4 {
        0 | 1 => person.with("vic@x.org", vouched).called("vic"),
        2 => person.with("mallory@x.org", vouched),
        _ => person,
    }
}

fn world(tree: &[Branch<usize>], trusted: bool, mails: bool, people: usize) -> World {
    let mut w = World::new();
    let flow = compile("first-broker-login", tree, &|_, kind| (KINDS[kind % KINDS.len()].build)(&Config::default()));
    w.policy.flows.insert(flow.name.clone(), flow);
    w.policy.sends_mail = mails;
    if trusted {
        w.provider("campus").trust_email = Assurance::Everybody;
    }
    if people.is_multiple_of(2) {
        w.user("vic").password("vics own").proved("vic@x.org").done();
    }
    if people.is_multiple_of(3) {
        w.user("squatter").password("squatters own").claims("vic@x.org").done();
    }
    w
}

fn event(w: &mut World, login: &Login, made: &Move) -> Option<Event> {
    let session = login.session();
    match made {
        Move::Button(button, password, address) => {
            let code =
                newest_token(session).map(|token| code_of(&token)).filter(|_| password % 2 == 0).unwrap_or("000000".into());
            let name = ["vic", "squatter", "vic@x.org", ""][address % 4];
            let fields = [
                ("password", PASSWORDS[*password]),
                ("email", ADDRESSES[*address]),
                ("username", name),
                ("code", &code),
                ("user", "vic"),
            ];
            Some(login_form(session.step_id(), BUTTONS[*button], &fields))
        }
        Move::Way(which) => {
            let ways = login.ways(w);
            (!ways.is_empty()).then(|| login.way(w, &ways[which % ways.len()]))
        }
        Move::ComesBack(which) => {
            let Rest::AtProvider { exchange, .. } = &session.rest else { return None };
            let person = person(exchange.provider.as_str(), *which);
            Some(login.return_with(w, if *which == 7 { Err(domain::UpstreamFailure::Cancelled) } else { Ok(Box::new(person.0)) }))
        }
        Move::Mail => {
            let token = newest_token(session)?;
            w.given.insert(Given::Mail(login.start.key, token.clone()));
            Some(Event::MailPressed { token })
        }
        Move::Waits | Move::Meddles(_) => None,
    }
}

fn newest_token(session: &AuthenticationSession) -> Option<Digest> {
    session.frame()?.memory.values().find_map(|memory| match memory {
        Memory::Mail { token, .. } => token.clone(),
        _ => None,
    })
}

fn meddle(w: &mut World, how: usize) {
    let Some(id) = w.users.keys().next().copied() else { return };
    match how {
        0 => w.disable(id),
        1 => w.change(id, |user| user.email = None),
        _ => w.change(id, |user| user.epoch.0 += 1),
    }
}

/// What is stored never has a first login without an identity, or frames that nobody called.
fn is_sound(session: &AuthenticationSession) -> bool {
    let calls = |frames: &[Frame]| matches!(frames, [below, above] if above.called_by.is_some() && below.identity.is_none());
    session.frames.len() < 2 || calls(&session.frames)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_flow_of_real_executions_links_without_a_proof(
        tree in prop_oneof![1 => tree(0..KINDS.len()), 3 => bent_flow()],
        (trusted, mails, people) in (any::<bool>(), any::<bool>(), 0..6_usize),
        moves in prop::collection::vec(a_move(), 1..40),
    ) {
        let mut w = world(&tree, trusted, mails, people);
        let mut login = w.login_with(None, |request| request.provider_hint = Some(crate::world::alias("campus")));
        let mut meddling = None;
        for made in &moves {
            match made {
                Move::Waits => w.waits(31),
                // Policy is read afresh for every event, but no commit is guarded by it.
                Move::Meddles(3) => w.provider("campus").enabled = false,
                Move::Meddles(how) => meddling = Some(*how),
                _ => {}
            }
            if login.session().is_over() {
                login = w.login_with(None, |request| request.prompt.login = true);
            }
            let Some(event) = event(&mut w, &login, made) else { continue };
            let before = login.session().clone();
            let race = meddling.take();
            let mut pending = race;
            match w.drive(&mut login, Some(&event), &mut |w| if let Some(how) = pending.take() { meddle(w, how) }) {
                Ok(Came::Rested(_)) => {}
                Ok(Came::Rejected(_) | Came::Busy) => prop_assert_eq!(&before, login.session()),
                Err(fault) => prop_assert!(false, "{fault}"),
                Ok(Came::Endless) => prop_assert!(false, "too many questions"),
            }
            prop_assert!(w.wrongs.is_empty(), "{:#?}", w.wrongs);
            prop_assert!(is_sound(login.session()));
            let stored = serde_json::to_string(login.session()).unwrap();
            prop_assert_eq!(&serde_json::from_str::<AuthenticationSession>(&stored).unwrap(), login.session());
        }
    }
}
