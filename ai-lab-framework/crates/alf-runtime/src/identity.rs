//! Tells this process from a later one with the same number.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// A process, unmistakably: number, start and boot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessIdentity {
    /// The process id.
    pub pid: u32,
    /// When it started, in clock ticks since boot (proc(5), field 22 of `stat`).
    pub start_ticks: u64,
    /// The kernel's id of this boot.
    pub boot_id: String,
}

impl ProcessIdentity {
    /// This very process.
    pub fn of_this_process() -> io::Result<Self> {
        let pid = std::process::id();
        Ok(Self {
            pid,
            start_ticks: start_ticks(pid)?,
            boot_id: boot_id()?,
        })
    }

    /// Whether that process still runs; one that has ended and was not waited for does not.
    pub fn is_alive(&self) -> bool {
        let is_this_boot = || boot_id().is_ok_and(|boot| boot == self.boot_id);
        let runs = |stat: &str| {
            parse_start_ticks(stat) == Some(self.start_ticks) && !is_parsed_as_ended(stat)
        };
        read_stat(self.pid).is_ok_and(|stat| runs(&stat)) && is_this_boot()
    }

    /// Takes hold of that very process; `None` when it has ended, whoever has its number now.
    pub fn hold(&self) -> Option<HeldProcess> {
        let number = Pid::from_raw(i32::try_from(self.pid).ok()?)?;
        // Held before it is looked at: the number cannot pass to another process in between.
        let handle = pidfd_open(number, PidfdFlags::empty()).ok()?;
        self.is_alive().then_some(HeldProcess::of(handle))
    }
}

/// A process that cannot be mistaken for a later one with its number. As a descriptor it becomes readable when the
/// process ends.
#[derive(Debug)]
pub struct HeldProcess {
    handle: OwnedFd,
}

impl HeldProcess {
    /// The process of this handle.
    pub(crate) const fn of(handle: OwnedFd) -> Self {
        Self { handle }
    }

    /// Kills it (`SIGKILL`); nothing happens where it has ended.
    pub fn kill(&self) {
        let _has_ended = pidfd_send_signal(&self.handle, Signal::KILL);
    }

    /// Asks it to end (`SIGTERM`); nothing happens where it has ended.
    pub fn ask_to_end(&self) {
        let _has_ended = pidfd_send_signal(&self.handle, Signal::TERM);
    }
}

impl AsFd for HeldProcess {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }
}

fn boot_id() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?
        .trim()
        .to_owned())
}

fn read_stat(pid: u32) -> io::Result<String> {
    fs::read_to_string(format!("/proc/{pid}/stat"))
}

fn start_ticks(pid: u32) -> io::Result<u64> {
    let stat = read_stat(pid)?;
    parse_start_ticks(&stat).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "the kernel's stat line has no start time",
        )
    })
}

/// The name in parentheses may hold blanks and parentheses itself, hence the last one.
fn parse_start_ticks(stat: &str) -> Option<u64> {
    stat.rsplit_once(')')?
        .1
        .split_ascii_whitespace()
        .nth(19)?
        .parse()
        .ok()
}

/// Whether the state is that of a process which only waits to be waited for.
fn is_parsed_as_ended(stat: &str) -> bool {
    let state = stat
        .rsplit_once(')')
        .and_then(|(_, after)| after.trim_start().chars().next());
    matches!(state, Some('Z' | 'X'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a process to look at")]
    fn one_that_ended_is_held_no_more_before_and_after_it_is_waited_for() {
        let mut child = Command::new("cat")
            .stdin(Stdio::piped())
            .spawn()
            .expect("there is `cat`");
        let identity = ProcessIdentity {
            pid: child.id(),
            start_ticks: start_ticks(child.id()).expect("it runs"),
            boot_id: boot_id().expect("there is /proc"),
        };
        let held = identity.hold().expect("it runs");
        drop(child.stdin.take());
        let minute = Timespec::try_from(Duration::from_mins(1)).expect("not too long");
        let ended = poll(&mut [PollFd::new(&held, PollFlags::IN)], Some(&minute));
        assert_eq!(ended, Ok(1));
        assert!(read_stat(identity.pid).is_ok(), "it was not waited for");
        assert!(!identity.is_alive() && identity.hold().is_none());
        child.wait().expect("it ended");
        assert!(!identity.is_alive() && identity.hold().is_none());
        held.ask_to_end();
    }

    #[test]
    fn a_number_that_passed_to_another_process_is_not_held() {
        let this = ProcessIdentity::of_this_process().expect("this process is in /proc");
        assert!(this.hold().is_some());
        let earlier = ProcessIdentity {
            start_ticks: this.start_ticks - 1,
            ..this
        };
        assert!(earlier.hold().is_none());
    }

    #[test]
    fn the_start_is_read_behind_a_name_with_parentheses() {
        let stat = "7 (a) b) (c) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 2 3";
        assert_eq!(parse_start_ticks(stat), Some(4711));
    }

    #[test]
    fn a_process_of_another_start_or_boot_is_not_this_one() {
        let this = ProcessIdentity::of_this_process().expect("this process is in /proc");
        let earlier = ProcessIdentity {
            start_ticks: this.start_ticks - 1,
            ..this.clone()
        };
        let rebooted = ProcessIdentity {
            boot_id: "another".into(),
            ..this.clone()
        };
        assert_eq!(
            [this, earlier, rebooted].map(|p| p.is_alive()),
            [true, false, false]
        );
    }
}
