//! Every bound of this crate, with the harm that it stops.

/// How many bytes a `release.json` or an index may have. Stops another file in its place from being read whole.
pub const DOCUMENT_BYTES: u64 = 4 * 1024 * 1024;

/// How many bytes a signature may have.
pub const SIGNATURE_BYTES: u64 = 4 * 1024;

/// How many bytes an archive may have. Stops a download without end from filling the disk.
pub const ARCHIVE_BYTES: u64 = 512 * 1024 * 1024;

/// How many bytes an archive's files may have together when unpacked. Stops a small archive that unpacks without end.
pub const UNPACKED_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// How many files an archive may have. Stops the same by many empty ones.
pub const FILES: usize = 20_000;

/// How many bytes a path in an archive may have; Linux takes 4,096 with the store's own before it.
pub const PATH_BYTES: usize = 512;

/// How many folders deep a path may be. Stops a tree that no other program can remove.
pub const DEPTH: usize = 16;
