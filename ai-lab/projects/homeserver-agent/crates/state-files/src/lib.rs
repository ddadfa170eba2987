//! What a tool remembers between calls: files of JSON in the one folder that it may write.
//!
//! A file is read and replaced as a whole, by one process at a time. One that cannot be read is told and never
//! written over: what was trusted, or seen to fail, must not be forgotten because a disk failed. Owns the folder, its
//! lock and the bound of a file. Refuses to know what is in it. Start reading at [`StateFolder`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// The longest file that is read or written, in bytes. Stops a file that grew without end from taking all memory.
pub const FILE_BYTES: usize = 4 * 1024 * 1024;

/// A file that could not be read, locked or replaced. It is as it was.
#[derive(Debug, Error)]
#[error("cannot use {}: {source}", path.display())]
pub struct StateError {
    path: PathBuf,
    source: io::Error,
}

/// The folder.
#[derive(Clone, Debug)]
pub struct StateFolder(PathBuf);

impl StateFolder {
    /// What lies below that folder; it is made when first something is kept.
    pub const fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// What that file holds; the default where there is none yet.
    pub fn read<T: DeserializeOwned + Default>(&self, file: &str) -> Result<T, StateError> {
        let path = self.0.join(file);
        load(&path).map_err(|source| StateError { path, source })
    }

    /// Changes what that file holds while every other process waits; the file is the old or the new one, whatever
    /// happens in between.
    ///
    /// Whatever `change` does takes place while others wait: it must not wait for anything itself.
    pub fn change<T, R>(
        &self,
        file: &str,
        change: impl FnOnce(&mut T) -> R,
    ) -> Result<R, StateError>
    where
        T: DeserializeOwned + Serialize + Default,
    {
        let path = self.0.join(file);
        self.replace(&path, change)
            .map_err(|source| StateError { path, source })
    }

    fn replace<T, R>(&self, path: &Path, change: impl FnOnce(&mut T) -> R) -> io::Result<R>
    where
        T: DeserializeOwned + Serialize + Default,
    {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)?;
        // Held until this function ends.
        let lock = private(&self.0.join("lock"))?;
        flock(&lock, FlockOperation::LockExclusive)?;
        let mut value: T = load(path)?;
        let changed = change(&mut value);
        let bytes = serde_json::to_vec(&value)?;
        if bytes.len() > FILE_BYTES {
            return Err(too_long());
        }
        let beside = path.with_added_extension("new");
        let mut file = private(&beside)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(beside, path)?;
        Ok(changed)
    }
}

fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
}

fn load<T: DeserializeOwned + Default>(path: &Path) -> io::Result<T> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(T::default()),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > FILE_BYTES {
        return Err(too_long());
    }
    Ok(serde_json::from_slice(&bytes)?)
}

fn too_long() -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is longer than {FILE_BYTES} bytes"),
    )
}

#[cfg(test)]
mod tests;
