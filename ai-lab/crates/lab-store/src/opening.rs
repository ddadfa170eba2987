//! How a database file is opened and why that is refused.

use std::fmt;
use std::io;
use std::path::PathBuf;

use lab_model::Moment;

use crate::DatabaseFault;

/// What may happen to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    /// Created where it is missing, migrated where it is older: what every command does.
    Create,
    /// Only read, neither created nor migrated: for `doctor` and for copies that are to be checked.
    ReadOnly,
}

/// How to open a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What may happen to the file.
    pub mode: OpenMode,
    /// This software's version; kept with the migrations that it applies.
    pub software_version: String,
    /// The time, for the migrations' own table.
    pub at: Moment,
}

/// A schema's version. Within a major every release reads and writes what any other wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaVersion {
    /// Changed by migrations that take something away.
    pub major: u32,
    /// Counts the additive migrations of the major: 1 to 999.
    pub minor: u32,
}

impl fmt::Display for SchemaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl SchemaVersion {
    /// Reads `major * 1000 + minor`; `None` for a number that was never given out.
    pub fn from_user_version(number: i64) -> Option<Self> {
        let number = u32::try_from(number).ok()?;
        let (major, minor) = (number / 1000, number % 1000);
        (major > 0 && minor > 0).then_some(Self { major, minor })
    }

    /// `major * 1000 + minor`, as the file's `user_version` holds it.
    pub const fn user_version(self) -> u32 {
        self.major * 1000 + self.minor
    }
}

/// What was found where a lab's database was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stranger {
    /// A folder, pipe, socket or device.
    NoFile,
    /// A file of 0 bytes.
    EmptyFile,
    /// Something that is no `SQLite` database.
    NoDatabase,
    /// Another program's database.
    Foreign {
        /// The `application_id` that it carries.
        application_id: i32,
    },
    /// Our mark with a version that was never given out.
    BadVersion {
        /// The `user_version` that it carries.
        user_version: i64,
    },
}

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFile => f.write_str("it is no regular file"),
            Self::EmptyFile => f.write_str("it is empty"),
            Self::NoDatabase => f.write_str("it is no database"),
            Self::Foreign { application_id } => {
                write!(
                    f,
                    "it is another program's (application id {application_id:#010x})"
                )
            }
            Self::BadVersion { user_version } => write!(f, "its version {user_version} never was"),
        }
    }
}

/// Why a database was not opened. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nothing is there, and the mode does not create it.
    #[error("there is no database at {}", .0.display())]
    Missing(PathBuf),
    /// Something else is there.
    #[error("{} is not a lab's database: {stranger}", path.display())]
    NotOurs {
        /// Where.
        path: PathBuf,
        /// What is there.
        stranger: Stranger,
    },
    /// A newer major wrote it.
    #[error(
        "{} has schema {found}, this version reads {reads}; ai-lab {written_by} can read it",
        path.display()
    )]
    Newer {
        /// Where.
        path: PathBuf,
        /// The schema of the file.
        found: SchemaVersion,
        /// The newest schema that this software reads.
        reads: SchemaVersion,
        /// The version that migrated the file.
        written_by: String,
    },
    /// An older version wrote it, and the mode does not migrate.
    #[error("{} has schema {found}, {needs} is needed", path.display())]
    Older {
        /// Where.
        path: PathBuf,
        /// The schema of the file.
        found: SchemaVersion,
        /// The schema that this software needs.
        needs: SchemaVersion,
    },
    /// The database is gone but its write-ahead log is there: whose changes would a new database take up?
    #[error("{} is left without its database", .0.display())]
    StrayLog(PathBuf),
    /// The folder or the file could not be made or reached.
    #[error("cannot {doing} {}", path.display())]
    Unreachable {
        /// What was being done.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database itself could not.
    #[error("cannot open {}", path.display())]
    Database {
        /// Where.
        path: PathBuf,
        /// Why not.
        source: DatabaseFault,
    },
}
