//! What the record adds up to: read from what was counted up, and from rows only for a part of an hour.

use std::collections::BTreeMap;

use ai_lab_contract::{ActionName, ToolName};
use rusqlite::{Connection, Row, params_from_iter};

use super::conditions::Conditions;
use super::fault::Fault;
use super::row::Reader;
use super::seat::Seat;
use super::spans::{HOUR_MS, Range, hour_of, ranges_from};
use crate::error::StoreError;
use crate::figures::{ActionFigures, BucketFigures, FiguresFilter, MetricFigures, TimeBucket};
use crate::listing::MOST_ROWS;
use crate::run_times::{LONGEST_US, RunTimes, bucket_of};

/// What is being added up: bucket (0 where all time is one), tool, action.
type Key = (i64, ToolName, ActionName);

/// Figures of one action on their way.
#[derive(Default)]
struct Sum {
    count: u64,
    failed: u64,
    interrupted: u64,
    run_us: u64,
    max_us: u64,
    last_at_ms: Option<i64>,
    run_times: RunTimes,
}

type Sums = BTreeMap<Key, Sum>;

/// Every action's figures.
pub(super) fn actions(
    seat: &Seat,
    filter: &FiguresFilter,
) -> Result<Vec<ActionFigures>, StoreError> {
    seat.read("add up executions", |connection| {
        let mut sums = Sums::new();
        match filter.since_ms {
            None => add_spans(connection, filter, Range::WHOLE, &mut sums)?,
            Some(since) => {
                add_part_of_hour(connection, filter, since, &mut sums)?;
                for range in ranges_from(hour_of(since.saturating_add(HOUR_MS - 1))) {
                    add_spans(connection, filter, range, &mut sums)?;
                }
            }
        }
        // Here every row belongs to the same bucket, whenever its span begins.
        let mut whole = Sums::new();
        for ((_, tool, action), sum) in sums {
            whole.entry((0, tool, action)).or_default().merge(&sum);
        }
        Ok(whole
            .into_iter()
            .map(|((_, tool, action), sum)| sum.told(tool, action))
            .collect())
    })
}

/// Every action's figures by hour or day.
pub(super) fn by_bucket(
    seat: &Seat,
    filter: &FiguresFilter,
    bucket: TimeBucket,
) -> Result<Vec<BucketFigures>, StoreError> {
    let hours = bucket.hours();
    let from = filter.since_ms.map_or(i64::MIN, |since| {
        let hour = hour_of(since);
        hour - hour.rem_euclid(hours)
    });
    seat.read("add up executions", |connection| {
        let from = newest(connection, filter, hours, from)?;
        let mut sums = Sums::new();
        add_spans(
            connection,
            filter,
            Range {
                span: hours,
                from,
                to: i64::MAX,
            },
            &mut sums,
        )?;
        let surplus = sums.len().saturating_sub(MOST_ROWS as usize);
        let told = sums.into_iter().skip(surplus);
        Ok(told
            .map(|((starts, tool, action), sum)| BucketFigures {
                starts_at_ms: starts.saturating_mul(HOUR_MS),
                ends_at_ms: (starts.saturating_add(hours)).saturating_mul(HOUR_MS),
                figures: sum.told(tool, action),
            })
            .collect())
    })
}

/// Where the newest rows begin that are told: what lies before is not even read.
fn newest(
    connection: &Connection,
    filter: &FiguresFilter,
    span: i64,
    from: i64,
) -> Result<i64, Fault> {
    let conditions = Range {
        span,
        from,
        to: i64::MAX,
    }
    .conditions(filter);
    let sql = format!(
        "SELECT starts_hour FROM action_spans {} ORDER BY starts_hour DESC LIMIT 1 OFFSET {MOST_ROWS}",
        conditions.clause()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    match rows.next()? {
        Some(row) => Reader::new(row, &["starts_hour"]).integer(),
        None => Ok(from),
    }
}

impl Sum {
    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.failed += other.failed;
        self.interrupted += other.interrupted;
        self.run_us = self.run_us.saturating_add(other.run_us);
        self.max_us = self.max_us.max(other.max_us);
        self.last_at_ms = self.last_at_ms.max(other.last_at_ms);
        self.run_times.merge(&other.run_times);
    }

    fn told(self, tool: ToolName, action: ActionName) -> ActionFigures {
        let percentile = |percent| self.run_times.percentile(percent, self.max_us);
        ActionFigures {
            tool,
            action,
            count: self.count,
            failed: self.failed,
            interrupted: self.interrupted,
            error_rate: ratio(self.failed, self.count),
            sum_us: self.run_us,
            p50_us: percentile(50),
            p95_us: percentile(95),
            p99_us: percentile(99),
            max_us: self.max_us,
            last_at_ms: self.last_at_ms.unwrap_or_default(),
        }
    }
}

