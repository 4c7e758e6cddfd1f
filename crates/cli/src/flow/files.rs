//! Which flow files somebody means, and their bytes: never more than a flow can have.

use flow_runtime::reader::MAX_BYTES;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The files themselves, and of each folder the YAML files in it, by name.
pub(super) fn meant(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in path.read_dir()? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") && !file.is_dir() {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "there is no file in this folder that ends with .yaml or .yml"));
    }
    Ok(files)
}

/// The bytes of a file. Of one that is larger than any flow, or has no end, just enough to see that.
pub(super) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_an_end_is_read_only_as_far_as_a_flow_goes() {
        assert_eq!(bytes(Path::new("/dev/zero")).unwrap().len(), MAX_BYTES + 1);
        let folder = tempfile::tempdir().unwrap();
        let large = folder.path().join("large.yaml");
        File::create(&large).unwrap().set_len(100 << 20).unwrap();
        let read = bytes(&large).unwrap();
        assert!(read.len() == MAX_BYTES + 1 && read.capacity() < 4 * MAX_BYTES);
    }

    #[test]
    fn a_folder_stands_for_its_yaml_files() {
        let folder = tempfile::tempdir().unwrap();
        assert!(meant(folder.path()).unwrap_err().to_string().contains(".yaml"));
        for name in ["b.yml", "a.yaml", "flow.schema.json", ".hidden", "c.yaml.bak"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("more.yaml")).unwrap();
        assert_eq!(meant(folder.path()).unwrap(), [folder.path().join("a.yaml"), folder.path().join("b.yml")]);
        assert_eq!(meant(Path::new("gone.yaml")).unwrap(), [PathBuf::from("gone.yaml")]);
    }
}
