//! Room on disks. Asking can hang for ever (a network share whose server is gone), so that it is done with a deadline.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::asking::{Answer, Patience, ask_in_turn};
use crate::counters::percent;
use crate::mounts::Mount;

/// How many disks are shown. Stops a machine with thousands of datasets from flooding the answer.
pub(crate) const MOST_DISKS: usize = 64;

/// How long one disk may take to tell its room, and how many may hang until the rest is not asked. Stops dead network
/// shares from holding up the answer.
pub(crate) const PATIENCE: Patience = Patience {
    deadline: Duration::from_secs(1),
    most_stuck: 3,
};

/// One disk, at one of the places it is mounted at.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Disk {
    /// What is mounted, such as `/dev/sda1` or `nas:/export`.
    pub(crate) source: String,
    /// Where.
    pub(crate) mount_point: String,
    /// As what, such as `ext4`.
    pub(crate) filesystem: String,
    /// Whether nothing can be written there.
    pub(crate) read_only: bool,
    /// Whether it answered.
    pub(crate) state: DiskState,
    /// All room; `null`, as all that follows, unless it answered.
    pub(crate) total_bytes: Option<u64>,
    /// Room taken.
    pub(crate) used_bytes: Option<u64>,
    /// Room that is left to programs without privilege.
    pub(crate) available_bytes: Option<u64>,
    /// Taken in percent of taken and available, as `df` shows it.
    pub(crate) used_percent: Option<f64>,
    /// Inodes taken in percent; `null` where the file system makes them as needed.
    pub(crate) inodes_used_percent: Option<f64>,
}

/// Whether a disk answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DiskState {
    /// It did.
    Ok,
    /// It did not within the deadline, as a share whose server is gone.
    Stuck,
    /// It answered with an error, told in the notes.
    Unreadable,
    /// It was not asked, because too many before it were stuck.
    NotAsked,
}

/// A file system's room, as `statvfs` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    block_bytes: u64,
    blocks: u64,
    free: u64,
    available: u64,
    /// In all; 0 where the file system makes them as needed.
    pub(crate) inodes: u64,
    /// Not in use.
    pub(crate) free_inodes: u64,
}

impl Room {
    /// All of it.
    pub(crate) fn size_bytes(self) -> u64 {
        self.blocks.saturating_mul(self.block_bytes)
    }

    /// What is free.
    pub(crate) fn free_bytes(self) -> u64 {
        self.free.saturating_mul(self.block_bytes)
    }

    /// What is left to programs without privilege.
    pub(crate) fn available_bytes(self) -> u64 {
        self.available.saturating_mul(self.block_bytes)
    }
}

/// What asks a file system for its room; the tests have their own.
pub(crate) type Ask = dyn Fn(&Path) -> io::Result<Room> + Send + Sync;

/// Asks the kernel.
pub(crate) fn ask_kernel(point: &Path) -> io::Result<Room> {
    let told = rustix::fs::statvfs(point)?;
    Ok(Room {
        block_bytes: told.f_frsize,
        blocks: told.f_blocks,
        free: told.f_bfree,
        available: told.f_bavail,
        inodes: told.f_files,
        free_inodes: told.f_ffree,
    })
}

/// Asks each mount for its room, for as long as patience lasts. Errors are told to `note`.
pub(crate) fn read_disks(
    mounts: &[Mount],
    ask: &Arc<Ask>,
    patience: Patience,
    mut note: impl FnMut(String),
) -> Vec<Disk> {
    let points: Vec<String> = mounts.iter().map(|mount| mount.point.clone()).collect();
    let ask = Arc::clone(ask);
    let ask_point = move |point: &String| ask(Path::new(point));
    let answers = ask_in_turn(&points, &ask_point, patience, &mut note);
    let row = |(mount, answer): (&Mount, Answer<io::Result<Room>>)| match answer {
        Answer::Told(Ok(room)) => disk(mount, DiskState::Ok, Some(room)),
        Answer::Told(Err(why)) => {
            note(format!("{}: {why}", mount.point));
            disk(mount, DiskState::Unreadable, None)
        }
        Answer::Stuck => disk(mount, DiskState::Stuck, None),
        Answer::NotAsked => disk(mount, DiskState::NotAsked, None),
    };
    mounts.iter().zip(answers).map(row).collect()
}

