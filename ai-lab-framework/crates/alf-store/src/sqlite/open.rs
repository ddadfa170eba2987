//! From a path to a connection that may be used.

use std::convert::Infallible;
use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::chain_head::read_head;
use super::connect::{Access, connect, connect_in_memory};
use super::drift::drift;
use super::fault::Fault;
use super::migrations::{
    Identity, MAJOR, Migration, carry_out, identity, plan, target, written_by,
};
use super::place::{
    Place, beside, check_file_system, folder, guard, look, make_file, make_folder, unreachable,
};
use super::seat::within;
use crate::error::StoreError;
use crate::opening::{OpenError, OpenMode, Opening, SchemaVersion, Stranger};
use crate::plan::{MigrateMode, MigrationPlan};

/// A database to be opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Door<'a> {
    /// Where.
    pub(super) path: &'a Path,
    /// How.
    pub(super) opening: &'a Opening,
    /// How long to wait for other processes.
    pub(super) wait: Duration,
    /// The schema's history.
    pub(super) migrations: &'a [Migration],
}

/// Why a rehearsal was taken back.
enum Halt {
    /// On purpose, after all of it was carried out.
    Rehearsed(MigrationPlan),
    /// Something failed.
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

impl Door<'_> {
    /// Opens, creates or migrates as the mode says.
    pub(super) fn open(&self) -> Result<Connection, OpenError> {
        let access = match self.opening.mode {
            OpenMode::Create => {
                self.ensure_there()?;
                Access::Write
            }
            OpenMode::Existing => Access::Write,
            OpenMode::ReadOnly => Access::Read,
        };
        let connection = self.enter(access)?;
        let found = self.admitted(&connection)?;
        let needs = target(self.migrations);
        if found < needs {
            if self.opening.mode != OpenMode::Create {
                return Err(OpenError::Older {
                    path: self.path.to_owned(),
                    found,
                    needs,
                });
            }
            self.apply(&connection)?;
        }
        if access == Access::Write {
            self.ensure_log(&connection)?;
        }
        // Reads the schema and one page: a damaged file is refused here and not at the first write.
        read_head(&connection).map_err(|fault| self.damaged(fault))?;
        Ok(connection)
    }

    /// Opens a database in memory with the whole schema.
    pub(super) fn open_in_memory(&self) -> Result<Connection, OpenError> {
        let connection =
            connect_in_memory(self.wait).map_err(|error| self.told(error.into(), "open"))?;
        self.apply(&connection)?;
        Ok(connection)
    }

    /// Tells what is missing and carries it out as far as the mode says.
    pub(super) fn migrate(&self, mode: MigrateMode) -> Result<MigrationPlan, OpenError> {
        if self.opening.mode == OpenMode::Create && look(self.path)? == Place::Vacant {
            return self.first_migration(mode);
        }
        let access = match mode {
            MigrateMode::Check => Access::Read,
            MigrateMode::DryRun | MigrateMode::Apply => Access::Write,
        };
        let connection = self.enter(access)?;
        let from = self.admitted(&connection)?;
        // Before anything is carried out: afterwards the schema is another.
        let drift = drift(&connection, from, self.migrations)
            .map_err(|fault| self.told(fault, "compare the schema"))?;
        let plan = match mode {
            MigrateMode::Check => self.planned(&connection),
            MigrateMode::DryRun => self.rehearse(&connection),
            MigrateMode::Apply => self.apply(&connection),
        }?;
        Ok(MigrationPlan { drift, ..plan })
    }

    fn first_migration(&self, mode: MigrateMode) -> Result<MigrationPlan, OpenError> {
        let blank =
            connect_in_memory(self.wait).map_err(|error| self.told(error.into(), "open"))?;
        match mode {
            MigrateMode::Check => self.planned(&blank),
            MigrateMode::DryRun => self.apply(&blank),
            MigrateMode::Apply => {
                let planned = self.planned(&blank)?;
                self.ensure_there()?;
                Ok(planned)
            }
        }
    }

    /// Connects to a file that is there and ours.
    fn enter(&self, access: Access) -> Result<Connection, OpenError> {
        if look(self.path)? == Place::Vacant {
            return Err(OpenError::Missing(self.path.to_owned()));
        }
        check_file_system(self.path)?;
        let connection = connect(self.path, access, self.wait)
            .map_err(|error| self.unrecognised(error.into()))?;
        let read_only = connection
            .is_readonly("main")
            .map_err(|error| self.told(error.into(), "open"))?;
        if access == Access::Write && read_only {
            return Err(OpenError::Store(StoreError::ReadOnly {
                path: self.path.to_owned(),
                source: "the file cannot be opened for writing".into(),
            }));
        }
        Ok(connection)
    }

    /// The schema of a database that this framework may read.
    fn admitted(&self, connection: &Connection) -> Result<SchemaVersion, OpenError> {
        let path = self.path.to_owned();
        let identity = identity(connection).map_err(|fault| self.unrecognised(fault))?;
        let stranger = match identity {
            Identity::Ours(found) if found.major == MAJOR => return Ok(found),
            Identity::Ours(found) => {
                return Err(OpenError::Newer {
                    path,
                    found,
                    reads: target(self.migrations),
                    written_by: written_by(connection).map_err(|fault| self.damaged(fault))?,
                });
            }
            Identity::BadVersion(user_version) => Stranger::BadVersion { user_version },
            Identity::Foreign(application_id) => Stranger::ForeignDatabase { application_id },
            Identity::Blank => Stranger::EmptyFile,
        };
        Err(OpenError::NotOurs { path, stranger })
    }

