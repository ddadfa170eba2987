//! Files that are whole or not there: written beside their place, synced, then put into it.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many leftovers are passed over; more are a sign of something else.
const ATTEMPTS: u32 = 16;

/// Writes a new file. Fails with `AlreadyExists` if something is there, which stays as it was.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = Beside::write(path, bytes, None)?;
    // A link, unlike a rename, never replaces what has appeared meanwhile.
    fs::hard_link(&beside.path, path)?;
    beside.remove()?;
    sync_folder(path)
}

/// Replaces a file, its permissions kept.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let permissions = fs::metadata(path)?.permissions();
    let beside = Beside::write(path, bytes, Some(permissions))?;
    fs::rename(&beside.path, path)?;
    beside.has_moved();
    sync_folder(path)
}

/// A file beside its place; removed again unless it gets there.
struct Beside {
    path: PathBuf,
    is_there: bool,
}

impl Beside {
    fn write(target: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<Self> {
        let (path, mut file) = open_beside(target)?;
        let beside = Self {
            path,
            is_there: true,
        };
        file.write_all(bytes)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.sync_all()?;
        Ok(beside)
    }

    fn remove(mut self) -> io::Result<()> {
        self.is_there = false;
        fs::remove_file(&self.path)
    }

    fn has_moved(mut self) {
        self.is_there = false;
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if self.is_there {
            // The step has failed already and says why; a leftover beside it changes nothing.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Opens a new file beside the target, passing over what a killed process of the same id left behind.
fn open_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let id = std::process::id();
    let mut attempt = 0;
    loop {
        let path = target.with_file_name(format!(".{name}.{id}-{attempt}.ai-lab-new"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < ATTEMPTS => {
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Makes the name itself survive a power cut.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
