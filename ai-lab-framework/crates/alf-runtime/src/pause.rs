//! Waiting that a caller can cut short.

use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Waits so long, or until `cancel` becomes readable. False when the caller withdrew.
pub fn pause(duration: Duration, cancel: Option<BorrowedFd<'_>>) -> bool {
    let until = Instant::now() + duration;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).ok();
        let mut fds: Vec<PollFd<'_>> = cancel
            .iter()
            .map(|fd| PollFd::new(fd, PollFlags::IN))
            .collect();
        match poll(&mut fds, timeout.as_ref()) {
            Ok(0) => return true,
            Ok(_) => return false,
            Err(Errno::INTR) => {}
            // Without a way to wait there is no pause; the next call tells what is wrong with the machine.
            Err(_) => return true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Write as _, pipe};
    use std::os::fd::AsFd as _;

    #[test]
    fn a_pause_lasts_as_long_as_asked_and_ends_at_once_when_withdrawn() {
        let (reader, mut writer) = pipe().expect("a pipe");
        let before = Instant::now();
        let least = Duration::from_millis(5);
        assert!(pause(least, Some(reader.as_fd())));
        assert!(pause(least, None));
        assert!(before.elapsed() >= 2 * least);
        writer.write_all(b"x").expect("a reader");
        assert!(!pause(Duration::from_hours(24), Some(reader.as_fd())));
    }
}
