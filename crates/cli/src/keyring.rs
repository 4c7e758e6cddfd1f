//! `braid keyring new`: a key that seals the database.

use crate::failure::Failure;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Secret;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// A new key: 32 random bytes in base64.
pub(crate) fn key() -> Secret {
    Secret::new(STANDARD.encode(server::fresh_entropy().expand("key")))
}

/// Makes a key, and says how the configuration names it.
pub(crate) fn new(id: Option<String>, out: Option<&Path>) -> Result<(), Failure> {
    let key = key();
    let id = id.unwrap_or_else(|| format!("key-{:08x}", u128::from_be_bytes(server::fresh_entropy().id("id")) >> 96));
    match out {
        Some(path) => {
            write_private(path, key.reveal())?;
            println!("keyring:\n  - id: {id}\n    file: {}", path.display());
            eprintln!("{} holds the key. Without it the database can't be used: keep a copy elsewhere.", path.display());
        }
        None => println!("keyring:\n  - id: {id}\n    key: {}", key.reveal()),
    }
    Ok(())
}

/// Writes a new file that only its owner can read. A file that is there already is left alone.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = made.and_then(|mut file| writeln!(file, "{text}"));
    written.map_err(|error| {
        let reason = format!("{} can't be written", path.display());
        Failure::new(reason, "name a new file in a folder that is there; an old key is never overwritten").because(&error)
    })
}
