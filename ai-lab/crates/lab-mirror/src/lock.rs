//! One writer of files at a time.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Held by whoever compares or writes files; goes with its process.
#[derive(Debug)]
pub struct FilesLock {
    _file: File,
}

/// The lock could not be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot lock {}", path.display())]
pub struct LockError {
    /// The lock's file.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl FilesLock {
    /// Waits for whoever has it.
    pub fn take(root: &Path) -> Result<Self, LockError> {
        let path = root.join("data").join(".files.lock");
        let failed = |source| LockError {
            path: path.clone(),
            source,
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(Self { _file: file })
    }
}
