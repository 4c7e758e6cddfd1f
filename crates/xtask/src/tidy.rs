//! The shape of the house, checked: who may use whom, what is deliberately absent, and that every threat has its test.

mod arrows;
mod keycloak;
mod purity;
mod sources;
mod threats;
mod tree;

use tree::Tree;

/// Runs every check and prints what is wrong.
pub(crate) fn run() -> Result<(), String> {
    let tree = Tree::read()?;
    let mut problems = arrows::problems()?;
    problems.extend(purity::problems()?);
    problems.extend(sources::problems(&tree));
    problems.extend(threats::problems(&tree)?);
    problems.extend(keycloak::problems(&tree)?);
    if problems.is_empty() {
        println!("tidy");
        return Ok(());
    }
    Err(format!("{}\n\n{} problems", problems.join("\n"), problems.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Vec<String> = Vec::new();

    #[test]
    fn every_crate_uses_only_what_its_layer_may() {
        assert_eq!(arrows::problems().unwrap(), NOTHING);
    }

    #[test]
    fn the_flow_runtime_has_nothing_in_its_tree_that_acts() {
        assert_eq!(purity::problems().unwrap(), NOTHING);
    }

    #[test]
    fn every_source_file_keeps_the_rules_of_its_room() {
        assert_eq!(sources::problems(&Tree::read().unwrap()), NOTHING);
    }

    #[test]
    fn every_threat_has_a_test_and_every_security_test_a_threat() {
        assert_eq!(threats::problems(&Tree::read().unwrap()).unwrap(), NOTHING);
    }

    #[test]
    fn every_row_of_keycloaks_has_its_tests() {
        assert_eq!(keycloak::problems(&Tree::read().unwrap()).unwrap(), NOTHING);
    }
}
