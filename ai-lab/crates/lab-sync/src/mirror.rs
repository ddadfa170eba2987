//! The files of what one write has changed, right after it.

use std::path::Path;

use lab_mirror::{FileDesk, FilesLock, LockError};
use lab_model::{EntityKind, Moment, Uid};
use lab_store::{DisputeSource, Reader, SqliteStore, Store, StoreError};

use crate::decide::ToWrite;
use crate::entity::load;
use crate::picture::seen;
use crate::report::Problem;
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
        let mut files = Vec::new();
        for (kind, uid) in touched {
            files.extend(to_write(tx, &desk, *kind, uid)?);
        }
        Ok::<_, StoreError>(files)
    })?;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let written = write_out(store, root, at, files)?;
    store.take_touched();
    Ok(written.problems)
}

fn to_write(
    tx: &dyn Reader,
    desk: &FileDesk<'_>,
    kind: EntityKind,
    uid: &Uid,
) -> Result<Option<ToWrite>, StoreError> {
    let Some(standing) = tx.standing(uid)? else {
        return Ok(None);
    };
    let open = tx.disputes(Some(uid))?;
    if open.iter().any(|it| it.source == DisputeSource::Sync) {
        // Whether this ends the dispute, a sync finds out: it reads the file.
        return Ok(None);
    }
    let seen = match standing.base {
        Some(base) if base.revision == standing.revision => return Ok(None),
        Some(base) => match base.file {
            Some((path, stamp)) => {
                let stamp = seen(stamp);
                if desk.stamp(&path) != Some(stamp) {
                    return Ok(None);
                }
                Some((path, stamp))
            }
            // It was put away as its file was removed.
            None if load(tx, kind, uid)?.is_none_or(|it| it.head.archived) => return Ok(None),
            None => None,
        },
        None => None,
    };
    Ok(Some(ToWrite {
        uid: uid.clone(),
        kind,
        seen,
        why: "the lab changed",
    }))
}
