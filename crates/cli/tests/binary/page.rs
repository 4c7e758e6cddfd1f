//! The first section of `docs/flows.md`, played as an operator would: its files are written, its commands run, and what they print is there.

use crate::place::Place;

const PAGE: &str = include_str!("../../../../docs/flows.md");

/// The blocks of the section, each with its language.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let section = PAGE.split("\n## ").nth(1).unwrap();
    let fenced = section.split("```").skip(1).step_by(2);
    fenced.map(|block| block.split_once('\n').unwrap()).collect()
}

/// What was counted and measured differs from one version and machine to the next.
fn steady(text: &str) -> String {
    let line =
        |line: &str| if line.contains("states visited") { "states visited".to_owned() } else { line.trim_end().to_owned() };
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_first_flow_of_the_page_is_written_checked_tested_and_drawn_as_it_says() {
    let (place, mut commands) = (Place::new(), 0);
    for (language, block) in blocks() {
        match language {
            "yaml" => place.write("our-first-login.yaml", block),
            "console" => {
                let (command, printed) = block.split_once('\n').unwrap();
                let arguments: Vec<&str> = command.strip_prefix("$ braid ").unwrap().split(' ').collect();
                assert_eq!(steady(&place.braid(&arguments).out), steady(printed), "{command}");
                commands += 1;
            }
            _ => {}
        }
    }
    assert_eq!(commands, 4, "every step of the page");
}
