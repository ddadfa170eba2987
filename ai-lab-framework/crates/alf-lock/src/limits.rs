//! Every bound of this crate, with the harm that it stops.

/// How many bytes a lock may have. Stops another file in its place from being read whole.
pub const LOCK_BYTES: u64 = 33_554_432;

/// How many bytes of one file's text are kept in the lock. Stops a data file from growing the lock.
pub const TEXT_BYTES: u64 = 65_536;

/// How many lines of a text's difference are shown. Stops a rewritten file from filling the screen.
pub const DIFF_LINES: usize = 400;
