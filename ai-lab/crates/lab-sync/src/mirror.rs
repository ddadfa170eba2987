//! The files of what one write has changed, right after it.

use std::path::Path;

use lab_mirror::{FileDesk, FilesLock, LockError};
use lab_model::{EntityKind, Moment, Uid};
use lab_store::{DisputeSource, Reader, SqliteStore, Store, StoreError};

use crate::decide::ToWrite;
use crate::entity::load;
use crate::picture::seen;
use crate::report::{Problem, ProblemKind};
use crate::write_out::write_out;

/// Why files were not written. The lab holds everything, and the next sync writes them.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The lock could not be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The lab could not be read again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes the files of entities that were changed. A file that a person has changed since is left to the next sync;
/// what was not written is told.
pub fn mirror(
    store: &mut SqliteStore,
    root: &Path,
    at: Moment,
    touched: &[(EntityKind, Uid)],
) -> Result<Vec<Problem>, MirrorError> {
    if touched.is_empty() {
        return Ok(Vec::new());
    }
    let _lock = FilesLock::take(root)?;
    // Behind the lock: of two writes the later one's file is the last.
    let files = store.read(|tx| {
        let desk = FileDesk::for_few(root);
        let (mut files, mut left) = (Vec::new(), Vec::new());
        for (kind, uid) in touched {
            match to_write(tx, &desk, *kind, uid)? {
                Mirrored::Write(file) => files.push(file),
                Mirrored::Left(path) => left.push(Problem {
                    kind: ProblemKind::Unwritten,
                    path,
                    message: "it was changed or removed since the last sync".to_owned(),
                }),
                Mirrored::No => {}
            }
        }
        Ok::<_, StoreError>((files, left))
    })?;
    let (files, mut problems) = files;
    if !files.is_empty() {
        problems.extend(write_out(store, root, at, files)?.problems);
        store.take_touched();
    }
    Ok(problems)
}

/// What becomes of one entity's file.
enum Mirrored {
    /// It is written.
    Write(ToWrite),
    /// A person has been at it: a sync brings both together.
    Left(String),
    /// There is nothing to write.
    No,
}

fn to_write(
    tx: &dyn Reader,
    desk: &FileDesk<'_>,
    kind: EntityKind,
    uid: &Uid,
) -> Result<Mirrored, StoreError> {
    let Some(standing) = tx.standing(uid)? else {
        return Ok(Mirrored::No);
    };
    let open = tx.disputes(Some(uid))?;
    if open.iter().any(|it| it.source == DisputeSource::Sync) {
        // Whether this ends the dispute, a sync finds out: it reads the file.
        return Ok(Mirrored::No);
    }
    let seen = match standing.base {
        Some(base) if base.revision == standing.revision => return Ok(Mirrored::No),
        Some(base) => match base.file {
            Some((path, stamp)) => {
                let stamp = seen(stamp);
                if desk.stamp(&path) != Some(stamp) {
                    return Ok(Mirrored::Left(path));
                }
                Some((path, stamp))
            }
            // It was put away as its file was removed.
            None if load(tx, kind, uid)?.is_none_or(|it| it.head.archived) => {
                return Ok(Mirrored::No);
            }
            None => None,
        },
        None => None,
    };
    Ok(Mirrored::Write(ToWrite {
        uid: uid.clone(),
        kind,
        seen,
        why: "the lab changed",
    }))
}
