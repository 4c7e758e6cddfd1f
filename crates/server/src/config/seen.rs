//! What a configuration was read from: which files, with what in them. Looking again tells whether that is still so, whatever happened to
//! times, links and inodes meanwhile.

use super::bounded;
use super::flows::documents_in;
use domain::Digest;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The largest file whose content is looked at, in bytes. Larger ones are refused by their readers.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The files and folders that a configuration was read from, as they were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    files: BTreeMap<PathBuf, File>,
    /// Folders, with the flow documents in them.
    folders: BTreeMap<PathBuf, Option<Vec<PathBuf>>>,
}

/// A file as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
struct File {
    /// What was in it. None: it couldn't be read.
    content: Option<Digest>,
    /// Whether it looks as if somebody was still writing it.
    unfinished: bool,
}

impl File {
    fn of(content: Option<&[u8]>) -> Self {
        Self { content: content.map(Digest::of_bytes), unfinished: content.is_none_or(|bytes| !bytes.ends_with(b"\n")) }
    }

    fn read(path: &Path) -> Self {
        Self::of(bounded::read(path, MAX_BYTES).ok().flatten().as_deref())
    }
}

impl Seen {
    /// The same places, as they are now.
    #[must_use]
    pub fn again(&self) -> Self {
        Self {
            files: self.files.keys().map(|path| (path.clone(), File::read(path))).collect(),
            folders: self.folders.keys().map(|path| (path.clone(), documents_in(path).ok())).collect(),
        }
    }

    /// A file that isn't as it was any more.
    pub(super) fn changing(&self) -> Option<String> {
        let now = self.again();
        let file = self.files.iter().find(|(path, file)| now.files.get(*path) != Some(file)).map(|(path, _)| path);
        let folder = self.folders.iter().find(|(path, found)| now.folders.get(*path) != Some(found)).map(|(path, _)| path);
        file.or(folder).map(|path| path.display().to_string())
    }

    /// Whether something changed since `before` that looks as if somebody was still writing it: a file can't be read, is empty, or ends
    /// in the middle of a line.
    pub fn is_unfinished_beside(&self, before: &Self) -> bool {
        let folder = |(path, now): (_, &Option<_>)| now.is_none() && before.folders.get(path) != Some(now);
        let file = |(path, now): (_, &File)| now.unfinished && before.files.get(path) != Some(now);
        self.folders.iter().any(folder) || self.files.iter().any(file)
    }
}

/// Notes what is read while a configuration is read.
#[derive(Debug, Default)]
pub(super) struct Notes(RefCell<Seen>);

impl Notes {
    pub(super) fn file(&self, path: &Path, content: Option<&[u8]>) {
        self.0.borrow_mut().files.insert(path.to_path_buf(), File::of(content));
    }

    /// A file that nobody read, because it is too large, say.
    pub(super) fn unread(&self, path: &Path) {
        self.0.borrow_mut().files.insert(path.to_path_buf(), File::read(path));
    }

    pub(super) fn folder(&self, path: &Path, documents: Option<&[PathBuf]>) {
        self.0.borrow_mut().folders.insert(path.to_path_buf(), documents.map(<[PathBuf]>::to_vec));
    }

    pub(super) fn into_seen(self) -> Seen {
        self.0.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sees_every_change_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (flows, file) = (folder.path().join("flows"), folder.path().join("braid.yaml"));
        std::fs::create_dir(&flows).unwrap();
        std::fs::write(&file, "a: 1\n").unwrap();
        let notes = Notes::default();
        notes.file(&file, Some(b"a: 1\n"));
        notes.folder(&flows, Some(&[]));
        let seen = notes.into_seen();
        assert_eq!(seen.again(), seen);

        let time = std::fs::metadata(&file).unwrap().modified().unwrap();
        std::fs::write(&file, "a: 2\n").unwrap();
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
        let changed = seen.again();
        assert_ne!(changed, seen, "the same length and the same time");
        assert!(!changed.is_unfinished_beside(&seen));

        std::fs::write(flows.join("mine.yaml"), "flow: mine\n").unwrap();
        assert_ne!(changed.again(), changed, "a document more");
        std::fs::write(flows.join("notes.txt"), "no flow").unwrap();
        assert_eq!(changed.again(), changed.again(), "no document");
        for half in ["", "a: 1\nb"] {
            std::fs::write(&file, half).unwrap();
            assert!(seen.again().is_unfinished_beside(&seen), "{half:?}");
        }
        std::fs::remove_file(&file).unwrap();
        assert!(seen.again().is_unfinished_beside(&seen));
    }
}
