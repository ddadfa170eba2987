//! One connection with the settings that every promise rests on.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::patience::Patience;

/// Marks a database as ours: `ALFR` in ASCII.
pub(super) const APPLICATION_ID: u32 = 0x414C_4652;

/// The write-ahead log is cut to this size when it starts over, so that one big transaction does not keep
/// its room for ever.
const JOURNAL_BYTES: u32 = 4 << 20;

/// A commit moves the log into the database once it has so many pages. A net only: upkeep moves it off the
/// path of an answer, at a quarter of this.
const CHECKPOINT_PAGES: u32 = 1024;

/// Statements kept ready; there are about thirty, and listings add one for each combination of filters.
const STATEMENTS: usize = 64;

/// Whether a connection may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// It may.
    Write,
    /// It may not.
    Read,
}

/// Opens an existing file.
pub(super) fn connect(path: &Path, access: Access, wait: Duration) -> rusqlite::Result<Connection> {
    let access = match access {
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    // Without SQLite's own mutex: the store has one.
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    settle(connection, wait)
}

/// Opens a database that lives as long as the connection.
pub(super) fn connect_in_memory(wait: Duration) -> rusqlite::Result<Connection> {
    settle(Connection::open_in_memory()?, wait)
}

fn settle(mut connection: Connection, wait: Duration) -> rusqlite::Result<Connection> {
    let mut patience = Patience::new(wait);
    connection.busy_handler(Some(move |tries| {
        if tries == 0 {
            patience.refresh();
        }
        patience.wait()
    }))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // What the schema itself says is not trusted: it may have been tampered with.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    // A statement that was made ready stays as it was planned, whatever values it is given: else those that compare
    // ranges are planned anew in every call.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // A one-shot command would move the log into the database each time; the next process reads it there.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.execute_batch(&format!(
        "PRAGMA cell_size_check = ON;
         PRAGMA synchronous = NORMAL;
         PRAGMA journal_size_limit = {JOURNAL_BYTES};
         PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};"
    ))?;
    Ok(connection)
}
