//! `migrate-db`: brings the framework's database to this framework's schema.

use alf_store::{MigrateMode, MigrationPlan, OpenMode, Opening, SqliteStore};
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::{FRAMEWORK_VERSION, Framework};

/// What a migration did, or would do.
#[derive(Debug, Serialize)]
pub struct Migration {
    /// The form of this answer: 1.
    pub format: u32,
    /// The database.
    pub database: String,
    /// The steps; none for a database that is there already.
    pub plan: MigrationPlan,
    /// Whether they were taken.
    pub applied: bool,
}

/// Plans the migration and, unless asked only to look, carries it out in one transaction.
///
/// A second call finds nothing to do. A database of a newer major version is refused with the version that reads it.
pub fn migrate_database(framework: &Framework, mode: MigrateMode) -> Result<Migration, Failure> {
    let path = framework.surroundings.database();
    let opening = Opening {
        mode: OpenMode::Create,
        framework_version: FRAMEWORK_VERSION.to_owned(),
        now_ms: framework.surroundings.clock.now_ms(),
    };
    let plan = SqliteStore::migrate(&path, &opening, mode)?;
    let applied = matches!(mode, MigrateMode::Apply) && !plan.is_empty();
    Ok(Migration {
        format: 1,
        database: path.display().to_string(),
        plan,
        applied,
    })
}
