//! Where settings come from, again and again.

use super::look;
use super::problem::{ConfigError, Problem};
use super::seen::Seen;
use crate::settings::Settings;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How often a configuration is read anew that changes while it is read.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(25);

/// What came of reading a configuration.
#[derive(Debug)]
pub struct Loaded {
    /// What it says, or everything that is wrong with it.
    pub settings: Result<Settings, ConfigError>,
    /// What it was read from.
    pub seen: Seen,
}

/// A configuration file that is read at the start and whenever it changes.
#[derive(Clone)]
pub struct Source(Arc<dyn Fn() -> Loaded + Send + Sync>);

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Source")
    }
}

impl Source {
    /// This file.
    pub fn file(path: &Path) -> Self {
        Self::adapted(path, |_| {})
    }

    /// This file, and what it comes to is changed each time before it is used.
    pub fn adapted(path: &Path, change: impl Fn(&mut Settings) + Send + Sync + 'static) -> Self {
        let path = path.to_path_buf();
        Self(Arc::new(move || {
            let mut loaded = look(&path);
            if let Ok(settings) = &mut loaded.settings {
                change(settings);
            }
            loaded
        }))
    }

    /// Reads it. What changes while it is read is read again, so that no half of one version meets a half of another.
    pub fn load(&self) -> Loaded {
        for _ in 1..TRIES {
            let loaded = (self.0)();
            if loaded.seen.again() == loaded.seen {
                return loaded;
            }
            std::thread::sleep(PAUSE);
        }
        let Loaded { seen, .. } = (self.0)();
        let file = seen.changing().unwrap_or_default();
        let reason = "it changes whenever it is read".to_owned();
        let remedy = "write it beside the others, and move it to its place when it is whole".to_owned();
        Loaded { settings: Err(ConfigError { problems: vec![Problem::of_file(file, reason, remedy)] }), seen }
    }
}
