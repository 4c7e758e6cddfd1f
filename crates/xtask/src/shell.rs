//! Running programs, finding them, and the few facts about this machine that the chores need.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The repository's folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Where cargo builds; everything that the chores make is in there too.
pub(crate) fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |given| root().join(given))
}

/// An environment variable that is set and not empty.
#[expect(clippy::disallowed_methods, reason = "a tool for developers reads PATH and what cargo tells it")]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The cargo that started this program.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Where a program is on PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&variable("PATH")?).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// A title above what follows.
pub(crate) fn heading(title: &str) {
    println!("\n━━━ {title} ━━━");
}

/// Runs a program to its end, its output on the terminal.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}", line(command))) }
}

/// Whether a program runs and succeeds; its output is thrown away.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// What a program prints. What it says on standard error becomes part of the error.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| cannot_start(command, &error))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("`{}` ended with {}:\n{}", line(command), output.status, said.trim()))
    }
}

/// Runs a program, shows what it prints line by line, and gives each line to `read`. True if it succeeded.
pub(crate) fn run_reading(command: &mut Command, mut read: impl FnMut(&str)) -> Result<bool, String> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| cannot_start(command, &error))?;
    if let Some(out) = child.stdout.take() {
        let mut out = BufReader::new(out);
        let mut bytes = Vec::new();
        while out.read_until(b'\n', &mut bytes).map_err(|error| error.to_string())? > 0 {
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_end_matches('\n');
            println!("{text}");
            read(text);
            bytes.clear();
        }
    }
    Ok(child.wait().map_err(|error| error.to_string())?.success())
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` could not be started: {error}", line(command))
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
