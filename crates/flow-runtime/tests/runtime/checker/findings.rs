//! What is found, where, and the story that shows it.

use super::{found, readable, story};
use crate::explorer::wrong::forging_flow;
use flow_runtime::checker::{Property, Verdict, Waiver, check_flow, replay};

/// A flow that links whatever account was found.
const UNPROVED: &str = "\
flow: whoever-says-so
executions:
  - create-user-if-unique: { requirement: alternative }
  - flow: the account is there
    requirement: alternative
    executions:
      - confirm-link: { reveals: account }
      - auto-set-existing-user: { proof: none }
";

#[test]
fn ph_27_a_flow_that_links_without_a_proof_is_found_with_its_story() {
    let flow = readable(UNPROVED).flow;
    let checked = check_flow(&flow);
    let finding = found(&checked, Property::P1);
    assert_eq!(finding.path, "the account is there / auto-set-existing-user");
    let told = story(finding);
    assert!(told.starts_with("Somebody comes from `provider`, which "), "{told}");
    assert!(told.contains("they go on → the identity is linked to an account that they never proved"), "{told}");
    let replayed = replay(&flow, finding.story.as_ref().unwrap()).unwrap();
    assert!(replayed.wrongs.iter().any(|wrong| wrong.contains("nobody has shown that")), "{replayed:?}");
}

#[test]
fn a_waiver_lets_a_flow_serve_and_is_shown() {
    let waiver = |property: &str| {
        format!("  - {{ property: {property}, at: auto-set-existing-user, for: whoever-says-so, reason: only one directory }}\n")
    };
    let written = format!("waivers:\n{}{}", waiver("P1"), waiver("P3"));
    let text = UNPROVED.replace("executions:\n  - create", &format!("{written}executions:\n  - create"));
    let read = readable(&text);
    let checked = check_flow(&read.flow);
    assert!(checked.may_serve(), "{:#?}", checked.findings);
    let accepted: Vec<_> = checked.waived.iter().map(|(waiver, finding)| (waiver.reason.as_str(), finding.property)).collect();
    assert_eq!(accepted, [("only one directory", Property::P1), ("only one directory", Property::P3)]);
    assert_ne!(read.flow.revision, readable(UNPROVED).flow.revision, "a waiver makes another revision");

    let copy = readable(&text.replace("flow: whoever-says-so", "flow: a-copy"));
    assert_eq!(copy.warnings.iter().map(|warning| warning.code.id).collect::<Vec<_>>(), ["BF0083"; 2]);
    assert_eq!(check_flow(&copy.flow).verdict(Property::P1), Verdict::Broken, "a copy has to be answered for anew");
}

/// The engine is broken on purpose: an execution hands out a proof that nobody gave.
#[test]
fn a_forged_proof_is_found_where_it_is_made() {
    let checked = check_flow(&forging_flow());
    let finding = found(&checked, Property::P1);
    assert_eq!(finding.path, "wrongdoer");
    assert!(story(finding).ends_with("→ the identity is linked to an account that they never proved"), "{}", story(finding));
}

/// The author accepts that nothing is proved, and not that the engine takes nothing for a proof.
#[test]
fn a_waiver_is_not_good_for_a_forged_proof() {
    let flow = forging_flow();
    let found_at = found(&check_flow(&flow), Property::P1).at;
    let path = "wrongdoer".to_owned();
    let waiver = Waiver { property: Property::P1, at: found_at, path, reason: "only one directory".to_owned() };
    let checked = check_flow(&flow.with(vec![waiver], std::collections::BTreeSet::new()));
    let finding = found(&checked, Property::P1);
    assert!(!finding.can_be_waived && checked.waived.is_empty(), "{checked:#?}");
}

