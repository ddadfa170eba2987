//! How much the importer takes from outside before it says no.

use std::time::Duration;

/// The limits of one import; each names the harm that it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file: a disk image in the folder must not fill the memory.
    pub file_bytes: u64,
    /// Bytes of one database with its journal.
    pub database_bytes: u64,
    /// Files in the whole folder: a home directory given by mistake ends here.
    pub files: usize,
    /// Folders below the folder that was given.
    pub folder_depth: usize,
    /// Rows of one database.
    pub rows: usize,
    /// Levels within one JSON document: deeper text would exhaust the stack.
    pub json_depth: usize,
    /// How long to wait for another process that holds the database.
    pub lock_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 8 << 20,
            database_bytes: 256 << 20,
            files: 20_000,
            folder_depth: 8,
            rows: 1_000_000,
            json_depth: 64,
            lock_wait: Duration::from_secs(3),
        }
    }
}
