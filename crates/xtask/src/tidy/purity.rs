//! The flow runtime performs nothing, so nothing in its tree of dependencies may be able to.

use crate::shell;

/// Crates that read a clock, make randomness, open sockets or files, or run futures.
const ACTING: [&str; 26] = [
    "async-std",
    "async-trait",
    "axum",
    "chrono",
    "fastrand",
    "futures",
    "futures-core",
    "getrandom",
    "hyper",
    "jiff",
    "mio",
    "openidconnect",
    "rand",
    "rand_core",
    "reqwest",
    "rustls",
    "sea-orm",
    "sea-query",
    "smol",
    "socket2",
    "sqlx",
    "sqlx-core",
    "tempfile",
    "time",
    "tokio",
    "ureq",
];

/// What is in the tree and must not be.
///
/// It asks `cargo tree` for this one crate: `cargo metadata` would add what other crates switch on in shared dependencies.
pub(crate) fn problems() -> Result<Vec<String>, String> {
    let arguments = ["tree", "--package=flow-runtime", "--edges=normal,no-proc-macro", "--prefix=none", "--format={p}"];
    let tree = shell::output(shell::cargo().args(arguments))?;
    if !tree.lines().any(|line| name(line) == "flow-runtime") {
        return Err(format!("`cargo tree` said something unexpected:\n{tree}"));
    }
    Ok(acting(&tree).into_iter().map(|name| format!("flow-runtime has {name} in its tree (DESIGN §2)")).collect())
}

fn name(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

fn acting(tree: &str) -> Vec<&str> {
    let mut found: Vec<_> = tree.lines().map(name).filter(|name| ACTING.contains(name)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_found_by_its_whole_name() {
        let tree = "flow-runtime v0.1.0 (/x)\nsha2 v0.11.0\ntokio v1.54.0\ntokio v1.54.0 (*)\ntimes v1.0.0\n";
        assert_eq!(acting(tree), ["tokio"]);
    }
}
