//! A flow by itself is checked with every way in which a provider may be set up for accounts that are there already.

use super::{found, readable, story};
use crate::explorer::wrong::forging_flow_where;
use crate::world::World;
use domain::{Assurance, ExistingLink, UnprovedClaims};
use flow_runtime::checker::{Checked, Joins, Property, bindings, check, check_flow, replay};

/// The way by the provider's word is only for accounts that have proved their address. One that is handed over hasn't.
const ONLY_THE_PROVED: &str = "\
flow: only-the-proved
assumes: [mail]
executions:
  - create-user-if-unique: { requirement: alternative }
  - flow: known
    requirement: alternative
    executions:
      - confirm-link: { reveals: account }
      - flow: prove
        executions:
          - flow: by word
            requirement: alternative
            executions:
              - auto-set-existing-user
              - flow: only those
                executions:
                  - { flow: proved, when: existing-user.address-proved, executions: [review-profile: { update: off }] }
          - verify-by-email: { requirement: alternative }
          - reauthenticate: { requirement: alternative }
          - reauthenticate: { requirement: alternative, by: linked-provider }
      - { flow: second factor, when: user.second-factor-configured, executions: [one-time-code] }
";

fn at_campus(claims: UnprovedClaims) -> Checked {
    let mut world = World::new();
    world.flow(ONLY_THE_PROVED);
    world.campus_uses("only-the-proved");
    (world.provider("campus").trust_email, world.provider("campus").unproved_claims) = (Assurance::Everybody, claims);
    let all = bindings(&world.policy);
    let bound = all.iter().find(|binding| binding.flow.as_str() == "only-the-proved").unwrap();
    check(&world.policy, bound)
}

#[test]
fn a_flow_that_is_broken_only_where_accounts_are_handed_over_is_found() {
    let flow = readable(ONLY_THE_PROVED).flow;
    let checked = check_flow(&flow);
    let finding = found(&checked, Property::P4);
    let told = finding.story.as_ref().unwrap();
    assert_eq!((checked.findings.len(), told.setting.joins), (1, Joins::HandedOver), "{:#?}", checked.findings);
    assert!(told.text.contains("the provider is set up to hand over accounts that never proved their address"), "{}", told.text);
    assert!(replay(&flow, told).is_some());
}

#[test]
fn a_binding_is_checked_with_what_its_provider_is_set_up_for() {
    assert!(at_campus(UnprovedClaims::Release).may_serve(), "{:#?}", at_campus(UnprovedClaims::Release).findings);
    assert!(!at_campus(UnprovedClaims::HandOver).may_serve());
}

/// The engine is broken on purpose, and only where the provider says this of a second identity.
#[test]
fn a_proof_forged_only_beside_another_identity_is_found() {
    let words = [
        (ExistingLink::Replace, "set up to replace the identity that an account has of it"),
        (ExistingLink::Ask, "set up to ask before an account gets one more of its identities"),
    ];
    for (links, words) in words {
        let flow = forging_flow_where(links);
        let checked = check_flow(&flow);
        let finding = found(&checked, Property::P1);
        assert!(story(finding).contains(words), "{}", story(finding));
        let replayed = replay(&flow, finding.story.as_ref().unwrap()).unwrap();
        assert!(replayed.wrongs.iter().any(|wrong| wrong.contains("nobody has shown that")), "{replayed:?}");
    }
    // What is refused can't be linked; but whatever is done there is explored.
    let checked = check_flow(&forging_flow_where(ExistingLink::Deny));
    assert!(checked.findings.iter().all(|finding| finding.property != Property::P1), "{:#?}", checked.findings);
}
