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
    let mut expect = |text: String| {
        if !PAGE.contains(&text) {
            missing.push(text);
        }
    };
    for kind in KINDS {
        expect(format!("### `{}`", kind.declaration.name));
        for key in kind.declaration.keys {
            expect(format!("`{}`", key.name));
            if let KeyKind::OneOf(words) = key.kind {
                for word in words {
                    expect(format!("`{word}`"));
                }
            }
            if let Some(default) = key.default {
                expect(format!("`{default}`"));
            }
        }
    }
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
