//! What a migration would do, told before it is done.

use crate::opening::SchemaVersion;

/// How far [`SqliteStore::migrate`](crate::SqliteStore::migrate) goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrateMode {
    /// Tells what is missing; reads only.
    Check,
    /// Carries everything out and takes it back, so that a failure shows.
    DryRun,
    /// Carries everything out in one transaction.
    Apply,
}

/// One migration that a database lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMigration {
    /// The schema version that it leads to.
    pub version: SchemaVersion,
    /// What it does, in a few words.
    pub name: String,
    /// Its statements, one a step.
    pub statements: Vec<String>,
}

/// What lies between a database and this software's schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationPlan {
    /// The schema of the file; `None` where there is no file.
    pub from: Option<SchemaVersion>,
    /// The schema that this software needs.
    pub to: SchemaVersion,
    /// What is missing, in order; empty where nothing is to be done.
    pub missing: Vec<PlannedMigration>,
    /// Landed migrations that bear another name here: the file was made by a changed software. Told, not refused.
    pub strangers: Vec<String>,
    /// Tables, columns, indexes, views and triggers that somebody added, removed or changed, by name. Told, not refused;
    /// looked for by [`SqliteStore::migrate`](crate::SqliteStore::migrate) alone.
    pub drift: Vec<String>,
}

impl MigrationPlan {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty()
    }
}
