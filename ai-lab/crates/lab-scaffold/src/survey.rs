//! Looks at the folder that is to become a lab.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::blueprint::PATHS;
use crate::merge_driver::has_merge_driver;

/// The largest file that is read for its section, in bytes. A larger one is kept as it is.
pub(crate) const FILE_BYTES: u64 = 1_048_576;

/// What is there before anything is planned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Existing {
    /// What lies at the blueprint's paths; nothing where a path is missing.
    pub entries: BTreeMap<&'static str, Entry>,
    /// The repository that the folder lies in, if any.
    pub repository: Option<PathBuf>,
    /// The git program, if there is one.
    pub git_program: Option<PathBuf>,
    /// Whether git merges the tracker's files field by field; `None` where it cannot say.
    pub has_merge_driver: Option<bool>,
}

/// What lies at one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A file with its bytes.
    File(Vec<u8>),
    /// A file larger than a megabyte.
    LargeFile,
    /// A link (never followed), a folder or something stranger.
    Other,
    /// Nothing can be there: that part of the path is a file.
    BlockedBy(PathBuf),
}

/// The folder cannot be looked at.
#[derive(Debug, Error)]
#[error("cannot read `{}`", path.display())]
pub struct SurveyError {
    /// What could not be read.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// Looks at a folder, which may not be there yet. `search_path` is where the git program is looked for,
/// as in `PATH`.
pub fn survey(folder: &Path, search_path: Option<&OsStr>) -> Result<Existing, SurveyError> {
    let mut entries = BTreeMap::new();
    for path in PATHS {
        let full = folder.join(path);
        let entry = look(folder, &full).map_err(|source| SurveyError { path: full, source })?;
        if let Some(entry) = entry {
            entries.insert(path, entry);
        }
    }
    let repository = repository(folder);
    let git_program = search_path.and_then(git_program);
    let has_merge_driver = match (&repository, &git_program) {
        (Some(_), Some(program)) if folder.is_dir() => has_merge_driver(program, folder),
        _ => None,
    };
    Ok(Existing {
        entries,
        repository,
        git_program,
        has_merge_driver,
    })
}

fn look(folder: &Path, path: &Path) -> io::Result<Option<Entry>> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            let blocking = path
                .ancestors()
                .skip(1)
                .find(|above| above.starts_with(folder) && above.exists())
                .unwrap_or(folder);
            return Ok(Some(Entry::BlockedBy(blocking.to_path_buf())));
        }
        Err(error) => return Err(error),
    };
    if !metadata.is_file() {
        return Ok(Some(Entry::Other));
    }
    let mut bytes = Vec::new();
    let read = File::open(path)?
        .take(FILE_BYTES + 1)
        .read_to_end(&mut bytes)?;
    Ok(Some(if read as u64 > FILE_BYTES {
        Entry::LargeFile
    } else {
        Entry::File(bytes)
    }))
}

/// The nearest folder at or above this one that holds a `.git`.
pub fn repository(folder: &Path) -> Option<PathBuf> {
    // A path from the working folder has its own ancestors only once it is absolute.
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    absolute
        .ancestors()
        .find(|above| above.join(".git").exists())
        .map(Path::to_path_buf)
}

/// The git program of a search path such as `PATH`.
pub fn git_program(search_path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(search_path)
        .map(|folder| folder.join("git"))
        .find(|program| program.is_file())
}
