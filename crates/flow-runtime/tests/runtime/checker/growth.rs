//! States don't multiply: a flow of ten times the executions has about ten times the states.

use super::readable;
use flow_runtime::checker::check_flow;

/// Proofs that are wanted one after another, behind what every first login begins with.
fn proofs(count: usize) -> String {
    let prove = |number: usize| {
        format!(
            "          - flow: proof {number}\n            executions:\n              - verify-by-email: {{ requirement: alternative }}\n              - reauthenticate: {{ requirement: alternative }}\n"
        )
    };
    let all: String = (0..count).map(prove).collect();
    format!(
        "flow: many-proofs\nexecutions:\n  - review-profile\n  - flow: create or link\n    executions:\n      - create-user-if-unique: {{ requirement: alternative }}\n      - flow: handle\n        requirement: alternative\n        executions:\n          - confirm-link: {{ reveals: account }}\n{all}"
    )
}

#[test]
fn ten_times_the_executions_have_at_most_twelve_times_the_states() {
    let states = |count| check_flow(&readable(&proofs(count)).flow).states;
    let (few, many) = (states(3), states(33));
    println!("{few} states and {many} states");
    assert!(many <= few * 12, "{few} states became {many}");
}