fn key(reader: &mut Reader<'_, '_>) -> Result<Key, Fault> {
    Ok((
        reader.integer()?,
        reader.parsed(|text| text.parse().ok())?,
        reader.parsed(|text| text.parse().ok())?,
    ))
}

fn each(
    connection: &Connection,
    sql: &str,
    conditions: &Conditions<'_>,
    mut take: impl FnMut(&Row<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

fn add_spans(
    connection: &Connection,
    filter: &FiguresFilter,
    range: Range,
    sums: &mut Sums,
) -> Result<(), Fault> {
    let names = [
        "starts_hour",
        "tool",
        "action",
        "count",
        "failed",
        "interrupted",
        "run_us_sum",
        "run_us_max",
        "last_at_ms",
    ];
    let conditions = range.conditions(filter);
    let sql = format!(
        "SELECT {} FROM action_spans {}",
        names.join(", "),
        conditions.clause()
    );
    each(connection, &sql, &conditions, |row| {
        let mut reader = Reader::new(row, &names);
        let key = key(&mut reader)?;
        let found = Sum {
            count: reader.count()?,
            failed: reader.count()?,
            interrupted: reader.count()?,
            run_us: reader.count()?,
            max_us: reader.count()?,
            last_at_ms: Some(reader.integer()?),
            run_times: RunTimes::default(),
        };
        sums.entry(key).or_default().merge(&found);
        Ok(())
    })?;
    let names = ["starts_hour", "tool", "action", "bucket", "count"];
    let sql = format!(
        "SELECT {} FROM action_run_times {}",
        names.join(", "),
        conditions.clause()
    );
    // Many rows in a row are of the same action: its names are read once.
    let mut of: Option<(Key, RunTimes)> = None;
    each(connection, &sql, &conditions, |row| {
        let mut reader = Reader::new(row, &names);
        let (starts, tool, action) = (reader.integer()?, reader.text()?, reader.text()?);
        let (bucket, count) = (reader.count()?, reader.count()?);
        if let Some(((hour, a, b), run_times)) = &mut of
            && (*hour, a.as_str(), b.as_str()) == (starts, tool, action)
        {
            run_times.add(bucket, count);
            return Ok(());
        }
        let mut run_times = RunTimes::default();
        run_times.add(bucket, count);
        let next = (key(&mut Reader::new(row, &names))?, run_times);
        merge_run_times(sums, of.replace(next));
        Ok(())
    })?;
    merge_run_times(sums, of);
    Ok(())
}

fn merge_run_times(sums: &mut Sums, of: Option<(Key, RunTimes)>) {
    if let Some((key, run_times)) = of {
        sums.entry(key).or_default().run_times.merge(&run_times);
    }
}

/// The rows of the hour in which an instant lies, as far as they started then or later. What was counted up
/// knows where that hour's rows are.
fn part_of_hour<'a>(
    connection: &Connection,
    filter: &'a FiguresFilter,
    since: i64,
) -> Result<Option<Conditions<'a>>, Fault> {
    let hour = hour_of(since);
    if hour.saturating_mul(HOUR_MS) == since {
        return Ok(None);
    }
    let range = Range {
        span: 1,
        from: hour,
        to: hour.saturating_add(1),
    };
    let within = range.conditions(filter);
    let names = ["MIN(first_position)", "MAX(last_position)"];
    let sql = format!(
        "SELECT {} FROM action_spans {}",
        names.join(", "),
        within.clause()
    );
    let mut bounds = None;
    each(connection, &sql, &within, |row| {
        let mut reader = Reader::new(row, &names);
        bounds = reader.optional_count()?.zip(reader.optional_count()?);
        Ok(())
    })?;
    Ok(bounds.map(|(first, last)| {
        let mut conditions = Conditions::default();
        conditions.add("started_position >=", Some(first));
        conditions.add("started_position <=", Some(last));
        conditions.add("started_at_ms >=", Some(since));
        conditions.add(
            "started_at_ms <",
            Some(hour.saturating_add(1).saturating_mul(HOUR_MS)),
        );
        conditions.add_bare("status <> 'started'");
        // Not by their index: the positions lead to fewer rows.
        conditions.add("+tool =", filter.tool.as_ref().map(ToolName::as_str));
        conditions.add("+action =", filter.action.as_ref().map(ActionName::as_str));
        conditions
    }))
}

