//! Which backups to keep.

use std::collections::{BTreeMap, BTreeSet};

use lab_model::Moment;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How many hours, days, weeks and months a backup is kept of: the latest of each. All in UTC; weeks begin on Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Of so many hours that have one.
    pub hourly: usize,
    /// Of so many days.
    pub daily: usize,
    /// Of so many weeks.
    pub weekly: usize,
    /// Of so many months.
    pub monthly: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            hourly: 24,
            daily: 7,
            weekly: 5,
            monthly: 12,
        }
    }
}

/// A policy that keeps nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it would keep no backup at all")]
pub struct PolicyError;

/// Which of these moments' backups are kept. The latest always is.
pub fn kept(all: &BTreeSet<Moment>, policy: Policy) -> Result<BTreeSet<Moment>, PolicyError> {
    let Policy {
        hourly,
        daily,
        weekly,
        monthly,
    } = policy;
    if hourly + daily + weekly + monthly == 0 {
        return Err(PolicyError);
    }
    let mut keep: BTreeSet<Moment> = all.last().copied().into_iter().collect();
    // 1970 began on a Thursday.
    keep.extend(latest(all, hourly, |at| at.ms().div_euclid(HOUR_MS)));
    keep.extend(latest(all, daily, |at| at.ms().div_euclid(DAY_MS)));
    keep.extend(latest(all, weekly, |at| {
        (at.ms().div_euclid(DAY_MS) + 3).div_euclid(7)
    }));
    keep.extend(latest(all, monthly, |at| {
        at.to_string().chars().take(7).collect::<String>()
    }));
    Ok(keep)
}

/// The latest of each of the last so many spans that have any.
fn latest<K: Ord>(all: &BTreeSet<Moment>, count: usize, span: impl Fn(Moment) -> K) -> Vec<Moment> {
    let mut by_span = BTreeMap::new();
    for at in all {
        by_span.insert(span(*at), *at);
    }
    by_span.into_values().rev().take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn moments(texts: &[&str]) -> BTreeSet<Moment> {
        texts
            .iter()
            .map(|text| text.parse().expect("a moment"))
            .collect()
    }

    #[test]
    fn the_latest_of_each_span_is_kept() {
        let all = moments(&[
            "2025-12-31T23:59:59Z", // the last of its month
            "2026-01-05T00:00:00Z", // Monday
            "2026-01-11T23:00:00Z", // Sunday of the same week
            "2026-01-12T00:00:00Z", // Monday
            "2026-02-03T04:05:06Z",
            "2026-02-03T04:59:00Z",
            "2026-02-03T05:00:00Z",
        ]);
        let check = |(hourly, daily, weekly, monthly), expected: &[&str]| {
            let policy = Policy {
                hourly,
                daily,
                weekly,
                monthly,
            };
            assert_eq!(kept(&all, policy), Ok(moments(expected)), "{policy:?}");
        };
        check(
            (2, 0, 0, 0),
            &["2026-02-03T04:59:00Z", "2026-02-03T05:00:00Z"],
        );
        check(
            (0, 2, 0, 0),
            &["2026-01-12T00:00:00Z", "2026-02-03T05:00:00Z"],
        );
        check(
            (0, 0, 3, 0),
            &[
                "2026-01-11T23:00:00Z",
                "2026-01-12T00:00:00Z",
                "2026-02-03T05:00:00Z",
            ],
        );
        check(
            (0, 0, 0, 9),
            &[
                "2025-12-31T23:59:59Z",
                "2026-01-12T00:00:00Z",
                "2026-02-03T05:00:00Z",
            ],
        );
        let nothing = Policy {
            hourly: 0,
            daily: 0,
            weekly: 0,
            monthly: 0,
        };
        assert_eq!(kept(&all, nothing), Err(PolicyError));
        assert_eq!(
            kept(&BTreeSet::new(), Policy::default()),
            Ok(BTreeSet::new())
        );
    }

    proptest! {
        #[test]
        fn pruning_twice_is_pruning_once_and_never_takes_the_latest(
            days in prop::collection::btree_set(0_i64..2_000_000, 1..80), hourly in 0_usize..5, daily in 0_usize..5,
            weekly in 0_usize..5, monthly in 1_usize..5,
        ) {
            let all: BTreeSet<Moment> = days
                .iter()
                .map(|minute| Moment::from_ms(minute * 60_000).expect("in range"))
                .collect();
            let policy = Policy { hourly, daily, weekly, monthly };
            let once = kept(&all, policy).expect("it keeps something");
            prop_assert!(once.is_subset(&all));
            prop_assert_eq!(once.last(), all.last());
            prop_assert!(once.len() <= 1 + hourly + daily + weekly + monthly);
            prop_assert_eq!(kept(&once, policy), Ok(once));
        }
    }
}
