//! Reads files of which nobody knows what they are.

use std::fs::File;
use std::io::{Error, Read as _, Result};
use std::path::Path;

/// The bytes of a file. `None`: it is larger than `most` bytes. What is no file isn't opened: a pipe would be waited for, and a device
/// may have no end.
pub(super) fn read(path: &Path, most: u64) -> Result<Option<Vec<u8>>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}
