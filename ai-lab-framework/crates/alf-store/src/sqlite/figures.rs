//! What the record adds up to, computed where the rows are.

use ai_lab_contract::{ActionName, ToolName};
use rusqlite::params_from_iter;

use super::conditions::Conditions;
use super::fault::Fault;
use super::row::Reader;
use super::seat::Seat;
use crate::error::StoreError;
use crate::figures::{ActionFigures, FiguresFilter, MetricFigures};

fn conditions(filter: &FiguresFilter) -> Conditions<'_> {
    let mut conditions = Conditions::default();
    conditions.add("tool =", filter.tool.as_ref().map(ToolName::as_str));
    conditions.add("action =", filter.action.as_ref().map(ActionName::as_str));
    conditions.add_bare("status <> 'started'");
    conditions.add("started_at_ms >=", filter.since_ms);
    conditions
}

/// Every action's figures. A percentile is the nearest rank: a run time that did occur.
pub(super) fn actions(
    seat: &Seat,
    filter: &FiguresFilter,
) -> Result<Vec<ActionFigures>, StoreError> {
    let conditions = conditions(filter);
    let sql = format!(
        "WITH ended AS (
             SELECT tool, action, status, started_at_ms, run_us FROM tool_executions {}
         ), ranked AS (
             SELECT tool, action, run_us,
                 ROW_NUMBER() OVER (PARTITION BY tool, action ORDER BY run_us) AS place,
                 COUNT(*) OVER (PARTITION BY tool, action) AS places
             FROM ended WHERE status <> 'interrupted'
         ), runs AS (
             SELECT tool, action,
                 MIN(CASE WHEN place * 100 >= places * 50 THEN run_us END) AS p50,
                 MIN(CASE WHEN place * 100 >= places * 95 THEN run_us END) AS p95,
                 MIN(CASE WHEN place * 100 >= places * 99 THEN run_us END) AS p99,
                 MAX(run_us) AS longest
             FROM ranked GROUP BY tool, action
         ), counts AS (
             SELECT tool, action, COUNT(*) AS count,
                 SUM(CASE WHEN status = 'succeeded' THEN 0 ELSE 1 END) AS failed,
                 MAX(started_at_ms) AS last
             FROM ended GROUP BY tool, action
         )
         SELECT counts.tool, counts.action, count, failed, COALESCE(p50, 0), COALESCE(p95, 0),
             COALESCE(p99, 0), COALESCE(longest, 0), last
         FROM counts LEFT JOIN runs ON runs.tool = counts.tool AND runs.action = counts.action
         ORDER BY counts.tool, counts.action",
        conditions.clause()
    );
    seat.read("add up executions", |connection| {
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(conditions.values()))?;
        let mut figures = Vec::new();
        while let Some(row) = rows.next()? {
            figures.push(action(row)?);
        }
        Ok(figures)
    })
}

fn action(row: &rusqlite::Row<'_>) -> Result<ActionFigures, Fault> {
    let names = [
        "tool", "action", "count", "failed", "p50", "p95", "p99", "longest", "last",
    ];
    let mut reader = Reader::new(row, &names);
    let (tool, action) = (
        reader.parsed(|text| text.parse().ok())?,
        reader.parsed(|text| text.parse().ok())?,
    );
    let (count, failed): (u64, u64) = (reader.count()?, reader.count()?);
    Ok(ActionFigures {
        tool,
        action,
        count,
        failed,
        error_rate: ratio(failed, count),
        p50_us: reader.count()?,
        p95_us: reader.count()?,
        p99_us: reader.count()?,
        max_us: reader.count()?,
        last_at_ms: reader.integer()?,
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

/// What tools measured themselves.
pub(super) fn metrics(
    seat: &Seat,
    filter: &FiguresFilter,
) -> Result<Vec<MetricFigures>, StoreError> {
    let conditions = conditions(filter);
    let sql = format!(
        "WITH measured AS (
             SELECT tool, action, name, unit, value, ROW_NUMBER() OVER (
                 PARTITION BY tool, action, name, unit ORDER BY tool_metrics.position DESC
             ) AS age
             FROM tool_metrics
             JOIN tool_executions ON tool_executions.execution_id = tool_metrics.execution_id
             {}
         )
         SELECT tool, action, name, unit, COUNT(*), SUM(value), MIN(value), MAX(value),
             MAX(CASE WHEN age = 1 THEN value END)
         FROM measured GROUP BY tool, action, name, unit ORDER BY tool, action, name, unit",
        conditions.clause()
    );
    seat.read("add up metrics", |connection| {
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(conditions.values()))?;
        let mut figures = Vec::new();
        while let Some(row) = rows.next()? {
            figures.push(metric(row)?);
        }
        Ok(figures)
    })
}

fn metric(row: &rusqlite::Row<'_>) -> Result<MetricFigures, Fault> {
    let names = [
        "tool", "action", "name", "unit", "count", "sum", "min", "max", "last",
    ];
    let mut reader = Reader::new(row, &names);
    Ok(MetricFigures {
        tool: reader.parsed(|text| text.parse().ok())?,
        action: reader.parsed(|text| text.parse().ok())?,
        name: reader.text()?.to_owned(),
        unit: reader.text()?.to_owned(),
        count: reader.count()?,
        sum: reader.real()?,
        min: reader.real()?,
        max: reader.real()?,
        last: reader.real()?,
    })
}
