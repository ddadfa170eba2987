//! What a backup and a doctor ask for.

use std::fs;
use std::path::{Path, PathBuf};

use ai_lab_contract::ErrorClass;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use thiserror::Error;

use super::chain_head::read_head;
use super::connect::{Access, connect};
use super::fault::Fault;
use super::migrations::{Identity, MIGRATIONS, identity, target};
use super::patience::Patience;
use super::place::{beside, make_file};
use super::row::Reader;
use super::seat::Seat;
use crate::error::StoreError;
use crate::facts::{Facts, Snapshot, TableRows};
use crate::opening::SchemaVersion;

/// Why a snapshot was not made. What there was of it is gone again.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// Something is there already; a snapshot never overwrites.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// The file could not be made or written.
    #[error("cannot write the snapshot {}", path.display())]
    Unwritable {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database could not be read, or `SQLite` could not write the snapshot.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SnapshotError {
    /// The row of the contract's one table of failures.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::Exists(_) => ErrorClass::Conflict,
            Self::Unwritable { .. } => ErrorClass::Environment,
            Self::Store(error) => error.class(),
        }
    }
}

/// Copies the database as it is at one moment into one file that needs no log beside it.
pub(super) fn snapshot(seat: &Seat, to: &Path) -> Result<Snapshot, SnapshotError> {
    let unwritable = |source| SnapshotError::Unwritable {
        path: to.to_owned(),
        source,
    };
    let file = make_file(to).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => SnapshotError::Exists(to.to_owned()),
        _ => unwritable(error),
    })?;
    let copied = copy(seat, to).and_then(|head| {
        file.sync_all().map_err(unwritable)?;
        let bytes = file.metadata().map_err(unwritable)?.len();
        Ok((head, bytes))
    });
    match copied {
        Ok(((chain_length, chain_head), bytes)) => Ok(Snapshot {
            path: to.to_owned(),
            bytes,
            chain_length,
            chain_head,
        }),
        Err(error) => {
            for ending in ["", "-wal", "-shm", "-journal"] {
                // Half a snapshot must not be taken for one; why it failed matters more.
                let _ = fs::remove_file(beside(to, ending));
            }
            Err(error)
        }
    }
}

fn copy(seat: &Seat, to: &Path) -> Result<(u64, String), SnapshotError> {
    const DOING: &str = "make a snapshot";
    let told = |fault: Fault| fault.told(to, DOING, seat.wait());
    let mut target = connect(to, Access::Write, seat.wait()).map_err(|error| told(error.into()))?;
    if seat.is_in_memory() {
        seat.apart(DOING, |source| pour(source, &mut target, seat))?;
    } else {
        // A connection of its own, so that nobody waits while a big file is copied.
        let source = connect(seat.path(), Access::Read, seat.wait())
            .map_err(|error| seat.told(error.into(), DOING))?;
        pour(&source, &mut target, seat).map_err(|fault| seat.told(fault, DOING))?;
    }
    let settled = || -> Result<(u64, String), Fault> {
        target.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
        let head = read_head(&target)?;
        Ok((head.position, head.hash))
    };
    settled().map_err(|fault| told(fault).into())
}

fn pour(source: &Connection, target: &mut Connection, seat: &Seat) -> Result<(), Fault> {
    let backup = Backup::new(source, target)?;
    let mut patience = Patience::new(seat.wait());
    loop {
        // All pages in one step: one moment of the database, whatever is written meanwhile.
        match backup.step(-1)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            StepResult::Busy | StepResult::Locked if patience.wait() => {}
            _ => {
                return Err(Fault::Sqlite(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
                    None,
                )));
            }
        }
    }
}

/// From this size on the log is moved into the database by upkeep: a one-shot command reads it whole first.
const LOG_BYTES: u64 = 1 << 20;

