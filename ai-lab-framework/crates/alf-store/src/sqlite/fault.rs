//! From `SQLite`'s errors to ours; the only place that knows both.

use std::path::Path;
use std::time::Duration;

use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_IOERR_SHMMAP, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_WRITE};
use rustix::process::{Resource, getrlimit};

use crate::error::StoreError;

/// What can go wrong inside a transaction.
#[derive(Debug)]
pub(super) enum Fault {
    /// `SQLite` said so.
    Sqlite(rusqlite::Error),
    /// The file that was opened is no longer the one at its path.
    Replaced,
    /// A column holds what no version of this store writes there.
    Column {
        /// Which column.
        column: &'static str,
        /// What it holds.
        found: String,
    },
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Fault {
    /// Whether the file holds something that `SQLite` did not write.
    pub(super) fn is_no_database(&self) -> bool {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code() == Some(ErrorCode::NotADatabase),
            Self::Replaced | Self::Column { .. } => false,
        }
    }

    /// Another connection holds the lock.
    pub(super) fn busy() -> Self {
        let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        Self::Sqlite(rusqlite::Error::SqliteFailure(busy, None))
    }

    /// Whether another connection holds the lock.
    pub(super) fn is_busy(&self) -> bool {
        let busy = [ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked];
        match self {
            Self::Sqlite(error) => error
                .sqlite_error_code()
                .is_some_and(|code| busy.contains(&code)),
            Self::Replaced | Self::Column { .. } => false,
        }
    }

    /// The same for the world outside; `waited` is how long the store waits for a lock.
    pub(super) fn told(self, path: &Path, doing: &'static str, waited: Duration) -> StoreError {
        let path = path.to_owned();
        let error = match self {
            Self::Sqlite(error) => error,
            Self::Replaced => return StoreError::Replaced { path },
            Self::Column { column, found } => {
                let found = found.chars().take(64).collect();
                return StoreError::Row {
                    path,
                    column,
                    found,
                };
            }
        };
        let code = error.sqlite_error_code();
        // With no byte left, SQLite fails to lengthen its index file before it fails to write.
        let starved = matches!(
            error.sqlite_extended_error_code(),
            Some(SQLITE_IOERR_SHMSIZE | SQLITE_IOERR_SHMMAP)
        );
        // It tells a file that may not grow as it tells a broken disk.
        let starved = starved
            || error.sqlite_extended_error_code() == Some(SQLITE_IOERR_WRITE)
                && getrlimit(Resource::Fsize).current.is_some();
        let source = Box::new(error);
        match code {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy {
                path,
                waited_ms: u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
            },
            Some(ErrorCode::DiskFull) => StoreError::Full { path, source },
            _ if starved => StoreError::Full { path, source },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                StoreError::ReadOnly { path, source }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                StoreError::Damaged { path, source }
            }
            Some(_) | None => StoreError::Failed {
                path,
                doing,
                source,
            },
        }
    }
}
