//! One row a transaction into a table that keeps no promise: what recording is measured against.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use super::connect::{Access, connect};
use super::fault::Fault;
use super::patience::BUSY_WAIT;
use super::place::make_file;
use super::seat::Durability;
use crate::error::StoreError;

const DOING: &str = "measure a bare row";

/// A table with four indexes and rows of a kilobyte; no chain, no figures, no groups. For benchmarks.
#[derive(Debug)]
pub struct BareTable {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl BareTable {
    /// Makes it in a file of its own; its rows survive what a profile's record survives.
    pub fn make(path: &Path, profile: ai_lab_contract::Profile) -> Result<Self, StoreError> {
        let told = |fault: Fault| fault.told(path, DOING, BUSY_WAIT);
        let made = || -> Result<Connection, Fault> {
            make_file(path).map_err(|_| Fault::busy())?;
            let connection = connect(path, Access::Write, BUSY_WAIT)?;
            let level = match Durability::from(profile) {
                Durability::Kill => "NORMAL",
                Durability::PowerCut => "FULL",
            };
            connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
            connection.execute_batch(&format!(
                "PRAGMA synchronous = {level};
                 CREATE TABLE bare (id TEXT PRIMARY KEY, tool TEXT NOT NULL, number INTEGER NOT NULL, \
                 body TEXT NOT NULL) STRICT;
                 CREATE INDEX bare_by_tool ON bare (tool, number);
                 CREATE INDEX bare_by_number ON bare (number);
                 CREATE INDEX bare_by_both ON bare (number, tool);"
            ))?;
            Ok(connection)
        };
        Ok(Self {
            path: path.to_owned(),
            connection: Mutex::new(made().map_err(told)?),
        })
    }

    /// Writes one row and returns after its commit.
    pub fn insert(&self, id: &str, number: i64, body: &str) -> Result<(), StoreError> {
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let written = connection
            .prepare_cached("INSERT INTO bare (id, tool, number, body) VALUES ($1, 'a', $2, $3)")
            .and_then(|mut statement| statement.execute((id, number, body)));
        let told = |fault: Fault| fault.told(&self.path, DOING, BUSY_WAIT);
        written.map(drop).map_err(|error| told(error.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ai_lab_contract::Profile;

    #[test]
    fn a_row_is_there_once_and_survives_what_the_profile_says() {
        let folder = tempfile::tempdir().expect("a folder");
        for (profile, level) in [(Profile::Standard, 1), (Profile::Production, 2)] {
            let path = folder.path().join(profile.as_str());
            let table = BareTable::make(&path, profile).expect("it can be made");
            table.insert("e-1", 1, "x").expect("there is room");
            assert!(table.insert("e-1", 2, "x").is_err(), "it is there already");
            let connection = table.connection.lock().expect("nobody panicked");
            let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
            assert_eq!(number("SELECT COUNT(*) FROM bare"), Ok(1));
            assert_eq!(number("PRAGMA synchronous"), Ok(level));
        }
    }
}
