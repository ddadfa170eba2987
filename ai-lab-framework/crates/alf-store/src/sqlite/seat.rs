//! The one connection of a store and the only place where transactions begin and end.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ai_lab_contract::Profile;
use rusqlite::Connection;

use super::fault::Fault;
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

/// The connection and what is known of its state.
#[derive(Debug)]
struct State {
    connection: Connection,
    durability: Durability,
}

/// One connection for the threads of a process, one at a time.
#[derive(Debug)]
pub(super) struct Seat {
    path: PathBuf,
    wait: Duration,
    state: Mutex<State>,
}

impl Seat {
    /// Takes a connection that was opened with `synchronous = NORMAL`.
    pub(super) fn new(path: &Path, wait: Duration, connection: Connection) -> Self {
        Self {
            path: path.to_owned(),
            wait,
            state: Mutex::new(State {
                connection,
                durability: Durability::Kill,
            }),
        }
    }

    /// The database file; empty in memory.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How long a verb waits for another process.
    pub(super) const fn wait(&self) -> Duration {
        self.wait
    }

    /// Reads, all statements from one snapshot.
    pub(super) fn read<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let state = self.locked();
        within(&state.connection, "BEGIN", body).map_err(|fault| self.told(fault, doing))
    }

    /// Writes in one transaction. A refusal inside takes everything back, as a fault does.
    pub(super) fn write<T, E>(
        &self,
        doing: &'static str,
        durability: Durability,
        body: impl FnOnce(&Connection) -> Result<Result<T, E>, Fault>,
    ) -> Result<Result<T, E>, StoreError> {
        let mut state = self.locked();
        let outcome = write_through(&mut state, durability, body);
        drop(state);
        match outcome {
            Ok(value) => Ok(Ok(value)),
            Err(Stop::Refused(refusal)) => Ok(Err(refusal)),
            Err(Stop::Fault(fault)) => Err(self.told(fault, doing)),
        }
    }

    /// Does something outside any transaction.
    pub(super) fn apart<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        body(&self.locked().connection).map_err(|fault| self.told(fault, doing))
    }

    /// The same fault for the world outside.
    pub(super) fn told(&self, fault: Fault, doing: &'static str) -> StoreError {
        fault.told(&self.path, doing, self.wait)
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        // A panic of another thread left at most an open transaction, which `within` rolls back on its way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a body's transaction is taken back.
enum Stop<E> {
    Refused(E),
    Fault(Fault),
}

impl<E> From<Fault> for Stop<E> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<E> From<rusqlite::Error> for Stop<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Fault(Fault::Sqlite(error))
    }
}

fn write_through<T, E>(
    state: &mut State,
    durability: Durability,
    body: impl FnOnce(&Connection) -> Result<Result<T, E>, Fault>,
) -> Result<T, Stop<E>> {
    // Before the transaction: inside one the level cannot be changed.
    if state.durability != durability {
        let level = match durability {
            Durability::Kill => "PRAGMA synchronous = NORMAL",
            Durability::PowerCut => "PRAGMA synchronous = FULL",
        };
        state.connection.execute_batch(level)?;
        state.durability = durability;
    }
    // IMMEDIATE: a transaction that reads first and then finds another writer before it cannot wait.
    within(&state.connection, "BEGIN IMMEDIATE", |connection| {
        body(connection)?.map_err(Stop::Refused)
    })
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

fn run(connection: &Connection, statement: &'static str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(statement)?
        .execute([])
        .map(|_| ())
}
