//! Differences between flows.

use super::cast::{people, serves};
use super::difference;
use domain::Wish;
use flow_runtime::flow_test::Serves;
use flow_runtime::reader::{Read, SHIPPED, read};

fn flow(text: &str) -> Read {
    read(text, "test.yaml").unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn shipped(name: &str) -> &'static str {
    SHIPPED.iter().find(|shipped| shipped.file.strip_suffix(".yaml") == Some(name)).unwrap().text
}

/// What is said when this part of a shipped flow is written otherwise.
fn edited(name: &str, old: &str, new: &str) -> String {
    let text = shipped(name);
    assert!(text.contains(old), "{old} isn't in {name}");
    difference(&flow(text), &flow(&text.replace(old, new)))
}

const PLAIN: &str = "flow: plain\nexecutions:\n  - review-profile\n  - flow: create or link\n    requirement: required\n    executions:\n      - create-user-if-unique: { requirement: alternative }\n      - flow: existing\n        requirement: alternative\n        executions:\n          - confirm-link: { reveals: account }\n          - flow: prove\n            requirement: required\n            executions:\n              - verify-by-email: { requirement: alternative }\n              - reauthenticate: { requirement: alternative }\n";

fn plain(old: &str, new: &str) -> Vec<String> {
    assert!(PLAIN.contains(old), "{old}");
    lines(&difference(&flow(PLAIN), &flow(&PLAIN.replace(old, new))))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).collect()
}

fn says(lines: &[String], wanted: &str) {
    assert!(lines.iter().any(|line| line == wanted), "{wanted:?} isn't in {lines:#?}");
}

#[test]
fn what_says_the_same_is_no_difference() {
    for shipped in SHIPPED {
        assert_eq!(difference(&flow(shipped.text), &flow(shipped.text)), "", "{}", shipped.file);
    }
    let commented = format!("# a comment\n{}", PLAIN.replace("- review-profile\n", "- review-profile: { update: missing }\n"));
    assert_eq!(difference(&flow(PLAIN), &flow(&commented)), "");
}

#[test]
fn every_kind_of_change_is_said_in_the_authors_words() {
    let rows = [
        ("  - review-profile\n", "", "`review-profile`: removed"),
        (
            "  - review-profile\n",
            "  - review-profile\n  - link-by-rule: { requirement: disabled }\n",
            "`link-by-rule`: added, disabled",
        ),
        ("  - review-profile\n", "  - review-profile: { update: on }\n", "`review-profile`: `update` was `missing`, is `on`"),
        (
            "  - review-profile\n",
            "  - review-profile: { requirement: disabled }\n",
            "`review-profile`: was required, is disabled",
        ),
        (
            "flow: existing\n        requirement: alternative\n        executions",
            "flow: the account exists\n        requirement: alternative\n        executions",
            "“the account exists” in “create or link”: was called “existing”",
        ),
        (
            "flow: prove\n            requirement: required\n",
            "flow: prove\n            when: existing-user.has-password\n",
            "“prove” in “existing”: ran always, runs if existing-user.has-password",
        ),
        (
            "flow: prove\n            requirement: required\n",
            "flow: prove\n            requirement: required\n            on-empty: succeed\n",
            "“prove” in “existing”: where nothing is left to run, it succeeds now",
        ),
        (
            "              - verify-by-email: { requirement: alternative }\n              - reauthenticate: { requirement: alternative }\n",
            "              - reauthenticate: { requirement: alternative }\n              - verify-by-email: { requirement: alternative }\n",
            "`verify-by-email` in “prove”: moved to another place in its level",
        ),
        ("flow: plain", "flow: other", "the flow was called `plain`, and is called `other`"),
    ];
    for (old, new, wanted) in rows {
        says(&plain(old, new), wanted);
    }
}

