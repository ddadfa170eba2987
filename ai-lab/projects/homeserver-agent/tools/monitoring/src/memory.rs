//! Memory, from `/proc/meminfo` and the ZFS cache's own figures.

use schemars::JsonSchema;
use serde::Serialize;

use crate::counters::percent;

/// Memory at the second reading, in bytes.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Memory {
    /// All of it.
    pub(crate) total_bytes: Option<u64>,
    /// What programs can still have without swapping (`MemAvailable`); `null` before Linux 3.14.
    pub(crate) available_bytes: Option<u64>,
    /// Total less available. The ZFS cache is part of it: the kernel does not count that as available.
    used_bytes: Option<u64>,
    /// Used in percent of total.
    pub(crate) used_percent: Option<f64>,
    /// Pages of files kept for later reading, buffers included.
    cached_bytes: Option<u64>,
    /// Shared memory and what lies in `tmpfs`, as in `/tmp` or `/dev/shm`; never available.
    shared_bytes: Option<u64>,
    /// All swap; 0 without any.
    pub(crate) swap_total_bytes: Option<u64>,
    /// Swap in use.
    pub(crate) swap_used_bytes: Option<u64>,
    /// The ZFS cache, which gives way to programs; `null` without ZFS.
    pub(crate) zfs_arc_bytes: Option<u64>,
}

/// Reads `/proc/meminfo`. `None` without a total.
pub(crate) fn parse_meminfo(text: &str) -> Option<Memory> {
    let field = |name: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kib.checked_mul(1024)
    };
    let total = field("MemTotal")?;
    let available = field("MemAvailable");
    let used = available.map(|available| total.saturating_sub(available));
    let swap = field("SwapTotal");
    Some(Memory {
        total_bytes: Some(total),
        available_bytes: available,
        used_bytes: used,
        used_percent: used.and_then(|used| percent(used, total)),
        cached_bytes: field("Cached")
            .map(|cached| cached.saturating_add(field("Buffers").unwrap_or(0))),
        shared_bytes: field("Shmem"),
        swap_total_bytes: swap,
        swap_used_bytes: swap.and_then(|swap| Some(swap.saturating_sub(field("SwapFree")?))),
        zfs_arc_bytes: None,
    })
}

impl Memory {
    /// Adds the ZFS cache.
    pub(crate) fn with_zfs_arc(self, bytes: Option<u64>) -> Self {
        Self {
            zfs_arc_bytes: bytes,
            ..self
        }
    }
}

/// The cache's size, from `/proc/spl/kstat/zfs/arcstats`: lines of name, type and value.
pub(crate) fn parse_arc_size(text: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        (fields.next() == Some("size"))
            .then(|| fields.nth(1)?.parse().ok())
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMINFO: &str = "MemTotal:        1000 kB\nMemFree:          100 kB\nMemAvailable:     400 kB\n\
                           Buffers:           10 kB\nCached:           200 kB\nSwapCached:         0 kB\n\
                           SwapTotal:        500 kB\nSwapFree:         300 kB\nShmem:             20 kB\n";

    #[test]
    fn used_is_what_is_not_available() {
        assert_eq!(
            parse_meminfo(MEMINFO).map(|memory| memory.with_zfs_arc(Some(7))),
            Some(Memory {
                total_bytes: Some(1_024_000),
                available_bytes: Some(409_600),
                used_bytes: Some(614_400),
                used_percent: Some(60.0),
                cached_bytes: Some(215_040),
                shared_bytes: Some(20_480),
                swap_total_bytes: Some(512_000),
                swap_used_bytes: Some(204_800),
                zfs_arc_bytes: Some(7),
            })
        );
    }

    #[test]
    fn a_kernel_without_available_says_nothing_of_used() {
        assert_eq!(
            parse_meminfo("MemTotal: 1000 kB\nMemFree: 100 kB\n"),
            Some(Memory {
                total_bytes: Some(1_024_000),
                ..Memory::default()
            })
        );
        assert_eq!(parse_meminfo("MemTotal: lots\n"), None);
        assert_eq!(parse_meminfo(""), None);
    }

    #[test]
    fn the_zfs_cache_is_found_by_its_whole_name() {
        let text = "13 1 0x01 123 33456 1 2\nname type data\nc_size 4 1\nsize                            4    \
                    8589934592\nhdr_size 4 5\n";
        assert_eq!(parse_arc_size(text), Some(8_589_934_592));
        assert_eq!(parse_arc_size("size 4\n"), None);
        assert_eq!(parse_arc_size("size four many\n"), None);
    }
}
