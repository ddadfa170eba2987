//! When a disk will be full: a slope that a few odd values do not bend (Theil-Sen), or that nobody can tell.

use schemars::JsonSchema;
use serde::Serialize;

use crate::counters::one_digit;

const DAY_S: f64 = 86_400.0;

/// How many points a slope needs.
const LEAST_POINTS: usize = 6;

/// Over how much time they have to lie, in seconds. Stops an hour's copying from being called a habit.
const LEAST_SPAN_S: f64 = 3600.0;

/// Beyond that a disk is said not to grow, in days: nobody plans so far.
const HORIZON_DAYS: f64 = 3650.0;

/// How full a disk gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FillState {
    /// It fills up.
    Fills,
    /// It does not, or so slowly that it takes more than ten years.
    NotGrowing,
    /// There are too few values to tell.
    TooLittleHistory,
}

/// When a disk will be full if it goes on as within the window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Fill {
    /// Whether it fills up.
    pub(crate) state: FillState,
    /// How much more is taken each day, in bytes; `null` where that cannot be told.
    pub(crate) bytes_per_day: Option<f64>,
    /// In how many days it is full; `null` unless it fills up.
    pub(crate) full_in_days: Option<f64>,
    /// In how many days at the earliest: nine of ten pairs of points grow slower. `null` unless it fills up.
    pub(crate) earliest_in_days: Option<f64>,
    /// In how many days at the latest: nine of ten pairs grow faster. `null` where some of them do not grow at all.
    pub(crate) latest_in_days: Option<f64>,
}

/// Slopes between all pairs of points, a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slope {
    pub(crate) median: f64,
    /// A tenth of the pairs is below.
    pub(crate) low: f64,
    /// A tenth of the pairs is above.
    pub(crate) high: f64,
}

/// The slope of points of moment (seconds) and value; `None` for fewer than two moments.
pub(crate) fn slope(points: &[(f64, f64)]) -> Option<Slope> {
    let pairs = points.iter().enumerate().flat_map(|(place, a)| {
        let after = points.iter().skip(place + 1);
        after.filter_map(move |b| {
            let time = b.0 - a.0;
            (time != 0.0).then(|| (b.1 - a.1) / time)
        })
    });
    let mut slopes: Vec<f64> = pairs.filter(|slope| slope.is_finite()).collect();
    slopes.sort_unstable_by(f64::total_cmp);
    let at = |tenths: usize| {
        slopes
            .get((slopes.len().checked_sub(1)?) * tenths / 10)
            .copied()
    };
    Some(Slope {
        median: at(5)?,
        low: at(1)?,
        high: at(9)?,
    })
}

