//! Reading executions back.

use ai_lab_contract::{ActionName, CorrelationId, ExecutionId, Metric, ToolName};
use rusqlite::{Connection, params_from_iter};

use super::conditions::Conditions;
use super::fault::Fault;
use super::row::{self, COLUMN_LIST, Reader, input_key};
use super::seat::Seat;
use crate::chain::Cell;
use crate::error::{FindError, StoreError};
use crate::execution::{Execution, Status};
use crate::listing::{ExecutionFilter, ExecutionPage, MOST_ROWS, bounded};

/// How many ids are named where a prefix fits several.
const MOST_CANDIDATES: usize = 8;

/// Greater than every character that an id may have, so that `prefix~` ends the range of a prefix
/// where text is compared by its bytes.
const AFTER_EVERY_ID: char = '~';

/// The execution of exactly that id.
pub(super) fn by_id(seat: &Seat, id: &ExecutionId) -> Result<Option<Execution>, StoreError> {
    seat.glance("read an execution", |connection| {
        one(connection, id.as_str())
    })
}

fn one(connection: &Connection, id: &str) -> Result<Option<Execution>, Fault> {
    let sql = format!(
        "SELECT {} FROM tool_executions WHERE execution_id = $1",
        *COLUMN_LIST
    );
    Ok(rows(connection, &sql, &[id.into()])?.pop())
}

fn rows(connection: &Connection, sql: &str, values: &[Cell<'_>]) -> Result<Vec<Execution>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut executions = Vec::new();
    while let Some(row) = rows.next()? {
        executions.push(row::execution(row)?);
    }
    Ok(executions)
}

/// The one execution whose id begins so.
pub(super) fn by_prefix(seat: &Seat, prefix: &str) -> Result<Execution, FindError> {
    let found = seat.read("find an execution", |connection| {
        if let Some(execution) = one(connection, prefix)? {
            return Ok(Ok(execution));
        }
        let candidates = begin_with(connection, prefix)?;
        match candidates.as_slice() {
            [id] => Ok(one(connection, id.as_str())?.ok_or(candidates)),
            [] | [_, _, ..] => Ok(Err(candidates)),
        }
    })?;
    found.map_err(|mut candidates| {
        let prefix = prefix.to_owned();
        let more = candidates.len() > MOST_CANDIDATES;
        candidates.truncate(MOST_CANDIDATES);
        if candidates.is_empty() {
            FindError::NoSuch(prefix)
        } else {
            FindError::Several {
                prefix,
                candidates,
                more,
            }
        }
    })
}

fn begin_with(connection: &Connection, prefix: &str) -> Result<Vec<ExecutionId>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT execution_id FROM tool_executions WHERE execution_id >= $1 AND execution_id < $2 \
         ORDER BY started_position DESC LIMIT $3",
    )?;
    let end = format!("{prefix}{AFTER_EVERY_ID}");
    let most = i64::try_from(MOST_CANDIDATES + 1).unwrap_or(i64::MAX);
    let mut rows = statement.query((prefix, end, most))?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(Reader::new(row, &["execution_id"]).parsed(|text| text.parse().ok())?);
    }
    Ok(ids)
}

/// A page, newest first.
pub(super) fn page(seat: &Seat, filter: &ExecutionFilter) -> Result<ExecutionPage, StoreError> {
    let limit = bounded(filter.limit);
    seat.read("list executions", |connection| {
        let mut conditions = conditions(filter);
        let total = total(connection, &conditions)?;
        conditions.add("started_position <", filter.before);
        // The positions first: sorting whole rows would read every input and output of a busy tool. One
        // more than asked for tells whether there is a next page.
        let sql = format!(
            "SELECT {} FROM tool_executions WHERE started_position IN (\
             SELECT started_position FROM tool_executions {} \
             ORDER BY started_position DESC LIMIT {}) ORDER BY started_position DESC",
            *COLUMN_LIST,
            conditions.clause(),
            limit + 1
        );
        let mut executions = rows(connection, &sql, conditions.values())?;
        let asked = limit as usize;
        let more = executions.len() > asked;
        executions.truncate(asked);
        let last = executions.last().map(|execution| execution.link.position);
        Ok(ExecutionPage {
            executions,
            total,
            next: last.filter(|_| more),
        })
    })
}

fn conditions(filter: &ExecutionFilter) -> Conditions<'_> {
    let mut conditions = Conditions::default();
    conditions.add("tool =", filter.tool.as_ref().map(ToolName::as_str));
    conditions.add("action =", filter.action.as_ref().map(ActionName::as_str));
    conditions.add("status =", filter.status.map(Status::as_str));
    conditions.add(
        "correlation_id =",
        filter.correlation.as_ref().map(CorrelationId::as_str),
    );
    if let Some(input) = &filter.input {
        // The key leads to the few rows that may have this input; old rows have none and are not found.
        conditions.add("input_key <> 0 AND input_key =", Some(input_key(input)));
        conditions.add("input =", Some(input.as_str()));
    }
    conditions.add("started_at_ms >=", filter.since_ms);
    // The indexes on these leave out the empty text and are found only where that is said.
    if let Some(session) = &filter.session {
        conditions.add("session_id <> '' AND session_id =", Some(session.as_str()));
    }
    if let Some(parent) = &filter.parent {
        conditions.add("parent_id <> '' AND parent_id =", Some(parent.as_str()));
    }
    if let Some(key) = &filter.idempotency_key {
        conditions.add(
            "idempotency_key <> '' AND idempotency_key =",
            Some(key.as_str()),
        );
    }
    conditions
}

fn total(connection: &Connection, conditions: &Conditions<'_>) -> Result<u64, Fault> {
    let sql = format!(
        "SELECT COUNT(*) FROM tool_executions {}",
        conditions.clause()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    match rows.next()? {
        Some(row) => Reader::new(row, &["COUNT(*)"]).count(),
        None => Ok(0),
    }
}

/// Executions without an end, oldest first.
pub(super) fn unfinished(seat: &Seat) -> Result<Vec<Execution>, StoreError> {
    seat.read("list unfinished executions", |connection| {
        let sql = format!(
            "SELECT {} FROM tool_executions WHERE ended_position IS NULL \
             ORDER BY started_position LIMIT {MOST_ROWS}",
            *COLUMN_LIST
        );
        rows(connection, &sql, &[])
    })
}

/// What an execution measured, in the order that it was told.
pub(super) fn metrics(seat: &Seat, id: &ExecutionId) -> Result<Vec<Metric>, StoreError> {
    seat.read("read metrics", |connection| {
        let mut statement = connection.prepare_cached(
            "SELECT name, value, unit FROM tool_metrics WHERE execution_id = $1 ORDER BY position",
        )?;
        let mut rows = statement.query([id.as_str()])?;
        let mut metrics = Vec::new();
        while let Some(row) = rows.next()? {
            let mut reader = Reader::new(row, &["name", "value", "unit"]);
            metrics.push(Metric {
                name: reader.text()?.to_owned(),
                value: reader.real()?,
                unit: reader.text()?.to_owned(),
            });
        }
        Ok(metrics)
    })
}
