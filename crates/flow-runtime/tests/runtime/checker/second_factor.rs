//! A second factor that an account has is never bypassed.

use super::{found, readable, story};
use flow_runtime::checker::{Property, Verdict, check_flow, replay};

const SIGN_IN: &str = "\
flow: one-is-enough
executions:
  - flow: sign in
    executions:
      - cookie: { requirement: alternative }
      - provider: { requirement: alternative }
      - username-and-password: { requirement: alternative }
";

const ASKS: &str = "  - { flow: second factor, when: user.second-factor-configured, executions: [one-time-code] }\n";

#[test]
fn a_password_that_is_enough_is_found_and_so_is_a_session_and_an_identity() {
    let flow = readable(SIGN_IN).flow;
    let checked = check_flow(&flow);
    let places: Vec<&str> =
        checked.findings.iter().filter(|found| found.property == Property::P3).map(|found| found.path.as_str()).collect();
    assert_eq!(places, ["sign in / cookie", "sign in / provider", "sign in / username-and-password"]);
    for finding in &checked.findings {
        let told = finding.story.as_ref().unwrap();
        assert!(told.text.contains("the account has a second factor"), "{}", told.text);
        let replayed = replay(&flow, told).unwrap();
        assert!(replayed.signed_in && !replayed.wrongs.is_empty(), "{replayed:?}");
    }
    let checked = check_flow(&readable(&format!("{SIGN_IN}{ASKS}")).flow);
    assert!(checked.may_serve(), "{:#?}", checked.findings);
}

#[test]
fn asking_on_one_way_only_is_not_enough() {
    let text = "\
flow: after-the-password-only
executions:
  - provider: { requirement: alternative }
  - flow: with a password
    requirement: alternative
    executions:
      - username-and-password
      - { flow: second factor, when: user.second-factor-configured, executions: [one-time-code] }
";
    let checked = check_flow(&readable(text).flow);
    let finding = found(&checked, Property::P3);
    assert_eq!(finding.path, "provider");
}

#[test]
fn an_identity_is_not_linked_before_it_was_shown() {
    let text = "\
flow: the-mailbox-is-enough
executions:
  - create-user-if-unique: { requirement: alternative }
  - flow: prove it
    requirement: alternative
    executions:
      - confirm-link: { reveals: account }
      - flow: ways
        executions:
          - verify-by-email: { requirement: alternative }
          - flow: with a password
            requirement: alternative
            executions:
              - reauthenticate
              - { flow: second factor, when: user.second-factor-configured, executions: [one-time-code] }
";
    let flow = readable(text).flow;
    let checked = check_flow(&flow);
    let finding = found(&checked, Property::P3);
    assert_eq!(finding.path, "prove it / ways / verify-by-email");
    assert!(story(finding).ends_with("→ the identity is linked, and the account's second factor was never asked for"));
    assert!(!replay(&flow, finding.story.as_ref().unwrap()).unwrap().wrongs.is_empty());
    let waiver = "waivers:\n  - { property: P3, at: verify-by-email, for: the-mailbox-is-enough, reason: as before }\nexecutions:\n  - create";
    let accepted = check_flow(&readable(&text.replacen("executions:\n  - create", waiver, 1)).flow);
    assert!(accepted.may_serve() && accepted.waived.len() == 1, "{:#?}", accepted.findings);
}

#[test]
fn setting_up_another_one_instead_is_no_way_around_it() {
    let text = |steps: &str| format!("{SIGN_IN}  - flow: second factor\n    executions:\n{steps}");
    let (one, other) =
        ("      - one-time-code: { requirement: alternative }\n", "      - set-up-one-time-code: { requirement: alternative }\n");
    let right = check_flow(&readable(&text(&format!("{one}{other}"))).flow);
    assert!(right.may_serve(), "{:#?}", right.findings);
    // Whoever has one has nothing to set up, so nobody is asked for it any more.
    let wrong = check_flow(&readable(&text(&format!("{other}{one}"))).flow);
    assert_eq!(wrong.verdict(Property::P3), Verdict::Broken, "{:#?}", wrong.findings);
}

#[test]
fn forgetting_those_without_an_address_is_found() {
    let text = "\
flow: only-with-an-address
executions:
  - review-profile
  - flow: make or link
    executions:
      - create-user-if-unique: { requirement: alternative }
      - flow: prove it
        requirement: alternative
        executions:
          - confirm-link: { reveals: account }
          - reauthenticate
          - flow: second factor
            when: { all: [user.second-factor-configured, identity.has-address] }
            executions: [one-time-code]
";
    let checked = check_flow(&readable(text).flow);
    let finding = found(&checked, Property::P3);
    assert!(story(finding).contains("which sends no address"), "{}", story(finding));
}
