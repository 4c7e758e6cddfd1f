//! What pictures say of an execution.

use domain::text::is_visible;
use flow_runtime::Requirement;
use flow_runtime::checker::Property;
use flow_runtime::definition::declaration::{Declaration, Establishes, Outcome};
use flow_runtime::reader::{OutlineExecution, OutlineNode, Setting};

/// What an execution means for its level. A sub-flow with a condition is required if the condition holds.
pub(super) fn requirement(execution: &OutlineExecution) -> &'static str {
    match (&execution.node, execution.requirement) {
        (_, Requirement::Disabled) => "disabled",
        (OutlineNode::SubFlow { when: Some(_), .. }, _) => "conditional",
        (_, Requirement::Required) => "required",
        (_, Requirement::Alternative) => "alternative",
    }
}

/// Whether its level must have it.
pub(super) fn is_required(execution: &OutlineExecution) -> bool {
    ["required", "conditional"].contains(&requirement(execution))
}

/// The settings that were chosen, as they stand in YAML.
pub(super) fn chosen(config: &[Setting]) -> Vec<String> {
    config
        .iter()
        .filter(|setting| !setting.is_default)
        .map(|setting| visible(&format!("{}: {}", setting.key, setting.value)))
        .collect()
}

/// What success establishes, in words. Empty if it establishes nothing.
pub(super) fn establishes(declaration: &Declaration) -> String {
    let words: Vec<&str> = declaration
        .establishes
        .iter()
        .map(|what| match what {
            Establishes::User => "who signs in",
            Establishes::ExistingUser => "an existing account",
            Establishes::NewUser => "a new account",
            Establishes::Proof => "a proof",
            Establishes::Profile => "the profile",
            Establishes::Identity => "an identity",
            Establishes::SecondFactor => "a second factor",
        })
        .collect();
    words.join(", ")
}

/// What the flow's author accepts to be broken, if that is anything.
pub(super) fn waived(properties: &[Property]) -> Option<String> {
    let names: Vec<&str> = properties.iter().map(|property| property.as_str()).collect();
    (!names.is_empty()).then(|| format!("waived: {}", names.join(", ")))
}

/// Whether it may let the next alternative have its turn.
pub(super) fn may_pass(declaration: &Declaration) -> bool {
    declaration.outcomes.iter().any(|outcome| matches!(outcome, Outcome::Attempted | Outcome::Exhausted))
}

/// Whether it may do what it is there for.
pub(super) fn may_succeed(declaration: &Declaration) -> bool {
    declaration.outcomes.contains(&Outcome::Succeeded)
}

/// On one line, and nothing in it controls anything.
pub(super) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| is_visible(*c)).collect()
}
