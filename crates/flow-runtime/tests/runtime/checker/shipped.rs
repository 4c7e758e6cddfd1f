//! What comes with Braid may serve.

use super::safe;
use crate::world::World;
use flow_runtime::checker::{Finding, bindings, check, check_flow};

/// Every state of every shipped flow, in the worst realm: nothing is broken but what its author waives, and every waiver is needed.
#[test]
fn every_shipped_flow_may_serve() {
    let mut broken = Vec::new();
    for flow in flow_runtime::reader::shipped().unwrap().into_values() {
        let checked = check_flow(&flow);
        println!("{}: {} states in {} settings", flow.name, checked.states, checked.settings);
        assert!(checked.undecided.is_none(), "{}: {:?}", flow.name, checked.undecided);
        let told = |finding: &Finding| format!("{}: {}: {}", flow.name, finding.message, super::story(finding));
        broken.extend(checked.findings.iter().map(told));
        broken.extend(checked.unused.iter().map(|waiver| format!("{}: nothing needs {waiver:?}", flow.name)));
        assert!(checked.settings >= 20 && checked.states > checked.settings, "{} was hardly explored", flow.name);
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(!safe().is_empty());
}

/// The same in a realm as its configuration has it.
#[test]
fn every_binding_of_a_realm_may_serve() {
    let world = World::new();
    let bindings = bindings(&world.policy);
    assert!(bindings.len() >= 8, "five wishes and three providers: {bindings:?}");
    for binding in bindings {
        let checked = check(&world.policy, &binding);
        assert!(checked.may_serve(), "{binding:?}: {:#?} {:?}", checked.findings, checked.undecided);
    }
}

#[test]
fn what_a_flow_assumes_must_be_so_where_it_is_bound() {
    let mut world = World::new();
    world.flow("flow: only-trusted\nassumes: [trusted-assertion]\nexecutions: [create-user-if-unique]\n");
    world.campus_uses("only-trusted");
    let of_campus = |world: &World| {
        let bindings = bindings(&world.policy);
        let binding = bindings.into_iter().find(|binding| binding.flow.as_str() == "only-trusted").unwrap();
        check(&world.policy, &binding)
    };
    let message = |checked: &flow_runtime::checker::Checked| {
        checked.findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>().join("; ")
    };
    let said = message(&of_campus(&world));
    assert!(said.contains("assumes `trusted-assertion`, which isn't so here"), "{said}");
    world.provider("campus").trust_email = domain::Assurance::Everybody;
    let said = message(&of_campus(&world));
    assert!(!said.contains("assumes"), "{said}");
}

/// Where no mail is sent nobody is promised a new password or another address. Harm is looked for all the same.
#[test]
fn a_realm_without_mail_may_serve() {
    let mut world = World::new();
    world.policy.sends_mail = false;
    for binding in bindings(&world.policy) {
        let checked = check(&world.policy, &binding);
        assert!(checked.may_serve() && checked.states > 0, "{binding:?}: {:#?}", checked.findings);
    }
}
