//! What a doctor wants to know of a database.

use std::path::PathBuf;

use serde::Serialize;

use crate::opening::SchemaVersion;

/// A database in facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// Where it is; empty in memory.
    pub path: PathBuf,
    /// Its schema.
    pub schema: SchemaVersion,
    /// The backend and its version, such as `SQLite 3.54.1`.
    pub engine: String,
    /// How it keeps its promises: `wal` on disk, `memory` in memory.
    pub journal_mode: String,
    /// Bytes of the database file.
    pub file_bytes: u64,
    /// Bytes of the write-ahead log beside it; 0 where there is none.
    pub wal_bytes: u64,
    /// Pages of the file that hold nothing, in bytes.
    pub free_bytes: u64,
    /// Rows by table, by name.
    pub rows: Vec<TableRows>,
    /// How many executions have no end.
    pub unfinished: u64,
    /// How many links the chain has.
    pub chain_length: u64,
    /// The hash of the last link, in hexadecimal; empty before the first.
    pub chain_head: String,
}

/// How many rows a table has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableRows {
    /// Which table.
    pub table: String,
    /// How many.
    pub rows: u64,
}

/// A copy of a database as it was at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// Where it is: one file, nothing beside it.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// How many links its chain has.
    pub chain_length: u64,
    /// The hash of the last link, in hexadecimal: a restored copy must show the same.
    pub chain_head: String,
}
