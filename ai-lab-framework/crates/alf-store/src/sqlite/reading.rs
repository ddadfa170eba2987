//! Reading executions back.

use ai_lab_contract::{ExecutionId, Metric};
use rusqlite::{Connection, params_from_iter};

use super::fault::Fault;
use super::row::{self, COLUMN_LIST, Reader};
use super::seat::Seat;
use crate::chain::Cell;
use crate::error::{FindError, StoreError};
use crate::execution::Execution;
use crate::listing::MOST_ROWS;

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

/// Rows selected as [`COLUMN_LIST`].
pub(super) fn rows(
    connection: &Connection,
    sql: &str,
    values: &[Cell<'_>],
) -> Result<Vec<Execution>, Fault> {
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
