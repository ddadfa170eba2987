//! `execution wait`: until a call has ended, without asking again and again.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use ai_lab_contract::{ErrorClass, ExecutionId};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify;
use rustix::io::Errno;

use super::note::Notes;
use super::outcome::{ExecutionOutcome, Standing, execution_outcome, standing};
use crate::failure::Failure;
use crate::framework::Framework;

/// How soon after one look the next one comes. Stops a busy record, which tells of each of its changes, from being read
/// without a pause.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// How long an end may go unseen where no change of a file is told, as on some file systems.
const UNTOLD: Duration = Duration::from_secs(1);

/// Waits until the call that began with this execution has ended, at most so long, or until `cancel` becomes readable;
/// says how it stands then.
///
/// It sleeps until the process that carries the call ends, or until its files say something new.
pub fn wait_for_execution(
    framework: &Framework,
    execution: &ExecutionId,
    patience: Duration,
    cancel: Option<BorrowedFd<'_>>,
) -> Result<ExecutionOutcome, Failure> {
    let now = Instant::now();
    // One that no clock reaches is for ever.
    let until = now.checked_add(patience);
    let outcome = execution_outcome(framework, execution)?;
    if outcome.is_over() {
        return Ok(outcome);
    }
    // First the watch, then the look: what is written in between wakes it.
    let watch = watch(framework)?;
    loop {
        let looked = Instant::now();
        let Standing { outcome, carrier } = standing(framework, execution)?;
        if outcome.is_over() || until.is_some_and(|until| looked >= until) {
            return Ok(outcome);
        }
        let soon = looked + UNTOLD;
        let until = until.map_or(soon, |until| until.min(soon));
        let carrier = carrier.as_ref().map(AsFd::as_fd);
        match await_news(&watch, carrier, cancel, until)? {
            News::Cancelled => return Ok(outcome),
            News::Nothing | News::Some => {}
        }
        if !alf_runtime::pause(BETWEEN_LOOKS.saturating_sub(looked.elapsed()), cancel) {
            return Ok(outcome);
        }
        forget(&watch);
    }
}

/// What a wait brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// The time is over.
    Nothing,
    /// Something changed, or the process ended.
    Some,
    /// The caller withdrew.
    Cancelled,
}

/// Waits until one of these becomes readable.
pub(super) fn await_news(
    told: &OwnedFd,
    carrier: Option<BorrowedFd<'_>>,
    cancel: Option<BorrowedFd<'_>>,
    until: Instant,
) -> Result<News, Failure> {
    let mut awaited = vec![PollFd::new(told, PollFlags::IN)];
    awaited.extend(carrier.iter().map(|fd| PollFd::new(fd, PollFlags::IN)));
    let others = awaited.len();
    awaited.extend(cancel.iter().map(|fd| PollFd::new(fd, PollFlags::IN)));
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).ok();
        match poll(&mut awaited, timeout.as_ref()) {
            Ok(0) => return Ok(News::Nothing),
            Ok(_) => break,
            Err(Errno::INTR) => {}
            Err(error) => return Err(cannot_wait(error)),
        }
    }
    let is_told = |fd: &PollFd<'_>| !fd.revents().is_empty();
    if awaited[others..].iter().any(is_told) {
        return Ok(News::Cancelled);
    }
    Ok(News::Some)
}

/// Tells of each change of the record and of each note.
fn watch(framework: &Framework) -> Result<OwnedFd, Failure> {
    let home = &framework.surroundings.home;
    let flags = inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK;
    let watch = inotify::init(flags).map_err(cannot_wait)?;
    let changes = inotify::WatchFlags::MODIFY | inotify::WatchFlags::MOVED_TO;
    let add = |place: &Path| inotify::add_watch(&watch, place, changes).map_err(cannot_wait);
    add(home)?;
    if let Some(notes) = Notes::open(home)? {
        add(notes.path())?;
    }
    Ok(watch)
}

/// What has changed does not matter, only that it is not told again.
fn forget(watch: &OwnedFd) {
    let mut told = [0; 4_096];
    while rustix::io::read(watch, &mut told).is_ok_and(|bytes| bytes > 0) {}
}

fn cannot_wait(error: Errno) -> Failure {
    let told = "cannot wait for an execution";
    Failure::caused(ErrorClass::Environment, told, std::io::Error::from(error))
}