#[test]
fn a_proof_that_leads_nowhere_is_found() {
    let text = "\
flow: both-or-nothing
assumes: [mail]
executions:
  - create-user-if-unique: { requirement: alternative }
  - flow: prove it twice
    requirement: alternative
    executions:
      - confirm-link: { reveals: account }
      - verify-by-email
      - reauthenticate
";
    let flow = readable(text).flow;
    let checked = check_flow(&flow);
    let at = |path: &str| checked.findings.iter().find(|finding| finding.path == path && finding.property == Property::P4);
    let finding = at("prove it twice / reauthenticate").unwrap();
    assert!(story(finding).contains("an account without a password"), "{}", story(finding));
    let replayed = replay(&flow, finding.story.as_ref().unwrap()).unwrap();
    assert_eq!(replayed.denied, Some(flow_runtime::DenialCode::NoWayLeft));
}

#[test]
fn what_comes_after_something_that_always_succeeds_is_found() {
    let text = "\
flow: too-late
executions:
  - flow: either
    executions:
      - review-profile: { requirement: alternative, update: off }
      - verify-by-email: { requirement: alternative }
  - create-user-if-unique
";
    let problems = flow_runtime::reader::read(text, "test.yaml");
    let Ok(read) = problems else { return assert!(problems.unwrap_err().iter().any(|problem| problem.code.id == "BF0051")) };
    let checked = check_flow(&read.flow);
    let finding = found(&checked, Property::P6);
    assert!(finding.message.contains("`review-profile` before it always succeeds"), "{}", finding.message);
}

#[test]
fn web_38_a_flow_that_tells_strangers_who_has_an_account_is_found() {
    let text = "\
flow: tells-everybody
executions:
  - create-user-if-unique: { requirement: alternative }
  - flow: prove it
    requirement: alternative
    executions:
      - confirm-link
      - reauthenticate
      - { flow: second factor, when: user.second-factor-configured, executions: [one-time-code] }
";
    let checked = check_flow(&readable(text).flow);
    let finding = found(&checked, Property::P10);
    assert_eq!(finding.path, "prove it / confirm-link");
    assert!(story(finding).contains("without that account, they are signed in"), "{}", story(finding));
    assert!(check_flow(&readable(&text.replace("- confirm-link", "- confirm-link: { reveals: account }")).flow).may_serve());
}

#[test]
fn conditions_are_assumed_both_ways_and_stay_so() {
    let text = "\
flow: staff-apart
executions:
  - flow: staff
    when: { provider: staff }
    executions: [create-user-if-unique]
  - flow: others
    when: { not: { provider: staff } }
    executions: [deny]
";
    let checked = check_flow(&readable(text).flow);
    assert_eq!(checked.verdict(Property::P6), Verdict::Holds, "both ways are tried: {:#?}", checked.findings);
    let finding = found(&checked, Property::P10);
    assert!(story(finding).contains("; provider staff"), "only staff gets accounts: {}", story(finding));
}

#[test]
fn what_is_too_large_is_undecided_and_that_counts_as_broken() {
    let scopes = ('a'..='i').map(|scope| format!("{{ scope: {scope} }}")).collect::<Vec<_>>().join(", ");
    let text = format!(
        "flow: too-many\nexecutions:\n  - flow: some\n    when: {{ any: [{scopes}] }}\n    executions: [review-profile]\n  - create-user-if-unique\n"
    );
    let checked = check_flow(&readable(&text).flow);
    assert!(!checked.may_serve());
    assert_eq!(checked.verdict(Property::P1), Verdict::Undecided);
}

/// What docs/flows.md shows of a finding is what is printed.
#[test]
fn the_documented_finding_is_printed_like_that() {
    let read = readable(UNPROVED);
    let found = check_flow(&read.flow).diagnostics(&read, "my-flow.yaml");
    let first = found.iter().find(|problem| problem.code.id == "BF0101").unwrap().render(UNPROVED);
    let documented = include_str!("../../../../../docs/flows.md");
    assert!(documented.contains(&first), "docs/flows.md should have:\n{first}");
}
