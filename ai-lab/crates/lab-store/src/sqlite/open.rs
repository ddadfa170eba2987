//! From a path to a connection that may be used.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::migrations::{Identity, Migration, identity, migrate, planned, target, written_by};
use super::order::{fill_keys, lacks_keys};
use crate::PATIENCE;
use crate::error::DatabaseFault;
use crate::opening::{OpenError, OpenMode, Opening, SchemaVersion, Stranger};
use crate::plan::MigrationPlan;

/// How many statements stay prepared: about as many as there are in this crate.
const STATEMENTS: usize = 128;

/// How large the write-ahead log may stay once it was written back, in bytes.
const LOG_BYTES: i64 = 16 * 1024 * 1024;

/// Opens, creates or migrates as the mode says.
pub(super) fn open(
    path: &Path,
    opening: &Opening,
    migrations: &[Migration],
) -> Result<Connection, OpenError> {
    if !is_there(path)? {
        match opening.mode {
            OpenMode::ReadOnly => return Err(OpenError::Missing(path.to_owned())),
            OpenMode::Create => create(path, opening, migrations)?,
        }
    }
    let told = |error: rusqlite::Error| told(path, error);
    let connection = connect(path, opening.mode).map_err(told)?;
    let found = admitted(path, &connection, migrations)?;
    let needs = target(migrations);
    if found < needs {
        if opening.mode == OpenMode::ReadOnly {
            return Err(OpenError::Older {
                path: path.to_owned(),
                found,
                needs,
            });
        }
        bring_up_to_date(&connection, migrations, opening).map_err(told)?;
    } else if opening.mode == OpenMode::Create && lacks_keys(&connection).map_err(told)? {
        within_a_write(&connection, || fill_keys(&connection)).map_err(told)?;
    }
    Ok(connection)
}

/// A database in memory with the whole schema.
pub(super) fn open_in_memory(
    opening: &Opening,
    migrations: &[Migration],
) -> Result<Connection, OpenError> {
    let nowhere = Path::new(":memory:");
    let told = |error: rusqlite::Error| told(nowhere, error);
    let connection = Connection::open_in_memory().map_err(told)?;
    settle(&connection).map_err(told)?;
    bring_up_to_date(&connection, migrations, opening).map_err(told)?;
    Ok(connection)
}

pub(super) fn told(path: &Path, error: rusqlite::Error) -> OpenError {
    let source = DatabaseFault::from(error);
    if let DatabaseFault::Damaged(error) = &source
        && error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase)
    {
        return OpenError::NotOurs {
            path: path.to_owned(),
            stranger: Stranger::NoDatabase,
        };
    }
    OpenError::Database {
        path: path.to_owned(),
        source,
    }
}

/// Whether a database may be there; refuses what cannot be one.
pub(super) fn is_there(path: &Path) -> Result<bool, OpenError> {
    let strange = |stranger| {
        Err(OpenError::NotOurs {
            path: path.to_owned(),
            stranger,
        })
    };
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => strange(Stranger::NoFile),
        Ok(found) if found.len() == 0 => strange(Stranger::EmptyFile),
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(unreachable("look at", path)(source)),
    }
}

/// Makes the whole database under another name first, so that a kill never leaves half of it.
pub(super) fn create(
    path: &Path,
    opening: &Opening,
    migrations: &[Migration],
) -> Result<(), OpenError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(unreachable("make", folder))?;
    let guard = File::open(folder).map_err(unreachable("open", folder))?;
    // Processes that start together wait for the first of them; the lock goes with the process.
    guard.lock().map_err(unreachable("lock", folder))?;
    if is_there(path)? {
        return Ok(());
    }
    refuse_stray_log(path)?;
    let draft = beside(path, ".new");
    for ending in ["", "-wal", "-shm", "-journal"] {
        // What a killed creation left; mostly there is nothing.
        let _ = fs::remove_file(beside(&draft, ending));
    }
    fill(&draft, opening, migrations).map_err(|error| told(&draft, error))?;
    fs::rename(&draft, path).map_err(unreachable("name", path))?;
    guard.sync_all().map_err(unreachable("sync", folder))
}

