//! Programs from Debian's packages: PostgreSQL, Chromium, and Node.js and Python where there are none.

use crate::{postgres, shell};
use std::process::Command;

/// The packages whose programs aren't on this machine.
pub(crate) fn missing(browser: bool) -> Vec<&'static str> {
    let mut packages = Vec::new();
    if postgres::program("initdb").is_none() {
        packages.push("postgresql");
    }
    if !browser {
        return packages;
    }
    if shell::find("chromium").is_none() {
        packages.push("chromium");
    }
    match (shell::find("node"), shell::find("npm")) {
        (None, _) => packages.extend(["nodejs", "npm"]),
        (Some(_), None) => packages.push("npm"),
        (Some(_), Some(_)) => {}
    }
    if !shell::succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"])) {
        packages.extend(["python3", "python3-venv"]);
    }
    packages
}

/// Installs packages as root, or with `sudo` where that asks for no password. Else it says what to type.
pub(crate) fn install(packages: &[&str]) -> Result<(), String> {
    if packages.is_empty() {
        return Ok(());
    }
    let names = packages.join(" ");
    println!("missing: {names}");
    if shell::find("apt-get").is_none() {
        return Err(format!("this machine has no apt-get. Install what Debian calls `{names}`, then run this again."));
    }
    let Some(prefix) = privilege() else {
        return Err(format!(
            "installing packages needs root. Run this, then try again:\n\n    \
             sudo apt-get update && sudo apt-get install --no-install-recommends {names}\n"
        ));
    };
    let apt = |arguments: &[&str]| {
        let mut words = prefix.iter().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"].iter()).chain(arguments);
        words.next().map_or(Ok(()), |program| shell::run(Command::new(program).args(words)))
    };
    apt(&["update", "--quiet"])?;
    apt(&[&["install", "--yes", "--quiet", "--no-install-recommends"], packages].concat())
}

/// What to put in front of a command so that it runs as root; nothing if there is no way.
fn privilege() -> Option<&'static [&'static str]> {
    if postgres::is_root() {
        Some(&[])
    } else if shell::succeeds(Command::new("sudo").args(["-n", "true"])) {
        Some(&["sudo", "-n"])
    } else {
        None
    }
}
