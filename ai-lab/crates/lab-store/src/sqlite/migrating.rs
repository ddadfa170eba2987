//! Migrating on its own: told, rehearsed or carried out.

use std::path::Path;

use rusqlite::Connection;

use super::drift::drift;
use super::migrations::{Migration, planned};
use super::open::{
    admitted, beginning, bring_up_to_date, carried_out, connect, create, is_there,
    refuse_stray_log, told,
};
use crate::opening::{OpenError, OpenMode, Opening};
use crate::plan::{MigrateMode, MigrationPlan};

/// Tells what is missing and carries it out as far as the mode says.
pub(super) fn migrate_file(
    path: &Path,
    opening: &Opening,
    mode: MigrateMode,
    migrations: &[Migration],
) -> Result<MigrationPlan, OpenError> {
    if !is_there(path)? {
        return first_migration(path, opening, mode, migrations);
    }
    let access = match mode {
        MigrateMode::Check => OpenMode::ReadOnly,
        MigrateMode::DryRun | MigrateMode::Apply => OpenMode::Create,
    };
    let told = |error: rusqlite::Error| told(path, error);
    let connection = connect(path, access).map_err(told)?;
    let from = admitted(path, &connection, migrations)?;
    // Before anything is carried out: afterwards the schema is another.
    let drift = drift(&connection, from, migrations).map_err(told)?;
    let plan = match mode {
        MigrateMode::Check => planned(&connection, migrations),
        MigrateMode::DryRun => rehearse(&connection, migrations, opening),
        MigrateMode::Apply => bring_up_to_date(&connection, migrations, opening),
    };
    Ok(MigrationPlan {
        drift,
        ..plan.map_err(told)?
    })
}

/// The same where nothing is there yet.
fn first_migration(
    path: &Path,
    opening: &Opening,
    mode: MigrateMode,
    migrations: &[Migration],
) -> Result<MigrationPlan, OpenError> {
    if opening.mode == OpenMode::ReadOnly {
        return Err(OpenError::Missing(path.to_owned()));
    }
    refuse_stray_log(path)?;
    let told = |error: rusqlite::Error| told(path, error);
    let blank = Connection::open_in_memory().map_err(told)?;
    let plan = planned(&blank, migrations).map_err(told)?;
    match mode {
        MigrateMode::Check => {}
        MigrateMode::DryRun => {
            bring_up_to_date(&blank, migrations, opening).map_err(told)?;
        }
        MigrateMode::Apply => create(path, opening, migrations)?,
    }
    Ok(plan)
}

/// Carries everything out and takes it back.
fn rehearse(
    connection: &Connection,
    migrations: &[Migration],
    opening: &Opening,
) -> rusqlite::Result<MigrationPlan> {
    beginning(connection)?;
    let plan = carried_out(connection, migrations, opening);
    // A failure may have ended the transaction already.
    let _ = connection.execute_batch("ROLLBACK");
    plan
}

#[cfg(test)]
mod tests;
