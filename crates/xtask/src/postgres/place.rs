//! Where a throw-away cluster lives and whom it runs as, because PostgreSQL refuses to run as root.

use crate::shell;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether this program runs as root.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// A private temporary folder, and the user that it belongs to. The folder goes when this does.
pub(super) struct Place {
    folder: PathBuf,
    owner: Option<(u32, u32)>,
}

impl Place {
    /// Makes the folder: it isn't under `target/`, because an unprivileged user may not reach that.
    pub(super) fn make() -> Result<Self, String> {
        let owner = if is_root() { Some(unprivileged()?) } else { None };
        let folder = std::env::temp_dir().join(format!("braid-postgres-{}", std::process::id()));
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        fs::create_dir(&folder).map_err(failed)?;
        let place = Self { folder: folder.clone(), owner };
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).map_err(failed)?;
        owner.map_or(Ok(()), |(user, group)| chown(&folder, Some(user), Some(group))).map_err(failed)?;
        Ok(place)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// One of PostgreSQL's programs, to be run here as the folder's owner.
    pub(super) fn command(&self, name: &str) -> Result<Command, String> {
        let program = super::program(name);
        let program = program.ok_or_else(|| format!("PostgreSQL's `{name}` was not found; `cargo xtask setup` installs it"))?;
        Ok(self.run_as_owner(program))
    }

    /// Any program, to be run here as the folder's owner.
    pub(super) fn run_as_owner(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env("HOME", &self.folder);
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                eprintln!("{} could not be removed: {error}", self.folder.display());
            }
            _ => {}
        }
    }
}

fn unprivileged() -> Result<(u32, u32), String> {
    let id = |kind, name| shell::output(Command::new("id").args([kind, name])).ok()?.trim().parse::<u32>().ok();
    let owner = |name| Some((id("-u", name)?, id("-g", name)?));
    owner("postgres").or_else(|| owner("nobody")).ok_or_else(|| "PostgreSQL refuses root, and there is no other user".into())
}