/// Refuses where the changes of a lost database would be taken up by a new one.
pub(super) fn refuse_stray_log(path: &Path) -> Result<(), OpenError> {
    let log = beside(path, "-wal");
    if log.exists() {
        return Err(OpenError::StrayLog(log));
    }
    Ok(())
}

fn fill(draft: &Path, opening: &Opening, migrations: &[Migration]) -> rusqlite::Result<()> {
    let connection = Connection::open(draft)?;
    settle(&connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    bring_up_to_date(&connection, migrations, opening)?;
    // Closing writes the log back and removes it: the file alone is the database.
    connection.close().map_err(|(_, error)| error)
}

/// Opens an existing file. One that is only read may have been left by a kill or a power cut with changes beside it that have to
/// be taken up or taken back first, which takes a connection that may write; where the file may be written, it gets one that
/// changes nothing else.
pub(super) fn connect(path: &Path, mode: OpenMode) -> rusqlite::Result<Connection> {
    let open = |access| {
        let connection =
            Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        settle(&connection)?;
        Ok(connection)
    };
    if mode == OpenMode::Create {
        return open(OpenFlags::SQLITE_OPEN_READ_WRITE);
    }
    let only_reading = open(OpenFlags::SQLITE_OPEN_READ_ONLY).and_then(|connection| {
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    });
    match only_reading {
        Err(error) if takes_a_writer(&error) => {
            let connection = open(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            connection.pragma_update(None, "query_only", true)?;
            Ok(connection)
        }
        looked => looked,
    }
}

/// Whether something lies beside the file that has to be settled by who may write.
fn takes_a_writer(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen)
    )
}

/// Sets what holds for the connection alone.
fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A lab is a person's data and its writes are few: each survives a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    // A database may come from elsewhere: what its schema says is not to be trusted.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "cell_size_check", true)
}

/// The schema of a database that this software may read.
pub(super) fn admitted(
    path: &Path,
    connection: &Connection,
    migrations: &[Migration],
) -> Result<SchemaVersion, OpenError> {
    let reads = target(migrations);
    let stranger = match identity(connection).map_err(|error| told(path, error))? {
        Identity::Ours(found) if found.major == reads.major => return Ok(found),
        Identity::Ours(found) => {
            return Err(OpenError::Newer {
                path: path.to_owned(),
                found,
                reads,
                written_by: written_by(connection).map_err(|error| told(path, error))?,
            });
        }
        Identity::Blank => Stranger::EmptyFile,
        Identity::Strange(stranger) => stranger,
    };
    Err(OpenError::NotOurs {
        path: path.to_owned(),
        stranger,
    })
}

/// Applies what is missing, all of it or nothing; tells what it was.
pub(super) fn bring_up_to_date(
    connection: &Connection,
    migrations: &[Migration],
    opening: &Opening,
) -> rusqlite::Result<MigrationPlan> {
    within_a_write(connection, || carried_out(connection, migrations, opening))
}

/// The same, the caller holds the transaction: what is missing is looked up inside it, as others migrate too.
pub(super) fn carried_out(
    connection: &Connection,
    migrations: &[Migration],
    opening: &Opening,
) -> rusqlite::Result<MigrationPlan> {
    let plan = planned(connection, migrations)?;
    if !plan.is_empty() {
        migrate(connection, plan.from, migrations, opening)?;
    }
    fill_keys(connection)?;
    Ok(plan)
}

/// Begins a write.
pub(super) fn beginning(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")
}

fn within_a_write<T>(
    connection: &Connection,
    body: impl FnOnce() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    beginning(connection)?;
    let answer = body().and_then(|answer| connection.execute_batch("COMMIT").map(|()| answer));
    if answer.is_err() {
        // The first failure is the one to tell.
        let _ = connection.execute_batch("ROLLBACK");
    }
    answer
}

fn unreachable(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::Unreachable {
        doing,
        path,
        source,
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}
