//! What a file looks like from outside.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;

/// A file's looks: when none of this changed, its content did not either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Its size.
    pub bytes: u64,
    /// When its content was last changed, in nanoseconds since 1970 by the file system's clock.
    pub changed_ns: i64,
    /// Which file it is, as the file system counts.
    pub inode: u64,
}

impl Stamp {
    /// That of a file.
    pub fn of(metadata: &Metadata) -> Self {
        let ns = metadata.mtime().saturating_mul(1_000_000_000);
        Self {
            bytes: metadata.len(),
            changed_ns: ns.saturating_add(metadata.mtime_nsec()),
            inode: metadata.ino(),
        }
    }
}
