//! What must not be overlooked, and what does no harm.

use super::{found, readable, story};
use crate::world::World;
use flow_runtime::checker::{Checked, Property, bindings, check, check_flow, never_happens, replay};
use flow_runtime::{DenialCode, Flow};

fn flow(text: &str) -> Flow {
    readable(text).flow
}

/// A flow as the campus has it bound.
fn at_campus(world: &mut World, text: &str) -> Checked {
    world.flow(text);
    let name = flow(text).name;
    world.campus_uses(name.as_str());
    let all = bindings(&world.policy);
    check(&world.policy, all.iter().find(|binding| binding.flow == name).unwrap())
}

#[test]
fn a_condition_about_somebody_who_is_not_there_is_found() {
    let text = "\
flow: staff-first
executions:
  - cookie: { requirement: alternative }
  - flow: in
    requirement: alternative
    executions:
      - { flow: staff, when: { user.role: staff }, executions: [deny] }
      - username-and-password
";
    let flow = flow(text);
    let checked = check_flow(&flow);
    let finding = checked.findings.iter().find(|finding| finding.message == "whoever has a password can't finish").unwrap();
    assert_eq!(finding.property, Property::P4);
    assert_eq!(replay(&flow, finding.story.as_ref().unwrap()).unwrap().denied, Some(DenialCode::Undecided));
    let known = "\
flow: staff-later
executions:
  - flow: in
    executions: [username-and-password: { requirement: alternative }, provider: { requirement: alternative }]
  - { flow: second factor, when: user.second-factor-configured, executions: [one-time-code] }
  - { flow: staff, when: { user.role: staff }, executions: [deny] }
";
    let checked = check_flow(&self::flow(known));
    assert!(checked.may_serve(), "once somebody is there it can be answered: {:#?}", checked.findings);
}

#[test]
fn an_expression_that_may_name_nothing_is_found_unless_it_asks_first() {
    let text = |cel: &str| {
        format!(
            "flow: by-name\nexecutions:\n  - flow: in\n    executions: [username-and-password: {{ requirement: alternative }}, provider: {{ requirement: alternative }}]\n  - {{ flow: factor, when: user.second-factor-configured, executions: [one-time-code] }}\n  - flow: those\n    when: {{ cel: \"{cel}\" }}\n    executions: [terms: {{ version: '1', document: 'https://x.org/terms' }}]\n"
        )
    };
    let says = |cel: &str| check_flow(&flow(&text(cel)));
    let checked = says("user.given_name == 'Ada'");
    let told = checked.findings.iter().map(story).collect::<Vec<_>>().join("\n");
    assert!(told.contains("can't be answered"), "{checked:#?}");
    for good in ["has(user.given_name) && user.given_name == 'Ada'", "user.email_proved", "'staff' in user.roles"] {
        let checked = says(good);
        assert!(checked.may_serve(), "{good}: {checked:#?}");
    }
}

#[test]
fn facts_that_exclude_each_other_are_not_assumed_together() {
    for (fact, one, other) in [("user.domain", "x.org", "y.org"), ("user.address-proved-by", "mailbox", "provider")] {
        let text = format!(
            "flow: apart\nexecutions:\n  - username-and-password\n  - flow: one\n    when: {{ {fact}: {one} }}\n    executions:\n      - {{ flow: both, when: {{ {fact}: {other} }}, executions: [deny] }}\n      - terms: {{ version: '1', document: 'https://x.org/terms' }}\n"
        );
        let checked = check_flow(&flow(&text));
        let finding = found(&checked, Property::P6);
        assert!(finding.path.contains("both"), "{finding:#?}");
    }
}

#[test]
fn a_check_ends_whatever_it_is_given() {
    let some = |scope: char| {
        format!(
            "  - {{ flow: for {scope}, when: {{ scope: {scope} }}, executions: [terms: {{ version: '{scope}', document: 'https://x.org/terms' }}] }}\n"
        )
    };
    let parts: String = ('a'..='h').map(some).collect();
    let text = format!("flow: many-ways\nexecutions:\n  - create-user-if-unique\n{parts}");
    let checked = check_flow(&flow(&text));
    assert_eq!(checked.undecided.as_deref(), Some("it has more states than are explored"), "{} states", checked.states);
}

#[test]
fn a_guard_that_never_has_a_turn_keeps_a_flow_from_serving() {
    let text = "\
flow: guarded-in-vain
executions:
  - create-user-if-unique: { requirement: alternative }
  - flow: linked
    requirement: alternative
    executions:
      - detect-existing-user
      - flow: guard
        executions:
          - review-profile: { requirement: alternative }
          - deny: { requirement: alternative }
      - verify-by-email
";
    let checked = never_happens(&flow(text));
    assert!(!checked.may_serve() && checked.findings.iter().all(|finding| finding.property == Property::P6), "{checked:#?}");
}

#[test]
fn what_a_flow_assumes_cannot_be_waived() {
    let text = "\
flow: only-trusted
assumes: [trusted-assertion]
waivers:
  - { property: P4, at: only-trusted, for: only-trusted, reason: somebody said so }
executions: [create-user-if-unique]
";
    let checked = at_campus(&mut World::new(), text);
    let says = |finding: &&flow_runtime::checker::Finding| finding.message.contains("assumes `trusted-assertion`");
    assert!(checked.findings.iter().any(|finding| says(&finding)), "{checked:#?}");
}

#[test]
fn web_38_whoever_has_a_trusted_address_is_not_told_of_another_that_they_type() {
    let text = "\
flow: types-another
executions:
  - { flow: others, when: { not: identity.address-trusted }, executions: [deny] }
  - review-profile: { update: on }
  - flow: make
    executions:
      - create-user-if-unique: { requirement: alternative }
      - reauthenticate: { requirement: alternative }
";
    let checked = check_flow(&flow(text));
    let finding = found(&checked, Property::P10);
    assert!(story(finding).contains("vouches for another address, and is trusted with it"), "{}", story(finding));
    assert!(story(finding).contains("they enter the address vic@x.org"), "{}", story(finding));
}

#[test]
fn a_waived_link_may_be_followed_by_a_page() {
    let text = "\
flow: linked-then-reviewed
waivers:
  - { property: P1, at: auto-set-existing-user, for: linked-then-reviewed, reason: only one directory }
  - { property: P4, at: detect-existing-user, for: linked-then-reviewed, reason: only for those who have accounts }
  - { property: P4, at: linked-then-reviewed, for: linked-then-reviewed, reason: only for those who have accounts }
  - { property: P10, at: detect-existing-user, for: linked-then-reviewed, reason: only for those who have accounts }
executions:
  - detect-existing-user
  - auto-set-existing-user: { proof: none }
  - review-profile: { update: on }
";
    let checked = check_flow(&flow(text));
    assert!(!checked.findings.iter().any(|finding| finding.property == Property::P1), "{:#?}", checked.findings);
    assert!(checked.waived.iter().any(|(waiver, _)| waiver.property == Property::P1), "{:#?}", checked.waived);
}
