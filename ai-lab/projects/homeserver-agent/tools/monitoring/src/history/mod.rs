//! The action `history`: how values were over a window, and when a disk will be full.
//!
//! [`ring`] keeps the values in little room, [`trend`] says where they go. Each run of `alerts` adds its values.

mod ring;
mod trend;

use ai_lab_tool::contract::Bounded;
use ai_lab_tool::{Action, Effects, ToolContext, ToolFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::ring::{Grain, History as Kept, MOST_SERIES, Point, Series};
use self::trend::{Fill, fill};
use crate::checks::CheckResult;
use crate::clock;
use crate::counters::as_f64;
use crate::disks::DiskState;
use crate::host::HostOutput;
use crate::surroundings::Surroundings;

pub(crate) use self::ring::Sample;

/// The file that values are remembered in.
const FILE: &str = "history.json";

/// The series whose end is foretold.
const AVAILABLE: &str = "disk_available:";

/// How far back can be asked, in seconds: as far as the days reach.
const MOST_WINDOW_S: u64 = 396 * 24 * 3600;

/// Which values, over how long.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Input {
    /// How the series' keys begin, such as `disk_available:`; empty for all.
    series: String,
    /// How far back to look, in seconds. Up to two days, points are ten minutes; beyond, days.
    window_s: Bounded<600, MOST_WINDOW_S>,
    /// How many series to list.
    most: Bounded<1, 64>,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            series: String::new(),
            window_s: Bounded::constant(24 * 3600),
            most: Bounded::constant(32),
        }
    }
}

/// Values over a window; disks that fill up come first, the soonest first.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Output {
    /// When it was looked (RFC 3339).
    at: String,
    /// How far back was looked, in seconds.
    window_s: u64,
    /// How long one point is, in seconds.
    step_s: i64,
    /// One row a series.
    series: Vec<Row>,
    /// Sentences about what is not there.
    notes: Vec<String>,
}

/// One value over the window.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Row {
    /// What it is, such as `disk_available:/` or `cpu_used:machine`.
    key: String,
    /// What the values are: `percent`, `bytes`, `celsius`, `ms` and their kin.
    unit: String,
    /// How many points there are.
    points: usize,
    /// When the first of them begins (RFC 3339).
    from: String,
    /// When the last value was taken (RFC 3339).
    to: String,
    /// The least value.
    min: f64,
    /// The average of all values.
    avg: f64,
    /// The greatest value.
    max: f64,
    /// The last value.
    last: f64,
    /// When the disk will be full; `null` for what is no disk.
    fills: Option<Fill>,
}

/// The action.
#[derive(Debug)]
pub(crate) struct History(pub(crate) Surroundings);

impl Action for History {
    const NAME: &'static str = "history";
    const DESCRIPTION: &'static str = "Says how values were over a window: least, average, greatest, last; and when a disk will be full. Kept by each run of alerts.";
    const EFFECTS: Effects = Effects::READ_ONLY;
    type Input = Input;
    type Output = Output;

    fn run(&self, input: Input, context: &ToolContext) -> Result<Output, ToolFailure> {
        let kept: Kept = self.0.state.read(FILE).map_err(|error| {
            ToolFailure::new(
                "no_memory",
                format!("{error}; look at the file, and move it away to begin anew"),
            )
        })?;
        context.metric("series", as_f64(kept.series.len() as u64), "");
        Ok(tell(&kept, &input, clock::now_s()))
    }
}

fn tell(kept: &Kept, input: &Input, now: i64) -> Output {
    let window_s = i64::try_from(input.window_s.get()).unwrap_or(i64::MAX);
    let mut step_s = ring::FINE.step_s;
    let wanted = kept
        .series
        .iter()
        .filter(|(key, _)| key.starts_with(&input.series));
    let mut rows: Vec<Row> = wanted
        .filter_map(|(key, series)| {
            let (grain, points) = series.within(window_s, now);
            step_s = grain.step_s;
            row(key, series, grain, &points)
        })
        .collect();
    let soon = |row: &Row| {
        row.fills
            .and_then(|fills| fills.full_in_days)
            .unwrap_or(f64::INFINITY)
    };
    rows.sort_by(|a, b| soon(a).total_cmp(&soon(b)).then_with(|| a.key.cmp(&b.key)));
    let mut notes = Vec::new();
    let most = usize::try_from(input.most.get()).unwrap_or(usize::MAX);
    if rows.len() > most {
        notes.push(format!(
            "the first {most} of {} series are listed",
            rows.len()
        ));
        rows.truncate(most);
    }
    if kept.series.is_empty() {
        notes.push("nothing is kept yet: each run of `alerts` adds its values".to_owned());
    } else if rows.is_empty() {
        notes.push("no series begins so, or none has a value within the window".to_owned());
    }
    Output {
        at: clock::rfc3339(now),
        window_s: input.window_s.get(),
        step_s,
        series: rows,
        notes,
    }
}

