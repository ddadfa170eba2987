//! Opens a database that belongs to someone else: to read, for a bounded time, leaving no file behind.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::file::{FileFault, open_file};
use super::recovery::RecoveredCopy;
use super::rows::{Contents, RowsFault, read_contents};
use crate::finding::{Finding, FindingKind};
use crate::limits::Limits;

/// Why nothing was taken from a database.
#[derive(Debug, thiserror::Error)]
pub(super) enum DatabaseFault {
    /// No regular file, too large, or unreadable.
    #[error(transparent)]
    File(#[from] FileFault),
    /// Another process held it longer than the wait.
    #[error("another process held it for more than {} ms; close that program and import again", .wait.as_millis())]
    Locked { wait: Duration },
    /// It does not pass `SQLite`'s own check.
    #[error("is damaged: {0}; nothing of it imported")]
    Corrupt(String),
    /// It changed while it was copied.
    #[error("changed while it was read; close the program that writes it and import again")]
    Moving,
    /// It needs recovery and could not be copied.
    #[error("could not be copied for recovery: {0}")]
    Copy(io::Error),
    /// More rows than the limit.
    #[error("holds more than {limit} rows")]
    TooManyRows { limit: usize },
}

impl DatabaseFault {
    pub(super) fn finding(&self, source: &str) -> Finding {
        let kind = match self {
            Self::File(fault) => return fault.finding(source),
            Self::Locked { .. } | Self::Moving => FindingKind::LockedDatabase,
            Self::Corrupt(_) => FindingKind::CorruptDatabase,
            Self::Copy(_) => FindingKind::Unreadable,
            Self::TooManyRows { .. } => FindingKind::Oversized,
        };
        Finding::new(kind, source, "", self.to_string())
    }
}

/// Reads a whole database in one transaction.
///
/// A database in write-ahead mode, or one that a crash left with a journal, is recovered in a
/// private copy: reading it in place would write beside it.
pub(super) fn read_database(path: &Path, limits: &Limits) -> Result<Contents, DatabaseFault> {
    let mut file = open_file(path)?;
    let size = file.metadata().map_err(FileFault::from)?.len();
    if size > limits.database_bytes {
        let limit = limits.database_bytes;
        return Err(FileFault::Oversized { limit }.into());
    }
    if in_write_ahead_mode(&mut file)? {
        return read_copy(path, limits);
    }
    // Closing any descriptor of the file would drop locks that SQLite takes in this process.
    drop(file);
    match open_and_read(path, OpenFlags::SQLITE_OPEN_READ_ONLY, limits) {
        Err(OpenFault::NeedsRecovery) => read_copy(path, limits),
        outcome => outcome.map_err(|fault| fault.into_database_fault(limits)),
    }
}

fn read_copy(path: &Path, limits: &Limits) -> Result<Contents, DatabaseFault> {
    let copy = RecoveredCopy::take(path, limits.database_bytes)?;
    open_and_read(&copy.path(), OpenFlags::SQLITE_OPEN_READ_WRITE, limits)
        .map_err(|fault| fault.into_database_fault(limits))
}

/// Bytes 18 and 19 of the header are 2 in write-ahead mode ("The `SQLite` database file format", 1.3).
fn in_write_ahead_mode(file: &mut File) -> Result<bool, DatabaseFault> {
    let mut header = Vec::new();
    file.take(20)
        .read_to_end(&mut header)
        .map_err(FileFault::from)?;
    Ok(header
        .get(18..20)
        .is_some_and(|versions| versions.contains(&2)))
}

enum OpenFault {
    Rows(RowsFault),
    NeedsRecovery,
    Corrupt(String),
}

impl From<rusqlite::Error> for OpenFault {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error().map(|e| e.extended_code);
        match code {
            Some(
                rusqlite::ffi::SQLITE_READONLY_ROLLBACK
                | rusqlite::ffi::SQLITE_READONLY_RECOVERY
                | rusqlite::ffi::SQLITE_READONLY_CANTINIT,
            ) => Self::NeedsRecovery,
            _ => Self::Rows(error.into()),
        }
    }
}

impl OpenFault {
    fn into_database_fault(self, limits: &Limits) -> DatabaseFault {
        match self {
            Self::Rows(RowsFault::TooManyRows { limit }) => DatabaseFault::TooManyRows { limit },
            Self::Rows(RowsFault::Sqlite(error)) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                    let wait = limits.lock_wait;
                    DatabaseFault::Locked { wait }
                }
                _ => DatabaseFault::Corrupt(error.to_string()),
            },
            Self::NeedsRecovery => DatabaseFault::Corrupt("it needs recovery twice".to_owned()),
            Self::Corrupt(told) => DatabaseFault::Corrupt(told),
        }
    }
}

fn open_and_read(path: &Path, access: OpenFlags, limits: &Limits) -> Result<Contents, OpenFault> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(limits.lock_wait)?;
    // The schema is a stranger's: it may not call functions with effects.
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; BEGIN")?;
    let check: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if check != "ok" {
        return Err(OpenFault::Corrupt(check));
    }
    read_contents(&connection, limits).map_err(|fault| match fault {
        RowsFault::Sqlite(error) => error.into(),
        RowsFault::TooManyRows { .. } => OpenFault::Rows(fault),
    })
}
