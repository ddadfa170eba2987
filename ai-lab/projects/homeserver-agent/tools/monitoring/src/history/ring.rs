//! The course of values in little room: a ring of ten-minute points and one of days for each series.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::counters::as_f64;

/// How many series are kept. With all rings full, the file has about half of the bytes that are read at most.
pub(crate) const MOST_SERIES: usize = 64;

/// A series that got nothing for so long is forgotten, in seconds: the disk is gone, the check is no more.
const FORGOTTEN_S: i64 = 90 * DAY_S;

const DAY_S: i64 = 24 * 3600;

/// One resolution: how wide a point is, and how many of them there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grain {
    pub(crate) step_s: i64,
    points: usize,
}

/// Two days in points of ten minutes.
pub(crate) const FINE: Grain = Grain {
    step_s: 600,
    points: 288,
};

/// A year and a month in points of a day.
pub(crate) const DAILY: Grain = Grain {
    step_s: DAY_S,
    points: 396,
};

impl Grain {
    /// How far back it reaches, in seconds.
    pub(crate) fn reach_s(self) -> i64 {
        self.step_s * i64::try_from(self.points).unwrap_or(i64::MAX)
    }
}

/// What a value was within one step: number of the step since 1970, least, sum, most, last, how many.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct Point(i64, f64, f64, f64, f64, u32);

impl Point {
    fn one(step: i64, value: f64) -> Self {
        Self(step, value, value, value, value, 1)
    }

    fn add(&mut self, value: f64) {
        self.1 = self.1.min(value);
        self.2 += value;
        self.3 = self.3.max(value);
        self.4 = value;
        self.5 = self.5.saturating_add(1);
    }

    pub(crate) fn least(&self) -> f64 {
        self.1
    }

    pub(crate) fn average(&self) -> f64 {
        self.2 / f64::from(self.5.max(1))
    }

    pub(crate) fn most(&self) -> f64 {
        self.3
    }

    pub(crate) fn last(&self) -> f64 {
        self.4
    }

    pub(crate) fn count(&self) -> u32 {
        self.5
    }

    /// When its step began, in seconds since 1970.
    pub(crate) fn begins_at(&self, grain: Grain) -> i64 {
        self.0.saturating_mul(grain.step_s)
    }
}

/// One value's course.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct Series {
    pub(crate) unit: String,
    fine: Vec<Point>,
    daily: Vec<Point>,
    /// When it last got a value, in seconds since 1970.
    #[serde(default)]
    pub(crate) last_at: i64,
}

impl Series {
    fn add(&mut self, value: f64, now: i64) {
        add(&mut self.fine, FINE, value, now);
        add(&mut self.daily, DAILY, value, now);
        self.last_at = now;
    }

    /// The points of the finest grain that reaches back as far, those that begin within the window.
    pub(crate) fn within(&self, window_s: i64, now: i64) -> (Grain, Vec<Point>) {
        let (grain, points) = if window_s <= FINE.reach_s() {
            (FINE, &self.fine)
        } else {
            (DAILY, &self.daily)
        };
        // The step that the window begins in counts.
        let first = now.saturating_sub(window_s).div_euclid(grain.step_s);
        let within = points.iter().filter(|point| point.0 >= first);
        (grain, within.copied().collect())
    }
}

fn add(points: &mut Vec<Point>, grain: Grain, value: f64, now: i64) {
    let step = now.div_euclid(grain.step_s);
    // What a clock that ran ahead left behind.
    points.retain(|point| point.0 <= step);
    match points.last_mut() {
        Some(last) if last.0 == step => last.add(value),
        Some(_) | None => points.push(Point::one(step, value)),
    }
    let over = points.len().saturating_sub(grain.points);
    points.drain(..over);
}

/// All series, by key.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct History {
    #[serde(default)]
    pub(crate) series: BTreeMap<String, Series>,
}

/// One value to keep.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    /// Such as `disk_available:/`.
    pub(crate) key: String,
    pub(crate) unit: &'static str,
    pub(crate) value: f64,
}

impl Sample {
    /// A count of bytes or milliseconds.
    pub(crate) fn count(key: String, unit: &'static str, value: u64) -> Self {
        Self {
            key,
            unit,
            value: as_f64(value),
        }
    }
}

