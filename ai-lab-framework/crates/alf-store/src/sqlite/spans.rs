//! Figures that are counted up as executions end: by hour, by day, and for all time.

use ai_lab_contract::{ActionName, Metric, ToolName};
use rusqlite::Connection;

use super::conditions::Conditions;
use super::fault::Fault;
use crate::execution::EndStatus;
use crate::figures::FiguresFilter;
use crate::run_times::{LONGEST_US, bucket_of};

/// The spans that are kept, in hours; 0 stands for all time.
const SPANS: [i64; 3] = [1, DAY, ALL];
/// Hours of a day.
pub(super) const DAY: i64 = 24;
/// The span of all time.
pub(super) const ALL: i64 = 0;
/// Milliseconds of an hour.
pub(super) const HOUR_MS: i64 = 3_600_000;

/// The hour in which an instant lies, counted from 1970.
pub(super) const fn hour_of(at_ms: i64) -> i64 {
    at_ms.div_euclid(HOUR_MS)
}

/// The first hour of a span.
const fn starts_hour(span: i64, hour: i64) -> i64 {
    match span {
        ALL => 0,
        hours => hour - hour.rem_euclid(hours),
    }
}

/// One execution that has ended, as it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted<'a> {
    pub(super) tool: &'a str,
    pub(super) action: &'a str,
    pub(super) position: i64,
    pub(super) started_at_ms: i64,
    pub(super) status: EndStatus,
    pub(super) run_us: u64,
    pub(super) metrics: &'a [Metric],
}

/// Counts an execution that has ended; the caller holds the transaction that ends it.
pub(super) fn count(connection: &Connection, counted: &Counted<'_>) -> Result<(), Fault> {
    for span in SPANS {
        let starts = starts_hour(span, hour_of(counted.started_at_ms));
        count_action(connection, counted, span, starts)?;
        for metric in counted.metrics {
            count_metric(connection, counted, span, starts, metric)?;
        }
    }
    Ok(())
}

fn count_action(
    connection: &Connection,
    counted: &Counted<'_>,
    span: i64,
    starts: i64,
) -> Result<(), Fault> {
    let interrupted = counted.status == EndStatus::Interrupted;
    let failed = counted.status != EndStatus::Succeeded;
    // An interrupted execution has no run time.
    let run_us = if interrupted {
        0
    } else {
        counted.run_us.min(LONGEST_US).cast_signed()
    };
    connection
        .prepare_cached(
            "INSERT INTO action_spans (span_hours, starts_hour, tool, action, count, failed, \
             interrupted, run_us_sum, run_us_max, last_at_ms, first_position, last_position) \
             VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $7, $8, $9, $9) \
             ON CONFLICT (span_hours, starts_hour, tool, action) DO UPDATE SET \
             count = action_spans.count + 1, failed = action_spans.failed + excluded.failed, \
             interrupted = action_spans.interrupted + excluded.interrupted, \
             run_us_sum = action_spans.run_us_sum + excluded.run_us_sum, \
             run_us_max = MAX(action_spans.run_us_max, excluded.run_us_max), \
             last_at_ms = MAX(action_spans.last_at_ms, excluded.last_at_ms), \
             first_position = MIN(action_spans.first_position, excluded.first_position), \
             last_position = MAX(action_spans.last_position, excluded.last_position)",
        )?
        .execute((
            span,
            starts,
            counted.tool,
            counted.action,
            i64::from(failed),
            i64::from(interrupted),
            run_us,
            counted.started_at_ms,
            counted.position,
        ))?;
    if interrupted {
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO action_run_times (span_hours, starts_hour, tool, action, bucket, count) \
             VALUES ($1, $2, $3, $4, $5, 1) \
             ON CONFLICT (span_hours, starts_hour, tool, action, bucket) \
             DO UPDATE SET count = action_run_times.count + 1",
        )?
        .execute((
            span,
            starts,
            counted.tool,
            counted.action,
            bucket_of(counted.run_us),
        ))?;
    Ok(())
}

fn count_metric(
    connection: &Connection,
    counted: &Counted<'_>,
    span: i64,
    starts: i64,
    metric: &Metric,
) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "INSERT INTO metric_spans (span_hours, starts_hour, tool, action, name, unit, count, \
             sum, min, max, last, last_position) \
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7, $7, $7, $8) \
             ON CONFLICT (span_hours, starts_hour, tool, action, name, unit) DO UPDATE SET \
             count = metric_spans.count + 1, sum = metric_spans.sum + excluded.sum, \
             min = MIN(metric_spans.min, excluded.min), \
             max = MAX(metric_spans.max, excluded.max), last = excluded.last, \
             last_position = excluded.last_position",
        )?
        .execute((
            span,
            starts,
            counted.tool,
            counted.action,
            &metric.name,
            &metric.unit,
            metric.value,
            counted.position,
        ))?;
    Ok(())
}

/// A choice of whole spans: those of one length that begin at `from` or later and before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) span: i64,
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Range {
    /// All time in one row an action.
    pub(super) const WHOLE: Self = Self {
        span: ALL,
        from: 0,
        to: 1,
    };

    /// Which rows those are, narrowed to a tool and an action.
    pub(super) fn conditions<'a>(&self, filter: &'a FiguresFilter) -> Conditions<'a> {
        let mut conditions = Conditions::default();
        conditions.add("span_hours =", Some(self.span));
        conditions.add("starts_hour >=", Some(self.from));
        conditions.add("starts_hour <", Some(self.to));
        conditions.add("tool =", filter.tool.as_ref().map(ToolName::as_str));
        conditions.add("action =", filter.action.as_ref().map(ActionName::as_str));
        conditions
    }
}

/// The hours up to the next midnight, then the days: whole spans that cover all from an hour on.
pub(super) const fn ranges_from(hour: i64) -> [Range; 2] {
    let midnight = hour + (DAY - hour.rem_euclid(DAY)) % DAY;
    [
        Range {
            span: 1,
            from: hour,
            to: midnight,
        },
        Range {
            span: DAY,
            from: midnight,
            to: i64::MAX,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_spans_cover_everything_from_an_hour_on_and_nothing_twice() {
        let day = |from| Range {
            span: DAY,
            from,
            to: i64::MAX,
        };
        let hours = |from, to| Range { span: 1, from, to };
        let cases = [
            (0, [hours(0, 0), day(0)]),
            (1, [hours(1, 24), day(24)]),
            (47, [hours(47, 48), day(48)]),
            (-1, [hours(-1, 0), day(0)]),
        ];
        for (hour, expected) in cases {
            assert_eq!(ranges_from(hour), expected, "{hour}");
        }
    }

    #[test]
    fn an_instant_before_1970_lies_in_the_hour_before() {
        assert_eq!([-1, 0, HOUR_MS - 1, HOUR_MS].map(hour_of), [-1, 0, 0, 1]);
        assert_eq!(
            [(DAY, -1), (1, -1), (ALL, 7)].map(|(span, hour)| starts_hour(span, hour)),
            [-24, -1, 0]
        );
    }
}
