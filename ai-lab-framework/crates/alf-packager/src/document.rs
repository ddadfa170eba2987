//! A file that is written whole.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file or folder that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {what} {}: {source}", .path.display())]
pub struct DiskError {
    /// What was tried.
    pub what: &'static str,
    /// Where.
    pub path: PathBuf,
    /// Why it failed.
    pub source: io::Error,
}

/// Adds what was tried and where to an error of the disk.
pub fn disk<'a>(what: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> DiskError + 'a {
    move |source| DiskError {
        what,
        path: path.to_owned(),
        source,
    }
}

/// Writes a file beside its place and renames it: whoever reads the folder meanwhile finds the old one or the new one.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(disk("make", folder))?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut file = File::create(&beside).map_err(disk("write", &beside))?;
    file.write_all(bytes).map_err(disk("write", &beside))?;
    file.sync_all().map_err(disk("sync", &beside))?;
    fs::rename(&beside, path).map_err(disk("write", path))
}

/// Reads a file whole.
pub fn read(path: &Path) -> Result<Vec<u8>, DiskError> {
    fs::read(path).map_err(disk("read", path))
}
