//! The tracker's files on the disk.
//!
//! Owns finding them, reading them within bounds, writing them whole, the lock that keeps two writers of files
//! apart, and watching. Refuses to know what they say and what becomes of it: paths, looks and bytes come and go.
//! Start reading at [`scan`], then [`FileDesk`].

mod desk;
mod lock;
mod scan;
mod stamp;
mod watch;

pub use desk::{FileDesk, FileError, Replaced};
pub use lock::{FilesLock, LockError};
pub use scan::{Found, ScanError, Scanned, scan};
pub use stamp::Stamp;
pub use watch::{Watch, WatchError};

/// The largest file that is read, in bytes: a description is a few pages, and a larger file is a mistake that would
/// fill the memory.
pub const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// How many files are looked at: more are a loop of mounts or another program's store.
pub const MOST_FILES: usize = 1_000_000;
