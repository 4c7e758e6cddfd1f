//! What changes nothing, and what is never reached.

use super::fine;

fn warnings(executions: &str) -> Vec<(&'static str, usize)> {
    let text = format!("flow: example\nexecutions:\n{executions}");
    fine(&text).warnings.iter().map(|warning| (warning.code.id, warning.span.line)).collect()
}

fn of_condition(condition: &str) -> Vec<(&'static str, usize)> {
    warnings(&format!("  - flow: part\n    when: {condition}\n    executions: [review-profile]\n"))
}

#[test]
fn a_condition_that_is_always_the_same_is_reported() {
    for condition in [
        "{ all: [identity.has-address, not: identity.has-address] }",
        "{ any: [identity.has-address, not: identity.has-address] }",
        "{ any: [{ not: { provider: campus } }, { not: { provider: social } }] }",
        "{ all: [identity.address-trusted, not: identity.has-address] }",
        "{ not: { all: [{ provider: campus }, { provider: social }] } }",
    ] {
        assert_eq!(of_condition(condition), [("BF0055", 4)], "{condition}");
    }
    for condition in [
        "identity.has-address",
        "{ provider: campus }",
        "{ any: [provider: campus, provider: social] }",
        "{ not: { any: [provider: campus, identity.address-trusted] } }",
        "{ all: [identity.has-address, not: identity.address-trusted] }",
        "{ all: [identity.has-address, identity.has-address] }",
    ] {
        assert_eq!(of_condition(condition), [], "{condition}");
    }
}

#[test]
fn a_condition_with_many_facts_is_not_tried_out() {
    let many = (0..40).map(|number| format!("{{ provider: p{number} }}")).collect::<Vec<_>>().join(", ");
    assert_eq!(of_condition(&format!("{{ all: [{many}] }}")), []);
}

#[test]
fn on_empty_is_idle_where_nothing_is_ever_empty() {
    let part = |executions: &str| {
        warnings(&format!("  - cookie\n  - flow: part\n    on-empty: succeed\n    executions: {executions}\n"))
    };
    assert_eq!(part("[verify-address]"), [("BF0054", 5)]);
    assert_eq!(part("[{ flow: inner, executions: [verify-address] }]"), [("BF0054", 5)]);
    assert_eq!(part("[{ flow: inner, when: { provider: campus }, executions: [verify-address] }]"), []);
    assert_eq!(part("[verify-address: { requirement: disabled }]"), []);
    assert_eq!(part("[]"), []);
}

#[test]
fn what_stands_after_a_certain_end_is_never_reached() {
    let nothing = "  - { flow: nothing, requirement: alternative, on-empty: succeed, executions: [] }\n";
    let cookie = "  - cookie: { requirement: alternative }\n";
    let form = "  - username-and-password: { requirement: alternative }\n";
    assert_eq!(warnings(&format!("{cookie}{nothing}{form}{cookie}")), [("BF0053", 5), ("BF0053", 6)]);
    assert_eq!(warnings(&format!("{cookie}{form}{nothing}")), []);
    // Whoever waits at the form may choose what stands behind.
    assert_eq!(warnings(&format!("{form}{nothing}{cookie}")), []);
    let required = nothing.replace("requirement: alternative, ", "");
    assert_eq!(warnings(&format!("{required}  - username-and-password\n")), []);
}
