//! The connections of a store and the only place where transactions begin and end.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ai_lab_contract::Profile;
use rusqlite::Connection;

use super::connect::{Access, connect};
use super::fault::Fault;
use super::group::{Stop, Writer};
use super::place::Identity;
use super::under_way::UnderWay;
use crate::error::StoreError;

/// What a commit survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// Any kill: the pages are with the kernel.
    Kill,
    /// A power cut: the pages are on the disk.
    PowerCut,
}

impl From<Profile> for Durability {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Experimental | Profile::Standard => Self::Kill,
            Profile::Production => Self::PowerCut,
        }
    }
}

/// One connection to write with and, once somebody writes, another to read with: a listing never waits for
/// a writer, nor a writer for a listing.
#[derive(Debug)]
pub(super) struct Seat {
    path: PathBuf,
    wait: Duration,
    writer: Writer,
    /// Whether this store has written: until then one connection serves both.
    written: AtomicBool,
    reader: Mutex<Option<Connection>>,
    /// What this store has begun to record.
    pub(super) under_way: UnderWay,
}

impl Seat {
    /// Takes a connection that was opened with `synchronous = NORMAL`.
    pub(super) fn new(path: &Path, wait: Duration, connection: Connection) -> Self {
        Self {
            path: path.to_owned(),
            wait,
            writer: Writer::new(connection, Identity::of(path)),
            written: AtomicBool::new(false),
            reader: Mutex::new(None),
            under_way: UnderWay::default(),
        }
    }

    /// The database file; empty in memory.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the database is gone with the store.
    pub(super) fn is_in_memory(&self) -> bool {
        self.path.as_os_str().is_empty()
    }

    /// How long a verb waits for another process.
    pub(super) const fn wait(&self) -> Duration {
        self.wait
    }

    /// Reads, all statements from one snapshot; however long that takes, nobody who writes waits for it.
    pub(super) fn read<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        if self.is_in_memory() {
            let read = |connection: &Connection| within(connection, "BEGIN", body);
            return self
                .writer
                .apart(read)
                .map_err(|fault| self.told(fault, doing));
        }
        if !self.written.load(Ordering::Relaxed)
            && let Some(idle) = self.writer.idle()
        {
            let read = within(idle.connection(), "BEGIN", body);
            return read.map_err(|fault| self.told(fault, doing));
        }
        self.read_beside(doing, body)
    }

    /// Reads a row or two by one statement, which is a snapshot by itself, with whichever connection is free.
    pub(super) fn glance<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        match self.writer.idle() {
            Some(idle) => body(idle.connection()).map_err(|fault| self.told(fault, doing)),
            None => self.read(doing, body),
        }
    }

    fn read_beside<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = match reader.take() {
            Some(connection) => Ok(connection),
            None => connect(&self.path, Access::Read, self.wait).map_err(Fault::from),
        };
        let read = connection.and_then(|connection| {
            let read = within(&connection, "BEGIN", body);
            *reader = Some(connection);
            read
        });
        drop(reader);
        read.map_err(|fault| self.told(fault, doing))
    }

    /// Writes in one transaction and returns after its commit. A refusal inside takes everything of this
    /// body back, as a fault does. The body may run twice.
    pub(super) fn write<T, E>(
        &self,
        doing: &'static str,
        durability: Durability,
        body: impl Fn(&Connection) -> Result<Result<T, E>, Fault>,
    ) -> Result<Result<T, E>, StoreError> {
        self.written.store(true, Ordering::Relaxed);
        match self.writer.write(durability, &body) {
            Ok(value) => Ok(Ok(value)),
            Err(Stop::Refused(refusal)) => Ok(Err(refusal)),
            Err(Stop::Fault(fault)) => Err(self.told(fault, doing)),
        }
    }

    /// Does something with the writing connection outside any transaction.
    pub(super) fn apart<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let done = self.writer.apart(body);
        done.map_err(|fault| self.told(fault, doing))
    }

    /// How many callers wait for the writing connection.
    #[cfg(test)]
    pub(super) fn queued(&self) -> usize {
        self.writer.queued()
    }

    /// Whether nobody writes right now.
    #[cfg(test)]
    pub(super) fn is_idle(&self) -> bool {
        self.writer.idle().is_some()
    }

    /// The same fault for the world outside.
    pub(super) fn told(&self, fault: Fault, doing: &'static str) -> StoreError {
        fault.told(&self.path, doing, self.wait)
    }
}

/// Rolls back on every way out but the commit, a panic's included.
struct Open<'a>(&'a Connection);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit() {
            // SQLite has rolled back by itself where this fails.
            let _ = run(self.0, "ROLLBACK");
        }
    }
}

/// Runs `body` between `begin` and a commit.
pub(super) fn within<T, E: From<rusqlite::Error>>(
    connection: &Connection,
    begin: &'static str,
    body: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    run(connection, begin)?;
    let open = Open(connection);
    let value = body(connection)?;
    run(connection, "COMMIT")?;
    drop(open);
    Ok(value)
}

/// Runs a statement that gives no rows.
pub(super) fn run(connection: &Connection, statement: &'static str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(statement)?
        .execute([])
        .map(|_| ())
}
