//! What a migration would do, told before it is done.

use std::fmt;

use serde::Serialize;

use crate::opening::SchemaVersion;

/// How far `migrate` goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MigrateMode {
    /// Tells what is missing; reads only.
    Check,
    /// Carries everything out and takes it back, so that a failure shows.
    DryRun,
    /// Carries everything out in one transaction.
    Apply,
}

/// One migration that a database lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedMigration {
    /// The schema version that it leads to.
    pub version: SchemaVersion,
    /// What it does, in a few words.
    pub name: String,
    /// Its statements, one a step.
    pub statements: Vec<String>,
}

/// What lies between a database and this framework's schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MigrationPlan {
    /// The schema of the file; `None` where there is no file or it is empty.
    pub from: Option<SchemaVersion>,
    /// The schema that this framework needs.
    pub to: SchemaVersion,
    /// What is missing, in order; empty where nothing is to be done.
    pub missing: Vec<PlannedMigration>,
    /// Landed migrations whose text is not the one that this framework knows: the file was made by a
    /// changed framework. Told, not refused.
    pub strangers: Vec<String>,
    /// Tables, columns, indexes, views and triggers that somebody added, removed or changed, by name.
    /// Told, not refused; looked for by `migrate-db` alone.
    pub drift: Vec<String>,
}

impl MigrationPlan {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty()
    }
}

impl fmt::Display for MigrationPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.from {
            Some(from) if self.is_empty() => writeln!(f, "schema {from}: nothing to do")?,
            Some(from) => writeln!(f, "schema {from} to {}:", self.to)?,
            None => writeln!(f, "no schema yet, to {}:", self.to)?,
        }
        for step in &self.missing {
            let count = step.statements.len();
            writeln!(f, "  {} {} ({count} statements)", step.version, step.name)?;
        }
        for name in &self.strangers {
            writeln!(f, "  {name} differs from the one this framework knows")?;
        }
        for what in &self.drift {
            writeln!(f, "  not by this framework: {what}")?;
        }
        Ok(())
    }
}
