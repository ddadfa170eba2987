//! The file and its folder, before `SQLite` sees them.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::fault::Fault;
use super::patience::Patience;
use crate::error::StoreError;
use crate::opening::{OpenError, Stranger};

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing.
    Vacant,
    /// A file with something in it.
    File,
}

/// The same path with an ending behind the file's own.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut text = OsString::from(path);
    text.push(ending);
    text.into()
}

/// An error of the system, told with what was being done.
pub(super) fn unreachable(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    move |source| OpenError::Unreachable {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// Looks at the path without opening it; refuses whatever can be no database.
///
/// To open the file here and to close it again would release every lock that this process's stores hold on
/// it ("How To Corrupt", 2.2, in its documentation): only `SQLite` opens it.
pub(super) fn look(path: &Path) -> Result<Place, OpenError> {
    let strange = |stranger| {
        Err(OpenError::NotOurs {
            path: path.to_owned(),
            stranger,
        })
    };
    let found = match path.metadata() {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if path.is_symlink() {
                return Err(unreachable("follow the link", path)(error));
            }
            if beside(path, "-wal").exists() {
                return strange(Stranger::OrphanedLog);
            }
            return Ok(Place::Vacant);
        }
        Err(error) => return Err(unreachable("look at", path)(error)),
    };
    if found.is_dir() {
        return strange(Stranger::Folder);
    }
    if !found.is_file() {
        return strange(Stranger::SpecialFile);
    }
    if found.len() == 0 {
        return strange(Stranger::EmptyFile);
    }
    Ok(Place::File)
}

/// Which file it is, whatever its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Identity {
    /// The file at `path`; `None` in memory, or where it cannot be looked at.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let found = path.metadata().ok()?;
        Some(Self {
            path: path.to_owned(),
            device: found.dev(),
            inode: found.ino(),
        })
    }

    /// Fails if the name leads to another file by now, or to none: what is written to the file that was
    /// opened would be gone with it.
    pub(super) fn check(&self) -> Result<(), Fault> {
        if Self::of(&self.path).as_ref() == Some(self) {
            Ok(())
        } else {
            Err(Fault::Replaced)
        }
    }
}

/// The folder that a file is in.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

/// Makes the folder, and those above it, for this user alone.
pub(super) fn make_folder(folder: &Path) -> Result<(), OpenError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(unreachable("make the folder", folder))
}

/// Makes a file that was not there, for this user alone.
pub(super) fn make_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Keeps other processes away from what needs the file for itself: its creation and its journal's mode.
/// Ends with the value.
#[derive(Debug)]
pub(super) struct Guard(
    #[expect(dead_code, reason = "the lock ends when the file is closed")] File,
);

/// Takes the lock file beside the database.
pub(super) fn guard(path: &Path, wait: Duration) -> Result<Guard, OpenError> {
    let lock = beside(path, ".lock");
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&lock)
        .map_err(unreachable("make the lock file", &lock))?;
    let mut patience = Patience::new(wait);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Guard(file)),
            Err(TryLockError::WouldBlock) if patience.wait() => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::Store(StoreError::Busy {
                    path: lock,
                    waited_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                }));
            }
            Err(TryLockError::Error(source)) => {
                return Err(unreachable("lock", &lock)(source));
            }
        }
    }
}

/// Refuses a folder whose file system keeps no locks between hosts or processes.
pub(super) fn check_file_system(path: &Path) -> Result<(), OpenError> {
    let folder = folder(path);
    let found = rustix::fs::statfs(folder)
        .map_err(|error| unreachable("ask for the file system of", folder)(error.into()))?;
    match unfit(i128::from(found.f_type)) {
        Some(file_system) => Err(OpenError::NetworkFileSystem {
            path: path.to_owned(),
            file_system,
        }),
        None => Ok(()),
    }
}

/// The names of file systems that `SQLite` must not be on, by their number in statfs(2).
const fn unfit(kind: i128) -> Option<&'static str> {
    match kind {
        0x6969 => Some("NFS"),
        0x517B | 0xFE53_4D42 | 0xFF53_4D42 => Some("SMB"),
        0x6573_5546 => Some("FUSE"),
        0x0102_1997 => Some("9P"),
        0x00C3_6400 => Some("Ceph"),
        0x5346_414F | 0x6B41_4653 => Some("AFS"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_systems_without_locks_are_named_and_local_ones_are_taken() {
        let (ext4, tmpfs, btrfs, overlay) = (0xEF53, 0x0102_1994, 0x9123_683E, 0x794C_7630);
        let named = [
            0x6969,
            0xFF53_4D42,
            0x6573_5546,
            ext4,
            tmpfs,
            btrfs,
            overlay,
        ]
        .map(unfit);
        assert_eq!(
            named,
            [
                Some("NFS"),
                Some("SMB"),
                Some("FUSE"),
                None,
                None,
                None,
                None
            ]
        );
    }

    #[test]
    fn a_bare_file_name_lies_in_the_working_folder() {
        let folders = ["a/b.db", "b.db", "/b.db"].map(|path| folder(Path::new(path)));
        assert_eq!(folders, [Path::new("a"), Path::new("."), Path::new("/")]);
    }
}