#[test]
fn what_moves_into_another_sub_flow_is_moved_and_nothing_else() {
    let moved = "          - flow: prove\n            requirement: required\n            executions:\n              - verify-by-email: { requirement: alternative }\n              - flow: again\n                requirement: alternative\n                executions:\n                  - reauthenticate\n";
    let old = &PLAIN[PLAIN.find("          - flow: prove").unwrap()..];
    let said = plain(old, moved);
    says(&said, "“again” in “prove”: added, alternative");
    says(&said, "`reauthenticate` in “again”: moved there from “prove”");
    assert!(!said.iter().any(|line| line.contains("removed")), "{said:#?}");
}

#[test]
fn a_link_without_a_question_is_said_for_whom_it_is() {
    let text = difference(&flow(shipped("first-broker-login")), &flow(shipped("first-broker-login-auto-link")));
    let lines = lines(&text);
    says(&lines, "Somebody whose provider vouches, and is trusted, for the address of their account with a password");
    says(
        &lines,
        "before: reads that the account exists, and says that it is theirs → opens the mail that was sent → signed in in their account, linked by its mailbox",
    );
    says(&lines, "now:    signed in in their account, linked by the provider's trusted word");
    assert!(!text.contains("A stranger"), "nothing changes for strangers:\n{text}");
    assert!(!text.contains("SOMEBODY ELSE"), "{text}");
}

#[test]
fn what_a_stranger_learns_is_said() {
    let text = edited("first-broker-login", "reveals: account", "reveals: nothing");
    let lines = lines(&text);
    says(&lines, "`confirm-link` in “handle existing account”: `reveals` was `account`, is `nothing`");
    assert!(
        lines.iter().any(|line| line == "A stranger whose provider vouches, without being trusted, for somebody's address"),
        "{text}"
    );
}

#[test]
fn a_way_that_is_gone_leaves_somebody_without_one() {
    let text = edited("first-broker-login", "              - verify-by-email: { requirement: alternative, lifetime: 15m }\n", "");
    let lines = lines(&text);
    says(&lines, "Somebody whose provider vouches, without being trusted, for the address of their account without a password");
    says(&lines, "now:    refused: no-proof-possible");
}

#[test]
fn the_login_page_is_compared_too() {
    let text = edited("browser", "      - register: { requirement: alternative }\n", "");
    says(&lines(&text), "Somebody without an account who wants one");
}

#[test]
fn flows_for_different_things_are_not_compared_by_people() {
    let text = difference(&flow(shipped("browser")), &flow(shipped("first-broker-login")));
    assert!(text.contains("serve different things"), "{text}");
}

#[test]
fn there_are_people_for_whatever_a_flow_serves() {
    let wishes = [Wish::SignIn, Wish::Create, Wish::Recover, Wish::VerifyAddress, Wish::ChangeAddress, Wish::SecondFactor]
        .map(Serves::Wish);
    for one in [Serves::FirstLogin, Serves::PostLogin].into_iter().chain(wishes) {
        assert!(!people(one).unwrap().is_empty(), "{one:?}");
    }
    for (name, wanted) in [
        ("browser", Serves::Wish(Wish::SignIn)),
        ("registration", Serves::Wish(Wish::Create)),
        ("forgotten-password", Serves::Wish(Wish::Recover)),
        ("verify-address", Serves::Wish(Wish::VerifyAddress)),
        ("change-address", Serves::Wish(Wish::ChangeAddress)),
        ("second-factor", Serves::Wish(Wish::SecondFactor)),
        ("keycloak-first-broker-login", Serves::FirstLogin),
    ] {
        assert_eq!(serves(&flow(shipped(name)).flow), wanted, "{name}");
    }
}

/// Everybody comes to an end in every shipped flow, and nobody in somebody else's account but where the flow waives the proof.
#[test]
fn everybody_comes_to_an_end_in_every_shipped_flow() {
    for shipped in SHIPPED {
        let read = flow(shipped.text);
        for person in people(serves(&read.flow)).unwrap() {
            let met = super::people::meets(&read.flow, &person);
            let theirs = if read.flow.waivers.is_empty() { "SOMEBODY ELSE" } else { "without a waiver" };
            for wrong in ["the login breaks", "never gets", theirs, "is nobody"] {
                assert!(!met.contains(wrong), "{} in {}: {met}", person.name, shipped.file);
            }
        }
    }
}
