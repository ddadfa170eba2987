//! What a tool left behind, as the kernel's process table tells it.

use std::fs;

use rustix::process::Pid;

/// The children of this process, over all its threads: direct ones and those the kernel handed over when their
/// parents ended.
pub(crate) fn children() -> Vec<Pid> {
    let Ok(threads) = fs::read_dir("/proc/self/task") else {
        return Vec::new();
    };
    threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|list| parse_children(&list))
        .collect()
}

fn parse_children(list: &str) -> Vec<Pid> {
    list.split_ascii_whitespace()
        .filter_map(|pid| Pid::from_raw(pid.parse().ok()?))
        .collect()
}

/// The value of a variable in a process's environment at its start; `None` when it has none or may not be read.
pub(crate) fn marked_with(pid: i32, variable: &str) -> Option<String> {
    let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
    value_in(&environment, variable)
}

fn value_in(environment: &[u8], variable: &str) -> Option<String> {
    environment.split(|byte| *byte == 0).find_map(|entry| {
        let value = entry
            .strip_prefix(variable.as_bytes())?
            .strip_prefix(b"=")?;
        Some(String::from_utf8_lossy(value).into_owned())
    })
}

/// One process at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The kernel's short name.
    pub(crate) name: String,
    /// False for a zombie.
    pub(crate) is_running: bool,
    /// Its process group.
    pub(crate) group: Pid,
}

/// Looks at a process; `None` when it is gone.
pub(crate) fn look_at(pid: i32) -> Option<Seen> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The name in parentheses may hold blanks and parentheses itself, hence the first and the last one.
fn parse_stat(stat: &str) -> Option<Seen> {
    let (before, after) = stat.rsplit_once(')')?;
    let mut fields = after.split_ascii_whitespace();
    let state = fields.next()?;
    let group = Pid::from_raw(fields.nth(1)?.parse().ok()?)?;
    let name = before.split_once('(')?.1.to_owned();
    Some(Seen {
        name,
        is_running: !matches!(state, "Z" | "X"),
        group,
    })
}

/// Every process there is, by number.
pub(crate) fn every_process() -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_a_whole_entry_of_the_environment() {
        let environment = b"XMARK=0\0MARK=e-1\0MARKED=2\0";
        assert_eq!(value_in(environment, "MARK"), Some("e-1".to_owned()));
        assert_eq!(value_in(environment, "MAR"), None);
    }

    #[test]
    fn a_process_is_seen_with_its_group_whatever_its_name() {
        let seen = |name: &str, is_running| {
            let group = Pid::from_raw(5).expect("not zero");
            Some(Seen {
                name: name.into(),
                is_running,
                group,
            })
        };
        assert_eq!(parse_stat("7 (a (b) c) S 1 5 7 0"), seen("a (b) c", true));
        assert_eq!(parse_stat("7 (sh) Z 1 5 7 0"), seen("sh", false));
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn children_are_listed_by_number() {
        let pids: Vec<i32> = parse_children("12 345 \n")
            .iter()
            .map(|p| p.as_raw_nonzero().get())
            .collect();
        assert_eq!(pids, [12, 345]);
    }
}
