//! Every bound on what comes from outside.

use std::ops::RangeInclusive;

/// How long a value may be, in bytes. A shorter one would be found by chance in innocent text, a longer one is a
/// file and no secret.
pub const VALUE_BYTES: RangeInclusive<usize> = 8..=65_536;

/// How many secrets may be kept. Each costs a few hundred patterns in every search.
pub const MOST_SECRETS: usize = 256;

/// How many bytes all values may have together. The search holds about forty forms of each in memory.
pub const TOTAL_BYTES: usize = 262_144;

/// How many grants may be kept. Stops a loop of grants from filling the file.
pub(crate) const MOST_GRANTS: usize = 4_096;

/// The longest file of sealed secrets that is read, in bytes. Stops a foreign file from filling the memory.
pub(crate) const SEALED_BYTES: u64 = 8_388_608;

/// The shortest pattern that is searched, in bytes: fewer are found by chance.
pub(crate) const LEAST_PATTERN: usize = 8;

/// From how many bytes on a line of a value is searched alone: shorter ones are found by chance.
pub(crate) const LEAST_LINE: usize = 16;
