//! Traffic of whole disks, from `/proc/diskstats`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::counters::{advance, per_second, percent};

/// The kernel counts in sectors of this many bytes, whatever the disk's own are.
const SECTOR_BYTES: u64 = 512;

/// One disk's traffic between the readings.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct DiskIo {
    /// The device's name below `/dev`. What lies on others (`dm-`, `md`) counts here and there.
    pub(crate) device: String,
    /// Bytes read a second; `null` for one that was not there in both readings.
    pub(crate) read_bytes_per_s: Option<f64>,
    /// Bytes written a second.
    pub(crate) write_bytes_per_s: Option<f64>,
    /// Time with a request open, in percent; a disk that serves many at once may have room at 100.
    pub(crate) busy_percent: Option<f64>,
}

/// One disk's counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counters {
    device: String,
    sectors_read: u64,
    sectors_written: u64,
    busy_ms: u64,
}

/// Reads `/proc/diskstats`, whole devices only (their names come from `/sys/block`), no loops, no RAM disks.
pub(crate) fn parse_diskstats(text: &str, whole_devices: &[String]) -> Vec<Counters> {
    let device = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let name = *fields.get(2)?;
        let unreal = ["loop", "ram", "zram"]
            .iter()
            .any(|prefix| name.starts_with(prefix));
        // Below `/sys/block` a slash in a name (`cciss/c0d0`) is written as an exclamation mark.
        let whole = whole_devices
            .iter()
            .any(|device| device.replace('!', "/") == name);
        let count = |column: usize| fields.get(column)?.parse().ok();
        (whole && !unreal).then_some(())?;
        Some(Counters {
            device: name.to_owned(),
            sectors_read: count(5)?,
            sectors_written: count(9)?,
            busy_ms: count(12)?,
        })
    };
    text.lines().filter_map(device).collect()
}

/// What two readings say of the disks that are there at the second.
pub(crate) fn compare(before: &[Counters], now: &[Counters], interval: Duration) -> Vec<DiskIo> {
    let disk = |now: &Counters| {
        let before = before.iter().find(|counters| counters.device == now.device);
        let rate = |count: fn(&Counters) -> u64| {
            per_second(
                advance(count(before?), count(now))?.saturating_mul(SECTOR_BYTES),
                interval,
            )
        };
        let interval_ms = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        let busy = |before: &Counters| advance(before.busy_ms, now.busy_ms);
        DiskIo {
            device: now.device.clone(),
            read_bytes_per_s: rate(|counters| counters.sectors_read),
            write_bytes_per_s: rate(|counters| counters.sectors_written),
            busy_percent: before
                .and_then(busy)
                .and_then(|busy_ms| percent(busy_ms.min(interval_ms), interval_ms)),
        }
    };
    now.iter().map(disk).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_disks_have_rates_and_parts_of_them_no_row() {
        let whole = ["sda", "loop0", "zram0", "cciss!c0d0"].map(str::to_owned);
        let before = "   8  0 sda 10 0 100 5 20 0 200 9 0 50 14\n   8  1 sda1 1 0 1 1 1 0 1 1 0 1 1\n   \
                      7  0 loop0 1 0 1 1 1 0 1 1 0 1 1\n 252 0 zram0 1 0 1 1 1 0 1 1 0 1 1\n";
        let now = "   8  0 sda 10 0 300 5 20 0 700 9 0 150 14\n 104  0 cciss/c0d0 1 0 1 1 1 0 1 1 0 1 1\n \
                   8 16 sdb 1 0\n";
        let read = |text| parse_diskstats(text, &whole);
        assert_eq!(
            compare(&read(before), &read(now), Duration::from_millis(200)),
            [
                DiskIo {
                    device: "sda".into(),
                    read_bytes_per_s: Some(512_000.0),
                    write_bytes_per_s: Some(1_280_000.0),
                    busy_percent: Some(50.0),
                },
                DiskIo {
                    device: "cciss/c0d0".into(),
                    read_bytes_per_s: None,
                    write_bytes_per_s: None,
                    busy_percent: None,
                },
            ]
        );
        assert_eq!(parse_diskstats("8 0 sda few\n", &whole), []);
    }
}
