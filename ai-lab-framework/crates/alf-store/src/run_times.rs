//! Run times as counts by bucket: pure, mergeable, and near enough to tell a percentile.
//!
//! Buckets are linear within each power of two: one a microsecond below 128, then 64 for every doubling. A
//! value told from its bucket's middle is at most 1/128 away from any value that fell into it.

use std::collections::BTreeMap;

/// How far a percentile may be from the run time it stands for, as a part of that run time.
pub const PERCENTILE_ERROR: f64 = 1.0 / 128.0;

/// Longer runs count as this long: 407 days in microseconds. Sums of them stay within 64 bits.
pub(crate) const LONGEST_US: u64 = 1 << 45;

/// Buckets a doubling.
const PARTS: u64 = 64;

/// The bucket of a run time in microseconds.
pub(crate) fn bucket_of(run_us: u64) -> u32 {
    let value = run_us.min(LONGEST_US);
    let shift = value.max(PARTS).ilog2() - PARTS.ilog2();
    let part = u32::try_from(value >> shift).expect("because less than 2^7 is left");
    shift * 64 + part
}

/// The run time that a bucket stands for: its middle.
fn middle_of(bucket: u32) -> u64 {
    let shift = (bucket / 64).saturating_sub(1).min(63);
    let part = u64::from(bucket) - u64::from(shift) * PARTS;
    let low = part << shift;
    low + ((1 << shift) - 1) / 2
}

/// How many runs fell into which bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RunTimes {
    counts: BTreeMap<u32, u64>,
}

impl RunTimes {
    /// Counts `count` more runs in a bucket.
    pub(crate) fn add(&mut self, bucket: u32, count: u64) {
        *self.counts.entry(bucket).or_default() += count;
    }

    /// Counts what another counted too.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.counts {
            self.add(*bucket, *count);
        }
    }

    /// The run time that `percent` of 100 runs did not exceed, by the nearest rank, never past `longest`; 0
    /// where there are no runs.
    pub(crate) fn percentile(&self, percent: u64, longest: u64) -> u64 {
        let total: u64 = self.counts.values().sum();
        let mut seen = 0;
        for (bucket, count) in &self.counts {
            seen += count;
            if seen * 100 >= total * percent {
                return middle_of(*bucket).min(longest);
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other_without_a_gap() {
        let mut last = 0;
        for value in 0..100_000 {
            let bucket = bucket_of(value);
            assert!(bucket == last || bucket == last + 1, "{value}");
            last = bucket;
        }
        assert_eq!(
            [0, 127, 128, 129, 130, 255, 256, u64::MAX].map(bucket_of),
            [0, 127, 128, 128, 129, 191, 192, bucket_of(LONGEST_US)]
        );
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "the values are below 2^52")]
    fn a_bucket_tells_a_value_within_the_named_error() {
        let mut value: u64 = 1;
        while value < LONGEST_US {
            for near in [value, value + 1, value + value / 40] {
                let near = near.min(LONGEST_US);
                let told = middle_of(bucket_of(near)) as f64;
                let error = (told - near as f64).abs() / near as f64;
                assert!(error <= PERCENTILE_ERROR, "{near} {told} {error}");
            }
            value = value * 17 / 16 + 1;
        }
    }

    #[test]
    fn percentiles_are_by_nearest_rank_and_never_past_the_longest() {
        let mut times = RunTimes::default();
        assert_eq!(times.percentile(99, 0), 0);
        for value in 1..=100 {
            times.add(bucket_of(value), 1);
        }
        let told = [50, 95, 99].map(|percent| times.percentile(percent, 100));
        assert_eq!(told, [50, 95, 99]);
        times.add(bucket_of(100_000), 1_000);
        assert_eq!(
            times.percentile(99, 100_000),
            100_000.min(middle_of(bucket_of(100_000)))
        );
    }
}
