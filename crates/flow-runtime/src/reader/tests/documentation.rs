//! Every YAML block of `docs/flows.md` is read, and the page names every authenticator, key, word and fact there is.

use super::super::Severity;
use super::{read, rendered};
use crate::authenticator::KINDS;
use crate::definition::condition::NamedFact;
use crate::definition::config::KeyKind;

const PAGE: &str = include_str!("../../../../../docs/flows.md");

/// What a part of a flow stands in while it is tested: something has found an existing user before it.
const BEFORE: &str =
    "flow: example\nexecutions:\n  - detect-existing-user: { requirement: required }\n  - flow: part\n    executions:\n";

fn blocks() -> Vec<String> {
    let mut blocks = Vec::new();
    for part in PAGE.split("```yaml\n").skip(1) {
        blocks.push(part.split("```").next().unwrap().to_owned());
    }
    blocks
}

#[test]
fn every_yaml_block_is_a_flow_or_a_list_of_executions() {
    assert!(blocks().len() >= 3);
    for block in blocks() {
        let part = block.lines().map(|line| format!("      {line}")).collect::<Vec<_>>().join("\n");
        let text = if block.contains("\nexecutions:") { block } else { format!("{BEFORE}{part}") };
        let problems = match read(&text, "flows.md") {
            Ok(read) => read.warnings,
            Err(problems) => problems,
        };
        assert!(problems.is_empty(), "{}", rendered(&problems, &text));
    }
}

#[test]
fn the_page_names_everything_that_a_flow_can_say() {
    let mut missing = Vec::new();
    for kind in KINDS {
        let title = format!("### `{}`\n", kind.declaration.name);
        // What is said of it stands in its own section.
        let section = PAGE.split_once(&title).map_or("", |(_, after)| after.split("\n##").next().unwrap_or_default());
        let mut expect = |text: String| {
            if !section.contains(&text) {
                missing.push(format!("{} {text}", kind.declaration.name));
            }
        };
        expect("\n".to_owned());
        for key in kind.declaration.keys {
            expect(format!("| `{}` |", key.name));
            if let KeyKind::OneOf(words) | KeyKind::Words(words) = key.kind {
                for word in words {
                    expect(format!("`{word}`"));
                }
            }
            if let Some(default) = key.default.filter(|default| !default.is_empty()) {
                expect(format!("| `{default}` |"));
            }
        }
    }
    let mut expect = |text: String| {
        if !PAGE.contains(&text) {
            missing.push(text);
        }
    };
    for (name, _) in NamedFact::ALL {
        expect(format!("`{name}`"));
    }
    assert!(missing.is_empty(), "docs/flows.md doesn't say {missing:?}");
}

#[test]
fn the_message_on_the_page_is_what_the_reader_says() {
    let text = "flow: example\nexecutions:\n  - review-profile: { updat: missing }\n";
    let problems = read(text, "my-flow.yaml").unwrap_err();
    assert_eq!(problems[0].code.severity, Severity::Error);
    assert!(PAGE.contains(&rendered(&problems, text)), "{}", rendered(&problems, text));
}