/// Moves the write-ahead log into the database if it has grown; waits for nobody.
pub(super) fn checkpoint(seat: &Seat) -> Result<(), StoreError> {
    let log = fs::metadata(beside(seat.path(), "-wal")).map_or(0, |found| found.len());
    if seat.is_in_memory() || log < LOG_BYTES {
        return Ok(());
    }
    seat.apart("move the log", |connection| {
        Ok(connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?)
    })
}

/// What is wrong with the file's structure; an empty list is what one hopes for.
pub(super) fn quick_check(seat: &Seat) -> Result<Vec<String>, StoreError> {
    seat.read("check the file", |connection| {
        let mut findings = Vec::new();
        let mut statement = connection.prepare("PRAGMA quick_check(100)")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let line = Reader::new(row, &["quick_check"]).text()?;
            if line != "ok" {
                findings.push(line.to_owned());
            }
        }
        let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let table: String = row.get(0)?;
            findings.push(format!(
                "a row of {table} refers to a row that is not there"
            ));
        }
        findings.extend(drift(connection)?);
        Ok(findings)
    })
}

/// How the schema differs from the one that its migrations made. A newer minor may have more.
fn drift(connection: &Connection) -> Result<Vec<String>, Fault> {
    let expected = Connection::open_in_memory()?;
    for migration in MIGRATIONS {
        expected.execute_batch(migration.text)?;
    }
    let (expected, found) = (schema(&expected)?, schema(connection)?);
    let mut findings = Vec::new();
    for (name, sql) in &expected {
        match found.iter().find(|(known, _)| known == name) {
            None => findings.push(format!("{name} is missing")),
            Some((_, other)) if other != sql => findings.push(format!("{name} was changed")),
            Some(_) => {}
        }
    }
    let newer = matches!(identity(connection)?, Identity::Ours(own) if own > target(MIGRATIONS));
    for (name, _) in found.iter().filter(|_| !newer) {
        if !expected.iter().any(|(known, _)| known == name) {
            findings.push(format!("{name} is not ours"));
        }
    }
    Ok(findings)
}

/// Every table, index, view and trigger as `kind name` with its statement, by name.
pub(super) fn schema(connection: &Connection) -> Result<Vec<(String, String)>, Fault> {
    let mut statement = connection.prepare(
        "SELECT type || ' ' || name, sql FROM sqlite_schema \
         WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The database in facts.
pub(super) fn facts(seat: &Seat) -> Result<Facts, StoreError> {
    let size = |ending| fs::metadata(beside(seat.path(), ending)).map_or(0, |found| found.len());
    let (file_bytes, wal_bytes) = (size(""), size("-wal"));
    seat.read("read the facts", |connection| {
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let count = |sql: &str| number(sql).map(|found| u64::try_from(found).unwrap_or_default());
        let head = read_head(connection)?;
        let schema = match identity(connection)? {
            Identity::Ours(version) => version,
            Identity::Blank | Identity::BadVersion(_) | Identity::Foreign(_) => {
                SchemaVersion { major: 0, minor: 0 }
            }
        };
        Ok(Facts {
            path: seat.path().to_owned(),
            schema,
            engine: format!("SQLite {}", rusqlite::version()),
            journal_mode: connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?,
            file_bytes,
            wal_bytes,
            free_bytes: count("PRAGMA freelist_count")? * count("PRAGMA page_size")?,
            rows: table_rows(connection)?,
            unfinished: count("SELECT COUNT(*) FROM tool_executions WHERE ended_position IS NULL")?,
            chain_length: head.position,
            chain_head: head.hash,
        })
    })
}

fn table_rows(connection: &Connection) -> Result<Vec<TableRows>, Fault> {
    let mut statement = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
         AND name NOT GLOB 'execution_text_*' \
         ORDER BY name",
    )?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut tables = Vec::new();
    for table in names {
        let table = table?;
        let quoted = table.replace('"', "\"\"");
        let sql = format!("SELECT COUNT(*) FROM \"{quoted}\"");
        let rows: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
        tables.push(TableRows {
            table,
            rows: u64::try_from(rows).unwrap_or_default(),
        });
    }
    Ok(tables)
}
