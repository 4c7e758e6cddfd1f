//! Installs what the tests need and the machine lacks. Whatever is there already is left alone.

mod debian;
mod npm;
mod python;

pub(crate) use python::interpreter;

use crate::shell::heading;
use crate::suite::Part;

/// Makes the machine ready for these parts of the tests.
pub(crate) fn prepare(parts: &[Part]) -> Result<(), String> {
    if parts.iter().all(|part| *part == Part::Lint) {
        return Ok(());
    }
    heading("Set-up");
    let browser = parts.contains(&Part::E2e);
    debian::install(&debian::missing(browser))?;
    if browser {
        npm::install()?;
        python::install()?;
    }
    println!("everything that the tests need is here");
    Ok(())
}
