//! The requirement algebra, for trees of scripted executions.

use super::scripted::{Deed, Plan};
use super::tree::{Branch, Tree, any_plan, can_succeed, mild_plan, tree, without_one_alternative, wrapped};
use super::walker::{Walked, Walker};
use flow_runtime::Requirement;
use proptest::prelude::*;

fn walked(tree: &Tree) -> Walked {
    Walker::of(tree, false).walk()
}

/// Without leaves that succeed on their own: these hide all alternatives after them.
fn with_pages_only(plan: Plan) -> Plan {
    Plan { shows: plan.shows || plan.deed == Deed::Succeed, ..plan }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every reachable state keeps the laws of [`Walker::keeps_the_laws`], and every login can end.
    #[test]
    fn every_state_of_every_tree_keeps_the_laws(tree in tree(any_plan())) {
        let walked = Walker::of(&tree, true).walk();
        prop_assert!(!walked.signed_in.is_empty() || !walked.denied.is_empty() || !walked.pages.is_empty());
    }

    #[test]
    fn the_engine_and_the_meaning_of_requirements_agree(tree in tree(mild_plan())) {
        prop_assert_eq!(!walked(&tree).signed_in.is_empty(), can_succeed(&tree));
    }

    #[test]
    fn disabling_an_alternative_never_adds_a_way_to_succeed(tree in tree(mild_plan())) {
        let whole = !walked(&tree).signed_in.is_empty();
        for fewer in without_one_alternative(&tree) {
            prop_assert!(whole || walked(&fewer).signed_in.is_empty(), "{fewer:?}");
        }
    }

    #[test]
    fn disabling_an_alternative_lets_nobody_new_in(tree in tree(mild_plan().prop_map(with_pages_only))) {
        let whole = walked(&tree).signed_in;
        for fewer in without_one_alternative(&tree) {
            let left = walked(&fewer).signed_in;
            prop_assert!(left.is_subset(&whole), "{left:?} of {fewer:?}");
        }
    }

    #[test]
    fn wrapping_a_level_in_a_required_sub_flow_changes_nothing(tree in tree(any_plan()), place in any::<usize>()) {
        prop_assert_eq!(walked(&tree), walked(&wrapped(&tree, place)));
    }
}

fn leaf(requirement: Requirement, shows: bool, deed: Deed) -> Branch<Plan> {
    Branch::Leaf(requirement, Plan { asks: false, shows, deed })
}

#[test]
fn what_somebody_did_on_a_way_that_they_left_does_not_sign_them_in() {
    use Deed::{DoesntApply, Succeed};
    use Requirement::{Alternative, Required};
    let half = vec![leaf(Required, true, Succeed), leaf(Required, true, DoesntApply)];
    let tree = vec![Branch::Sub(Alternative, None, half), leaf(Alternative, true, DoesntApply)];
    assert!(walked(&tree).signed_in.is_empty());
}

#[test]
fn a_way_through_several_pages_goes_on_where_it_was_chosen() {
    use Deed::Succeed;
    use Requirement::{Alternative, Required};
    let two = vec![leaf(Required, true, Succeed), leaf(Required, true, Succeed)];
    let tree = vec![leaf(Alternative, true, Succeed), Branch::Sub(Alternative, None, two)];
    assert_eq!(walked(&tree).signed_in.len(), 2);
}
