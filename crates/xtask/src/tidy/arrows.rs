//! The layers of the house: which crate may use which.

use crate::shell;
use cargo_metadata::{DependencyKind, MetadataCommand};

/// For each crate its layer, and the workspace crates that it may use. Crates of one layer never know each other.
const HOUSE: [(&str, u8, &[&str]); 11] = [
    ("domain", 0, &[]),
    ("migrations", 0, &[]),
    ("flow-runtime", 1, &["domain"]),
    ("upstream", 1, &["domain"]),
    ("downstream", 1, &["domain"]),
    ("ui", 2, &["domain", "flow-runtime"]),
    ("persistence", 2, &["domain", "flow-runtime", "downstream", "migrations"]),
    ("server", 3, &["domain", "flow-runtime", "upstream", "downstream", "ui", "persistence", "migrations"]),
    ("cli", 4, &["domain", "flow-runtime", "persistence", "server"]),
    ("testkit", 4, &["domain", "flow-runtime", "persistence", "server"]),
    ("xtask", 5, &[]),
];

/// One crate of the workspace using another.
struct Arrow<'a> {
    from: &'a str,
    to: &'a str,
    dev: bool,
}

/// What is wrong with the workspace's arrows.
pub(crate) fn problems() -> Result<Vec<String>, String> {
    let metadata = MetadataCommand::new().manifest_path(shell::root().join("Cargo.toml")).no_deps().exec();
    let metadata = metadata.map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = metadata.workspace_packages();
    let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let dependencies = packages.iter().flat_map(|package| package.dependencies.iter().map(|used| (package.name.as_str(), used)));
    let arrows = dependencies.filter(|(_, used)| names.contains(&used.name.as_str())).map(|(from, used)| Arrow {
        from,
        to: &used.name,
        dev: used.kind == DependencyKind::Development,
    });
    let strangers = names.iter().filter(|name| place(name).is_none());
    let strangers = strangers.map(|name| format!("crate {name} has no place in the house: give it one in xtask's arrows.rs"));
    Ok(strangers.chain(arrows.filter_map(|arrow| problem(&arrow))).collect())
}

fn place(name: &str) -> Option<(u8, &'static [&'static str])> {
    HOUSE.iter().find(|(known, ..)| *known == name).map(|(_, layer, uses)| (*layer, *uses))
}

fn problem(arrow: &Arrow<'_>) -> Option<String> {
    let Arrow { from, to, dev } = arrow;
    let (layer, uses) = place(from)?;
    let below = place(to).is_some_and(|(other, _)| other < layer);
    let allowed = if *dev { below || *to == "testkit" } else { uses.contains(to) };
    let kind = if *dev { "test with" } else { "use" };
    (!allowed).then(|| format!("crate {from} may not {kind} {to} (DESIGN §2)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(from: &str, to: &str, dev: bool) -> bool {
        problem(&Arrow { from, to, dev }).is_none()
    }

    #[test]
    fn arrows_point_down() {
        assert!(allowed("server", "ui", false));
        assert!(!allowed("ui", "persistence", false), "one layer");
        assert!(!allowed("domain", "flow-runtime", false), "upwards");
        assert!(!allowed("server", "testkit", false), "only for tests");
    }

    #[test]
    fn tests_may_use_the_testkit_and_what_is_below() {
        assert!(allowed("server", "testkit", true));
        assert!(allowed("persistence", "flow-runtime", true));
        assert!(!allowed("upstream", "downstream", true), "one layer");
    }

    #[test]
    fn the_house_itself_points_down() {
        for (name, layer, uses) in HOUSE {
            for used in uses {
                assert!(place(used).is_some_and(|(below, _)| below < layer), "{name} uses {used}");
            }
        }
    }
}
