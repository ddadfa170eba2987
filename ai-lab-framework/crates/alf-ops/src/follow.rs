//! `logs --follow`: lines as they come, from any process.

use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::Path;

use ai_lab_contract::ErrorClass;
use alf_store::{LogEntry, LogFilter, MOST_ROWS, Store};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify;

use crate::failure::Failure;
use crate::framework::Framework;

/// How long a new line may go unseen where no change of the database's files is told, as on some file systems.
const PATIENCE: Timespec = Timespec {
    tv_sec: 1,
    tv_nsec: 0,
};

/// Hands over the lines that the filter takes, oldest first, and then new ones as they are committed, until `stop`
/// becomes readable or the reader behind `output` has gone.
///
/// Whoever writes changes a file of the database, and that wakes this up; in between it sleeps.
pub fn follow_logs<E: From<Failure>>(
    framework: &Framework,
    filter: &LogFilter,
    stop: BorrowedFd<'_>,
    output: BorrowedFd<'_>,
    each: &mut dyn FnMut(&[LogEntry]) -> Result<(), E>,
) -> Result<(), E> {
    let store = framework.existing_store()?;
    // First the watch, then the look: what is written in between wakes it.
    let watch = watch(&framework.surroundings.home)?;
    let newest = LogFilter {
        limit: 1,
        ..LogFilter::default()
    };
    let before = store.logs(&newest).map_err(Failure::from)?;
    let mut lines = store.logs(filter).map_err(Failure::from)?;
    lines.reverse();
    let mut seen = newest_position(&before).max(newest_position(&lines));
    loop {
        if !lines.is_empty() {
            each(&lines)?;
        }
        if !wait(&watch, stop, output)? {
            return Ok(());
        }
        lines = after(store, filter, seen)?;
        seen = seen.max(newest_position(&lines));
    }
}

fn newest_position(lines: &[LogEntry]) -> u64 {
    lines.iter().map(|entry| entry.position).max().unwrap_or(0)
}

/// The lines behind this position, oldest first.
fn after(store: &dyn Store, filter: &LogFilter, seen: u64) -> Result<Vec<LogEntry>, Failure> {
    let mut filter = LogFilter {
        limit: MOST_ROWS,
        before: None,
        ..filter.clone()
    };
    let mut lines = Vec::new();
    loop {
        let page = store.logs(&filter)?;
        let oldest = page.last().map(|entry| entry.position);
        let full = page.len() == MOST_ROWS as usize;
        lines.extend(page.into_iter().take_while(|entry| entry.position > seen));
        match oldest {
            Some(oldest) if full && oldest > seen => filter.before = Some(oldest),
            Some(_) | None => break,
        }
    }
    lines.reverse();
    Ok(lines)
}

fn watch(home: &Path) -> Result<OwnedFd, Failure> {
    let cannot = |error: rustix::io::Errno| {
        let told = format!("cannot watch {}", home.display());
        Failure::caused(ErrorClass::Environment, told, std::io::Error::from(error))
    };
    let flags = inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK;
    let watch = inotify::init(flags).map_err(cannot)?;
    let changes = inotify::WatchFlags::MODIFY | inotify::WatchFlags::CREATE;
    inotify::add_watch(&watch, home, changes).map_err(cannot)?;
    Ok(watch)
}

/// Waits for a change; `false` says that it is over.
fn wait(watch: &OwnedFd, stop: BorrowedFd<'_>, output: BorrowedFd<'_>) -> Result<bool, Failure> {
    let mut awaited = [
        PollFd::new(watch, PollFlags::IN),
        PollFd::new(&stop, PollFlags::IN),
        // Told without being asked for: that nobody reads any more.
        PollFd::new(&output, PollFlags::empty()),
    ];
    loop {
        match poll(&mut awaited, Some(&PATIENCE)) {
            Ok(_) => break,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => {
                let told = "cannot wait for a change";
                let error = std::io::Error::from(error);
                return Err(Failure::caused(ErrorClass::Environment, told, error));
            }
        }
    }
    if awaited[1..].iter().any(|end| !end.revents().is_empty()) {
        return Ok(false);
    }
    // What has changed does not matter, only that it is not told again.
    let mut told = [0; 4_096];
    while rustix::io::read(watch, &mut told).is_ok_and(|bytes| bytes > 0) {}
    Ok(true)
}