    fn planned(&self, connection: &Connection) -> Result<MigrationPlan, OpenError> {
        self.plan_of(connection)
            .map_err(|fault| self.told(fault, "plan a migration"))
    }

    fn plan_of(&self, connection: &Connection) -> Result<MigrationPlan, Fault> {
        let from = match identity(connection)? {
            Identity::Ours(version) => Some(version),
            Identity::Blank | Identity::BadVersion(_) | Identity::Foreign(_) => None,
        };
        plan(connection, from, self.migrations)
    }

    /// Carries out what is missing; the plan is made inside the transaction, as others migrate too.
    fn apply(&self, connection: &Connection) -> Result<MigrationPlan, OpenError> {
        within(
            connection,
            "BEGIN IMMEDIATE",
            |connection| -> Result<MigrationPlan, Fault> {
                let plan = self.plan_of(connection)?;
                if !plan.is_empty() {
                    carry_out(connection, &plan, self.migrations, self.opening)?;
                }
                Ok(plan)
            },
        )
        .map_err(|fault| self.told(fault, "migrate"))
    }

    fn rehearse(&self, connection: &Connection) -> Result<MigrationPlan, OpenError> {
        let halt = within(
            connection,
            "BEGIN IMMEDIATE",
            |connection| -> Result<Infallible, Halt> {
                let plan = self.plan_of(connection)?;
                carry_out(connection, &plan, self.migrations, self.opening)?;
                Err(Halt::Rehearsed(plan))
            },
        );
        match halt {
            Err(Halt::Rehearsed(plan)) => Ok(plan),
            Err(Halt::Fault(fault)) => Err(self.told(fault, "rehearse a migration")),
        }
    }

    /// Creates the file where it is missing; processes that start together wait for the first of them.
    fn ensure_there(&self) -> Result<(), OpenError> {
        if look(self.path)? == Place::File {
            return Ok(());
        }
        make_folder(folder(self.path))?;
        check_file_system(self.path)?;
        let _guard = guard(self.path, self.wait)?;
        if look(self.path)? == Place::File {
            return Ok(());
        }
        self.create()
    }

    /// Makes the whole database under another name first, so that a kill never leaves half of it.
    fn create(&self) -> Result<(), OpenError> {
        let draft = beside(self.path, ".new");
        for ending in ["", "-wal", "-shm", "-journal"] {
            // What a killed creation left; mostly there is nothing.
            let _ = fs::remove_file(beside(&draft, ending));
        }
        let file = make_file(&draft).map_err(unreachable("create", &draft))?;
        self.fill(&draft)?;
        file.sync_all().map_err(unreachable("sync", &draft))?;
        // Before others find it: closing a file releases the locks of all who have it open in this process.
        drop(file);
        fs::rename(&draft, self.path).map_err(unreachable("name", self.path))?;
        let folder = folder(self.path);
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(unreachable("sync", folder))
    }

    fn fill(&self, draft: &Path) -> Result<(), OpenError> {
        let told = |error: rusqlite::Error| self.told(error.into(), "create");
        let connection = connect(draft, Access::Write, self.wait).map_err(told)?;
        // The name is about to change, so nothing may stay behind in a log beside the old one.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
            .map_err(told)?;
        set_log(&connection).map_err(told)?;
        self.apply(&connection)?;
        connection.close().map_err(|(_, error)| told(error))
    }

    /// Sets the write-ahead log again for a file that lacks it, as restored snapshots do.
    fn ensure_log(&self, connection: &Connection) -> Result<(), OpenError> {
        let told = |error: rusqlite::Error| self.told(error.into(), "open");
        let mode: String = connection
            .query_row("PRAGMA journal_mode", [], |row| row.get(0))
            .map_err(told)?;
        if mode == "wal" {
            return Ok(());
        }
        let _guard = guard(self.path, self.wait)?;
        set_log(connection).map_err(told)
    }

    fn told(&self, fault: Fault, doing: &'static str) -> OpenError {
        OpenError::Store(fault.told(self.path, doing, self.wait))
    }

    /// Like [`Self::damaged`], for the first thing that is read: it may be no database at all.
    fn unrecognised(&self, fault: Fault) -> OpenError {
        if fault.is_no_database() {
            return OpenError::NotOurs {
                path: self.path.to_owned(),
                stranger: Stranger::NoDatabase,
            };
        }
        self.damaged(fault)
    }

    /// Like [`Self::told`], for what every database of ours can answer.
    fn damaged(&self, fault: Fault) -> OpenError {
        let path = self.path.to_owned();
        match fault.told(self.path, "read", self.wait) {
            StoreError::Failed { source, .. } => {
                OpenError::Store(StoreError::Damaged { path, source })
            }
            other @ (StoreError::Busy { .. }
            | StoreError::Full { .. }
            | StoreError::ReadOnly { .. }
            | StoreError::Replaced { .. }
            | StoreError::Damaged { .. }
            | StoreError::Row { .. }) => OpenError::Store(other),
        }
    }
}

fn set_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
}
