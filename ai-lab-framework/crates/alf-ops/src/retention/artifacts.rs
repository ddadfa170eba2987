//! Kept artifacts: gone with their execution, the oldest first when they are too many.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ai_lab_contract::{ErrorClass, ExecutionId};
use alf_store::{Collected, Store};
use uuid::Uuid;

use crate::failure::Failure;
use crate::run_tool::ARTIFACTS;

/// A folder whose execution is not in the record may be one whose row is about to be written: it is left alone for an
/// hour.
const ORPHAN_AGE: Duration = Duration::from_hours(1);

/// What a tool put out within this time stays whatever its size: its caller may be about to read it.
const FLOOR: Duration = Duration::from_hours(24);

/// The most folders that one collection looks at, so that it ends soon whatever lies there.
const MOST_FOLDERS: usize = 10_000;

/// How deep a tool's artifacts may lie; what takes them out goes no deeper.
const DEPTH: u32 = 64;

/// How often upkeep collects: looking at every file after every call would cost more than the call.
const COLLECT_EVERY: Duration = Duration::from_hours(24);

/// The artifacts of one execution.
struct Kept {
    execution: ExecutionId,
    path: PathBuf,
    age: Duration,
    held: Collected,
}

/// Collects if that was not done for a day; a file beside the folders remembers when.
pub(super) fn collect_if_due(
    store: &dyn Store,
    home: &Path,
    now_ms: i64,
    most_bytes: u64,
) -> Result<(), Failure> {
    let mark = home.join(ARTIFACTS).join(".collected");
    let now = instant(now_ms);
    // A mark from a time to come, which a clock that jumped back leaves, is none.
    let done = mark.metadata().and_then(|found| found.modified());
    if done.is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age < COLLECT_EVERY))
        || !home.join(ARTIFACTS).is_dir()
    {
        return Ok(());
    }
    collect(store, home, now_ms, most_bytes)?;
    let marked = File::create(&mark).and_then(|file| file.set_modified(now));
    marked.map_err(|error| failed("mark", &mark, error))
}

/// Takes away the artifacts of executions that are not in the record, then the oldest until the rest fits.
pub(super) fn collect(
    store: &dyn Store,
    home: &Path,
    now_ms: i64,
    most_bytes: u64,
) -> Result<Collected, Failure> {
    let mut kept = folders(&home.join(ARTIFACTS), now_ms)?;
    // An id sorts by its time of birth.
    kept.sort_by(|one, other| one.execution.as_str().cmp(other.execution.as_str()));
    let mut gone = Collected::default();
    let mut left: u64 = kept.iter().map(|one| one.held.bytes).sum();
    for one in kept {
        let orphaned = one.age >= ORPHAN_AGE && store.execution(&one.execution)?.is_none();
        let in_the_way = left > most_bytes && one.age >= FLOOR;
        if !orphaned && !in_the_way {
            continue;
        }
        fs::remove_dir_all(&one.path).map_err(|error| failed("remove", &one.path, error))?;
        left = left.saturating_sub(one.held.bytes);
        gone.files += one.held.files;
        gone.bytes += one.held.bytes;
    }
    Ok(gone)
}

/// The folders of executions; whatever else lies there is not ours to remove.
fn folders(place: &Path, now_ms: i64) -> Result<Vec<Kept>, Failure> {
    let entries = match fs::read_dir(place) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("list", place, error)),
    };
    let now = instant(now_ms);
    let mut kept = Vec::new();
    for entry in entries.filter_map(Result::ok).take(MOST_FOLDERS) {
        let name = entry.file_name();
        // Other names would do for an id, but the framework gives none out.
        let name = name.to_str().filter(|name| Uuid::try_parse(name).is_ok());
        let execution = name.and_then(|name| name.parse().ok());
        let found = entry.metadata().ok().filter(fs::Metadata::is_dir);
        let (Some(execution), Some(found)) = (execution, found) else {
            continue;
        };
        let age = found
            .modified()
            .ok()
            .and_then(|at| now.duration_since(at).ok());
        kept.push(Kept {
            execution,
            age: age.unwrap_or_default(),
            held: held(&entry.path(), DEPTH),
            path: entry.path(),
        });
    }
    Ok(kept)
}

/// What a folder holds, links not followed.
fn held(folder: &Path, depth: u32) -> Collected {
    let mut held = Collected::default();
    let Some((entries, below)) = fs::read_dir(folder).ok().zip(depth.checked_sub(1)) else {
        return held;
    };
    for entry in entries.filter_map(Result::ok) {
        let Ok(found) = entry.metadata() else {
            continue;
        };
        if found.is_dir() {
            let inner = self::held(&entry.path(), below);
            held.files += inner.files;
            held.bytes += inner.bytes;
        } else {
            held.files += 1;
            held.bytes += found.len();
        }
    }
    held
}

fn instant(now_ms: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now_ms).unwrap_or_default())
}

fn failed(doing: &str, path: &Path, error: io::Error) -> Failure {
    let told = format!("cannot {doing} {}", path.display());
    Failure::caused(ErrorClass::Environment, told, error)
        .with_hint("`ai-lab-framework doctor` looks at the database and the disk.")
}
