//! The tests of the shipped flows are green, and what the language of tests says is so.

use super::{Coverage, Result, others, run_tests};
use crate::reader::{Read, SHIPPED, read};

/// A flow that is fine, with its tests played.
fn played(text: &str) -> (Read, Vec<Result>) {
    let read = read(text, "test.yaml").unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|problem| problem.render(text)).collect::<Vec<_>>().join("\n"))
    });
    let results = run_tests(&read, &others());
    (read, results)
}

/// What is red, in words.
fn reds(results: &[Result]) -> Vec<String> {
    let red = |result: &Result| {
        let red = result.red.as_ref()?;
        let story: Vec<String> = red.story.iter().map(|moment| format!("    {} -> {}", moment.happened, moment.shows)).collect();
        Some(format!(
            "{} (line {}):\n  expected {}\n  but {}\n{}",
            result.name,
            red.span.line,
            red.expected,
            red.shown,
            story.join("\n")
        ))
    };
    results.iter().filter_map(red).collect()
}

#[test]
fn the_shipped_flows_pass_their_tests() {
    let mut wrong = Vec::new();
    for shipped in SHIPPED {
        let (read, results) = played(shipped.text);
        wrong.extend(reds(&results).into_iter().map(|red| format!("{}: {red}", shipped.file)));
        let coverage = Coverage::of(&read.outline, &results);
        wrong.extend(coverage.never_ran.iter().map(|(name, line)| format!("{}:{line}: {name} never ran", shipped.file)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The first thing that is red about a test of a small first-login flow.
fn red(test: &str) -> String {
    let document = format!(
        "flow: first\nexecutions:\n  - create-user-if-unique: {{ requirement: alternative }}\n  - flow: known\n    requirement: alternative\n    executions: [confirm-link, reauthenticate]\ntests:\n  - name: one\n    given: {{ accounts: {{ ada: {{ email: ada@example.org, password: secret word }} }} }}\n    identity: {{ provider: campus, email: ada@example.org, vouched: true }}\n{test}"
    );
    let (_, results) = played(&document);
    results[0].red.as_ref().map(|red| format!("{}: {} / {}", red.span.line, red.expected, red.shown)).unwrap_or_default()
}

#[test]
fn every_expectation_can_be_red() {
    let proved = "    steps:\n      - presses: continue\n      - fills-in: { password: secret word }\n";
    let rows = [
        ("    then: { signed-in: ada }\n", "11: signed in as `ada` / the page `account-exists`"),
        ("    then: { denied: left }\n", "11: refused: `left` / the page `account-exists`"),
        ("    then: { shows: login }\n", "11: the page `login` / the page `account-exists`"),
        ("    then: { shows: { page: account-exists, reveals: account } }\n", "11: the page `account-exists`, which says"),
        ("    then: { linked: password }\n", "11: one identity is tied to whoever signed in"),
        ("    then: { mails: [identity-linked: ada@example.org] }\n", "11: `identity-linked` to ada@example.org / no mail"),
        ("    then: { accounts: { ada: { password: false } } }\n", "11: `password` of `ada` is false / it is true"),
        ("    steps: [presses: resend]\n    then: { denied: left }\n", "11: presses `resend`, and the login goes on"),
        ("    steps: [chooses: mail]\n    then: { denied: left }\n", "11: chooses `mail` / the page `account-exists`"),
        ("    steps: [opens-mail: here]\n    then: { denied: left }\n", "11: a mail with a link / none was sent"),
        ("    steps: [comes-back-as: {}]\n    then: { denied: left }\n", "11: the browser is at a provider"),
    ];
    for (test, expected) in rows {
        let found = red(test);
        assert!(found.starts_with(expected), "{test}{found}");
    }
    for (then, expected) in [
        ("    then: { changes: nothing }\n", "14: accounts and identities stay as they were / "),
        ("    then: { linked: mailbox }\n", "14: one identity is tied"),
        ("    then: { linked: nothing }\n", "14: no identity is tied to anybody / one of `campus`"),
        ("    then: { signed-in: new }\n", "14: signed in as a new account / signed in as `ada`"),
        ("    then: { scopes: [email] }\n", "14: the scopes email / the scopes openid, profile"),
    ] {
        let found = red(&format!("{proved}{then}"));
        assert!(found.starts_with(expected), "{then}{found}");
    }
    assert_eq!(red(&format!("{proved}    then: {{ signed-in: ada, linked: password }}\n")), "");
}

#[test]
fn no_story_tells_a_password() {
    let text = "    steps:\n      - presses: continue\n      - fills-in: { password: secret word }\n    then: { denied: left }\n";
    let (_, results) = played(&format!(
        "flow: first\nexecutions: [detect-existing-user, reauthenticate]\ntests:\n  - name: one\n    given: {{ accounts: {{ ada: {{ email: ada@example.org, password: secret word }} }} }}\n    identity: {{ provider: campus, email: ada@example.org, vouched: true }}\n{text}"
    ));
    assert!(!format!("{results:?}").contains("secret word"), "{results:?}");
}

#[test]
fn tests_are_no_part_of_a_revision() {
    let plain = "flow: first\nexecutions: [create-user-if-unique]\n";
    let tested = format!("{plain}tests: [{{ name: one, identity: {{ provider: campus }}, then: {{ signed-in: new }} }}]\n");
    assert_eq!(read(plain, "a").unwrap().flow.revision, read(&tested, "a").unwrap().flow.revision);
}

#[test]
fn every_problem_of_the_tests_is_found_in_one_run() {
    let text = "flow: first\nexecutions: [create-user-if-unique]\ntests:\n  - name: one\n    given:\n      accounts: { Ä: {}, ada: { emial: x } }\n      providers: { campus: { trust-email: maybe } }\n      request: { prompt: nothing }\n    identity: { subject: x }\n    steps:\n      - showz: login\n      - shows: lgin\n      - presses: contine\n      - meanwhile: { disables: bob }\n    then: { signed-in: eve, denied: lefft }\n  - name: one\n    then: {}\n";
    let problems = read(text, "a").unwrap_err();
    let found: Vec<(&str, usize)> = problems.iter().map(|problem| (problem.code.id, problem.span.line)).collect();
    let expected = [
        ("BF0071", 6),
        ("BF0011", 6),
        ("BF0012", 7),
        ("BF0032", 8),
        ("BF0013", 9),
        ("BF0070", 11),
        ("BF0032", 12),
        ("BF0032", 13),
        ("BF0073", 14),
        ("BF0073", 15),
        ("BF0032", 15),
        ("BF0072", 16),
        ("BF0074", 17),
    ];
    assert_eq!(found, expected, "{problems:#?}");
    let advice = |code: &str| problems.iter().filter(|problem| problem.code.id == code).find_map(|p| p.help.clone()).unwrap();
    assert!(advice("BF0070").contains("did you mean `shows`?") && advice("BF0011").contains("did you mean `email`?"));
}

#[test]
fn the_tests_on_the_page_are_green() {
    let page = include_str!("../../../../../docs/flows.md");
    let blocks = page.split("```yaml\n").skip(1).filter_map(|part| part.split("```").next());
    let tested: Vec<&str> = blocks.filter(|block| block.contains("\ntests:")).collect();
    assert!(!tested.is_empty());
    for block in tested {
        let (_, results) = played(block);
        assert!(results.len() > 1 && reds(&results).is_empty(), "{}", reds(&results).join("\n"));
    }
}

#[test]
fn the_page_names_every_step_and_key() {
    let page = include_str!("../../../../../docs/flows.md");
    let schema = super::schema();
    let keys = |pointer: &str| -> Vec<String> {
        let keys = schema.pointer(pointer).and_then(serde_json::Value::as_object).unwrap_or_else(|| panic!("{pointer}"));
        keys.keys().cloned().collect()
    };
    let test = "/items/properties";
    let mut missing = keys(&format!("{test}/steps/items/properties"));
    for part in ["given", "identity", "then"] {
        missing.extend(keys(&format!("{test}/{part}/properties")));
    }
    missing.extend(keys(&format!("{test}/given/properties/accounts/additionalProperties/properties")));
    missing.retain(|key| key != "assured" && !page.contains(&format!("`{key}")));
    assert!(missing.is_empty(), "docs/flows.md doesn't say {missing:?}");
}
