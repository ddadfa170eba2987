//! Carries a restore that was decided to its end, again after a kill.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use lab_backup::{ArchiveName, BackupKind, PackError};
use lab_model::Moment;
use lab_store::{DatabaseFault, OpenError, SnapshotError};

use super::create::{CreateBackup, CreateBackupError, create_from};
use super::{CONFIG, DATABASE, FILES, FRAMEWORK, folder_of};
use crate::Lab;

/// Where a restore over a lab is prepared.
pub(super) const RESTORE: &str = "data/.restore";

/// What is put back from now on; its coming to be is the decision.
pub(super) const READY: &str = "ready";

/// What was put back, on its way out.
const DONE: &str = "done";

/// How many names, a millisecond apart, are tried for what is kept: an attempt that was killed has taken one.
const NAMES: i64 = 1_000;

/// What `SQLite` keeps beside a database.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// What finishing did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Finished {
    /// Where what was replaced is kept.
    pub(super) replaced: Option<PathBuf>,
    /// Where the framework's record lies.
    pub(super) framework: Option<PathBuf>,
}

/// Why a restore is not at its end. The next attempt goes on with it.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// What is there could not be kept.
    #[error("what is there could not be kept")]
    Keep(#[from] CreateBackupError),
    /// What is there cannot be opened now.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database could not be put in its place.
    #[error(transparent)]
    TakeOver(#[from] SnapshotError),
    /// A file could not.
    #[error("cannot put back {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Whether a restore was decided and is not at its end.
pub(crate) fn is_to_finish(lab: &Lab) -> bool {
    lab.root().join(RESTORE).join(READY).is_dir()
}

/// Puts back what is ready: what is there is kept first, then the database is replaced as one write, then the files.
pub(crate) fn finish(lab: &Lab, at: Moment) -> Result<Finished, FinishError> {
    let place = lab.root().join(RESTORE);
    let guard = File::open(&place).and_then(|place| place.lock().map(|()| place));
    let _one_at_a_time = guard.map_err(failed(&place))?;
    let ready = place.join(READY);
    if !ready.is_dir() {
        // Another command was quicker.
        return Ok(Finished::default());
    }
    let mut finished = Finished {
        replaced: replace_database(lab, &ready, at)?,
        framework: None,
    };
    for file in files(&ready) {
        put(&ready.join(&file), &lab.root().join(&file))?;
    }
    let record = ready.join(FRAMEWORK);
    if record.is_file() {
        let stamp: String = at
            .to_string()
            .chars()
            .filter(|c| !matches!(c, '-' | ':'))
            .collect();
        let kept = folder_of(lab).join(format!("framework-{stamp}.db"));
        put(&record, &kept)?;
        finished.framework = Some(kept);
    }
    let done = place.join(DONE);
    // What a killed one left; mostly there is nothing.
    let _ = fs::remove_dir_all(&done);
    fs::rename(&ready, &done).map_err(failed(&ready))?;
    fs::remove_dir_all(&done).map_err(failed(&done))?;
    Ok(finished)
}

/// Keeps what is there and puts the other in its place. Answers with where the first is kept.
fn replace_database(lab: &Lab, ready: &Path, at: Moment) -> Result<Option<PathBuf>, FinishError> {
    let copy = ready.join(DATABASE);
    if let Some(kept) = take_over(lab, &copy, at)? {
        return Ok(Some(kept));
    }
    // No database, or none that can be read: its files are kept as they are, its log above all, which would be taken
    // for the new one's.
    let kept = move_aside(lab, at)?;
    put(&copy, &lab.database())?;
    Ok(kept)
}

/// The same where the database can be read; `None` where not.
fn take_over(lab: &Lab, copy: &Path, at: Moment) -> Result<Option<PathBuf>, FinishError> {
    if !lab.database().exists() {
        return Ok(None);
    }
    let mut store = match lab.open_as_it_is(at) {
        Ok(store) => store,
        Err(error) if is_passing(&error) => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    let asked = CreateBackup {
        into: None,
        key: None,
        places: None,
        kind: BackupKind::Replaced,
    };
    let kept = (0..NAMES)
        .filter_map(|ms| Moment::from_ms(at.ms() + ms).ok())
        .map(|at| create_from(lab, &store, at, &asked))
        .find(|kept| !matches!(kept, Err(CreateBackupError::Pack(PackError::Occupied(_)))));
    match kept.unwrap_or_else(|| create_from(lab, &store, at, &asked)) {
        Ok(kept) => {
            store.take_over(copy)?;
            Ok(Some(kept.archive))
        }
        Err(CreateBackupError::Snapshot(SnapshotError::Copy {
            source: DatabaseFault::Damaged(_),
            ..
        })) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether the database may well be sound, and only cannot be opened now.
const fn is_passing(error: &OpenError) -> bool {
    match error {
        OpenError::Unreachable { .. }
        | OpenError::Database {
            source:
                DatabaseFault::Busy(_)
                | DatabaseFault::Full(_)
                | DatabaseFault::ReadOnly(_)
                | DatabaseFault::Failed(_),
            ..
        } => true,
        OpenError::Missing(_)
        | OpenError::NotOurs { .. }
        | OpenError::Newer { .. }
        | OpenError::Older { .. }
        | OpenError::StrayLog(_)
        | OpenError::Database {
            source: DatabaseFault::Damaged(_) | DatabaseFault::Unreadable(_),
            ..
        } => false,
    }
}

/// Moves a database that cannot be opened, and what is beside it, among the backups.
fn move_aside(lab: &Lab, at: Moment) -> Result<Option<PathBuf>, FinishError> {
    let name = ArchiveName {
        at,
        kind: BackupKind::Replaced,
        is_sealed: false,
    };
    let folder = folder_of(lab).join(format!("{name}.files"));
    let database = lab.database();
    let mut kept = None;
    for ending in BESIDE {
        let mut from = database.clone().into_os_string();
        from.push(ending);
        let from = PathBuf::from(from);
        if from.symlink_metadata().is_err() {
            continue;
        }
        fs::create_dir_all(&folder).map_err(failed(&folder))?;
        let file_name = from.file_name().unwrap_or_default();
        fs::rename(&from, folder.join(file_name)).map_err(failed(&from))?;
        kept = Some(folder.clone());
    }
    Ok(kept)
}

/// The files beside the databases, as paths below the lab's folder.
fn files(ready: &Path) -> Vec<PathBuf> {
    let plain = FILES.into_iter().map(PathBuf::from);
    let mut found: Vec<PathBuf> = plain.filter(|file| ready.join(file).is_file()).collect();
    let mut folders = vec![PathBuf::from(CONFIG)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(ready.join(&folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

/// Copies a file into its place, whole or not at all.
fn put(from: &Path, to: &Path) -> Result<(), FinishError> {
    let write = || -> io::Result<()> {
        let folder = to.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut draft = to.as_os_str().to_owned();
        draft.push(".ai-lab-new");
        let draft = PathBuf::from(draft);
        let _ = fs::remove_file(&draft);
        fs::copy(from, &draft)?;
        File::open(&draft)?.sync_all()?;
        fs::rename(&draft, to)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(failed(to))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> FinishError {
    let path = path.to_owned();
    move |source| FinishError::File { path, source }
}
