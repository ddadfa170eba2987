//! Finds the framework's program.

use std::env::split_paths;
use std::error::Error;
use std::ffi::OsStr;
use std::fmt;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// The program's name.
pub const PROGRAM: &str = "ai-lab-framework";

/// Where to look, in this order; whoever calls reads them from its arguments and environment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Places<'a> {
    /// The program as the person named it.
    pub named: Option<&'a Path>,
    /// The value of `AI_LAB_FRAMEWORK`: the program's path; an empty one says nothing.
    pub variable: Option<&'a OsStr>,
    /// The value of `PATH`. Its relative parts are passed over: what they mean depends on where one stands.
    pub search_path: Option<&'a OsStr>,
}

/// Why there is no program to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocateError {
    /// What the person named is no program.
    Named(PathBuf),
    /// What `AI_LAB_FRAMEWORK` holds is no program.
    Variable(PathBuf),
    /// No folder of the `PATH` has it.
    NotInstalled,
}

impl fmt::Display for LocateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(path) => write!(f, "`{}` is no program", path.display()),
            Self::Variable(path) => {
                write!(
                    f,
                    "AI_LAB_FRAMEWORK is `{}`, which is no program",
                    path.display()
                )
            }
            Self::NotInstalled => write!(f, "there is no `{PROGRAM}` on the PATH"),
        }
    }
}

impl Error for LocateError {}

/// Finds the program. A place that is named and wrong is an error, not a reason to look further.
pub fn locate(places: &Places<'_>) -> Result<PathBuf, LocateError> {
    if let Some(path) = places.named {
        return program(path).ok_or_else(|| LocateError::Named(path.to_path_buf()));
    }
    if let Some(value) = places.variable.filter(|value| !value.is_empty()) {
        let path = Path::new(value);
        return program(path).ok_or_else(|| LocateError::Variable(path.to_path_buf()));
    }
    places
        .search_path
        .into_iter()
        .flat_map(split_paths)
        .filter(|folder| folder.is_absolute())
        .find_map(|folder| program(&folder.join(PROGRAM)))
        .ok_or(LocateError::NotInstalled)
}

/// The path, absolute, if a program is there; the caller may change the working folder afterwards.
fn program(path: &Path) -> Option<PathBuf> {
    let metadata = path.metadata().ok()?;
    let may_run = metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
    may_run.then(|| std::path::absolute(path).ok())?
}
