//! Why a command ended without success, as it is said on standard error.

use persistence::{MigrateError, OpenError};
use server::config::{ConfigError, Problem};
use server::{ReloadError, ServeError, StartError};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

/// What is wrong, why, and what to do.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The configuration is broken.
    Config(ConfigError),
    /// Anything else.
    Other {
        /// What is wrong.
        reason: String,
        /// What caused it, from the outside in.
        causes: Vec<String>,
        /// What to do about it.
        remedy: String,
    },
}

impl Failure {
    pub(crate) fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Other { reason: reason.into(), causes: Vec::new(), remedy: remedy.into() }
    }

    /// The same with what caused it.
    pub(crate) fn because(mut self, error: &(dyn Error + 'static)) -> Self {
        if let Self::Other { causes, .. } = &mut self {
            causes.push(error.to_string());
            causes.extend(sources(error));
        }
        self
    }

    /// The process could not be opened on this configuration.
    pub(crate) fn start(config: &Path, error: StartError) -> Self {
        let file = config.display();
        let remedy = match &error {
            StartError::Open(error) => return Self::database(config, error),
            StartError::Migrate(error) => return Self::schema(config, error),
            StartError::Http(_) => format!("check `allow-internal` and `certificate-authorities` in {file}"),
            StartError::Password(_) => "check the memory of this machine".to_owned(),
            StartError::Serving(ReloadError::Realm(realm, _)) => {
                format!("check the realm “{realm}” in {file}; if a key can't be opened, put its old key back into `keyring`")
            }
            StartError::Serving(_) => format!("check {file} and the database that it names"),
        };
        match error {
            StartError::Serving(ReloadError::Config(error)) => Self::Config(error),
            error => Self::caused(&error, remedy),
        }
    }

    /// The database can't be opened.
    pub(crate) fn database(config: &Path, error: &OpenError) -> Self {
        let file = config.display();
        let remedy = match error {
            OpenError::NotThere(_) => format!("check `database` in {file}; {}", make_ready(config)),
            _ => format!("check `database` in {file}: the folder must be there, the server must be running"),
        };
        Self::caused(error, remedy)
    }

    /// The database's schema is not what it should be.
    pub(crate) fn schema(config: &Path, error: &MigrateError) -> Self {
        let remedy = match error {
            MigrateError::Behind { .. } => format!("{}; nothing was changed", make_ready(config)),
            _ => format!("check that `database` in {} is the right one", config.display()),
        };
        Self::caused(error, remedy)
    }

    /// Serving ended.
    pub(crate) fn serve(config: &Path, error: &ServeError) -> Self {
        let remedy = match error {
            ServeError::Listen(..) => format!("stop the other program, or change `listen` in {}", config.display()),
            ServeError::Serve(_) => "start Braid again".to_owned(),
        };
        Self::caused(error, remedy)
    }

    /// An error whose own text is the reason.
    pub(crate) fn caused(error: &(dyn Error + 'static), remedy: impl Into<String>) -> Self {
        Self::Other { reason: error.to_string(), causes: sources(error), remedy: remedy.into() }
    }

    /// The text for standard error.
    pub(crate) fn render(&self) -> String {
        let mut out = String::new();
        match self {
            Self::Config(error) => {
                for problem in error.problems.iter().map(Problem::render) {
                    let _ = writeln!(out, "{problem}");
                }
                let _ = writeln!(out, "{error}");
            }
            Self::Other { reason, causes, remedy } => {
                let _ = writeln!(out, "error: {reason}");
                for cause in causes {
                    let _ = writeln!(out, "   = because: {cause}");
                }
                let _ = writeln!(out, "   = help: {remedy}");
            }
        }
        out
    }
}

/// How a database gets ready for this version.
fn make_ready(config: &Path) -> String {
    format!("`braid migrate --config {}` makes it ready for this version, and so does a start of the server", config.display())
}

/// The texts of what caused an error, from the outside in.
fn sources(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut texts = Vec::new();
    let mut next = error.source();
    while let Some(source) = next {
        texts.push(source.to_string());
        next = source.source();
    }
    texts
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}
