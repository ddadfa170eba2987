//! `backup`: a copy of the framework's database for whoever keeps backups.

use std::path::Path;

use alf_store::Snapshot;
use serde::Serialize;

use crate::failure::Failure;
use crate::framework::Framework;

/// What was copied.
#[derive(Debug, Serialize)]
pub struct DatabaseCopy {
    /// The form of this answer: 1.
    pub format: u32,
    /// The copy.
    #[serde(flatten)]
    pub snapshot: Snapshot,
}

/// Copies the database as it is at one moment into a new file, while others write; an existing file is not touched.
pub fn copy_database(framework: &Framework, to: &Path) -> Result<DatabaseCopy, Failure> {
    let snapshot = framework.existing_store()?.snapshot(to).map_err(|error| {
        let class = error.class();
        Failure::caused(class, "there is no copy", error)
    })?;
    Ok(DatabaseCopy {
        format: 1,
        snapshot,
    })
}