/// When a disk will be full, from points of moment and bytes available, the latest last.
pub(crate) fn fill(points: &[(f64, f64)]) -> Fill {
    let unknown = |state, bytes_per_day| Fill {
        state,
        bytes_per_day,
        full_in_days: None,
        earliest_in_days: None,
        latest_in_days: None,
    };
    let span = points
        .first()
        .zip(points.last())
        .map_or(0.0, |(first, last)| last.0 - first.0);
    let slope = slope(points).filter(|_| points.len() >= LEAST_POINTS && span >= LEAST_SPAN_S);
    let Some((slope, (_, left))) = slope.zip(points.last().copied()) else {
        return unknown(FillState::TooLittleHistory, None);
    };
    // What is available shrinks as the disk fills.
    let days = |slope: f64| {
        let days = left / (-slope * DAY_S);
        (slope < 0.0 && days <= HORIZON_DAYS).then(|| one_digit(days.max(0.0)))
    };
    let bytes_per_day = Some((-slope.median * DAY_S).round());
    let Some(full_in_days) = days(slope.median) else {
        return unknown(FillState::NotGrowing, bytes_per_day);
    };
    Fill {
        state: FillState::Fills,
        bytes_per_day,
        full_in_days: Some(full_in_days),
        earliest_in_days: days(slope.low),
        latest_in_days: days(slope.high),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A point an hour.
    fn hourly(values: impl IntoIterator<Item = f64>) -> Vec<(f64, f64)> {
        let with_hours = values.into_iter().zip(0_u32..);
        with_hours
            .map(|(value, hour)| (f64::from(hour) * 3600.0, value))
            .collect()
    }

    #[test]
    fn a_disk_that_loses_a_gibibyte_a_day_is_full_when_they_are_used_up() {
        let each_hour = f64::from(1 << 30) / 24.0;
        let left = hourly((0..48).map(|hour| f64::from(100 - hour) * each_hour));
        let told = fill(&left);
        // 53 hours' worth is left.
        assert_eq!(
            told,
            Fill {
                state: FillState::Fills,
                bytes_per_day: Some(f64::from(1 << 30)),
                full_in_days: Some(2.2),
                earliest_in_days: Some(2.2),
                latest_in_days: Some(2.2),
            }
        );
    }

    #[test]
    fn a_night_of_cleaning_up_does_not_bend_it() {
        let left = (0..40).map(|hour| {
            if hour % 5 == 4 {
                500.0
            } else {
                1000.0 - f64::from(hour)
            }
        });
        let told = fill(&hourly(left));
        assert_eq!(told.state, FillState::Fills);
        let per_day = told.bytes_per_day.expect("it grows");
        assert!((20.0..=28.0).contains(&per_day), "{told:?}");
        assert_eq!(told.latest_in_days, None);
    }

    #[test]
    fn what_does_not_grow_or_is_too_young_is_told_so() {
        let state = |values: &[f64]| fill(&hourly(values.iter().copied())).state;
        assert_eq!(state(&[5.0; 10]), FillState::NotGrowing);
        assert_eq!(
            state(&[5.0, 6.0, 7.0, 8.0, 9.0, 10.0]),
            FillState::NotGrowing
        );
        assert_eq!(
            state(&[9.0, 8.0, 7.0, 6.0, 5.0]),
            FillState::TooLittleHistory
        );
        assert_eq!(state(&[]), FillState::TooLittleHistory);
        let minutes: Vec<(f64, f64)> = hourly((0..20).map(|n| 100.0 - f64::from(n)))
            .into_iter()
            .map(|(at, value)| (at / 60.0, value))
            .collect();
        assert_eq!(fill(&minutes).state, FillState::TooLittleHistory);
        // A byte an hour of a tebibyte: beyond what anybody plans.
        let slow = hourly((0..20).map(|hour| 1e12 - f64::from(hour)));
        assert_eq!(
            (fill(&slow).state, fill(&slow).bytes_per_day),
            (FillState::NotGrowing, Some(24.0))
        );
        let full = fill(&hourly([5.0, 4.0, 3.0, 2.0, 1.0, 0.0]));
        assert_eq!(
            (full.state, full.full_in_days),
            (FillState::Fills, Some(0.0))
        );
    }

    proptest! {
        #[test]
        fn a_line_is_found_whatever_a_few_points_say(
            rise in -1e6_f64..1e6, from in -1e9_f64..1e9, odd in prop::collection::vec((0_usize..40, -1e12..1e12), 0..6),
        ) {
            let mut points = hourly((0..40).map(|hour| from + rise * f64::from(hour)));
            for (place, value) in odd {
                points[place].1 = value;
            }
            let found = slope(&points).expect("there are many");
            let wanted = rise / 3600.0;
            prop_assert!((found.median - wanted).abs() <= 1e-6 * wanted.abs().max(1e-3), "{found:?} {wanted}");
            prop_assert!(found.low <= found.median && found.median <= found.high);
        }

        #[test]
        fn no_values_make_it_panic(values in prop::collection::vec((any::<f64>(), any::<f64>()), 0..30)) {
            let _ = fill(&values);
        }
    }
}
