//! Tells this process from a later one with the same number.

use std::fs;
use std::io;

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

    /// Whether that process still runs.
    pub fn is_alive(&self) -> bool {
        boot_id().is_ok_and(|boot| boot == self.boot_id)
            && start_ticks(self.pid).is_ok_and(|ticks| ticks == self.start_ticks)
    }
}

fn boot_id() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?
        .trim()
        .to_owned())
}

fn start_ticks(pid: u32) -> io::Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
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

#[cfg(test)]
mod tests {
    use super::*;

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
