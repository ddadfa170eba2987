//! Backups of a lab: made, listed, checked, put back, pruned, scheduled.

mod create;
mod finish;
mod framework;
mod list;
mod prune;
mod read;
mod restore;
mod schedule;
mod scratch;
#[cfg(test)]
mod tests;
mod verify;

use std::path::PathBuf;

pub use create::{BackupMade, CreateBackup, CreateBackupError, create};
pub use finish::FinishError;
pub(crate) use finish::{finish, is_to_finish};
pub use framework::FrameworkError;
pub use lab_backup::{BackupKind, Policy};
pub use list::{BackupRow, Backups, ListBackupsError, list};
pub use prune::{PruneError, Pruned, prune};
pub use read::{Archive, ReadBackupError, find};
pub use restore::{RestoreError, Restored, restore_over, restore_to};
pub use schedule::{Every, Schedule, ScheduleError, Scheduled, schedule};
pub(crate) use schedule::{unit_name, unit_word, write_unit};
pub use verify::{Verified, verify};

use crate::Lab;

/// Where a lab's database is within an archive, as within the lab.
pub(crate) const DATABASE: &str = "data/ai_lab.db";

/// Where the framework's is.
pub(crate) const FRAMEWORK: &str = "framework/framework.db";

/// What is packed beside the databases and everything below `config/`, where it is there.
pub(crate) const FILES: [&str; 4] = [
    "ai-lab.toml",
    "ai-lab.lock",
    "tools.lock",
    "requirements.txt",
];

/// The folder of configuration.
pub(crate) const CONFIG: &str = "config";

/// Where a lab keeps its backups.
pub fn folder_of(lab: &Lab) -> PathBuf {
    lab.root().join("data").join("backups")
}
