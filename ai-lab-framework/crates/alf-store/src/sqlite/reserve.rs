//! Room on the disk for the end of an execution that runs while the disk fills up.
//!
//! `framework.reserve` lies beside the database and holds nothing. Upkeep makes it; an end that finds the disk
//! full takes it away and writes once more. A start does not: without room nothing new begins.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, OFlags, fallocate, statvfs};
use rustix::io::Errno;

use super::place::folder;
use super::seat::Seat;

/// The size of the reserve: an end with everything that a row may hold needs less than one, and several
/// processes may end at once.
const RESERVE_BYTES: u64 = 8 << 20;

/// The reserve is made only where so many bytes are free: it must not be what fills the disk.
const LEAST_FREE: u64 = 4 * RESERVE_BYTES;

/// Bytes of one of `st_blocks`, whatever the file system's own blocks are.
const BLOCK: u64 = 512;

fn path_of(seat: &Seat) -> PathBuf {
    folder(seat.path()).join("framework.reserve")
}

/// Writes an end; where `is_full` says that there was no room for it, once more in the room of the reserve.
pub(super) fn in_reserve<T, E>(
    seat: &Seat,
    is_full: impl Fn(&E) -> bool,
    write: impl Fn() -> Result<T, E>,
) -> Result<T, E> {
    match write() {
        Err(error) if is_full(&error) && !seat.is_in_memory() => {
            // Another process may have taken it away for its own end: then there is room as well.
            let _ = fs::remove_file(path_of(seat));
            write()
        }
        written => written,
    }
}

/// Makes the reserve where it is missing and there is room to spare.
pub(super) fn make(seat: &Seat) -> io::Result<()> {
    let path = path_of(seat);
    if seat.is_in_memory() || is_whole(&path) {
        return Ok(());
    }
    let disk = statvfs(folder(&path))?;
    if disk.f_bavail.saturating_mul(disk.f_frsize) < LEAST_FREE {
        return Ok(());
    }
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(&path)?;
    let made = allocate(&file);
    if made.is_err() {
        // Part of a reserve is room that nobody gets.
        let _ = fs::remove_file(&path);
    }
    made
}

/// Whether the blocks are really there: a file with holes has the size and not the room.
fn is_whole(path: &Path) -> bool {
    fs::symlink_metadata(path)
        .is_ok_and(|found| found.is_file() && found.blocks() * BLOCK >= RESERVE_BYTES)
}

fn allocate(mut file: &File) -> io::Result<()> {
    match fallocate(file, FallocateFlags::empty(), 0, RESERVE_BYTES) {
        Err(Errno::OPNOTSUPP) => {}
        other => return Ok(other?),
    }
    // Not zeros: a file system that cannot do the one may leave out the other.
    let block = [0x55; 1 << 13];
    for _ in 0..RESERVE_BYTES / block.len() as u64 {
        file.write_all(&block)?;
    }
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::tests::Home;

    #[test]
    fn the_reserve_is_made_of_blocks_for_this_user_alone_and_only_once() {
        let home = Home::new();
        let store = home.store();
        let path = path_of(&store.seat);
        make(&store.seat).expect("because there is room");
        let first = path.metadata().expect("because it is there");
        make(&store.seat).expect("because it is whole");
        let second = path.metadata().expect("because it is there");
        assert_eq!(
            (is_whole(&path), first.mode() & 0o777, first.ctime_nsec()),
            (true, 0o600, second.ctime_nsec())
        );
    }

    #[test]
    fn holes_a_link_and_a_folder_are_no_reserve() {
        let home = Home::new();
        let store = home.store();
        let path = path_of(&store.seat);
        let hollow = File::create(&path).expect("because the folder is there");
        hollow
            .set_len(RESERVE_BYTES)
            .expect("because a size needs no room");
        assert!(!is_whole(&path));
        make(&store.seat).expect("because there is room");
        assert!(is_whole(&path));
        let kept = home.folder().join("kept");
        fs::rename(&path, &kept).expect("because both are here");
        std::os::unix::fs::symlink(&kept, &path).expect("because nothing is there");
        assert!(make(&store.seat).is_err());
        assert!(is_whole(&kept) && !is_whole(&path));
        fs::remove_file(&path).expect("because the link is there");
        fs::create_dir(&path).expect("because nothing is there");
        assert!(make(&store.seat).is_err());
    }
}
