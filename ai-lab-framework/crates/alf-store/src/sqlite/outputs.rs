//! Files of kept outputs: `outputs/ab/ab…` beside the database.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_NOW, utimensat};
use sha2::{Digest, Sha256};

use super::place::{beside, folder, make_file};
use super::seat::{Durability, Seat};
use crate::chain::hexadecimal;
use crate::error::StoreError;
use crate::output::{Collected, OutputError, OutputRef};

/// A file that no row refers to may be one whose row is about to be written: it is left alone for an hour.
const ORPHAN_AGE: Duration = Duration::from_hours(1);

/// The most files that one collection looks at, so that it ends soon whatever lies there.
const MOST_FILES: usize = 10_000;

/// What a store in memory keeps; empty for one on a file.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    in_memory: Mutex<BTreeMap<String, Vec<u8>>>,
    /// Counts drafts, so that two threads never share one.
    drafts: AtomicU64,
}

fn unreachable(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OutputError {
    let path = path.to_owned();
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            OutputError::Full { path, source }
        }
        _ => OutputError::Unreachable {
            doing,
            path,
            source,
        },
    }
}

fn path_of(seat: &Seat, digest: &str) -> PathBuf {
    let place = folder(seat.path()).join("outputs");
    place.join(&digest[..2]).join(digest)
}

/// Keeps bytes under their digest.
pub(super) fn keep(
    seat: &Seat,
    outputs: &Outputs,
    bytes: &[u8],
    durability: Durability,
) -> Result<OutputRef, OutputError> {
    let digest = hexadecimal(&Sha256::digest(bytes));
    let kept = OutputRef::new(digest, bytes.len() as u64);
    if seat.is_in_memory() {
        let mut known = outputs
            .in_memory
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.insert(kept.digest().to_owned(), bytes.to_vec());
        return Ok(kept);
    }
    let path = path_of(seat, kept.digest());
    // Anew, so that the collection of orphans leaves it alone until its row is there.
    if is_whole(&path, &kept) && touch(&path).is_ok() {
        return Ok(kept);
    }
    let draft = beside(
        &path,
        &format!(
            ".{}-{}.new",
            std::process::id(),
            outputs.drafts.fetch_add(1, Ordering::Relaxed)
        ),
    );
    let written = write(&path, &draft, bytes, durability);
    if written.is_err() {
        // Half a file must not stay; why it failed matters more.
        let _ = fs::remove_file(&draft);
    }
    written.map(|()| kept)
}

fn is_whole(path: &Path, kept: &OutputRef) -> bool {
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.len() == kept.bytes())
}

fn touch(path: &Path) -> io::Result<()> {
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: UTIME_NOW,
    };
    let times = Timestamps {
        last_access: now,
        last_modification: now,
    };
    Ok(utimensat(CWD, path, &times, AtFlags::empty())?)
}

/// Written beside and renamed: under its own name a file is whole.
fn write(
    path: &Path,
    draft: &Path,
    bytes: &[u8],
    durability: Durability,
) -> Result<(), OutputError> {
    let place = folder(path);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(place)
        .map_err(unreachable("make the folder", place))?;
    let mut file = make_file(draft).map_err(unreachable("make", draft))?;
    file.write_all(bytes).map_err(unreachable("write", draft))?;
    if durability == Durability::PowerCut {
        file.sync_all().map_err(unreachable("sync", draft))?;
    }
    drop(file);
    fs::rename(draft, path).map_err(unreachable("name", path))?;
    if durability == Durability::PowerCut {
        let synced = File::open(place).and_then(|place| place.sync_all());
        synced.map_err(unreachable("sync", place))?;
    }
    Ok(())
}

/// Reads what was kept, if it is still what was kept.
pub(super) fn read(
    seat: &Seat,
    outputs: &Outputs,
    kept: &OutputRef,
) -> Result<Vec<u8>, OutputError> {
    let path = path_of(seat, kept.digest());
    let bytes = if seat.is_in_memory() {
        let known = outputs
            .in_memory
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known
            .get(kept.digest())
            .cloned()
            .ok_or_else(|| OutputError::Gone(path.clone()))?
    } else {
        read_file(&path, kept.bytes())?
    };
    if bytes.len() as u64 != kept.bytes() || hexadecimal(&Sha256::digest(&bytes)) != kept.digest() {
        return Err(OutputError::Changed(path));
    }
    Ok(bytes)
}

