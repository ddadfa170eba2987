//! `/proc/PID/stat` of every process, read twice as cheaply as the kernel lets one.
//!
//! A file that was opened for the first reading is read again for the second: opening costs the kernel more than
//! reading, and an open file stays that process's, also when its number is given to another.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags, RawDir, SeekFrom, openat, seek};
use rustix::io::pread;

use crate::processes::{Stat, parse_stat};

/// How many files are kept open between the readings. Stops a machine with thousands of processes from taking all
/// descriptors; further ones are opened twice.
const MOST_OPEN: usize = 512;

/// The longest `/proc/PID/stat` that is read, in bytes.
const STAT_BYTES: usize = 1024;

/// How much of the list of names the kernel gives at once, in bytes.
const NAMES_BYTES: usize = 16 * 1024;

/// The folder of all processes, with the files that are kept open.
#[derive(Debug)]
pub(crate) struct ProcessFiles {
    proc: OwnedFd,
    /// By pid, ascending.
    open: Vec<(u32, OwnedFd)>,
}

impl ProcessFiles {
    /// Of that folder.
    pub(crate) fn of(proc: OwnedFd) -> Self {
        Self {
            proc,
            open: Vec::new(),
        }
    }

    /// What is known of every process now. One that ends meanwhile is left out.
    pub(crate) fn read(&mut self) -> io::Result<Vec<Stat>> {
        let pids = self.pids()?;
        let mut open = Vec::with_capacity(pids.len().min(MOST_OPEN));
        let mut kept = std::mem::take(&mut self.open).into_iter().peekable();
        let mut buffer = [0; STAT_BYTES];
        let mut stats = Vec::with_capacity(pids.len());
        for pid in pids {
            // Both are ascending: what is passed over has ended.
            while kept.next_if(|(other, _)| *other < pid).is_some() {}
            let again = kept
                .next_if(|(other, _)| *other == pid)
                .and_then(|(_, file)| {
                    let stat = parse_stat(read_start(&file, &mut buffer)?)?;
                    Some((file, stat))
                });
            let Some((file, stat)) = again.or_else(|| self.first_time(pid, &mut buffer)) else {
                continue;
            };
            stats.push(stat);
            if open.len() < MOST_OPEN {
                open.push((pid, file));
            }
        }
        self.open = open;
        Ok(stats)
    }

    fn first_time(&self, pid: u32, buffer: &mut [u8]) -> Option<(OwnedFd, Stat)> {
        let file = openat(
            &self.proc,
            format!("{pid}/stat"),
            OFlags::RDONLY | OFlags::CLOEXEC,
            Mode::empty(),
        )
        .ok()?;
        let stat = parse_stat(read_start(&file, buffer)?)?;
        Some((file, stat))
    }

    /// All pids, ascending.
    fn pids(&self) -> io::Result<Vec<u32>> {
        seek(&self.proc, SeekFrom::Start(0))?;
        let mut buffer = [const { MaybeUninit::uninit() }; NAMES_BYTES];
        let mut names = RawDir::new(&self.proc, &mut buffer);
        let mut pids = Vec::with_capacity(256);
        while let Some(entry) = names.next() {
            let entry = entry?;
            pids.extend(
                entry
                    .file_name()
                    .to_str()
                    .ok()
                    .and_then(|name| name.parse::<u32>().ok()),
            );
        }
        // The kernel has them so; a tree of a test has not.
        pids.sort_unstable();
        Ok(pids)
    }
}

fn read_start<'b>(file: &OwnedFd, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let length = pread(file, &mut *buffer, 0).ok()?;
    Some(&buffer[..length])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Machine;
    use crate::machine::tests::{machine, put};
    use std::path::Path;

    fn line(pid: u32, ticks: u32) -> String {
        format!("{pid} (x) S 1 1 1 0 -1 4194560 5 6 7 8 {ticks} 0 0 0 20 0 1 0 9 4096 1 1\n")
    }

    fn files(root: &Path) -> ProcessFiles {
        ProcessFiles::of(
            Machine::below(root)
                .folder("/proc")
                .expect("because it is there"),
        )
    }

    #[test]
    fn the_second_reading_sees_who_came_who_went_and_what_changed() {
        let root = machine(&[
            ("proc/10/stat", &line(10, 1)),
            ("proc/9/stat", &line(9, 1)),
            ("proc/7/cmdline", "no stat"),
            ("proc/11/stat", "no process"),
            ("proc/self/stat", &line(10, 1)),
        ]);
        let mut files = files(root.path());
        let parsed =
            |pid, ticks| parse_stat(line(pid, ticks).as_bytes()).expect("it is well formed");
        assert_eq!(
            files.read().expect("it is read"),
            [parsed(9, 1), parsed(10, 1)]
        );
        std::fs::remove_dir_all(root.path().join("proc/9")).expect("it is removed");
        put(&root.path().join("proc/10/stat"), &line(10, 5));
        std::fs::create_dir(root.path().join("proc/12")).expect("a folder");
        put(&root.path().join("proc/12/stat"), &line(12, 2));
        assert_eq!(
            files.read().expect("it is read"),
            [parsed(10, 5), parsed(12, 2)]
        );
        assert_eq!(
            files.open.iter().map(|(pid, _)| *pid).collect::<Vec<_>>(),
            [10, 12]
        );
    }

    #[test]
    fn more_processes_than_are_kept_open_are_read_all_the_same() {
        let paths: Vec<(String, String)> = (1..=600)
            .map(|pid| (format!("proc/{pid}/stat"), line(pid, pid)))
            .collect();
        let paths: Vec<(&str, &str)> = paths
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let root = machine(&paths);
        let mut files = files(root.path());
        let read = |files: &mut ProcessFiles| {
            let stats = files.read().expect("it is read");
            (stats.len(), files.open.len())
        };
        assert_eq!([read(&mut files), read(&mut files)], [(600, MOST_OPEN); 2]);
    }

    #[test]
    fn this_machines_processes_are_those_that_proc_lists() {
        let mut files = ProcessFiles::of(
            Machine::default()
                .folder("/proc")
                .expect("a Linux machine has it"),
        );
        let own = std::process::id();
        for _ in 0..2 {
            let stats = files.read().expect("it is read");
            assert!(stats.iter().any(|stat| stat.pid() == own), "{own}");
        }
    }
}
