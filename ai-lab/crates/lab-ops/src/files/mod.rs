//! The lab's files: made alike with it, written with it, merged in git.

mod config;
mod merge_file;
mod mirrored;
mod schemas;
mod sync;

pub use config::{ConfigError, FilesConfig};
pub use lab_sync::{Did, DidKind, DisputeRow, Problem, ProblemKind, SyncReport, Take};
pub use merge_file::{MergeFileError, MergedFile, merge_file};
pub use mirrored::Notices;
pub(crate) use mirrored::mirror_after;
pub use sync::{
    Resolved, SyncFilesError, WatchFilesError, conflicts, plan_sync, resolve_conflict, sync_files,
    watch_files,
};
