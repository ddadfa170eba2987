//! How the store's verbs fail. Each enum belongs to the verbs of [`Store`](crate::Store) that name it.

use std::error::Error;
use std::path::PathBuf;

use ai_lab_contract::{ErrorClass, ExecutionId, SessionId};
use thiserror::Error;

/// The backend's own error, kept as the reason without its type.
pub type Reason = Box<dyn Error + Send + Sync + 'static>;

/// A failure that any verb can meet. Nothing of the verb was written.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another process held the database for longer than this store waits.
    #[error("{} is locked by another process; waited {waited_ms} ms", path.display())]
    Busy {
        /// The database.
        path: PathBuf,
        /// How long the store waited, in milliseconds.
        waited_ms: u64,
    },
    /// There is no room for another row.
    #[error("no room left to write {}", path.display())]
    Full {
        /// The database.
        path: PathBuf,
        /// What the backend said.
        source: Reason,
    },
    /// The file, or the folder it is in, cannot be written.
    #[error("{} cannot be written", path.display())]
    ReadOnly {
        /// The database.
        path: PathBuf,
        /// What the backend said.
        source: Reason,
    },
    /// The file that was opened was moved, deleted or replaced meanwhile: what would be written is lost.
    #[error("{} is no longer the file that was opened", path.display())]
    Replaced {
        /// The database.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error("{} is damaged", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What the backend said.
        source: Reason,
    },
    /// A row holds something that no version of this store writes there.
    #[error("{}: column `{column}` holds `{found}`", path.display())]
    Row {
        /// The database.
        path: PathBuf,
        /// The column.
        column: &'static str,
        /// What it holds, cut to 64 characters.
        found: String,
    },
    /// Anything else.
    #[error("cannot {doing} in {}", path.display())]
    Failed {
        /// The database.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the backend said.
        source: Reason,
    },
}

impl StoreError {
    /// The row of the contract's one table of failures.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::Busy { .. }
            | Self::Full { .. }
            | Self::ReadOnly { .. }
            | Self::Replaced { .. }
            | Self::Damaged { .. } => ErrorClass::Environment,
            Self::Row { .. } | Self::Failed { .. } => ErrorClass::Internal,
        }
    }
}

/// Why a start or an end was not recorded.
#[derive(Debug, Error)]
pub enum RecordError {
    /// An execution of that id is there already.
    #[error("execution {0} is recorded already")]
    AlreadyStarted(ExecutionId),
    /// No execution of that id was started.
    #[error("execution {0} was never recorded as started")]
    NotStarted(ExecutionId),
    /// The execution has ended already; its first end stays.
    #[error("execution {0} is recorded as ended already")]
    AlreadyEnded(ExecutionId),
    /// A metric's value is infinite or no number at all.
    #[error("metric `{0}` is not a finite number")]
    NotFinite(String),
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RecordError {
    /// The row of the contract's one table of failures.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::AlreadyStarted(_) | Self::AlreadyEnded(_) => ErrorClass::Conflict,
            Self::NotStarted(_) => ErrorClass::NotFound,
            Self::NotFinite(_) => ErrorClass::InvalidOutput,
            Self::Store(error) => error.class(),
        }
    }
}

/// Why a prefix did not lead to one execution.
#[derive(Debug, Error)]
pub enum FindError {
    /// No execution's id begins so.
    #[error("no execution has an id that begins with `{0}`")]
    NoSuch(String),
    /// Several ids begin so.
    #[error("`{prefix}` begins the ids of several executions: {}{}", listed(candidates), if *more { ", …" } else { "" })]
    Several {
        /// What was asked for.
        prefix: String,
        /// The newest of those that begin so, at most eight.
        candidates: Vec<ExecutionId>,
        /// Whether there are more than are named.
        more: bool,
    },
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FindError {
    /// The row of the contract's one table of failures.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::NoSuch(_) => ErrorClass::NotFound,
            Self::Several { .. } => ErrorClass::Usage,
            Self::Store(error) => error.class(),
        }
    }
}

fn listed(ids: &[ExecutionId]) -> String {
    let ids: Vec<&str> = ids.iter().map(ExecutionId::as_str).collect();
    ids.join(", ")
}

/// Why a session was not created or changed.
#[derive(Debug, Error)]
pub enum SessionError {
    /// A session of that id is there already.
    #[error("session {0} is there already")]
    Exists(SessionId),
    /// There is no session of that id.
    #[error("there is no session {0}")]
    NoSuch(SessionId),
    /// Somebody changed the session in between.
    #[error("session {id} has moved on: the change was made from revision {from}, it is at {now}")]
    MovedOn {
        /// Which session.
        id: SessionId,
        /// The revision that the change was made from.
        from: u64,
        /// The revision that it is at.
        now: u64,
    },
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SessionError {
    /// The row of the contract's one table of failures.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::Exists(_) | Self::MovedOn { .. } => ErrorClass::Conflict,
            Self::NoSuch(_) => ErrorClass::NotFound,
            Self::Store(error) => error.class(),
        }
    }
}

/// Why an end and its change of a session were not recorded: neither was.
#[derive(Debug, Error)]
pub enum EndInSessionError {
    /// The end was refused.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The change was refused.
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl EndInSessionError {
    /// The row of the contract's one table of failures.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::Record(error) => error.class(),
            Self::Session(error) => error.class(),
        }
    }
}
