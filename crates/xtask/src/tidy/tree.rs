//! The files that the checks read.

use crate::shell;
use std::fs;
use std::path::Path;

/// A text file, its path from the repository's folder with `/`.
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl SourceFile {
    /// Whether its name ends with a dot and this.
    pub(crate) fn is_a(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| own == extension)
    }
}

/// Every source file that people write: Rust, and the end-to-end tests' JavaScript and Python.
pub(crate) struct Tree {
    pub(crate) files: Vec<SourceFile>,
}

impl Tree {
    /// Reads the files, sorted by path.
    pub(crate) fn read() -> Result<Self, String> {
        let mut tree = Self { files: Vec::new() };
        for folder in ["crates", "migrations", "e2e"] {
            tree.visit(&shell::root(), &shell::root().join(folder))?;
        }
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    fn visit(&mut self, root: &Path, folder: &Path) -> Result<(), String> {
        let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
        for entry in fs::read_dir(folder).map_err(|error| failed(folder, error))? {
            let path = entry.map_err(|error| failed(folder, error))?.path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            if path.is_dir() && !path.ends_with("node_modules") {
                self.visit(root, &path)?;
            } else if path.is_file() && matches!(extension, Some("rs" | "mjs" | "py")) {
                let text = fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
                let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
                self.files.push(SourceFile { path, text });
            }
        }
        Ok(())
    }
}