fn row(key: &str, series: &Series, grain: Grain, points: &[Point]) -> Option<Row> {
    let (first, last) = (points.first()?, points.last()?);
    let count: f64 = points.iter().map(|point| f64::from(point.count())).sum();
    let sum: f64 = points
        .iter()
        .map(|point| point.average() * f64::from(point.count()))
        .sum();
    let course: Vec<(f64, f64)> = points
        .iter()
        .map(|point| (moment(point.begins_at(grain)), point.last()))
        .collect();
    Some(Row {
        key: key.to_owned(),
        unit: series.unit.clone(),
        points: points.len(),
        from: clock::rfc3339(first.begins_at(grain)),
        to: clock::rfc3339(series.last_at),
        min: rounded(
            points
                .iter()
                .map(Point::least)
                .fold(f64::INFINITY, f64::min),
        ),
        avg: rounded(sum / count),
        max: rounded(
            points
                .iter()
                .map(Point::most)
                .fold(f64::NEG_INFINITY, f64::max),
        ),
        last: rounded(last.last()),
        fills: key.starts_with(AVAILABLE).then(|| fill(&course)),
    })
}

/// Two digits after the point are enough for whatever is kept.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds since 1970 have room in 52 bits for millions of years"
)]
fn moment(seconds: i64) -> f64 {
    seconds as f64
}

/// Keeps the values of a run; a sentence where that does not go well.
pub(crate) fn keep(surroundings: &Surroundings, samples: &[Sample]) -> Option<String> {
    let kept = surroundings
        .state
        .change(FILE, |kept: &mut Kept| kept.add(samples, clock::now_s()));
    match kept {
        Ok(0) => None,
        Ok(without_room) => Some(format!(
            "{without_room} values are not kept: there are {MOST_SERIES} series already"
        )),
        Err(error) => Some(format!(
            "values are not kept: {error}; look at the file, and move it away to begin anew"
        )),
    }
}

/// What of a run is kept beside what the rules see: room on disks in bytes, and how long checks took.
pub(crate) fn samples(sample: &HostOutput, checks: &[CheckResult]) -> Vec<Sample> {
    let disks = sample.disks.iter().flatten();
    let room = disks
        .filter(|disk| disk.state == DiskState::Ok && !disk.read_only)
        .filter_map(|disk| {
            let key = format!("{AVAILABLE}{}", disk.mount_point);
            Some(Sample::count(key, "bytes", disk.available_bytes?))
        });
    let took = checks
        .iter()
        .filter(|check| check.outcome.is_about_target())
        .map(|check| Sample::count(format!("check_took:{}", check.name), "ms", check.took_ms));
    room.chain(took).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HOUR: i64 = 3600;

    fn told(kept: &Kept, input: serde_json::Value, now: i64) -> serde_json::Value {
        let input: Input = serde_json::from_value(input).expect("it fits");
        serde_json::to_value(tell(kept, &input, now)).expect("it is JSON")
    }

    fn kept() -> Kept {
        let mut kept = Kept::default();
        for hour in 0..24_u32 {
            let samples = [
                Sample {
                    key: "cpu_used:machine".into(),
                    unit: "percent",
                    value: f64::from(hour % 3),
                },
                Sample::count(
                    "disk_available:/".into(),
                    "bytes",
                    48_000 - 1000 * u64::from(hour),
                ),
                Sample::count("disk_available:/a".into(), "bytes", 5),
            ];
            assert_eq!(kept.add(&samples, i64::from(hour) * HOUR), 0);
        }
        kept
    }

    #[test]
    fn values_over_a_day_and_the_disk_that_fills_first() {
        let told = told(&kept(), json!({}), 23 * HOUR);
        assert_eq!(
            told,
            json!({
                "at": "1970-01-01T23:00:00Z", "window_s": 86400, "step_s": 600, "notes": [],
                "series": [
                    {
                        "key": "disk_available:/", "unit": "bytes", "points": 24, "min": 25000.0, "avg": 36500.0,
                        "max": 48000.0, "last": 25000.0, "from": "1970-01-01T00:00:00Z", "to": "1970-01-01T23:00:00Z",
                        "fills": {"state": "fills", "bytes_per_day": 24000.0, "full_in_days": 1.0,
                            "earliest_in_days": 1.0, "latest_in_days": 1.0},
                    },
                    {
                        "key": "cpu_used:machine", "unit": "percent", "points": 24, "min": 0.0, "avg": 1.0, "max": 2.0,
                        "last": 2.0, "from": "1970-01-01T00:00:00Z", "to": "1970-01-01T23:00:00Z", "fills": null,
                    },
                    {
                        "key": "disk_available:/a", "unit": "bytes", "points": 24, "min": 5.0, "avg": 5.0, "max": 5.0,
                        "last": 5.0, "from": "1970-01-01T00:00:00Z", "to": "1970-01-01T23:00:00Z",
                        "fills": {"state": "not_growing", "bytes_per_day": 0.0, "full_in_days": null,
                            "earliest_in_days": null, "latest_in_days": null},
                    },
                ],
            })
        );
    }

    #[test]
    fn a_long_window_takes_days_and_what_is_not_there_is_said() {
        let kept = kept();
        let days = told(
            &kept,
            json!({"window_s": 864_000, "series": "disk_available:", "most": 1}),
            23 * HOUR,
        );
        assert_eq!(days["step_s"], 86400);
        assert_eq!(days["notes"], json!(["the first 1 of 2 series are listed"]));
        assert_eq!(days["series"][0]["fills"]["state"], "too_little_history");
        let none = told(&kept, json!({"series": "x"}), 23 * HOUR);
        assert_eq!(
            none["notes"],
            json!(["no series begins so, or none has a value within the window"])
        );
        let empty = told(&Kept::default(), json!({}), 0);
        assert_eq!(
            empty["notes"],
            json!(["nothing is kept yet: each run of `alerts` adds its values"])
        );
    }
}
