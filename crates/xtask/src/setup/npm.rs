//! The packages of `e2e/package-lock.json`, exactly as locked.

use crate::shell;
use std::fs;
use std::process::Command;

/// Installs the locked packages, unless the same lock file was installed before.
pub(crate) fn install() -> Result<(), String> {
    let folder = shell::root().join("e2e");
    let lock = folder.join("package-lock.json");
    let modules = folder.join("node_modules");
    // npm empties the folder when it starts over, and the mark with it.
    let mark = modules.join(".installed-lock");
    let wanted = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    shell::run(Command::new("npm").arg("ci").current_dir(&folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    fs::write(&mark, wanted).map_err(|error| format!("{}: {error}", mark.display()))
}