fn read_file(path: &Path, most: u64) -> Result<Vec<u8>, OutputError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => OutputError::Gone(path.to_owned()),
        _ => unreachable("open", path)(error),
    })?;
    let mut bytes = Vec::new();
    // One more than there should be: a file that somebody made longer is not read to its end.
    let mut bounded = file.take(most.saturating_add(1));
    bounded
        .read_to_end(&mut bytes)
        .map_err(unreachable("read", path))?;
    Ok(bytes)
}

/// How often upkeep collects: looking at every file after every call would cost more than the call.
const COLLECT_EVERY: Duration = Duration::from_hours(24);

/// Collects if that was not done for a day; a file beside the outputs remembers when.
pub(super) fn collect_if_due(seat: &Seat, now_ms: i64) -> Result<Collected, OutputError> {
    let place = folder(seat.path()).join("outputs");
    if seat.is_in_memory() || !place.is_dir() {
        return Ok(Collected::default());
    }
    let mark = place.join(".collected");
    let now =
        SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now_ms).unwrap_or_default());
    // A mark from a time to come, which a clock that jumped back leaves, is none.
    let done = mark.metadata().and_then(|found| found.modified());
    if done.is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age < COLLECT_EVERY)) {
        return Ok(Collected::default());
    }
    let collected = collect(seat, now_ms)?;
    let file = File::create(&mark).map_err(unreachable("make", &mark))?;
    file.set_modified(now).map_err(unreachable("date", &mark))?;
    Ok(collected)
}

/// Takes away files that no row refers to and that are older than an hour.
pub(super) fn collect(seat: &Seat, now_ms: i64) -> Result<Collected, OutputError> {
    let mut collected = Collected::default();
    let place = folder(seat.path()).join("outputs");
    if seat.is_in_memory() || !place.is_dir() {
        return Ok(collected);
    }
    let now =
        SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now_ms).unwrap_or_default());
    for file in files(&place)? {
        let Ok(found) = file.metadata() else { continue };
        let age = found
            .modified()
            .ok()
            .and_then(|at| now.duration_since(at).ok());
        if age.is_none_or(|age| age < ORPHAN_AGE) || is_referred_to(seat, &file, found.len())? {
            continue;
        }
        fs::remove_file(&file).map_err(unreachable("remove", &file))?;
        collected.files += 1;
        collected.bytes += found.len();
    }
    Ok(collected)
}

fn files(place: &Path) -> Result<Vec<PathBuf>, OutputError> {
    let mut files = Vec::new();
    for shelf in fs::read_dir(place).map_err(unreachable("list", place))? {
        let shelf = shelf.map_err(unreachable("list", place))?.path();
        let Ok(entries) = fs::read_dir(&shelf) else {
            continue;
        };
        let entries = entries.filter_map(Result::ok).map(|entry| entry.path());
        files.extend(entries.filter(|path| path.is_file()));
        if files.len() >= MOST_FILES {
            break;
        }
    }
    Ok(files)
}

fn is_referred_to(seat: &Seat, file: &Path, bytes: u64) -> Result<bool, StoreError> {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
        return Ok(false);
    };
    let reference = OutputRef::new(name.to_owned(), bytes).to_string();
    let prefix = reference.rsplit_once(':').map_or("", |(prefix, _)| prefix);
    // Whatever size is named: a file that was cut off is still a row's.
    let (from, to) = (format!("{prefix}:"), format!("{prefix};"));
    seat.glance("look for a kept output", |connection| {
        let mut statement = connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM tool_executions \
                 WHERE output >= '@' AND output < 'A' AND output >= $1 AND output < $2) \
             OR EXISTS (SELECT 1 FROM tool_executions \
                 WHERE input >= '@' AND input < 'A' AND input >= $1 AND input < $2)",
        )?;
        Ok(statement.query_row((&from, &to), |row| row.get(0))?)
    })
}
