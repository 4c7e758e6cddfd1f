//! The keys of one mapping, taken one by one; what is left over is unknown.

use crate::reader::code;
use crate::reader::diagnostic::Problems;
use crate::reader::suggest::{instead_of, quoted};
use crate::reader::tree::Entry;

/// The entries that nobody has taken yet.
pub(super) struct Fields<'t>(Vec<&'t Entry>);

impl<'t> Fields<'t> {
    /// All entries of a mapping.
    pub(super) fn of(entries: &'t [Entry]) -> Self {
        Self(entries.iter().collect())
    }

    /// Takes the entry with this key.
    pub(super) fn take(&mut self, key: &str) -> Option<&'t Entry> {
        let at = self.0.iter().position(|entry| entry.key == key)?;
        Some(self.0.remove(at))
    }

    /// Reports what is left. The owner is what the keys belong to, in words; known are the keys that it takes.
    pub(super) fn refuse_others(self, owner: &str, known: &[&str], problems: &mut Problems) {
        for entry in self.0 {
            problems
                .report(&code::UNKNOWN_KEY, entry.key_span, format!("unknown key {}", quoted(&entry.key)))
                .label(format!("{owner} has no such key"))
                .help(instead_of(&entry.key, known));
        }
    }
}
