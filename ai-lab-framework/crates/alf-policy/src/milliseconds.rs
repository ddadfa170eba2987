//! Durations as a plan shows them: whole milliseconds.

use std::time::Duration;

use serde::Serializer;

/// Writes a duration as a number of milliseconds, for fields that are named so.
pub(crate) fn serialize<S: Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
