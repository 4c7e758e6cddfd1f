//! What does it cost to prove a flow? Counts the instructions of one check with Valgrind's callgrind:
//! `cargo bench -p flow-runtime --bench checker`. Nothing is timed, so machines agree.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "whoever runs this sees what is wrong")]

use flow_runtime::checker::check_flow;
use flow_runtime::reader::{SHIPPED, read};
use std::fmt::Write as _;
use std::process::Command;

/// Flows that are made: what they are like, and how many of their parts there are. A part for a provider has ten executions; a flow of
/// proofs has five, and three for each. So the second of each kind has ten times the executions of the first.
const MADE: [(&str, usize); 4] = [("providers", 1), ("providers", 10), ("proofs", 1), ("proofs", 25)];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [kind, parts] = arguments.as_slice() {
        return check(&made(kind, parts));
    }
    println!("| Flow | executions | states | instructions of one check |\n| --- | --- | --- | --- |");
    for (kind, parts) in MADE {
        row(&format!("{kind}: {parts}"), (kind, &parts.to_string()));
    }
    for shipped in SHIPPED {
        row(shipped.file, ("shipped", shipped.file));
    }
}

fn row(name: &str, (kind, parts): (&str, &str)) {
    let flow = read(&made(kind, parts), name).unwrap().flow;
    let checked = check_flow(&flow);
    let count = instructions(&[kind, parts]) - instructions(&["nothing", "0"]);
    println!("| {name} | {} | {} | {count} |", flow.level.nodes().len(), checked.states);
}

/// What this program executes to check such a flow.
fn instructions(arguments: &[&str]) -> u64 {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe().unwrap());
    let ended = valgrind.args(arguments).output().expect("valgrind is installed");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{said}");
    let count = said.lines().find_map(|line| line.split_once("Collected : ")).expect("callgrind says what it collected").1;
    count.trim().parse().unwrap()
}

fn check(text: &str) {
    if !text.is_empty() {
        let checked = check_flow(&read(text, "made.yaml").unwrap().flow);
        assert!(checked.undecided.is_none(), "{:?}", checked.undecided);
    }
}

fn made(kind: &str, parts: &str) -> String {
    match kind {
        "providers" => providers(parts.parse().unwrap()),
        "proofs" => proofs(parts.parse().unwrap()),
        _ => SHIPPED.iter().find(|shipped| shipped.file == parts).map_or_else(String::new, |shipped| shipped.text.to_owned()),
    }
}

/// The shape of `first-broker-login`, once for each provider.
fn providers(count: usize) -> String {
    let mut text = "flow: for-each-provider\nexecutions:\n".to_owned();
    for number in 0..count {
        let part = [
            format!("  - flow: people of {number}"),
            format!("    when: {{ provider: provider-{number} }}"),
            "    executions:".to_owned(),
            "      - review-profile".to_owned(),
            format!("      - flow: create or link {number}"),
            "        executions:".to_owned(),
            "          - create-user-if-unique: { requirement: alternative }".to_owned(),
            format!("          - flow: handle {number}"),
            "            requirement: alternative".to_owned(),
            "            executions:".to_owned(),
            "              - confirm-link: { reveals: account }".to_owned(),
            format!("              - flow: prove {number}"),
            "                executions:".to_owned(),
            "                  - verify-by-email: { requirement: alternative }".to_owned(),
            "                  - reauthenticate: { requirement: alternative }".to_owned(),
            "                  - reauthenticate: { requirement: alternative, by: linked-provider }".to_owned(),
        ];
        for line in part {
            writeln!(text, "{line}").unwrap();
        }
    }
    text
}

/// Proofs that are wanted one after another.
fn proofs(count: usize) -> String {
    let mut text = "flow: many-proofs\nexecutions:\n  - review-profile\n  - flow: create or link\n    executions:\n".to_owned();
    text +=
        "      - create-user-if-unique: { requirement: alternative }\n      - flow: handle\n        requirement: alternative\n";
    text += "        executions:\n          - confirm-link: { reveals: account }\n";
    for number in 0..count {
        writeln!(text, "          - flow: proof {number}\n            executions:").unwrap();
        text += "              - verify-by-email: { requirement: alternative }\n";
        text += "              - reauthenticate: { requirement: alternative }\n";
    }
    text
}
