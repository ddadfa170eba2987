//! The store on `SQLite`.

mod checkup;
mod conditions;
mod drift;
mod edges;
mod files;
mod github;
mod head;
mod idea;
mod item;
mod log;
mod migrating;
mod migrations;
mod milestone;
mod names;
mod open;
mod order;
mod page;
mod parts;
mod project;
mod provenance;
mod reader;
mod repo;
mod row;
mod search;
mod selection;
mod snapshot;
mod stored;
mod walk;
mod words;
mod writer;
mod writes;

use std::collections::BTreeSet;
use std::path::Path;

use lab_model::{Actor, EntityKind, Moment, Uid};
use rusqlite::{Connection, ErrorCode, ffi};

use self::migrations::MIGRATIONS;
use self::reader::Reading;
pub use self::snapshot::SnapshotError;
use self::writer::Writing;
use crate::{
    Checkup, MigrateMode, MigrationPlan, OpenError, Opening, Reader, Store, StoreError, Writer,
};

/// A lab's database in a file, or in memory for tests.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    touched: Vec<(EntityKind, Uid)>,
}

impl SqliteStore {
    /// Opens the database at a path; creates and migrates it as the mode says.
    pub fn open(path: &Path, opening: &Opening) -> Result<Self, OpenError> {
        Ok(Self {
            connection: open::open(path, opening, MIGRATIONS)?,
            touched: Vec::new(),
        })
    }

    /// Tells what the schema of the file at a path lacks and what somebody changed of it, and brings it there as far as
    /// `mode` says. Where nothing is there, the opening's mode decides whether that is an error or a first migration.
    pub fn migrate(
        path: &Path,
        opening: &Opening,
        mode: MigrateMode,
    ) -> Result<MigrationPlan, OpenError> {
        migrating::migrate_file(path, opening, mode, MIGRATIONS)
    }

    /// An empty database that goes with this value.
    pub fn in_memory(opening: &Opening) -> Result<Self, OpenError> {
        Ok(Self {
            connection: open::open_in_memory(opening, MIGRATIONS)?,
            touched: Vec::new(),
        })
    }

    /// Copies one moment's state into a new file while others may write.
    pub fn snapshot(&self, path: &Path) -> Result<(), SnapshotError> {
        snapshot::snapshot(&self.connection, path)
    }

    /// The entities that writes have changed since this was last asked, each once, in the order of the changes.
    pub fn take_touched(&mut self) -> Vec<(EntityKind, Uid)> {
        let mut seen = BTreeSet::new();
        let touched = std::mem::take(&mut self.touched).into_iter();
        touched
            .filter(|(_, uid)| seen.insert(uid.clone()))
            .collect()
    }

    /// Writes what can be found out again, such as what is known of files: not on the disk before the next write
    /// that is.
    pub fn write_lightly<T, E: From<StoreError>>(
        &mut self,
        actor: &Actor,
        at: Moment,
        body: impl FnOnce(&mut dyn Writer) -> Result<T, E>,
    ) -> Result<T, E> {
        let level = |connection: &Connection, level: &str| {
            let set = connection.pragma_update(None, "synchronous", level);
            set.map_err(StoreError::from)
        };
        level(&self.connection, "NORMAL")?;
        let answer = self.write(actor, at, body);
        level(&self.connection, "FULL")?;
        answer
    }

    /// Puts the content of a copy of such a database in the place of this one's, as one write that a kill leaves done or
    /// not done.
    pub fn take_over(&mut self, copy: &Path) -> Result<(), SnapshotError> {
        snapshot::take_over(&mut self.connection, copy)
    }

    /// Looks at the database from end to end; takes time in proportion to its size.
    pub fn check_up(&self) -> Result<Checkup, StoreError> {
        checkup::check_up(&self.connection)
    }
}

impl Store for SqliteStore {
    fn read<T, E: From<StoreError>>(
        &self,
        body: impl FnOnce(&dyn Reader) -> Result<T, E>,
    ) -> Result<T, E> {
        begin(&self.connection, "BEGIN")?;
        let answer = body(&Reading(&self.connection));
        // Nothing was written: however this ends, nothing is lost.
        let _ = self.connection.execute_batch("ROLLBACK");
        answer
    }

    fn write<T, E: From<StoreError>>(
        &mut self,
        actor: &Actor,
        at: Moment,
        body: impl FnOnce(&mut dyn Writer) -> Result<T, E>,
    ) -> Result<T, E> {
        // Immediately: a transaction that reads first and writes later could find its labels taken.
        begin(&self.connection, "BEGIN IMMEDIATE")?;
        let mut undo = Undo {
            connection: &self.connection,
            armed: true,
        };
        let mut writing = Writing::new(&self.connection, actor, at);
        let answer = body(&mut writing)?;
        writing.check()?;
        commit(&self.connection)?;
        undo.armed = false;
        let touched = writing.into_touched();
        drop(undo);
        self.touched.extend(touched);
        Ok(answer)
    }
}

/// Takes a write back that did not come to its end, also where the caller panicked.
struct Undo<'a> {
    connection: &'a Connection,
    armed: bool,
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if self.armed {
            // Where the database rolled back by itself, there is nothing left to do.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

fn begin(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    Ok(connection.execute_batch(sql)?)
}

fn commit(connection: &Connection) -> Result<(), StoreError> {
    let Err(error) = connection.execute_batch("COMMIT") else {
        return Ok(());
    };
    let code = error
        .sqlite_error()
        .map(|error| (error.code, error.extended_code));
    if code
        == Some((
            ErrorCode::ConstraintViolation,
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY,
        ))
    {
        return Err(StoreError::Dangling(dangling(connection)?));
    }
    Err(error.into())
}

/// Every reference that leads nowhere, as `table → table`.
fn dangling(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let rows = statement.query_map([], |row| {
        Ok(format!(
            "{} → {}",
            row.get::<_, String>("table")?,
            row.get::<_, String>("parent")?
        ))
    })?;
    let mut found = rows.collect::<rusqlite::Result<Vec<String>>>()?;
    found.sort();
    found.dedup();
    Ok(found)
}
