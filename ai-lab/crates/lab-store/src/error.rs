//! How reading and writing fail.

use lab_model::{EntityKind, Label, MintError};
use rusqlite::ErrorCode;

/// Why a read or write did not happen. A failed write leaves nothing behind.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No label, alias or uid of the kind begins like that.
    #[error("no {kind} is called `{}`", given.escape_debug())]
    NotFound {
        /// What was looked for.
        kind: EntityKind,
        /// The name given.
        given: String,
    },
    /// More than one label begins like that: the first few.
    #[error("`{}` could be {}", given.escape_debug(), candidates.join(", "))]
    Ambiguous {
        /// What was looked for.
        kind: EntityKind,
        /// The name given.
        given: String,
        /// At most [`MOST_CANDIDATES`](crate::MOST_CANDIDATES) labels.
        candidates: Vec<String>,
    },
    /// Another entity of the kind has or had this label, prefix, repository name or issue.
    #[error("the {kind} name `{name}` is taken")]
    Taken {
        /// Within which kind.
        kind: EntityKind,
        /// The label, prefix or name.
        name: String,
    },
    /// The entity was changed since the writer read it.
    #[error("{label} was changed in the meantime: revision {stored} is stored, {seen} was read")]
    Stale {
        /// Its stored label.
        label: Label,
        /// The revision that the writer has read.
        seen: u64,
        /// The revision that is stored.
        stored: u64,
    },
    /// The write would have entities wait for themselves, or be part of themselves.
    #[error("this would go round in a circle: {}", path.join(" → "))]
    Cycle {
        /// Labels along the way, the first again at the end.
        path: Vec<String>,
    },
    /// The write would leave references that lead nowhere: `table → table` of each.
    #[error("references lead nowhere: {}", .0.join(", "))]
    Dangling(Vec<String>),
    /// No label is left to mint.
    #[error(transparent)]
    Mint(#[from] MintError),
    /// The database itself could not.
    #[error(transparent)]
    Database(#[from] DatabaseFault),
}

/// How the database itself fails.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseFault {
    /// Another process was writing for longer than [`PATIENCE`](crate::PATIENCE).
    #[error("another process is writing to the database")]
    Busy(#[source] rusqlite::Error),
    /// No room is left.
    #[error("the disk is full")]
    Full(#[source] rusqlite::Error),
    /// The file or its folder cannot be written.
    #[error("the database cannot be written")]
    ReadOnly(#[source] rusqlite::Error),
    /// The file is damaged or no database.
    #[error("the database is damaged")]
    Damaged(#[source] rusqlite::Error),
    /// It holds a value that no version of this software writes.
    #[error("the database holds an unreadable value")]
    Unreadable(#[source] rusqlite::Error),
    /// Anything else.
    #[error("the database failed")]
    Failed(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for DatabaseFault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error::{FromSqlConversionFailure, InvalidColumnType, Utf8Error};
        if matches!(
            error,
            FromSqlConversionFailure(..) | InvalidColumnType(..) | Utf8Error(..)
        ) {
            return Self::Unreadable(error);
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy(error),
            Some(ErrorCode::DiskFull) => Self::Full(error),
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen) => Self::ReadOnly(error),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error),
            Some(_) | None => Self::Failed(error),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}
