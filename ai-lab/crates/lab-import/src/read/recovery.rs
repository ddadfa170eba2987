//! A private copy of a database with its journal, in which `SQLite` may recover what a crash left.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;

use super::database::DatabaseFault;
use super::file::{FileFault, open_file};

/// Holds the copy; it disappears with this value.
#[derive(Debug)]
pub(super) struct RecoveredCopy {
    folder: TempDir,
}

/// A file's size and time of change, to see whether it moved during the copy.
type Stamp = Option<(u64, SystemTime)>;

impl RecoveredCopy {
    /// Copies the database, its write-ahead log and its rollback journal, `limit` bytes each.
    pub(super) fn take(database: &Path, limit: u64) -> Result<Self, DatabaseFault> {
        let parts = ["", "-wal", "-journal"].map(|suffix| (with_suffix(database, suffix), suffix));
        let before = parts.each_ref().map(|(path, _)| stamp(path));
        let folder = tempfile::tempdir().map_err(DatabaseFault::Copy)?;
        for (path, suffix) in &parts {
            let copy = folder.path().join(format!("copy.db{suffix}"));
            if suffix.is_empty() || stamp(path).is_some() {
                copy_bounded(path, &copy, limit)?;
            }
        }
        if parts.each_ref().map(|(path, _)| stamp(path)) == before {
            Ok(Self { folder })
        } else {
            Err(DatabaseFault::Moving)
        }
    }

    /// The copied database.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("copy.db")
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn stamp(path: &Path) -> Stamp {
    let meta = std::fs::symlink_metadata(path).ok()?;
    Some((meta.len(), meta.modified().ok()?))
}

fn copy_bounded(from: &Path, to: &Path, limit: u64) -> Result<(), DatabaseFault> {
    let source = open_file(from)?;
    let mut target = File::create_new(to).map_err(DatabaseFault::Copy)?;
    let copied = io::copy(&mut source.take(limit.saturating_add(1)), &mut target)
        .map_err(DatabaseFault::Copy)?;
    if copied > limit {
        return Err(FileFault::Oversized { limit }.into());
    }
    Ok(())
}