impl History {
    /// Keeps the values of one moment. How many found no room is returned.
    pub(crate) fn add(&mut self, samples: &[Sample], now: i64) -> usize {
        self.series
            .retain(|_, series| now - series.last_at < FORGOTTEN_S);
        let mut without_room = 0;
        for sample in samples.iter().filter(|sample| sample.value.is_finite()) {
            let is_new = !self.series.contains_key(&sample.key);
            if is_new && self.series.len() >= MOST_SERIES {
                without_room += 1;
                continue;
            }
            let series = self.series.entry(sample.key.clone()).or_default();
            sample.unit.clone_into(&mut series.unit);
            series.add(sample.value, now);
        }
        without_room
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(key: &str, value: f64) -> Sample {
        Sample {
            key: key.into(),
            unit: "percent",
            value,
        }
    }

    fn figures(point: &Point) -> (f64, f64, f64, f64, u32) {
        (
            point.least(),
            point.average(),
            point.most(),
            point.last(),
            point.count(),
        )
    }

    #[test]
    fn values_of_one_step_are_one_point_in_both_grains() {
        let mut history = History::default();
        for (at, value) in [(0, 4.0), (300, 1.0), (599, 1.0), (600, 9.0)] {
            history.add(&[sample("a", value)], at);
        }
        let series = &history.series["a"];
        let (grain, fine) = series.within(3600, 600);
        assert_eq!(grain, FINE);
        assert_eq!(
            fine.iter().map(figures).collect::<Vec<_>>(),
            [(1.0, 2.0, 4.0, 1.0, 3), (9.0, 9.0, 9.0, 9.0, 1)]
        );
        let (grain, days) = series.within(3 * DAY_S, 600);
        assert_eq!(grain, DAILY);
        assert_eq!(
            days.iter().map(figures).collect::<Vec<_>>(),
            [(1.0, 3.75, 9.0, 9.0, 4)]
        );
        let (_, last) = series.within(600, 1700);
        assert_eq!(last.len(), 1);
    }

    #[test]
    fn rings_are_bounded_and_a_clock_set_back_takes_the_future_away() {
        let mut history = History::default();
        for step in 0..400 {
            history.add(&[sample("a", 1.0)], step * FINE.step_s);
        }
        let now = 399 * FINE.step_s;
        let (_, fine) = history.series["a"].within(FINE.reach_s(), now);
        assert_eq!(fine.len(), 288);
        history.add(&[sample("a", 5.0)], 0);
        let (_, fine) = history.series["a"].within(FINE.reach_s(), 0);
        assert_eq!(
            fine.iter().map(figures).collect::<Vec<_>>(),
            [(5.0, 5.0, 5.0, 5.0, 1)]
        );
    }

    #[test]
    fn there_is_room_for_so_many_series_and_those_without_values_are_forgotten() {
        let mut history = History::default();
        let many: Vec<Sample> = (0..MOST_SERIES + 2)
            .map(|number| sample(&number.to_string(), 1.0))
            .collect();
        assert_eq!(history.add(&many, 0), 2);
        assert_eq!(history.add(&[sample("0", f64::NAN)], FORGOTTEN_S), 0);
        assert_eq!(history.series.len(), 0);
    }

    #[test]
    fn a_full_history_is_shorter_than_what_can_be_read() {
        let mut series = Series::default();
        for step in 0..400 {
            let value = 123_456_789_012.0 + as_f64(step);
            let step = i64::try_from(step).expect("it is small");
            add(
                &mut series.fine,
                FINE,
                value,
                1_700_000_000 + step * FINE.step_s,
            );
            add(
                &mut series.daily,
                DAILY,
                value,
                1_700_000_000 + step * DAILY.step_s,
            );
        }
        let one = serde_json::to_vec(&series).expect("it is JSON").len();
        assert!(one * MOST_SERIES < state_files::FILE_BYTES, "{one}");
    }

    proptest! {
        #[test]
        fn points_stay_in_order_and_tell_what_was_given(values in prop::collection::vec((0_i64..2000, (-1_000_000..1_000_000).prop_map(|quarters| f64::from(quarters) / 4.0)), 1..200)) {
            let mut series = Series::default();
            let mut now = 0;
            for (gap, value) in &values {
                now += gap;
                series.add(*value, now);
            }
            let (_, points) = series.within(DAILY.reach_s(), now);
            prop_assert!(points.is_sorted_by(|a, b| a.0 < b.0));
            let count: u32 = points.iter().map(Point::count).sum();
            prop_assert_eq!(count as usize, values.len());
            let least = points.iter().map(Point::least).fold(f64::INFINITY, f64::min);
            prop_assert!(values.iter().all(|(_, value)| *value >= least));
            let text = serde_json::to_string(&series).expect("it is JSON");
            prop_assert_eq!(serde_json::from_str::<Series>(&text).map_err(|e| e.to_string()), Ok(series));
        }
    }
}
