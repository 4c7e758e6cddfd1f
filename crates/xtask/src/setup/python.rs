//! The packages of `e2e/requirements.txt`, in a virtual environment under `target/`.

use crate::shell;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

fn environment() -> PathBuf {
    shell::target().join("venv")
}

/// The interpreter that has the packages.
pub(crate) fn interpreter() -> PathBuf {
    environment().join("bin/python")
}

/// Installs the pinned packages, unless the same list was installed before.
pub(crate) fn install() -> Result<(), String> {
    let list = shell::root().join("e2e/requirements.txt");
    let wanted = fs::read(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let mark = environment().join("installed-requirements.txt");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    shell::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(environment()))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"];
    shell::run(Command::new(interpreter()).args(pip).arg(&list))?;
    shell::run(Command::new(interpreter()).args(["-m", "pip", "--disable-pip-version-check", "check"]))?;
    fs::write(&mark, wanted).map_err(|error| format!("{}: {error}", mark.display()))
}
