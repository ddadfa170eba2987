//! How a database file is opened and why that is refused.

use std::fmt;
use std::path::PathBuf;

use ai_lab_contract::ErrorClass;
use thiserror::Error;

use crate::error::StoreError;

/// What may happen to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpenMode {
    /// Created where it is missing, migrated where it is older: what every command does.
    Create,
    /// Written, but neither created nor migrated.
    Existing,
    /// Only read, neither created nor migrated; verbs that write fail with [`StoreError::ReadOnly`].
    ReadOnly,
}

/// How to open a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What may happen to the file.
    pub mode: OpenMode,
    /// The framework's own version; kept with the migrations that it applies, so that an older one
    /// that meets them can name who reads the file.
    pub framework_version: String,
    /// The time, for the migrations' own table: milliseconds since 1970, UTC.
    pub now_ms: i64,
}

/// What was found where a framework database was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stranger {
    /// A folder.
    Folder,
    /// A pipe, a socket or a device.
    SpecialFile,
    /// A file without a byte: a database that was cut off, perhaps; never overwritten.
    EmptyFile,
    /// Nothing but the write-ahead log of a database: what it holds would be mixed into a new one.
    OrphanedLog,
    /// Something that is no `SQLite` database.
    NoDatabase,
    /// A `SQLite` database of another program.
    ForeignDatabase {
        /// The `application_id` it carries instead of ours.
        application_id: u32,
    },
    /// Our own mark with a version that was never given out.
    BadVersion {
        /// The version it carries.
        user_version: i64,
    },
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder => f.write_str("it is a folder"),
            Self::SpecialFile => f.write_str("it is a pipe, a socket or a device"),
            Self::EmptyFile => f.write_str("it is empty"),
            Self::OrphanedLog => f.write_str("it is gone while its write-ahead log is still there"),
            Self::NoDatabase => f.write_str("it holds something else"),
            Self::ForeignDatabase { application_id } => {
                write!(
                    f,
                    "it is another program's (application id {application_id:#010x})"
                )
            }
            Self::BadVersion { user_version } => {
                write!(f, "its version {user_version} was never given out")
            }
        }
    }
}

/// A schema's version. Within a major every release reads what any other wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaVersion {
    /// Changed by migrations that take something away.
    pub major: u32,
    /// Counts the additive migrations of the major: 0 to 999.
    pub minor: u32,
}

impl fmt::Display for SchemaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl serde::Serialize for SchemaVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why a database was not opened. The file is as it was.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Nothing is there, and the mode does not create it.
    #[error("there is no framework database at {}", .0.display())]
    Missing(PathBuf),
    /// Something else is there.
    #[error("{} is no framework database: {stranger}", path.display())]
    NotOurs {
        /// Where.
        path: PathBuf,
        /// What is there.
        stranger: Stranger,
    },
    /// A newer major of the framework wrote it.
    #[error(
        "{} has schema {found}, this framework reads {reads}; framework {written_by} can read it",
        path.display()
    )]
    Newer {
        /// Where.
        path: PathBuf,
        /// The schema of the file.
        found: SchemaVersion,
        /// The newest schema of the major that this framework reads.
        reads: SchemaVersion,
        /// The framework version that migrated the file.
        written_by: String,
    },
    /// An older framework wrote it, and the mode does not migrate.
    #[error("{} has schema {found}, {needs} is needed; `migrate-db` brings it there", path.display())]
    Older {
        /// Where.
        path: PathBuf,
        /// The schema of the file.
        found: SchemaVersion,
        /// The schema that this framework needs.
        needs: SchemaVersion,
    },
    /// It lies on a file system whose locks do not hold.
    #[error("{} lies on {file_system}: SQLite needs a local disk", path.display())]
    NetworkFileSystem {
        /// Where.
        path: PathBuf,
        /// The file system's name.
        file_system: &'static str,
    },
    /// The folder or the file could not be made or reached.
    #[error("cannot {doing} {}", path.display())]
    Unreachable {
        /// What was being done.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The store itself failed: locked, read-only, damaged, no room.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OpenError {
    /// The row of the contract's one table of failures.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::Missing(_) => ErrorClass::NotFound,
            Self::NotOurs { .. } => ErrorClass::Config,
            Self::Newer { .. } | Self::Older { .. } => ErrorClass::Incompatible,
            Self::NetworkFileSystem { .. } | Self::Unreachable { .. } => ErrorClass::Environment,
            Self::Store(error) => error.class(),
        }
    }
}
