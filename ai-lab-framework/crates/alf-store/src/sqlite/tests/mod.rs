//! What `SQLite`, the file and other processes can do to the store.

mod damage;
mod foreign_pages;
mod forward;
mod full;
mod groups;
mod kill_rounds;
mod migrating;
mod opening;
mod outputs;
mod processes;
mod small_disk;
mod snapshots;

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use super::SqliteStore;
use crate::conformance;
use crate::opening::{OpenMode, Opening};

/// A folder that is gone at the end, and the database in it.
pub(super) struct Home {
    folder: TempDir,
}

impl Home {
    pub(super) fn new() -> Self {
        Self {
            folder: TempDir::new().expect("because there is room for a folder"),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn database(&self) -> PathBuf {
        self.folder().join("home/framework.db")
    }

    /// Opens the database as `SQLite` alone would, past every guard of the store.
    pub(super) fn raw(&self) -> Connection {
        Connection::open(self.database()).expect("because the file is there")
    }

    pub(super) fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.database(), &opening(OpenMode::Create))
            .expect("because nothing is in the way")
    }
}

pub(super) fn opening(mode: OpenMode) -> Opening {
    Opening {
        mode,
        framework_version: "0.1.0".to_owned(),
        now_ms: 1_700_000_000_000,
    }
}

#[test]
fn a_store_in_memory_conforms() {
    conformance::check(&|| Box::new(SqliteStore::in_memory().expect("because memory is there")));
}

#[test]
fn a_store_on_a_file_conforms() {
    let home = Home::new();
    let count = std::cell::Cell::new(0);
    conformance::check(&|| {
        count.set(count.get() + 1);
        let path = home.folder().join(format!("{}/framework.db", count.get()));
        Box::new(SqliteStore::open(&path, &opening(OpenMode::Create)).expect("because it is new"))
    });
}
