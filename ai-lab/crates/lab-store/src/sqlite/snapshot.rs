//! A copy of a database while others write to it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::DatabaseFault;

/// How often a database that others write to is asked for, each time for as long as a writer waits.
const MOST_WAITS: u32 = 2;

/// Why there is no copy. Nothing was left at its path.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Something is there already; a snapshot never overwrites.
    #[error("{} is there already", .0.display())]
    Occupied(PathBuf),
    /// The database could not be copied.
    #[error("the database could not be copied to {}", path.display())]
    Copy {
        /// Where to.
        path: PathBuf,
        /// Why not.
        source: DatabaseFault,
    },
    /// The copy could not be put in its place.
    #[error("cannot write {}", path.display())]
    Unreachable {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Copies one moment's state; the copy appears under its name only when it is whole and on the disk.
pub(super) fn snapshot(connection: &Connection, path: &Path) -> Result<(), SnapshotError> {
    let unreachable = |source| SnapshotError::Unreachable {
        path: path.to_owned(),
        source,
    };
    if path.symlink_metadata().is_ok() {
        return Err(SnapshotError::Occupied(path.to_owned()));
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut draft = OsString::from(path);
    draft.push(".part");
    let draft = PathBuf::from(draft);
    // What a killed snapshot left; mostly there is nothing.
    let _ = fs::remove_file(&draft);
    let copied = copy(connection, &draft);
    if let Err(error) = copied {
        let _ = fs::remove_file(&draft);
        return Err(SnapshotError::Copy {
            path: path.to_owned(),
            source: error.into(),
        });
    }
    let file = File::open(&draft).map_err(unreachable)?;
    file.sync_all().map_err(unreachable)?;
    fs::rename(&draft, path).map_err(unreachable)?;
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(unreachable)
}

fn copy(connection: &Connection, draft: &Path) -> rusqlite::Result<()> {
    let mut target = Connection::open(draft)?;
    {
        let backup = Backup::new(connection, &mut target)?;
        // All pages in one step: a snapshot of one moment, and a write-ahead log blocks no writer.
        while backup.step(-1)? != StepResult::Done {}
    }
    target.close().map_err(|(_, error)| error)
}

/// Puts a copy's content in the place of the database's, as one write: a kill leaves the one or the other, and who has
/// the database open goes on with what is there now.
pub(super) fn take_over(connection: &mut Connection, copy: &Path) -> Result<(), SnapshotError> {
    let told = |error: rusqlite::Error| SnapshotError::Copy {
        path: copy.to_owned(),
        source: error.into(),
    };
    let source =
        Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(told)?;
    let backup = Backup::new(&source, connection).map_err(told)?;
    let mut waits = 0;
    loop {
        match backup.step(-1).map_err(told)? {
            StepResult::Done => return Ok(()),
            StepResult::Busy | StepResult::Locked if waits >= MOST_WAITS => {
                let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
                return Err(told(rusqlite::Error::SqliteFailure(busy, None)));
            }
            // Each has waited for as long as a writer may take already.
            StepResult::Busy | StepResult::Locked => waits += 1,
            _ => {}
        }
    }
}
