//! The program of a flow and its plain meaning agree, whatever its executions do and whatever a person chooses.

use super::plain::{Place, Plain};
use super::scripted::{Deed, GIVE_UP, Plan, Scripted, number_of};
use super::tree::{Branch, Tree, any_plan, tree, with_empty};
use super::walker::Walker;
use flow_runtime::Requirement::{Alternative, Required};
use flow_runtime::event::action;
use flow_runtime::{AuthenticationSession, Page, Rest, Viewer};
use proptest::prelude::*;
use std::sync::Arc;

/// Some are content without finding anybody.
fn plan() -> impl Strategy<Value = Plan> {
    (any_plan(), prop::bool::weighted(0.25)).prop_map(|(plan, passes)| match plan.deed {
        Deed::Succeed if passes => Plan { deed: Deed::Pass, ..plan },
        Deed::Denies if passes => Plan { deed: Deed::DoesntApply, ..plan },
        _ => plan,
    })
}

fn place(walker: &Walker, session: &AuthenticationSession) -> Place {
    match &session.rest {
        Rest::Finished { finish, .. } => Place::SignedIn(number_of(&finish.signed_in, walker.now)),
        Rest::Denied { denial, .. } => Place::Denied(denial.code.as_str()),
        _ => {
            let shown = walker.view(session, Viewer::StartingBrowser);
            let Page::Login { username, .. } = shown.page else { panic!("not a scripted page") };
            let ways = shown.ways.iter().map(|way| way.id.parse().unwrap()).collect();
            Place::Page { leaf: username.parse().unwrap(), ways }
        }
    }
}

/// Goes through the flow both ways at once. What somebody does is a number: its meaning depends on the page.
fn compare(tree: &Tree, on_empty: bool, deeds: &[usize]) -> Result<(), TestCaseError> {
    let flow = with_empty("browser", tree, on_empty, &|number, plan: &Plan| Arc::new(Scripted { number, plan: *plan }));
    let walker = Walker::through(flow, false);
    let mut plain = Plain::of(tree, on_empty);
    let mut session = walker.begins();
    let mut meant = plain.begin();
    prop_assert_eq!(&place(&walker, &session), &meant);
    for deed in deeds {
        let Place::Page { ways, .. } = &meant else { break };
        let (pressed, way) = match deed % (ways.len() + 4) {
            2 => (GIVE_UP, None),
            3 if deed % 5 == 0 => (action::RESTART, None),
            0 | 1 | 3 => (action::CONTINUE, None),
            way => (action::WAY, Some(ways[way - 4])),
        };
        meant = match (pressed, way) {
            (_, Some(way)) => plain.choose(way),
            (GIVE_UP, _) => plain.give_up(),
            (action::RESTART, _) => plain.begin(),
            _ => plain.go_on(),
        };
        session = walker.does(&session, pressed, way);
        prop_assert_eq!(&place(&walker, &session), &meant, "after {} {:?}", pressed, way);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_program_of_a_flow_does_what_the_flow_means(
        tree in prop_oneof![2 => tree(plan()), 1 => ways_in_ways()],
        on_empty in any::<bool>(),
        deeds in prop::collection::vec(0..60_usize, 0..25),
    ) {
        compare(&tree, on_empty, &deeds)?;
    }
}

/// Alternatives of several steps, which are alternatives again: much to choose and to leave.
fn ways_in_ways() -> impl Strategy<Value = Tree> {
    let leaf = |requirement| plan().prop_map(move |plan| Branch::Leaf(requirement, Plan { shows: true, ..plan }));
    let choice = prop::collection::vec(leaf(Alternative), 2..4);
    let step = prop_oneof![2 => leaf(Required), 1 => choice.prop_map(|level| Branch::Sub(Required, None, level))];
    let way = prop::collection::vec(step, 1..4).prop_map(|level| Branch::Sub(Alternative, None, level));
    prop::collection::vec(prop_oneof![way, leaf(Alternative)], 2..5)
}