fn add_part_of_hour(
    connection: &Connection,
    filter: &FiguresFilter,
    since: i64,
    sums: &mut Sums,
) -> Result<(), Fault> {
    let Some(conditions) = part_of_hour(connection, filter, since)? else {
        return Ok(());
    };
    let names = ["0", "tool", "action", "status", "run_us", "started_at_ms"];
    let sql = format!(
        "SELECT {} FROM tool_executions {}",
        names.join(", "),
        conditions.clause()
    );
    each(connection, &sql, &conditions, |row| {
        let mut reader = Reader::new(row, &names);
        let key = key(&mut reader)?;
        let status = reader.text()?;
        let interrupted = status == "interrupted";
        let run_us: u64 = reader.count()?;
        let run_us = if interrupted {
            0
        } else {
            run_us.min(LONGEST_US)
        };
        let mut one = Sum {
            count: 1,
            failed: u64::from(status != "succeeded"),
            interrupted: u64::from(interrupted),
            run_us,
            max_us: run_us,
            last_at_ms: Some(reader.integer()?),
            run_times: RunTimes::default(),
        };
        if !interrupted {
            one.run_times.add(bucket_of(run_us), 1);
        }
        sums.entry(key).or_default().merge(&one);
        Ok(())
    })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts past 2^53 are out of reach, and a rate is read by people"
)]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}

/// What is being added up: tool, action, name, unit.
type Name = (ToolName, ActionName, String, String);

/// A metric's figures on their way, with the position of the last value.
type Measured = BTreeMap<Name, (MetricFigures, i64)>;

const METRIC_NAMES: [&str; 10] = [
    "tool",
    "action",
    "name",
    "unit",
    "count",
    "sum",
    "min",
    "max",
    "last",
    "last_position",
];

/// What tools measured themselves.
pub(super) fn metrics(
    seat: &Seat,
    filter: &FiguresFilter,
) -> Result<Vec<MetricFigures>, StoreError> {
    seat.read("add up metrics", |connection| {
        let mut measured = Measured::new();
        match filter.since_ms {
            None => add_metric_spans(connection, filter, Range::WHOLE, &mut measured)?,
            Some(since) => {
                add_metrics_of_hour(connection, filter, since, &mut measured)?;
                for range in ranges_from(hour_of(since.saturating_add(HOUR_MS - 1))) {
                    add_metric_spans(connection, filter, range, &mut measured)?;
                }
            }
        }
        Ok(measured.into_values().map(|(figures, _)| figures).collect())
    })
}

fn add_metric_spans(
    connection: &Connection,
    filter: &FiguresFilter,
    range: Range,
    measured: &mut Measured,
) -> Result<(), Fault> {
    let conditions = range.conditions(filter);
    let sql = format!(
        "SELECT {} FROM metric_spans {}",
        METRIC_NAMES.join(", "),
        conditions.clause()
    );
    each(connection, &sql, &conditions, |row| {
        add_metric(row, measured)
    })
}

fn add_metrics_of_hour(
    connection: &Connection,
    filter: &FiguresFilter,
    since: i64,
    measured: &mut Measured,
) -> Result<(), Fault> {
    let Some(conditions) = part_of_hour(connection, filter, since)? else {
        return Ok(());
    };
    let sql = format!(
        "SELECT tool, action, name, unit, 1, value, value, value, value, started_position \
         FROM tool_executions JOIN tool_metrics \
         ON tool_metrics.execution_id = tool_executions.execution_id {} ORDER BY tool_metrics.position",
        conditions.clause()
    );
    each(connection, &sql, &conditions, |row| {
        add_metric(row, measured)
    })
}

fn add_metric(row: &Row<'_>, measured: &mut Measured) -> Result<(), Fault> {
    let mut reader = Reader::new(row, &METRIC_NAMES);
    let found = MetricFigures {
        tool: reader.parsed(|text| text.parse().ok())?,
        action: reader.parsed(|text| text.parse().ok())?,
        name: reader.text()?.to_owned(),
        unit: reader.text()?.to_owned(),
        count: reader.count()?,
        sum: reader.real()?,
        min: reader.real()?,
        max: reader.real()?,
        last: reader.real()?,
    };
    let position = reader.integer()?;
    let name = (
        found.tool.clone(),
        found.action.clone(),
        found.name.clone(),
        found.unit.clone(),
    );
    match measured.get_mut(&name) {
        None => {
            measured.insert(name, (found, position));
        }
        Some((known, last)) => {
            known.count += found.count;
            known.sum += found.sum;
            known.min = known.min.min(found.min);
            known.max = known.max.max(found.max);
            if position >= *last {
                (known.last, *last) = (found.last, position);
            }
        }
    }
    Ok(())
}