fn disk(mount: &Mount, state: DiskState, room: Option<Room>) -> Disk {
    let bytes = |blocks: u64, room: Room| blocks.saturating_mul(room.block_bytes);
    let used = |room: Room| room.blocks.saturating_sub(room.free);
    Disk {
        source: mount.source.clone(),
        mount_point: mount.point.clone(),
        filesystem: mount.filesystem.clone(),
        read_only: mount.read_only,
        state,
        total_bytes: room.map(|room| bytes(room.blocks, room)),
        used_bytes: room.map(|room| bytes(used(room), room)),
        available_bytes: room.map(|room| bytes(room.available, room)),
        used_percent: room
            .and_then(|room| percent(used(room), used(room).saturating_add(room.available))),
        inodes_used_percent: room
            .and_then(|room| percent(room.inodes.saturating_sub(room.free_inodes), room.inodes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Mutex, mpsc};

    const ROOM: Room = Room {
        block_bytes: 4096,
        blocks: 100,
        free: 50,
        available: 30,
        inodes: 1000,
        free_inodes: 750,
    };

    fn mount(point: &str) -> Mount {
        Mount {
            source: format!("/dev{point}"),
            point: point.to_owned(),
            filesystem: "ext4".to_owned(),
            read_only: false,
        }
    }

    /// The states of these mounts and the notes; a point with `hang` never answers, one with `fail` fails.
    fn asked(points: &[&str]) -> (Vec<DiskState>, Vec<String>) {
        let (never, hangs) = mpsc::channel::<()>();
        let hangs = Mutex::new(hangs);
        let ask: Arc<Ask> = Arc::new(move |point| {
            let point = point.to_string_lossy();
            if point.contains("hang") {
                let _until_the_test_ends = hangs.lock().map(|hangs| hangs.recv());
            }
            if point.contains("fail") {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            Ok(ROOM)
        });
        let mounts: Vec<Mount> = points.iter().map(|point| mount(point)).collect();
        let mut notes = Vec::new();
        let patience = Patience {
            deadline: Duration::from_millis(300),
            ..PATIENCE
        };
        let disks = read_disks(&mounts, &ask, patience, |note| {
            notes.push(note);
        });
        drop(never);
        (disks.into_iter().map(|disk| disk.state).collect(), notes)
    }

    #[test]
    fn a_disk_that_hangs_does_not_hide_the_next() {
        assert_eq!(
            asked(&["/a", "/hang", "/b", "/fail", "/c"]),
            (
                vec![
                    DiskState::Ok,
                    DiskState::Stuck,
                    DiskState::Ok,
                    DiskState::Unreadable,
                    DiskState::Ok
                ],
                vec!["/fail: permission denied".to_owned()]
            )
        );
    }

    #[test]
    fn many_that_hang_cost_a_bounded_time() {
        let (states, _) = asked(&["/hang1", "/hang2", "/hang3", "/a", "/b"]);
        assert_eq!(
            states,
            [
                DiskState::Stuck,
                DiskState::Stuck,
                DiskState::Stuck,
                DiskState::NotAsked,
                DiskState::NotAsked
            ]
        );
    }

    #[test]
    fn room_is_counted_as_df_counts_it() {
        let shown = disk(&mount("/a"), DiskState::Ok, Some(ROOM));
        assert_eq!(
            shown,
            Disk {
                source: "/dev/a".into(),
                mount_point: "/a".into(),
                filesystem: "ext4".into(),
                read_only: false,
                state: DiskState::Ok,
                total_bytes: Some(409_600),
                used_bytes: Some(204_800),
                available_bytes: Some(122_880),
                used_percent: Some(62.5),
                inodes_used_percent: Some(25.0),
            }
        );
        let without_inodes = Room {
            inodes: 0,
            free_inodes: 0,
            ..ROOM
        };
        assert_eq!(
            disk(&mount("/a"), DiskState::Ok, Some(without_inodes)).inodes_used_percent,
            None
        );
    }

    #[test]
    fn the_kernel_knows_the_root() {
        let room = ask_kernel(Path::new("/")).expect("the root is mounted");
        assert!(room.blocks >= room.free && room.block_bytes > 0, "{room:?}");
        assert!(ask_kernel(Path::new("/no/such/place")).is_err());
    }
}
